"""Delimited text record by record, for what the fast reader cannot take. It loses nothing and never gives up.

A quotation mark that is never closed, or that swallows lines and leaves a record of the wrong width, costs
the line it stands on and no more: reading starts again at the next line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lippen.signals.rows import Refused, RowBatch, overlong, text_columns
from lippen.signals.unpacking import decode_line

_MOST_LINES = 1_000
_MOST_AFTER_MANY = 50
"""Lines that a record may go on for after twenty in a row that were never closed: a file of nothing but those
would take hours to read otherwise."""
_UNCLOSED = "a quotation mark opened on this line is never closed; correct the line at the source"
_NUL = "the line holds a zero byte, as a damaged file does; ask for the export again"


@dataclass(frozen=True)
class Record:
    """One record: its first line, the byte and the line after it, and its cells.

    `cells` is None when it cannot be cut into cells (`problem` says why) and empty for a blank line.
    """

    line: int
    end: int
    next_line: int
    cells: list[str] | None
    problem: str = ""


class _TooFar(Exception):  # a signal out of the csv module's own loop
    pass


class _Feed(Iterator[str]):
    """Hands the csv module one physical line at a time and stops it when a record goes on too long."""

    def __init__(self, lines: Sequence[str], longest: int) -> None:
        self.lines = lines
        self.longest = longest
        self.begin(0, _MOST_LINES)

    def begin(self, at: int, most: int) -> None:
        self.first = self.at = at
        self.last = at + most
        self.size = 0
        self.ran_out = False

    def __next__(self) -> str:
        if self.at >= len(self.lines):
            self.ran_out = True
            raise StopIteration
        if self.at >= self.last or self.size > self.longest:
            raise _TooFar
        line = self.lines[self.at]
        self.at += 1
        self.size += len(line)
        return line


def careful_records(
    data: bytes, line: int, delimiter: str, longest: int, *, final: bool, width: int | None = None
) -> Iterator[Record]:
    """The records of `data`, which begins at physical line `line` of its file.

    Unless `final`, a record that the end of `data` cuts is left out: the last record's `end` says from where
    to go on. With `width`, a record of several lines that has not that many cells is taken as a stray
    quotation mark. `longest` bounds a line, in bytes.
    """
    csv.field_size_limit(max(csv.field_size_limit(), 4 * longest))
    raw = data.splitlines(keepends=True)
    if raw and not final and not raw[-1].endswith(b"\n"):
        raw.pop()  # cut short, or a CR that may be half of a CRLF
    ends = np.cumsum([0, *(len(entry) for entry in raw)]).tolist()
    texts, _ = zip(*map(decode_line, raw), strict=True) if raw else ((), ())
    feed = _Feed(texts, longest)
    reader = csv.reader(feed, delimiter=delimiter)
    at = unclosed = 0
    while at < len(raw):
        feed.begin(at, _MOST_LINES if unclosed < 20 else _MOST_AFTER_MANY)
        problem = ""
        cells: list[str] | None = None
        if len(raw[at]) > longest:
            problem = overlong(longest)
        else:
            try:
                cells = next(reader)
            except (_TooFar, csv.Error):
                problem = _UNCLOSED
            if feed.ran_out and not final:
                return
            several = feed.at - at > 1
            stray = feed.ran_out or (
                several
                and width is not None
                and not (_fits(cells or [], width) and _closes(texts[at : feed.at], delimiter))
            )
            if not problem and stray:
                problem = _UNCLOSED
            elif not problem and any("\0" in text for text in texts[at : feed.at]):
                problem = _NUL
        unclosed = unclosed + 1 if problem == _UNCLOSED else 0
        after = feed.at if problem in ("", _NUL) else at + 1
        yield Record(line + at, ends[after], line + after, None if problem else cells, problem)
        at = after


def careful_batch(
    data: bytes,
    line: int,
    delimiter: str,
    longest: int,
    *,
    final: bool,
    width: int,
    columns: dict[str, int],
) -> tuple[RowBatch, int, int]:
    """The rows of `data`, how many bytes of it they took, and the line after them.

    `width` is how many columns the header has, `columns` where in it each wanted column stands.
    """
    rows: list[list[str]] = []
    lines: list[int] = []
    refused: list[Refused] = []
    end, next_line = 0, line
    for record in careful_records(data, line, delimiter, longest, final=final, width=width):
        end, next_line = record.end, record.next_line
        if record.cells is None:
            refused.append(Refused(record.line, "", record.problem))
        elif _fits(record.cells, width):
            rows.append(record.cells)
            lines.append(record.line)
        elif record.cells:
            cells = len(record.cells)
            refused.append(Refused(record.line, f"{cells} cells", _ragged(cells, width)))
    repaired = 0 if _is_utf8(data[:end]) else sum(decode_line(entry)[1] for entry in data[:end].splitlines())
    batch = RowBatch(
        columns=text_columns(list(columns), rows, list(columns.values())),
        lines=np.array(lines, dtype=np.int64),
        refused=refused,
        repaired=repaired,
    )
    return batch, end, next_line


def _closes(lines: Sequence[str], delimiter: str) -> bool:
    """Whether every mark that closes a cell stands at its end, as it does unless a stray one opened it."""
    try:
        next(csv.reader(lines, delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        return False
    return True


def _ragged(cells: int, width: int) -> str:
    return (
        f"the row has {cells} cells where the header has {width}; "
        "a missing quotation mark or a stray separator does that: correct it at the source"
    )


def _fits(cells: Sequence[str], width: int) -> bool:
    return len(cells) == width or (len(cells) > width and not any(cells[width:]))


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True

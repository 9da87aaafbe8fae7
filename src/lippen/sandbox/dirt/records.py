"""A clean CSV file as records: some are cut out, changed and put back, all others pass through as bytes.

The invariant: a record that is not named in the edits leaves as it came, and its line is known without
reading it as anything but bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from lippen.errors import LippenError
from lippen.signals.csv_shape import find_shape
from lippen.signals.kinds import Column, Kind
from lippen.signals.mapping import Mapping as Rules
from lippen.signals.rows import FileRefused, find_columns

_CHUNK = 4 << 20
_NEWLINE, _QUOTE = 10, 34

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Field:
    """A column of the kind that comes from one column of the file and shares it with no other.

    `header` is what the file calls it, `at` where in a row it stands.
    """

    column: Column
    header: str
    at: int


@dataclass(frozen=True)
class Layout:
    """How the clean file is written: what separates, its header, and where the kind's columns stand."""

    kind: Kind
    mapping: Rules
    delimiter: str
    header: tuple[str, ...]
    fields: tuple[Field, ...]

    def reading(self, *rules: str) -> list[Field]:
        """The fields that are read by one of these rules."""
        return [field for field in self.fields if field.column.reads in rules]

    def named(self, name: str) -> Field | None:
        """The field that makes a column of the kind; None when there is no single one."""
        return next((field for field in self.fields if field.column.name == name), None)

    def write(self, cells: list[str], end: str = "\n", delimiter: str | None = None) -> str:
        """One record as delimited text, quoted where that is needed."""
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter or self.delimiter, lineterminator=end).writerow(cells)
        return text.getvalue()

    def cells(self, text: str) -> list[str]:
        """The cells of one record."""
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter))


@dataclass(frozen=True)
class CleanFile:
    """A file as it was written: `name` from the folder, its layout, and where each record begins.

    `starts` holds the byte at which each record begins and, last, the length of the file; `lines` the first
    physical line of each record.
    """

    path: Path
    name: str
    layout: Layout
    starts: Longs
    lines: Longs

    @property
    def rows(self) -> int:
        """How many records stand below the header."""
        return len(self.lines)

    def record(self, file: BinaryIO, at: int) -> str:
        """The text of a record with its end of line, which the last may lack, out of the open file."""
        file.seek(int(self.starts[at]))
        text = file.read(int(self.starts[at + 1] - self.starts[at])).decode("utf-8")
        return text if text.endswith("\n") else f"{text}\n"


def open_clean(path: Path, name: str, kind: Kind, mapping: Rules) -> CleanFile:
    """Look a clean file over; raises LippenError when it has not the mapping's columns in a header."""
    with path.open("rb") as file:
        try:
            rules = mapping.file
            head = file.read(1 << 20)
            shape = find_shape(head, mapping.wanted(), rules.delimiter, rules.header_row, rules.longest_line)
        except FileRefused as error:
            raise LippenError(
                f"no dirt can be planted here: {error}", file=path, remedy="Plant it into clean CSV files."
            ) from error
        starts, lines = _bounds(file, shape.start, shape.line)
    return CleanFile(path, name, _layout(kind, mapping, shape.delimiter, shape.header), starts, lines)


def _layout(kind: Kind, mapping: Rules, delimiter: str, header: tuple[str, ...]) -> Layout:
    places = find_columns(header, mapping.wanted())
    uses = [places[name] for names in mapping.columns.values() for name in names]
    fields = [
        Field(column, names[0], places[names[0]])
        for column in kind.mappable()
        if len(names := mapping.columns.get(column.name, ())) == 1 and uses.count(places[names[0]]) == 1
    ]
    return Layout(kind, mapping, delimiter, header, tuple(fields))


def _bounds(file: BinaryIO, start: int, line: int) -> tuple[Longs, Longs]:
    """Where records begin and on which lines: a newline within quotation marks ends none."""
    ends: list[Longs] = []
    ordinals: list[Longs] = []
    at, seen, marks = start, 0, 0
    file.seek(start)
    while data := file.read(_CHUNK):
        signs = np.frombuffer(data, dtype=np.uint8)
        breaks, quotes = np.flatnonzero(signs == _NEWLINE), np.flatnonzero(signs == _QUOTE)
        outside = (np.searchsorted(quotes, breaks) + marks) % 2 == 0
        ends.append(breaks[outside] + at + 1)
        ordinals.append(np.flatnonzero(outside) + seen + 1)
        at, seen, marks = at + len(data), seen + len(breaks), marks + len(quotes)
    bounds = np.concatenate([[start], *ends]).astype(np.int64)
    lines = np.concatenate([[0], *ordinals]).astype(np.int64) + line
    if bounds[-1] == at:
        return bounds, lines[:-1]
    return np.append(bounds, at), lines  # the last record has no end of line


def rewrite(file: CleanFile, edits: Mapping[int, bytes], keep: int) -> dict[int, int]:
    """Write the file anew with its first `keep` records, those in `edits` replaced.

    Returns the line on which each replacement begins. The file is swapped in one step.
    """
    shift = 0
    began = {}
    fresh = file.path.with_name(f".{file.path.name}.dirty")
    with file.path.open("rb") as old, fresh.open("wb") as new:
        done = 0
        for at in sorted(edits):
            start, end = int(file.starts[at]), int(file.starts[at + 1])
            _copy(old, new, done, start)
            new.write(edits[at])
            began[at] = int(file.lines[at]) + shift
            old.seek(start)
            shift += edits[at].count(b"\n") - old.read(end - start).count(b"\n")
            done = end
        _copy(old, new, done, int(file.starts[keep]))
    fresh.replace(file.path)
    return began


def _copy(old: BinaryIO, new: BinaryIO, start: int, end: int) -> None:
    for piece in _pieces(old, start, end):
        new.write(piece)


def _pieces(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    while start < end:
        piece = file.read(min(_CHUNK, end - start))
        start += len(piece)
        yield piece

"""Delimited text, streaming: each stretch by Arrow's parser where it is regular, record by record where not.

The file is cut into stretches that end at the end of a record. A stretch is regular when its quotation marks
open and close as the standard says, no line is overlong, and it holds no zero byte and no lone carriage
return. Whether Arrow then found a row for every line is checked too; if it did not, the same stretch is read
carefully. So both ways give the same rows with the same line numbers, and the fast one is only faster.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from lippen.signals.csv_careful import careful_batch
from lippen.signals.csv_shape import Shape, find_shape
from lippen.signals.mapping import FileRules
from lippen.signals.rows import Refused, RowBatch, Source, Work, find_columns, overlong
from lippen.signals.unpacking import Unpacking, repair_utf8

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
_END_OF_LINE = re.compile(rb"\r\n|\n|\r")


def open_csv(
    path: Path, name: str, wanted: tuple[str, ...], rules: FileRules, *, fast: bool = True
) -> tuple[Source, Unpacking]:
    """A delimited file ready to read, and what unpacks it (its digest is whole once all is read).

    `fast=False` reads every stretch record by record. Raises FileRefused when the file has not the wanted
    columns, is empty or cannot be unpacked, OSError when it cannot be read.
    """
    unpacking = Unpacking(path, rules.encoding, rules.largest_unpacked)
    chunks = unpacking.chunks()
    first = next(chunks, b"")
    shape = find_shape(first, wanted, rules.delimiter, rules.header_row, rules.longest_line)
    reading = _Reading(shape, find_columns(shape.header, wanted), rules.longest_line)
    about = _about_rows(path, first, shape, unpacking)
    work = reading.stretches(first, chunks, unpacking, fast=fast)
    return Source(name, shape.header, work, about_rows=about), unpacking


def _about_rows(path: Path, first: bytes, shape: Shape, unpacking: Unpacking) -> int:
    lines = max(1, first.count(b"\n", shape.start))
    seen = max(1, len(first) - shape.start)
    unpacked = path.stat().st_size * max(1.0, unpacking.unpacked / max(1, unpacking.read))
    return max(lines, round(unpacked * lines / seen))


@dataclass(frozen=True)
class _Reading:
    """One file's shape, where its wanted columns stand, and how long a line may be."""

    shape: Shape
    columns: dict[str, int]
    longest: int

    def stretches(
        self, first: bytes, chunks: Iterator[bytes], unpacking: Unpacking, *, fast: bool
    ) -> Iterator[Work]:
        """The file cut into stretches, in order; `first` is the chunk that was looked at for the header."""
        held, line = first[self.shape.start :], self.shape.line
        following: bytes | None = next(chunks, None)
        skipping = False  # inside a line so long that it is not kept
        while True:
            final = following is None
            if final and unpacking.broken:
                held = held[: max(held.rfind(b"\n"), held.rfind(b"\r")) + 1]  # the last line is part of one
            if skipping:
                end_of_line = _END_OF_LINE.search(held)
                skipping = end_of_line is None
                held = held[end_of_line.end() :] if end_of_line else b""
                line += 0 if skipping else 1
            end = _regular_end(held, self.shape.delimiter, self.longest, final=final) if fast else None
            if end is not None:
                if end:
                    yield functools.partial(self.parse, held[:end], line)
                    line += held.count(b"\n", 0, end)
                    held = held[end:]
            elif held:
                batch, end, line = self.carefully(held, line, final=final)
                held = held[end:]
                yield functools.partial(_given, batch)
            if len(held) > self.longest and b"\n" not in held and b"\r" not in held[:-1]:
                yield functools.partial(_given, self._one_refusal(line, overlong(self.longest)))
                held, skipping = b"", True
            if following is None:
                break
            held += following
            following = next(chunks, None)
        if unpacking.broken:
            yield functools.partial(_given, self._one_refusal(line, unpacking.broken))

    def _one_refusal(self, line: int, reason: str) -> RowBatch:
        nothing = {name: pa.array([], type=pa.string()) for name in self.columns}
        return RowBatch(nothing, np.array([], dtype=np.int64), [Refused(line, "", reason)])

    def carefully(self, data: bytes, line: int, *, final: bool) -> tuple[RowBatch, int, int]:
        """The rows of `data` record by record; see `careful_batch`."""
        return careful_batch(
            data,
            line,
            self.shape.delimiter,
            self.longest,
            final=final,
            width=len(self.shape.header),
            columns=self.columns,
        )

    def parse(self, data: bytes, line: int) -> RowBatch:
        """The rows of a regular stretch by Arrow's parser; carefully if that leaves a line unaccounted."""
        fixed, repaired = repair_utf8(data)
        found = self._parse_fast(fixed, line)
        if found is None:
            return self.carefully(data, line, final=True)[0]
        values, lines = found
        return RowBatch(values, lines, repaired=repaired)

    def _parse_fast(
        self, data: bytes, line: int
    ) -> tuple[dict[str, pa.StringArray], npt.NDArray[np.int64]] | None:
        expected = data.count(b"\n") + (not data.endswith(b"\n"))
        table = self._arrow(data, list(dict.fromkeys(self.columns.values())))
        if table is None:
            return None
        lines = np.arange(line, line + table.num_rows, dtype=np.int64)
        if table.num_rows != expected:
            whole = self._arrow(data, list(range(len(self.shape.header))))
            if whole is None:
                return None
            inside = np.zeros(whole.num_rows, dtype=np.int64)
            for column in whole.itercolumns():
                inside += pc.count_substring(column, "\n").to_numpy()
            if whole.num_rows + int(inside.sum()) != expected:
                return None
            lines[1:] += np.cumsum(inside)[:-1]
        return {name: table[str(at)].combine_chunks() for name, at in self.columns.items()}, lines

    def _arrow(self, data: bytes, wanted: list[int]) -> pa.Table | None:
        """The wanted columns as text, named by their place; None when a row has the wrong width."""
        ragged = False

        def skip(_: object) -> str:
            nonlocal ragged
            ragged = True
            return "skip"

        names = [str(at) for at in range(len(self.shape.header))]
        try:
            table = pa_csv.read_csv(
                pa.BufferReader(data),
                read_options=pa_csv.ReadOptions(
                    column_names=names, use_threads=False, block_size=len(data) + 1
                ),
                parse_options=pa_csv.ParseOptions(
                    delimiter=self.shape.delimiter, newlines_in_values=True, invalid_row_handler=skip
                ),
                convert_options=pa_csv.ConvertOptions(
                    include_columns=[str(at) for at in wanted],
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=False,
                    check_utf8=False,
                ),
            )
        except pa.ArrowInvalid:
            return None
        return None if ragged else table


def _given(batch: RowBatch) -> RowBatch:
    return batch


def _regular_end(data: bytes, delimiter: str, longest: int, *, final: bool) -> int | None:
    """Where the last whole record of a regular stretch ends; None when it has to be read carefully."""
    end = len(data) if final else data.rfind(b"\n") + 1
    if end == 0:
        return 0 if len(data) <= longest else None
    if b"\0" in data or data.count(b"\r", 0, end) != data.count(b"\r\n", 0, end):
        return None
    signs = np.frombuffer(data, dtype=np.uint8, count=end)
    breaks = np.flatnonzero(signs == _NEWLINE)
    if np.max(np.diff(breaks, prepend=-1, append=end), initial=0) > longest + 1:
        return None
    if data.find(b'"', 0, end) < 0:
        return end
    quotes = np.flatnonzero(signs == _QUOTE)
    if not _quotes_pair_up(signs, quotes, ord(delimiter)):
        return None
    if len(quotes) % 2 == 0:
        return end
    if final:
        return None
    outside = np.flatnonzero(np.searchsorted(quotes, breaks) % 2 == 0)
    return int(breaks[outside[-1]]) + 1 if len(outside) else (0 if len(data) <= longest else None)


def _quotes_pair_up(signs: npt.NDArray[np.uint8], quotes: npt.NDArray[np.int64], delimiter: int) -> bool:
    """Whether marks open only where a cell begins and close only where it ends (a doubled mark does both)."""
    opening, closing = quotes[0::2], quotes[1::2]
    before = np.where(opening > 0, signs[opening - 1], _NEWLINE)
    doubled = np.zeros(len(opening), dtype=bool)
    doubled[1:] = opening[1:] == closing[: len(opening) - 1] + 1
    if not (doubled | (before == delimiter) | (before == _NEWLINE)).all():
        return False
    after = np.where(closing + 1 < len(signs), signs[np.minimum(closing + 1, len(signs) - 1)], _NEWLINE)
    ends_cell = (after == delimiter) | (after == _NEWLINE) | (after == _RETURN)
    again = np.zeros(len(closing), dtype=bool)
    again[: len(opening) - 1] = doubled[1:][: len(closing)]
    return bool((ends_cell | again).all())

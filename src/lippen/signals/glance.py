"""A first look at a file nobody has mapped: its beginning as columns of text, and what each column may be."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.coordinates import read_degrees
from lippen.signals.csv_careful import careful_batch
from lippen.signals.csv_shape import Shape, guess_shape
from lippen.signals.folding import fold
from lippen.signals.guessing import (
    TimeGuess,
    guess_block,
    guess_columns,
    guess_day,
    guess_format,
    guess_reported,
    guess_zone,
)
from lippen.signals.identity import identity_by_content, identity_by_name, mask_value
from lippen.signals.json_rows import json_header, open_json_lines
from lippen.signals.kinds import Kind
from lippen.signals.listing import Found
from lippen.signals.mapping import FileRules
from lippen.signals.parquet_rows import flat_columns, open_parquet
from lippen.signals.places import cut_to_block
from lippen.signals.rows import RowBatch, Source, refuse_wide
from lippen.signals.sheet_rows import preview_sheet
from lippen.signals.unpacking import Unpacking
from lippen.wording import counted

_LOOK_BYTES = 4 << 20
_SAMPLES = 4
_FEW = 100
_WIDE = 40


class Glance:
    """The beginning of one file and what was made of it.

    `batch` holds the first rows, all columns as text; `columns` the same trimmed; `file_rules` what a mapping
    must say about the file; `identity` why a column is not read; `chosen` the export's column for each column
    of the kind; `block` the column with the block before a street; `reported` and `formats` how times are
    written; `point` the latitudes and longitudes of the rows that have both. `problems` change what comes of
    an import and `notes` do not; both are plain sentences. Raises FileRefused when nothing can be read, or
    when there are too many columns to be looked at.
    """

    def __init__(self, file: Found, kind: Kind) -> None:
        self.file = file
        self.kind = kind
        self.problems: list[str] = []
        self.notes: list[str] = []
        self.file_rules: dict[str, str] = {}
        self.batch = self._look()
        self.columns = {name: pc.utf8_trim_whitespace(values) for name, values in self.batch.columns.items()}
        self.identity = self._identity()
        self.chosen = guess_columns(kind, self.columns, list(self.identity))
        kept = {self.chosen.get(name) for name in kind.reading("personal")}
        self.identity = {name: why for name, why in self.identity.items() if name not in kept}
        self.block = guess_block(self.columns, self.chosen["place"]) if "place" in self.chosen else None
        self.reported = self._reported()
        self.formats = self._formats()
        self.point = self._point()

    def uses(self) -> dict[str, str]:
        """What became of each column of the export, in words."""
        reverse = {theirs: ours for ours, theirs in self.chosen.items()}
        if self.reported:
            reverse.update(dict.fromkeys(self.reported.columns, self.kind.when))
        if self.block:
            reverse[self.block] = "place"
        uses = {}
        for name in self.columns:
            if name in self.identity:
                uses[name] = f"NOT READ: {self.identity[name]}"
            else:
                uses[name] = f"-> {reverse[name]}" if name in reverse else "not used"
        return uses

    def lacking(self) -> tuple[str, ...]:
        """The columns that a mapping must name and for which none was found."""
        found = {*self.chosen, *((self.kind.when,) if self.reported else ())}
        return tuple(column.name for column in self.kind.must_name() if column.name not in found)

    def wanted(self) -> tuple[str, ...]:
        """The columns of the export that a mapping of this file reads."""
        times = self.reported.columns if self.reported else ()
        block = (self.block,) if self.block else ()
        return tuple(dict.fromkeys((*self.chosen.values(), *times, *block)))

    def zone(self) -> tuple[str, str]:
        """A time zone for the times of this file, and what the guess rests on."""
        point = self.point
        middle = None if point is None else (float(np.median(point[0])), float(np.median(point[1])))
        return guess_zone(middle, self.formats)

    def samples(self, name: str) -> str:
        """What a column holds, in words: how many different values, and a few of them, masked."""
        counts = Counter(pc.drop_null(self.columns[name]).to_pylist())
        counts.pop("", None)
        values = [value for value, _ in counts.most_common(_SAMPLES)]
        if len(counts) > _FEW:  # more than codes: perhaps places, in which nobody's house number is shown
            values = cut_to_block(pa.array(values, pa.string())).to_pylist()
        shown = ", ".join(repr(mask_value(value)[:_WIDE]) for value in values)
        different = "1 value" if len(counts) == 1 else f"{len(counts):,} different values"
        return f"{different}, such as {shown}" if counts else "empty"

    def _look(self) -> RowBatch:
        rules = FileRules()
        if self.file.reader == "sheet":
            seen = preview_sheet(self.file.path, rules)
            self.file_rules["sheet"] = seen.sheet
            columns = {
                name: pa.array([row[at] if at < len(row) else "" for row in seen.rows], pa.string())
                for at, name in enumerate(seen.header)
            }
            return RowBatch(columns, np.array(seen.lines, dtype=np.int64))
        if self.file.reader == "parquet":
            names = flat_columns(self.file.path)
            refuse_wide(len(names))
            return _first(open_parquet(self.file.path, self.file.name, names))
        data = next(Unpacking(self.file.path).chunks(), b"")
        if self.file.reader == "json":
            names = tuple(json_header(data))
            refuse_wide(len(names))
            return _first(open_json_lines(self.file.path, self.file.name, names, rules)[0])
        return self._look_at_text(data, guess_shape(data, rules.longest_line), rules)

    def _look_at_text(self, data: bytes, shape: Shape, rules: FileRules) -> RowBatch:
        refuse_wide(len(shape.header))
        if shape.delimiter != ",":
            self.file_rules["delimiter"] = shape.delimiter
        if shape.line > 2:
            above = shape.line - 2
            said = "line stands above the header and is", "lines stand above the header and are"
            self.notes.append(f"{counted(above, *said)} passed over")
        columns = {name: at for at, name in enumerate(shape.header)}
        part = data[shape.start : shape.start + _LOOK_BYTES]
        batch, _, _ = careful_batch(
            part,
            shape.line,
            shape.delimiter,
            rules.longest_line,
            final=shape.start + len(part) == len(data),
            width=len(shape.header),
            columns=columns,
        )
        for refused in batch.refused[:3]:
            self.notes.append(f"line {refused.line}: {refused.reason}")
        if len(batch.refused) > 3:
            more = counted(len(batch.refused) - 3, "more line")
            self.notes.append(f"{more} near the beginning cannot be read either")
        if batch.repaired:
            said = "line is not UTF-8; it is", "lines are not UTF-8; they are"
            self.notes.append(f"{counted(batch.repaired, *said)} read as Windows-1252")
        for name in shape.header:
            if name.endswith(" (1)"):
                self.notes.append(
                    f"the header {name[:-4]!r} stands there more than once; (1), (2) tell the columns apart"
                )
        return batch

    def _identity(self) -> dict[str, str]:
        found = {}
        own = {column.words for column in self.kind.mappable() if column.reads != "personal"}
        for name, values in self.columns.items():
            says = None if fold(name) in own else identity_by_name(name)
            holds = None if says else identity_by_content(values)
            if says or holds:
                found[name] = f"it looks like {says}" if says else f"it is full of {holds}"
        return found

    def _reported(self) -> TimeGuess | None:
        name = self.chosen.get(self.kind.when)
        if name is None:
            dates = [
                (guess_format(values).share, name)
                for name, values in self.columns.items()
                if name not in self.chosen.values() and name not in self.identity
            ]
            share, name = max(dates, default=(0.0, ""))
            if share < 0.8:
                return None
        if self.kind.when in self.kind.reading("day"):
            guess = guess_day(self.columns[name], name)
        else:
            guess = guess_reported(self.columns, name, list(self.identity))
        self.chosen = {ours: theirs for ours, theirs in self.chosen.items() if theirs not in guess.columns}
        if guess.doubt:
            self.problems.append(f"{name}: {guess.doubt}; {guess.formats[0]!r} is a guess")
        return guess

    def _formats(self) -> list[str]:
        formats = list(self.reported.formats) if self.reported else []
        for ours in self.kind.reading("time", "day"):
            if ours in self.chosen:
                formats += guess_format(self.columns[self.chosen[ours]]).formats
        return list(dict.fromkeys(formats)) or ["iso"]

    def _point(self) -> tuple[Any, Any] | None:
        if not {"lat", "lon"} <= set(self.chosen):
            self.chosen.pop("lat", None)
            self.chosen.pop("lon", None)
            return None
        lat, lon = (
            read_degrees(self.columns[self.chosen[name]], decimal_comma=True)[0] for name in ("lat", "lon")
        )
        given = ~np.isnan(lat) & ~np.isnan(lon) & ((lat != 0) | (lon != 0))
        if not given.any():
            return None
        return lat[given], lon[given]


def _first(source: Source) -> RowBatch:
    """The first stretch of a source, or one without rows."""
    work = next(source.work, None)
    if work is not None:
        return work()
    nothing = {name: pa.array([], pa.string()) for name in source.header}
    return RowBatch(nothing, np.array([], dtype=np.int64))

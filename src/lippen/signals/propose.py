"""`lippen inspect`: a mapping proposed for a file nobody has mapped, its first rows as read, every problem seen.

The proposal is a mapping file with its reasons beside it, to be checked by someone who knows the export.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lippen.signals.accept import Accepted, IdentityFound, accept
from lippen.signals.csv_careful import careful_batch
from lippen.signals.csv_rows import open_csv
from lippen.signals.csv_shape import Shape, guess_shape
from lippen.signals.folding import fold
from lippen.signals.guessing import (
    TimeGuess,
    guess_block,
    guess_columns,
    guess_format,
    guess_outcome,
    guess_reported,
    guess_zone,
    looks_own_activity,
    looks_sensor,
)
from lippen.signals.identity import identity_by_content, identity_by_name, mask_value
from lippen.signals.kinds import Kind, load_kind
from lippen.signals.listing import Found, list_folder
from lippen.signals.mapping import FileRules, Mapping, MappingError, parse_mapping
from lippen.signals.places import read_coordinates
from lippen.signals.protected import PROTECTED_CLASSES, protected_classes_of
from lippen.signals.report import ImportRefused
from lippen.signals.rows import FileRefused, RowBatch, Source
from lippen.signals.sheet_rows import open_sheets, sheet_preview
from lippen.signals.table_rows import json_header, open_json_lines, open_parquet
from lippen.signals.unpacking import Unpacking

_LOOK_BYTES = 4 << 20
_SHOWN = 5
_LISTED = 400


@dataclass(frozen=True)
class Proposal:
    """A proposed mapping and what was seen on the way.

    `toml` is the text of the mapping file, `mapping` the same checked (None when it lacks what a mapping must
    have). `first_rows` are the first rows as they would be stored, `problems` plain sentences, `columns` every
    column of the export with what was made of it.
    """

    file: str
    toml: str
    mapping: Mapping | None
    first_rows: tuple[Table[str, Any], ...]
    problems: tuple[str, ...]
    columns: Table[str, str]

    def as_text(self) -> str:
        """Everything as plain text, for a terminal."""
        lines = [f"{self.file}", "", "Columns of the export"]
        width = max((len(name) for name in self.columns), default=0)
        lines += [f"  {name:<{width}}  {use}" for name, use in self.columns.items()]
        lines += ["", "First rows as they would be read"]
        for row in self.first_rows:
            shown = [f"{name} = {value}" for name, value in row.items() if value is not None]
            lines += ["  " + "; ".join(shown)]
        if not self.first_rows:
            lines.append("  none")
        lines += ["", "Problems", *(f"  - {problem}" for problem in self.problems or ("none found",))]
        lines += ["", "Proposed mapping", "", self.toml]
        return "\n".join(lines)


def propose_mapping(path: str | Path) -> Proposal:
    """Look at a file (or the largest readable file of a folder) and propose how to map it.

    Raises ImportRefused when there is nothing that can be read.
    """
    path = Path(path)
    if not path.exists():
        raise ImportRefused("there is no such file or folder", file=path, remedy="Check the path.")
    found, not_read = list_folder(path)
    if not found:
        reasons = "; ".join(f"{one.file}: {one.reason}" for one in not_read[:5])
        raise ImportRefused(f"there is nothing to read here ({reasons or 'it is empty'})", file=path)
    file = max(found, key=lambda one: (one.size, one.name))
    try:
        return _Proposing(file, load_kind("incident")).proposal()
    except FileRefused as error:
        raise ImportRefused(f"it cannot be read: {error}", file=file.name) from error


class _Proposing:
    def __init__(self, file: Found, kind: Kind) -> None:
        self.file = file
        self.kind = kind
        self.problems: list[str] = []
        self.file_rules: dict[str, Any] = {}
        self.batch = self._look()
        self.columns = {name: pc.utf8_trim_whitespace(values) for name, values in self.batch.columns.items()}
        self.identity = self._identity()
        self.chosen = guess_columns(kind, self.columns, list(self.identity))
        self.block = guess_block(self.columns, self.chosen["place"]) if "place" in self.chosen else None
        self.reported = self._reported()
        self.formats = self._formats()
        self.point = self._point()

    # -- looking -------------------------------------------------------------------------------------------

    def _look(self) -> RowBatch:
        """The first rows of the file, all columns as text."""
        rules = FileRules()
        if self.file.reader == "sheet":
            sheet, header, rows = sheet_preview(self.file.path, rules)
            self.file_rules["sheet"] = sheet
            columns = {
                name: pa.array([row[at] if at < len(row) else "" for row in rows], pa.string())
                for at, name in enumerate(header)
            }
            return RowBatch(columns, np.arange(1, len(rows) + 1, dtype=np.int64))
        if self.file.reader == "parquet":
            names = tuple(pq.read_schema(self.file.path).names)
            return next(open_parquet(self.file.path, self.file.name, names).work)()
        unpacking = Unpacking(self.file.path)
        data = next(unpacking.chunks(), b"")
        if self.file.reader == "json":
            names = tuple(json_header(data))
            return next(open_json_lines(self.file.path, self.file.name, names, rules)[0].work)()
        return self._look_at_text(data, guess_shape(data, rules.longest_line), rules)

    def _look_at_text(self, data: bytes, shape: Shape, rules: FileRules) -> RowBatch:
        if shape.delimiter != ",":
            self.file_rules["delimiter"] = shape.delimiter
        if shape.line > 2:
            self.problems.append(f"{shape.line - 2} lines stand above the header and are passed over")
        columns = {name: at for at, name in enumerate(shape.header)}
        part = data[shape.start : shape.start + _LOOK_BYTES]
        batch, _, _ = careful_batch(
            part,
            shape.line,
            shape.delimiter,
            rules.longest_line,
            final=len(part) < _LOOK_BYTES,
            width=len(shape.header),
            columns=columns,
        )
        for refused in batch.refused[:3]:
            self.problems.append(f"line {refused.line}: {refused.reason}")
        if len(batch.refused) > 3:
            self.problems.append(
                f"{len(batch.refused) - 3} more lines near the beginning cannot be read either"
            )
        if batch.repaired:
            self.problems.append(f"{batch.repaired} lines are not UTF-8; they are read as Windows-1252")
        repeated = [name for name in shape.header if name.endswith(" (1)")]
        for name in repeated:
            self.problems.append(
                f"the header {name[:-4]!r} stands there more than once; the columns are told apart by (1), (2)"
            )
        return batch

    def _identity(self) -> dict[str, str]:
        found = {}
        for name, values in self.columns.items():
            says = identity_by_name(name)
            holds = None if says else identity_by_content(values)
            if says or holds:
                found[name] = f"it looks like {says}" if says else f"it is full of {holds}"
        return found

    def _reported(self) -> TimeGuess | None:
        name = self.chosen.get("reported_at")
        if name is None:
            dates = [
                (guess_format(values).share, name)
                for name, values in self.columns.items()
                if name not in self.chosen.values()
            ]
            share, name = max(dates, default=(0.0, ""))
            if share < 0.8:
                return None
        guess = guess_reported(self.columns, name, list(self.identity))
        self.chosen = {ours: theirs for ours, theirs in self.chosen.items() if theirs not in guess.columns}
        if guess.doubt:
            self.problems.append(f"{name}: {guess.doubt}; {guess.formats[0]!r} is a guess")
        return guess

    def _formats(self) -> list[str]:
        formats = list(self.reported.formats) if self.reported else []
        for ours in ("closed_at", "dispatched_at", "arrived_at", "cleared_at"):
            if ours in self.chosen:
                formats += guess_format(self.columns[self.chosen[ours]]).formats
        return list(dict.fromkeys(formats)) or ["iso"]

    def _point(self) -> tuple[Any, Any] | None:
        if not {"lat", "lon"} <= set(self.chosen):
            self.chosen.pop("lat", None)
            self.chosen.pop("lon", None)
            return None
        lat, lon = (
            read_coordinates(self.columns[self.chosen[name]], True, frozenset({"0", "0.0"}))[0]
            for name in ("lat", "lon")
        )
        given = ~np.isnan(lat) & ~np.isnan(lon)
        if not given.any():
            return None
        return lat[given], lon[given]

    # -- proposing -----------------------------------------------------------------------------------------

    def proposal(self) -> Proposal:
        toml, mapping = self._toml()
        rows: tuple[Table[str, Any], ...] = ()
        if mapping is not None:
            try:
                outcome = accept(
                    self.batch, mapping, self.file.name, typed=self.file.reader in ("sheet", "parquet")
                )
                rows = tuple(_as_read(outcome))
                self._refusals(outcome)
            except IdentityFound as error:
                self.problems.append(
                    f"the column {error.column!r} is full of {error.holds} and cannot be mapped"
                )
        return Proposal(self.file.name, toml, mapping, rows, tuple(self.problems), self._uses())

    def _refusals(self, outcome: Accepted) -> None:
        refused = outcome.quarantine.to_pylist()
        counted = Counter((row["column"], row["reason"]) for row in refused if row["column"] is not None)
        for (column, reason), count in counted.most_common(12):
            example = next(row for row in refused if row["column"] == column and row["reason"] == reason)
            value = f", where {column!r} says {example['value']!r}" if column else ""
            self.problems.append(
                f"{count:,} of the first {self.batch.rows:,} rows, first on line {example['line']}{value}: {reason}"
            )
        self.problems += [f"{count:,} {note}" for note, count in sorted(outcome.notes.items())]

    def _uses(self) -> dict[str, str]:
        reverse = {theirs: ours for ours, theirs in self.chosen.items()}
        if self.reported:
            reverse.update(dict.fromkeys(self.reported.columns, "reported_at"))
        if self.block:
            reverse[self.block] = "place"
        uses = {}
        for name in self.columns:
            if name in self.identity:
                uses[name] = f"NOT READ: {self.identity[name]}"
            else:
                uses[name] = f"-> {reverse[name]}" if name in reverse else "not used"
        return uses

    def _counts(self, names: Sequence[str]) -> dict[str, Counter[str]]:
        """How often each value of some columns occurs in the whole file."""
        counts = {name: Counter[str]() for name in names}
        for work in self._source(tuple(names)).work:
            batch = work()
            for name in names:
                for entry in pc.value_counts(pc.utf8_trim_whitespace(batch.columns[name])).to_pylist():
                    counts[name][entry["values"]] += entry["counts"]
        return counts

    def _source(self, names: tuple[str, ...]) -> Source:
        rules = FileRules(delimiter=self.file_rules.get("delimiter"), sheet=self.file_rules.get("sheet"))
        if self.file.reader == "sheet":
            return open_sheets(self.file.path, self.file.name, names, rules)[0]
        if self.file.reader == "parquet":
            return open_parquet(self.file.path, self.file.name, names)
        opener = open_json_lines if self.file.reader == "json" else open_csv
        return opener(self.file.path, self.file.name, names, rules)[0]

    def _toml(self) -> tuple[str, Mapping | None]:
        zone, why = guess_zone(
            None
            if self.point is None
            else (float(np.median(self.point[0])), float(np.median(self.point[1]))),
            self.formats,
        )
        self.problems.append(f"the time zone {zone} is a guess, {why}: check it")
        lines = [
            f"# Proposed by `lippen inspect` for {self.file.name}. Check every line against what you know of the export.",
            "",
            'kind = "incident"',
            f"zone = {_quoted(zone)} # a guess, {why}",
        ]
        left = [name for name, use in self._uses().items() if use == "not used"]
        if left:
            lines += [
                "",
                "# Not used. Name one under [columns] if it belongs there.",
                f"ignore = {_list(left)}",
            ]
        lines += [f"# not read: {mask_value(name)}: {why_not}" for name, why_not in self.identity.items()]
        lines += ["", "[columns]", *self._column_lines()]
        lines += [
            "",
            "[times]",
            f"formats = {_list(self.formats)}",
            *self._file_lines(),
            *self._place_lines(),
        ]
        counted = self._counts([self.chosen[name] for name in ("kind", "disposal") if name in self.chosen])
        lines += self._outcome_lines(counted) + self._kind_lines(counted)
        text = "\n".join(lines) + "\n"
        try:
            return text, parse_mapping(text)
        except MappingError as error:
            self.problems.append(f"the proposal is not complete: {error}")
            return text, None

    def _column_lines(self) -> list[str]:
        lines = []
        for column in self.kind.mappable():
            if column.name == "reported_at" and self.reported:
                names = self.reported.columns
                lines.append(f"reported_at = {_quoted(names[0]) if len(names) == 1 else _list(names)}")
            elif column.name == "place" and self.block:
                lines.append(f"place = {_list([self.block, self.chosen['place']])}")
            elif column.name in self.chosen:
                lines.append(f"{column.name} = {_quoted(self.chosen[column.name])}")
            elif column.required:
                lines.append(f'# {column.name} = "" # not found: name the column that holds it')
                self.problems.append(f"no column was found for {column.name}")
        if "disposal" not in self.chosen:
            self.problems.append(
                "no column with outcomes was found: without them no episode of unfounded calls can be assessed"
            )
        return lines

    def _file_lines(self) -> list[str]:
        lines = [f"{name} = {_quoted(value)}" for name, value in self.file_rules.items()]
        numbers = []
        if self.point is not None:
            text = self.columns[self.chosen["lat"]]
            if pc.any(pc.match_substring_regex(text, r"^-?\d+,\d+$")).as_py():
                numbers = ["", "[numbers]", "decimal_comma = true"]
        return (["", "[file]", *lines] if lines else []) + numbers

    def _place_lines(self) -> list[str]:
        if self.point is None:
            return []
        sides = []
        for values in self.point:
            low, high = np.quantile(values, [0.005, 0.995])
            margin = 0.1 + 0.5 * (high - low)
            sides.append((round(float(low - margin), 2), round(float(high + margin), 2)))
        (south, north), (west, east) = sides
        missing = 1 - len(self.point[0]) / max(1, len(self.batch.lines))
        if missing > 0.02:
            self.problems.append(f"{missing:.0%} of the first rows have no coordinates")
        return [
            "",
            "[places]",
            "grid_km = 1.0 # the cell that stands for a small area when no column holds one",
            f"box = {{ south = {south}, west = {west}, north = {north}, east = {east} }} # around the first rows",
        ]

    def _outcome_lines(self, counted: dict[str, Counter[str]]) -> list[str]:
        if "disposal" not in self.chosen:
            return []
        codes = counted[self.chosen["disposal"]]
        lines = [
            "",
            "# Guessed by their words. Unfounded means nothing found, false or no trace; it is no proof of bad faith.",
            "[outcomes]",
            'default = "unknown"',
        ]
        once = {fold(code): code for code, _ in codes.most_common(_LISTED) if code}
        for outcome in ("unfounded", "founded", "unknown"):
            listed = [(code, codes[code]) for code in once.values() if guess_outcome(code) == outcome]
            lines += _ticked(outcome, listed)
        if codes[""]:
            lines.append(f"# {codes['']:,} rows have no code")
        if not any(guess_outcome(code) == "unfounded" for code in codes):
            self.problems.append(
                "no disposal code sounds like nothing found: put those that mean it under unfounded"
            )
        return lines

    def _kind_lines(self, counted: dict[str, Counter[str]]) -> list[str]:
        if "kind" not in self.chosen:
            return []
        kinds = counted[self.chosen["kind"]]
        rest = {kind: count for kind, count in kinds.most_common(_LISTED) if kind}
        if len(kinds) > _LISTED:
            self.problems.append(
                f"there are {len(kinds):,} different kinds; only the {_LISTED} commonest are listed"
            )
        groups: dict[str, list[tuple[str, int]]] = {"own_activity": [], "sensor": []}
        protected: dict[str, list[tuple[str, int]]] = {}
        plain = []
        for kind, count in rest.items():
            classes = protected_classes_of(kind)
            if classes:
                protected.setdefault(classes[0], []).append((kind, count))
            elif looks_sensor(kind):
                groups["sensor"].append((kind, count))
            elif looks_own_activity(kind):
                groups["own_activity"].append((kind, count))
            else:
                plain.append((kind, count))
        lines = [
            "",
            "# Every kind of the export, with how often it occurs. Move each to where it belongs.",
            "[kinds]",
        ]
        lines += [
            "# the police's own activity: nobody reported it",
            *_ticked("own_activity", groups["own_activity"]),
            "# sensors and automatic alarms, not people",
            *_ticked("sensor", groups["sensor"]),
            "# none of these: reports by people, which may be assessed",
            *(f"#     {_quoted(mask_value(kind))}, # {count:,}" for kind, count in plain),
            "",
            "# never assessed. Kinds whose names hold a protected word are so in any case; add the others.",
            "[kinds.protected]",
        ]
        for name in PROTECTED_CLASSES:
            if name in protected:
                lines += _ticked(name, protected[name])
            else:
                lines.append(f"# {name} = []")
        return lines


def _as_read(outcome: Accepted) -> list[dict[str, Any]]:
    hidden = ("place_key", "content", "file")
    return [
        {name: str(value) if value is not None else None for name, value in row.items() if name not in hidden}
        for row in outcome.incidents.slice(0, _SHOWN).to_pylist()
    ]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _list(texts: Sequence[str]) -> str:
    return "[" + ", ".join(_quoted(text) for text in texts) + "]"


def _ticked(name: str, entries: Sequence[tuple[str, int]]) -> list[str]:
    if not entries:
        return [f"{name} = []"]
    return [f"{name} = [", *(f"    {_quoted(value)}, # {count:,}" for value, count in entries), "]"]

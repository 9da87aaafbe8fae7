"""The text of a proposed mapping: every line a guess that says what it rests on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow.compute as pc

from lippen.signals.folding import fold
from lippen.signals.glance import Glance
from lippen.signals.guessing import guess_outcome, guess_zone, looks_own_activity, looks_sensor
from lippen.signals.identity import mask_value
from lippen.signals.protected import PROTECTED_CLASSES, protected_classes_of

_LISTED = 400
"""How many different codes or kinds are listed: an analyst will read no more."""


def draft_mapping(glance: Glance) -> tuple[str, list[str]]:
    """The mapping file as TOML, and what is doubtful about it in plain sentences."""
    return _Draft(glance).written()


class _Draft:
    def __init__(self, glance: Glance) -> None:
        self.glance = glance
        self.chosen = glance.chosen
        self.problems: list[str] = []

    def written(self) -> tuple[str, list[str]]:
        names = [self.chosen[name] for name in ("kind", "disposal") if name in self.chosen]
        counted = self.glance.count_values(names)
        lines = [
            *self._head(),
            *self._columns(),
            "",
            "[times]",
            f"formats = {_list(self.glance.formats)}",
            *self._file(),
            *self._places(),
            *self._outcomes(counted),
            *self._kinds(counted),
        ]
        return "\n".join(lines) + "\n", self.problems

    def _head(self) -> list[str]:
        point = self.glance.point
        middle = None if point is None else (float(np.median(point[0])), float(np.median(point[1])))
        zone, why = guess_zone(middle, self.glance.formats)
        self.problems.append(f"the time zone {zone} is a guess, {why}: check it")
        lines = [
            f"# Proposed by `lippen inspect` for {self.glance.file.name}.",
            "# Check every line against what you know of the export.",
            "",
            'kind = "incident"',
            f"zone = {_quoted(zone)} # a guess, {why}",
        ]
        left = [name for name, use in self.glance.uses().items() if use == "not used"]
        if left:
            lines += [
                "",
                "# Not used. Name one under [columns] if it belongs there.",
                f"ignore = {_list(left)}",
            ]
        return lines + [
            f"# not read: {mask_value(name)}: {why}" for name, why in self.glance.identity.items()
        ]

    def _columns(self) -> list[str]:
        lines = ["", "[columns]"]
        for column in self.glance.kind.mappable():
            if column.name == "reported_at" and self.glance.reported:
                names = self.glance.reported.columns
                lines.append(f"reported_at = {_quoted(names[0]) if len(names) == 1 else _list(names)}")
            elif column.name == "place" and self.glance.block:
                lines.append(f"place = {_list([self.glance.block, self.chosen['place']])}")
            elif column.name in self.chosen:
                lines.append(f"{column.name} = {_quoted(self.chosen[column.name])}")
            elif column.name in ("kind", "reported_at"):
                lines.append(f'# {column.name} = "" # not found: name the column that holds it')
                self.problems.append(f"no column was found for {column.name}")
        if "disposal" not in self.chosen:
            self.problems.append(
                "no column with outcomes was found: without them no episode of unfounded calls is assessed"
            )
        return lines

    def _file(self) -> list[str]:
        rules = [f"{name} = {_quoted(value)}" for name, value in self.glance.file_rules.items()]
        lines = ["", "[file]", *rules] if rules else []
        if self.glance.point is not None:
            text = self.glance.columns[self.chosen["lat"]]
            if pc.any(pc.match_substring_regex(text, r"^-?\d+,\d+$")).as_py():
                lines += ["", "[numbers]", "decimal_comma = true"]
        return lines

    def _places(self) -> list[str]:
        if self.glance.point is None:
            return []
        sides = []
        for values, limit in zip(self.glance.point, (90.0, 180.0), strict=True):
            low, high = np.quantile(values, [0.005, 0.995])
            margin = 0.1 + 0.5 * (high - low)
            sides.append(
                (round(max(-limit, float(low - margin)), 2), round(min(limit, float(high + margin)), 2))
            )
        (south, north), (west, east) = sides
        missing = 1 - len(self.glance.point[0]) / max(1, len(self.glance.batch.lines))
        if missing > 0.02:
            self.problems.append(f"{missing:.0%} of the first rows have no coordinates")
        return [
            "",
            "[places]",
            "grid_km = 1.0 # the cell that stands for a small area when no column holds one",
            "# around the first rows",
            f"box = {{ south = {south}, west = {west}, north = {north}, east = {east} }}",
        ]

    def _outcomes(self, counted: dict[str, Counter[str]]) -> list[str]:
        if "disposal" not in self.chosen:
            return []
        codes = counted[self.chosen["disposal"]]
        lines = [
            "",
            "# Guessed by their words. Unfounded means nothing found, false or no trace;",
            "# it is no proof of bad faith.",
            "[outcomes]",
            'default = "unknown"',
        ]
        once = {fold(code): code for code, _ in codes.most_common(_LISTED) if code and _may_stand(code)}
        for outcome in ("unfounded", "founded", "unknown"):
            lines += _ticked(
                outcome, [(code, codes[code]) for code in once.values() if guess_outcome(code) == outcome]
            )
        if codes[""]:
            lines.append(f"# {codes['']:,} rows have no code")
        if not any(guess_outcome(code) == "unfounded" for code in codes):
            self.problems.append(
                "no disposal code sounds like nothing found: put those that mean it under unfounded"
            )
        return lines

    def _kinds(self, counted: dict[str, Counter[str]]) -> list[str]:
        if "kind" not in self.chosen:
            return []
        kinds = counted[self.chosen["kind"]]
        if len(kinds) > _LISTED:
            self.problems.append(
                f"there are {len(kinds):,} different kinds; only the {_LISTED} commonest are listed"
            )
        own, sensor, plain = [], [], []
        protected: dict[str, list[tuple[str, int]]] = {}
        for kind, count in kinds.most_common(_LISTED):
            if not kind or not _may_stand(kind):
                continue
            classes = protected_classes_of(kind)
            if classes:
                protected.setdefault(classes[0], []).append((kind, count))
            elif looks_sensor(kind):
                sensor.append((kind, count))
            elif looks_own_activity(kind):
                own.append((kind, count))
            else:
                plain.append((kind, count))
        lines = [
            "",
            "# Every kind of the export, with how often it occurs. Move each to where it belongs.",
            "[kinds]",
            "# the police's own activity: nobody reported it",
            *_ticked("own_activity", own),
            "# sensors and automatic alarms, not people",
            *_ticked("sensor", sensor),
            "# none of these: reports by people, which may be assessed",
            *(f"#     {_quoted(kind)}, # {count:,}" for kind, count in plain),
            "",
            "# never assessed. Kinds whose names hold a protected word are so in any case; add the others.",
            "[kinds.protected]",
        ]
        for name in PROTECTED_CLASSES:
            lines += _ticked(name, protected[name]) if name in protected else [f"# {name} = []"]
        return lines


def _may_stand(code: str) -> bool:
    """Whether a code can be written down: not with somebody's number in it, nor when it cannot be seen."""
    return mask_value(code) == code


def _quoted(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's too, but TOML also wants the delete sign escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(texts: Sequence[str]) -> str:
    return "[" + ", ".join(_quoted(text) for text in texts) + "]"


def _ticked(name: str, entries: Sequence[tuple[str, int]]) -> list[str]:
    if not entries:
        return [f"{name} = []"]
    return [f"{name} = [", *(f"    {_quoted(value)}, # {count:,}" for value, count in entries), "]"]

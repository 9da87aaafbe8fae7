"""The text of a proposed mapping: every line a guess that says what it rests on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from lippen.signals.folding import fold
from lippen.signals.guessing import (
    guess_outcome,
    looks_own_activity,
    looks_protected,
    looks_sensor,
)
from lippen.signals.identity import mask_value
from lippen.signals.protected import PROTECTED_CLASSES, protected_classes_of
from lippen.signals.report import NO_OUTCOME
from lippen.signals.survey import CELL, Survey
from lippen.wording import counted

_LISTED = 400
"""How many different codes or kinds are listed: an analyst will read no more."""
ZONE_GUESSED = "the time zone"
"""How the note about the clock begins, for whoever says it otherwise."""
_DECIMAL_COMMA = r"^£? ?-?\d+,(?:\d{1,2}|\d{4,})$"  # 1,250 may as well be a thousand and more


@dataclass(frozen=True)
class Draft:
    """The mapping file as TOML, and in plain sentences what is open about it and what is worth knowing."""

    toml: str
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def draft_mapping(survey: Survey, source: str) -> Draft:
    """A mapping for what a survey found; `source` is what the page may call it."""
    writing = _Draft(survey, source)
    return Draft(writing.written(), tuple(writing.problems), tuple(writing.notes))


class _Draft:
    def __init__(self, survey: Survey, source: str) -> None:
        self.survey = survey
        self.source = source
        self.glance = survey.lead
        self.chosen = survey.lead.chosen
        self.problems: list[str] = []
        self.notes: list[str] = []

    def written(self) -> str:
        lines = [
            *self._head(),
            *self._authority(),
            *self._columns(),
            "",
            "[times]",
            f"formats = {_list(self.survey.formats)}",
            *self._file(),
            *self._places(),
            *self._outcomes(),
            *self._kinds(),
        ]
        return "\n".join(lines) + "\n"

    def _head(self) -> list[str]:
        zone, why = self.glance.zone()
        sure = why.endswith("the coordinates")
        (self.notes if sure else self.problems).append(f"{ZONE_GUESSED} {zone} is a guess, {why}: check it")
        lines = [
            f"# Proposed by `lippen inspect` for {self.glance.file.name}.",
            "# Check every line against what you know of the export.",
            "",
            f'kind = "{self.glance.kind.name}"',
            f"source = {_quoted(self.source)} # shown at the head of the page",
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
        kind, lacking = self.glance.kind, self.glance.lacking()
        for column in kind.mappable():
            if column.name == kind.when and self.glance.reported:
                names = self.glance.reported.columns
                lines.append(f"{kind.when} = {_quoted(names[0]) if len(names) == 1 else _list(names)}")
            elif column.name == "place" and self.glance.block:
                lines.append(f"place = {_list([self.glance.block, self.chosen['place']])}")
            elif column.name in self.chosen:
                lines.append(f"{column.name} = {_quoted(self.chosen[column.name])}")
            elif column.name in lacking:
                lines.append(f'# {column.name} = "" # not found: name the column that holds it')
                self.problems.append(f"no column was found for {column.name}")
        if kind.reading("disposal") and "disposal" not in self.chosen:
            lines.append('# disposal = "" # not found: name the column that says how each call ended')
            self.problems.append(f"no column with outcomes was found: {NO_OUTCOME}")
        return lines

    def _file(self) -> list[str]:
        rules = [f"{name} = {_quoted(value)}" for name, value in self.survey.file_rules.items()]
        lines = ["", "[file]", *rules] if rules else []
        patterns = dict.fromkeys(self.glance.kind.reading("decimal"), _DECIMAL_COMMA)
        if self.glance.point is not None:
            patterns["lat"] = r"^-?\d+,\d+$"
        if any(
            pc.any(pc.match_substring_regex(self.glance.columns[self.chosen[name]], pattern)).as_py()
            for name, pattern in patterns.items()
            if name in self.chosen
        ):
            lines += ["", "[numbers]", "decimal_comma = true"]
        return lines

    def _authority(self) -> list[str]:
        if not self.glance.kind.needs_authority:
            return []
        return [
            "",
            "# Under what authority this is read. Nothing is, before all four are filled in.",
            "[authority]",
            '# who = "" # the organisation that lawfully holds it',
            '# basis = "" # its lawful basis',
            '# purpose = ""',
            "# expires = 2027-01-01 # nothing is read from this day on",
        ]

    def _places(self) -> list[str]:
        if not self.survey.cells:
            return []
        (south, north), (west, east), far = _box(self.survey.cells)
        if far:
            self.notes.append(
                f"{counted(far, 'row')} far from the others would be refused: the proposed box leaves them "
                "out; widen [places] box if they are right"
            )
        missing = 1 - self.survey.cells.total() / max(1, self.survey.rows)
        if missing > 0.02:
            self.notes.append(f"{missing:.0%} of the rows have no coordinates")
        return [
            "",
            "[places]",
            "grid_km = 1.0 # the cell that stands for a small area when no column holds one",
            "# around the rows that were looked at",
            f"box = {{ south = {south}, west = {west}, north = {north}, east = {east} }}",
        ]

    def _outcomes(self) -> list[str]:
        if "disposal" not in self.chosen:
            return []
        codes = self.survey.counts.get(self.chosen["disposal"], Counter())
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
            lines.append(f"# {counted(codes[''], 'row has', 'rows have')} no code")
        if not any(guess_outcome(code) == "unfounded" for code in codes):
            self.problems.append(
                "no disposal code sounds like nothing found: put those that mean it under unfounded"
            )
        return lines

    def _kinds(self) -> list[str]:
        if "kind" not in self.chosen or not self.glance.kind.has("protected"):
            return []
        kinds = self.survey.counts.get(self.chosen["kind"], Counter())
        if len(kinds) > _LISTED:
            self.notes.append(
                f"there are {len(kinds):,} different kinds; only the {_LISTED} commonest are listed"
            )
        own, sensor, plain = [], [], []
        protected: dict[str, list[tuple[str, int]]] = {}
        for kind, count in kinds.most_common(_LISTED):
            if not kind or not _may_stand(kind):
                continue
            name = looks_protected(kind)
            if name:
                protected.setdefault(name, []).append((kind, count))
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
            *(f"#     {_quoted(kind)}, # {count:,}{_all_the_same(kind)}" for kind, count in plain),
            "",
            "# never assessed. Kinds whose names hold a protected word are so in any case; add the others.",
            "[kinds.protected]",
        ]
        for name in PROTECTED_CLASSES:
            lines += _ticked(name, protected[name]) if name in protected else [f"# {name} = []"]
        return lines


def _all_the_same(kind: str) -> str:
    return ", never assessed all the same: a protected word is in it" if protected_classes_of(kind) else ""


def _box(cells: Counter[tuple[int, int]]) -> tuple[tuple[float, float], tuple[float, float], int]:
    """South and north, west and east around the cells with a margin, and how many rows lie too far out.

    Too far is further than a degree, or three times the width of the middle 99 %, from that middle: a
    geocoder's slip, which would make the box useless.
    """
    at, rows = np.array(list(cells), dtype=float) / CELL, np.array(list(cells.values()))
    near = np.ones(len(rows), dtype=bool)
    cores = []
    for side in at.T:
        order = np.argsort(side, kind="stable")
        share = np.cumsum(rows[order]) / rows.sum()
        low, high = (float(side[order][np.searchsorted(share, part)]) for part in (0.005, 0.995))
        reach = max(1.0, 3 * (high - low))
        near &= (side >= low - reach) & (side <= high + reach)
        cores.append((low, high))
    sides = []
    for side, (low, high), limit in zip(at[near].T, cores, (90.0, 180.0), strict=True):
        margin = 0.1 + 0.5 * (high - low)
        first, last = min(low - margin, side.min() - 0.05), max(high + margin, side.max() + 0.05)
        sides.append((round(max(-limit, float(first)), 2), round(min(limit, float(last)), 2)))
    return sides[0], sides[1], int(rows[~near].sum())


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

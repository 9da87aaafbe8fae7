"""The lines of the calls' lexicon laid out, slot by slot, so that a pick finds its own by arithmetic.

Invariant: a template is one line of the lexicon. A pick chooses a template first and then one of its forms,
so that picks far enough apart never choose the same template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lippen.sandbox.chance import Floats, Ints, Mask
from lippen.sandbox.parameters import by_name
from lippen.sandbox.place import TYPES
from lippen.sandbox.spelling import slips

Line = str | Mapping[str, Any]
"""A line of the lexicon: words for everywhere, or what it `says` and the types of larger area it is said
`in`."""

HANDS: Final = ("plain", "scots", "short", "form")
"""The ways of writing that call-takers have; a hand is given to `texts` by its place here."""

SLOTS: Final = ("opening", "what", "where", "more", "closing")
"""What the five picks choose, in this order."""

SLIPPED: Final = 2
"""Slipped versions kept of each phrase."""


@dataclass(frozen=True)
class Slot:
    """The segments of one slot on end, and where each group (a kind, a hand and a type of larger area: see
    `group_of`) finds its own. String 0 is empty.
    """

    strings: pa.StringArray
    versions: int
    slip_share: float
    first: Ints
    templates: Ints
    left_out: Floats
    without: Ints
    starts: Ints
    forms: Ints

    def chosen(self, group: Ints, pick: Floats) -> tuple[Ints, Mask]:
        """The string of each row, and where the slot is left out."""
        share = self.left_out[group]
        out = pick < share
        scaled = np.maximum(pick - share, 0.0) / (1.0 - share) * self.templates[group]
        whole = np.minimum(scaled.astype(np.int64), self.templates[group] - 1)
        template = self.first[group] + whole
        scaled = (scaled - whole) * self.forms[template]
        form = np.minimum(scaled.astype(np.int64), self.forms[template] - 1)
        at = self.starts[template] + form * self.versions
        if self.slip_share:
            rest = scaled - form
            slip = 1 + np.minimum((rest / self.slip_share * SLIPPED).astype(np.int64), SLIPPED - 1)
            at += np.where(rest < self.slip_share, slip, 0)
        return np.where(out, self.without[group], at), out


def forms_of(template: str) -> list[str]:
    """The forms of a line of the lexicon, in which `(a|b)` stands for either: `(big|wee) dog` for two."""
    parts = [part.split("|") for part in re.split(r"[()]", template)]
    return ["".join(form) for form in product(*parts)]


def _lines(slot: str, lexicon: Mapping[str, Any], entry: Mapping[str, Any], hand: str) -> tuple[Line, ...]:
    """The lines of a slot for one kind and hand: its own, and those that it shares with others."""
    own = entry.get(slot, {}).get(hand, [])
    voice, at = entry["voice"], entry["at"]
    shared = {
        "opening": [voice],
        "closing": [voice if voice in lexicon["closing"] else "caller"],
        "where": [at] if at in lexicon["where"] else [],
        "more": entry.get("also", []),
    }
    lines = [line for name in shared.get(slot, ()) for line in lexicon[slot][name][hand]]
    if slot == "where":
        marks = [mark for mark in lexicon["landmark"] if at in mark["at"]]
        lines += [{"in": mark.get("in", TYPES), "says": mark[hand]} for mark in marks]
    return (*own, *lines)


def _by_setting(lines: tuple[Line, ...]) -> list[tuple[str, ...]]:
    """What of the lines is said in each type of larger area."""
    everywhere = tuple(line for line in lines if isinstance(line, str))
    if len(everywhere) == len(lines):
        return [everywhere] * len(TYPES)
    return [
        tuple(
            line if isinstance(line, str) else line["says"]
            for line in lines
            if isinstance(line, str) or setting in line["in"]
        )
        for setting in TYPES
    ]


def laid_out(slot: str, lexicon: Mapping[str, Any]) -> Slot:
    """Lay out one slot; lines that kinds share are laid out once for each hand."""
    strings: list[str] = [""]
    starts: list[int] = []
    forms: list[int] = []
    laid: dict[tuple[str, tuple[str, ...]], int] = {}
    written: dict[tuple[str, str], list[str]] = {}
    groups: list[tuple[int, int, float, int]] = []
    kept = len(_versions(slot, [""]))
    for entry in lexicon["kind"]:
        for hand in HANDS:
            style = lexicon["hand"][hand]
            frame, without = style[slot], style.get("without", {}).get(slot, "")
            begins = len(strings)
            if without:
                strings.append(without)
            for lines in _by_setting(_lines(slot, lexicon, entry, hand)):
                if (hand, lines) not in laid:
                    laid[hand, lines] = len(starts)
                    for line in lines:
                        if (hand, line) not in written:
                            versions = _versions(slot, forms_of(line))
                            written[hand, line] = [
                                frame.replace("{}", version)
                                for each in zip(*versions, strict=True)
                                for version in each
                            ]
                        starts.append(len(strings))
                        forms.append(len(written[hand, line]) // kept)
                        strings += written[hand, line]
                left_out = style["left_out"].get(slot, 0.0)
                groups.append((laid[hand, lines], len(lines), left_out, begins if without else 0))
    first, templates, left_out, without_at = zip(*groups, strict=True)
    return Slot(
        strings=pa.array(strings, pa.string()),
        versions=kept,
        slip_share=by_name("incident.text_slips").get(slot, 0.0),
        first=np.array(first),
        templates=np.array(templates),
        left_out=np.array(left_out),
        without=np.array(without_at),
        starts=np.array(starts),
        forms=np.array(forms),
    )


def _versions(slot: str, told: list[str]) -> list[list[str]]:
    """The told forms and their slipped versions; what may also begin a text, and then with a capital."""
    if slot not in by_name("incident.text_slips"):
        return [told]
    versions = [told, *(slips(told, seed) for seed in range(SLIPPED))]
    if slot == "what":
        versions += [[form[:1].upper() + form[1:] for form in version] for version in versions]
    return versions


def group_of(kind: Ints, hand: npt.NDArray[Any] | int, setting: npt.NDArray[Any] | int) -> Ints:
    """The group of each row: one for each kind, hand and type of larger area."""
    return np.asarray((kind * len(HANDS) + hand) * len(TYPES) + setting)

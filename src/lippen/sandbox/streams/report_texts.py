"""What residents say to a desk, in six hands, put together from the segments of `words/reports.toml`.

The invariant: a text depends on its topic, its hand and its picks alone, and on nothing about whether what it
says is true. A slip stands in the text word for word as the truth has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.sandbox.chance import Floats, Ints
from lippen.sandbox.naming import words
from lippen.sandbox.phrase_lines import forms_of
from lippen.sandbox.spelling import slips
from lippen.sandbox.streams.frames import Rooms

HANDS = ("plain", "scots", "text", "careful", "angry", "long")
SLOTS = ("opening", "what", "where", "when", "more", "closing")
PICKS = 2 * len(SLOTS) + 1
"""Picks a text takes: two a slot (whether it is left out or mistyped, and which line), one for the slip."""

_MANNER_OF = (0, 1, 2, 0, 0, 0)  # in which of the three manners of a slip each hand speaks
_MANNERS = ("plain", "scots", "text")


@dataclass(frozen=True)
class Told:
    """What is to be said, row by row: `topic` and `hand` (indexes), `time` (index of `times()`), `slip` (of
    `slip_classes()`, -1 for none), `picks` (row by PICKS), and the texts put in for a landmark, a larger
    area, a street and a door."""

    topic: Ints
    hand: Ints
    time: Ints
    slip: Ints
    picks: Floats
    landmark: pa.Array
    larger: pa.Array
    street: pa.Array
    door: pa.Array


def topics() -> list[dict[str, Any]]:
    """The topics as the lexicon has them: `name`, `label`, `share`."""
    found: list[dict[str, Any]] = words("reports.toml")["topic"]
    return found


def times() -> tuple[list[str], int]:
    """The ways of saying when, and how many of them, the first ones, mean that it was still going on."""
    known = words("reports.toml")["times"]
    return [*known["going"], *known["once"]], len(known["going"])


def slip_classes() -> dict[str, float]:
    """The classes of slips, and how often each is met beside the others."""
    return {one["name"]: float(one["weight"]) for one in words("reports.toml")["slip"]}


def report_texts(told: Told) -> tuple[pa.StringArray, pa.StringArray]:
    """The text of each row, and the words of its slip (empty where there is none)."""
    rows, hand = len(told.topic), told.hand
    if not rows:
        return pa.array([], pa.string()), pa.array([], pa.string())
    when, going = times()
    time = pa.array(told.time)
    put = {
        "a": told.larger,
        "d": told.door,
        "l": told.landmark,
        "s": told.street,
        "t": pa.array(when, pa.string()).take(time),
        "u": pa.array([_begun(one) for one in when], pa.string()).take(time),
    }
    group = dict.fromkeys(SLOTS, hand) | {
        "what": told.topic * len(HANDS) + hand,
        "when": hand * 2 + (told.time >= going),
    }
    parts = []
    for at, slot in enumerate(SLOTS):
        lines, left_out = _laid(slot)
        coin, pick = told.picks[:, 2 * at], told.picks[:, 2 * at + 1]
        where = group[slot]
        if slot == "what":
            where = where + _mistyped() * (coin < _typing()[hand])
        said = lines.frames.fill(lines.any(where, pick), **put)
        if slot == "closing":
            parts.append(_slips(told, put))
        parts.append(pc.if_else(pa.array(coin < left_out[hand]), pa.scalar(None, pa.string()), said))
    joiner = pa.array([words("reports.toml")["hand"][name]["joiner"] for name in HANDS])
    texts = pc.binary_join_element_wise(*parts, joiner.take(pa.array(hand)), null_handling="skip")
    return texts, pc.fill_null(parts[SLOTS.index("closing")], "")


def _begun(said: str) -> str:
    return said[:1].upper() + said[1:]


def _slips(told: Told, put: dict[str, pa.Array]) -> pa.Array:
    slipped = told.slip >= 0
    manner = np.array(_MANNER_OF)[told.hand]
    group = np.where(slipped, told.slip, 0) * len(_MANNERS) + manner
    lines, _ = _laid("slip")
    said = lines.frames.fill(lines.any(group, told.picks[:, -1]), **put)
    return pc.if_else(pa.array(slipped), said, pa.scalar(None, pa.string()))


@lru_cache
def _laid(slot: str) -> tuple[Rooms, Floats]:
    """The lines of a slot by group, and the share of each hand that leaves the slot out.

    What happened stands there twice: in its own groups, then mistyped in as many more.
    """
    raw = words("reports.toml")
    hands = [raw["hand"][name] for name in HANDS]
    match slot:
        case "what":
            groups = [topic["what"][name] for topic in raw["topic"] for name in HANDS]
        case "when":
            groups = [hand[way] for hand in hands for way in ("going", "once")]
        case "slip":
            groups = [one[manner] for one in raw["slip"] for manner in _MANNERS]
        case _:
            groups = [hand[slot] for hand in hands]
    if slot == "what":
        groups += [
            ["(" + "|".join(slips(forms_of(line), seed=1)) + ")" for line in group] for group in groups
        ]
    left_out = np.array([hand["left_out"].get(slot, 0.0) for hand in hands])
    return Rooms(groups), left_out


def _mistyped() -> int:
    """How many groups of what happened stand before those that are mistyped."""
    return len(topics()) * len(HANDS)


@lru_cache
def _typing() -> Floats:
    """How often each hand slips in typing what it has to say."""
    return np.array([words("reports.toml")["hand"][name]["typing"] for name in HANDS])

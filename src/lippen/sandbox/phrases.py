"""Short texts as call-takers write them, put together by index from the segments of `words/calls.toml` and
the landmarks of `words/landmarks.toml`.

Invariant: a text depends on its kind, its hand, the type of larger area it comes from and its five picks
alone, and on nothing about whether the call was true. The picks choose an opening, what, where, more and a
closing; each is a number in [0, 1), so any source of uniform numbers will do, and equal picks make equal
texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lippen.sandbox.chance import Floats, Ints
from lippen.sandbox.naming import words
from lippen.sandbox.parameters import number
from lippen.sandbox.phrase_lines import HANDS, SLIPPED, SLOTS, Slot, group_of, laid_out
from lippen.sandbox.place import TYPES

_PIECE_ROWS: Final = 1 << 17


@dataclass(frozen=True)
class CallKind:
    """An opening code: its name, the grade most usual for it (1-4), whether it is protected, and whose it is.

    `voice` is caller, resident (about their own home or street), shop, partner, line (a call on which nobody
    speaks), bare (told with restraint), sensor or own.
    """

    name: str
    grade: int
    protected: bool
    voice: str


class Phrases:
    """The lexicon of calls, ready to make texts from.

    `kinds` lists the opening codes in the order of the lexicon; `texts` takes a kind by its place there,
    which `index` tells. Load it with `load_phrases`, which reads the file once a process.
    """

    def __init__(self, lexicon: Mapping[str, Any]) -> None:
        entries = lexicon["kind"]
        self.kinds: Final = tuple(
            CallKind(entry["name"], entry["grade"], entry.get("protected", False), entry["voice"])
            for entry in entries
        )
        self.index: Final = {kind.name: at for at, kind in enumerate(self.kinds)}
        self._lexicon: Final = lexicon

    @cached_property
    def _slots(self) -> dict[str, Slot]:
        """Laid out when the first text is asked for: a world without texts asks for grades alone."""
        return {slot: laid_out(slot, self._lexicon) for slot in SLOTS}

    def texts(
        self, kind: npt.NDArray[Any], hand: npt.NDArray[Any], setting: npt.NDArray[Any], picks: Floats
    ) -> pa.StringArray:
        """One text a row: kinds, hands and settings (types of larger area) by their place in `kinds`, `HANDS`
        and `place.TYPES`, picks (rows, 5) in [0, 1).

        About 8 % of the texts are empty, by the first pick. Raises ValueError when the lengths differ or a
        number is outside its range.
        """
        if picks.shape != (len(kind), len(SLOTS)) or not len(hand) == len(setting) == len(kind):
            raise ValueError(
                f"{len(kind)} kinds, {len(hand)} hands, {len(setting)} settings, but picks of the shape"
                f" {picks.shape}"
            )
        _check_range("kind", kind, len(self.kinds))
        _check_range("hand", hand, len(HANDS))
        _check_range("setting", setting, len(TYPES))
        _check_range("pick", picks, 1)
        group = group_of(kind.astype(np.int64), hand, setting)
        made = [
            self._piece(group[at : at + _PIECE_ROWS], picks[at : at + _PIECE_ROWS])
            for at in range(0, len(kind), _PIECE_ROWS)
        ]
        return pa.concat_arrays(made) if made else pa.array([], pa.string())

    def _piece(self, group: Ints, picks: Floats) -> pa.StringArray:
        empty = picks[:, 0] < number("incident.text_empty")
        parts = []
        for column, slot in enumerate(SLOTS):
            pick = spoken(picks[:, 0]) if column == 0 else picks[:, column]
            at, out = self._slots[slot].chosen(group, pick)
            if slot == "opening":
                begins = out
            elif slot == "what":
                at = at + np.where(begins, 1 + SLIPPED, 0)
            parts.append(self._slots[slot].strings.take(pa.array(np.where(empty, 0, at))))
        return pc.binary_join_element_wise(*parts, "")

    def of_occasion(self, hand: npt.NDArray[Any], pick: Floats) -> pa.StringArray:
        """What callers say of one thing that all of them heard; `pick` (rows,) in [0, 1) chooses the line."""
        lines = [self._lexicon["occasion"][name] for name in HANDS]
        count = np.array([len(one) for one in lines])
        at = (np.cumsum(count) - count)[hand] + (pick * count[hand]).astype(np.int64)
        return pa.array([line for one in lines for line in one], pa.string()).take(pa.array(at))

    def distinct(self, kind: str, hand: str, setting: str) -> int:
        """How many different texts a kind and a hand allow in a type of larger area, without slips and the
        empty one.
        """
        group = int(group_of(np.array(self.index[kind]), HANDS.index(hand), TYPES.index(setting)))
        allowed = 1
        for slot in self._slots.values():
            start, count = slot.first[group], slot.templates[group]
            allowed *= int(slot.forms[start : start + count].sum()) + int(slot.left_out[group] > 0)
        return allowed

    def least_apart(self) -> Floats:
        """How far apart two picks of each slot must be, whatever the kind, never to say the same (5)."""
        return np.array(
            [
                max(slot.left_out.max(), ((1 - slot.left_out) / slot.templates).max())
                for slot in self._slots.values()
            ]
        )


def spoken(pick: Floats) -> Floats:
    """What the first pick says of the opening, once its part for empty texts is set aside."""
    empty = number("incident.text_empty")
    return np.where(pick < empty, pick / empty, (pick - empty) / (1 - empty))


def _check_range(what: str, given: npt.NDArray[Any], above: int) -> None:
    if given.size and not (given.min() >= 0 and given.max() < above):
        raise ValueError(f"a {what} must be from 0 to below {above}")


@lru_cache
def load_phrases() -> Phrases:
    """The phrases of `words/calls.toml` and `words/landmarks.toml`, read and laid out once a process."""
    return Phrases(words("calls.toml") | words("landmarks.toml"))

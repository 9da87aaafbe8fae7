"""Short texts as call-takers write them, put together by index from the segments of `words/calls.toml` and
the landmarks of `words/landmarks.toml`.

Invariant: a text depends on its kind, its hand, the type of larger area it comes from and its five picks
alone, and on nothing about whether the call was true. The picks choose an opening, what, where, more and a
closing; each is a number in [0, 1), so any source of uniform numbers will do, and equal picks make equal
texts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import product
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lippen.sandbox.place import TYPES
from lippen.sandbox.spelling import slips

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Line = str | Mapping[str, Any]
"""A line of the lexicon: words for everywhere, or what it `says` and the types of larger area it is said
`in`."""

HANDS: Final = ("plain", "scots", "short", "form")
"""The ways of writing that call-takers have; a hand is given to `texts` by its place here."""

SLOTS: Final = ("opening", "what", "where", "more", "closing")
"""What the five picks choose, in this order."""

EMPTY_SHARE: Final = 0.08
"""Share of calls whose text was left empty (assumed)."""

SLIP_SHARES: Final = {"what": 0.055, "more": 0.045}
"""Share of each slot that has a slip of typing; about 8 % of the texts that say anything (assumed)."""

SLIPPED: Final = 2
"""Slipped versions kept of each phrase."""

_PIECE_ROWS: Final = 1 << 17
_ROUNDING: Final = 1e-6


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


@dataclass(frozen=True)
class _Slot:
    """The segments of one slot on end, and where each group (a kind, a hand and a type of larger area: see
    `_group`) finds its own.

    A template is one line of the lexicon; a pick chooses a template first and then one of its forms, so that
    picks far enough apart never choose the same template. String 0 is empty.
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

    def chosen(self, group: Ints, pick: Floats) -> tuple[Ints, npt.NDArray[np.bool_]]:
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
    def _slots(self) -> dict[str, _Slot]:
        """Laid out when the first text is asked for: a world without texts asks for grades alone."""
        return {slot: _built(slot, self._lexicon) for slot in SLOTS}

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
        group = _group(kind.astype(np.int64), hand, setting)
        made = [
            self._piece(group[at : at + _PIECE_ROWS], picks[at : at + _PIECE_ROWS])
            for at in range(0, len(kind), _PIECE_ROWS)
        ]
        return pa.concat_arrays(made) if made else pa.array([], pa.string())

    def _piece(self, group: Ints, picks: Floats) -> pa.StringArray:
        empty = picks[:, 0] < EMPTY_SHARE
        parts = []
        for column, slot in enumerate(SLOTS):
            pick = _within_spoken(picks[:, 0]) if column == 0 else picks[:, column]
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
        group = int(_group(np.array(self.index[kind]), HANDS.index(hand), TYPES.index(setting)))
        allowed = 1
        for slot in self._slots.values():
            start, count = slot.first[group], slot.templates[group]
            allowed *= int(slot.forms[start : start + count].sum()) + int(slot.left_out[group] > 0)
        return allowed

    def _least_apart(self) -> Floats:
        """How far apart two picks of each slot must be so that they never say the same, whatever the kind."""
        return np.array(
            [
                max(slot.left_out.max(), ((1 - slot.left_out) / slot.templates).max())
                for slot in self._slots.values()
            ]
        )

    def reworded(self, picks: Floats, uniforms: Floats) -> Floats:
        """Each row with one of its five slots said otherwise (S1): `uniforms` (rows, 2) choose slot and word.

        No row comes out empty: see `left_empty`. Raises ValueError when the shapes do not fit.
        """
        if picks.ndim != 2 or uniforms.shape != (len(picks), 2):
            raise ValueError(f"picks {picks.shape} need as many pairs of numbers, not {uniforms.shape}")
        changed = _slot_picks(picks)
        slot = np.minimum((uniforms[:, 0] * len(SLOTS)).astype(np.int64), len(SLOTS) - 1)
        least = self._least_apart()[slot] + _ROUNDING
        rows = np.arange(len(picks))
        changed[rows, slot] = (changed[rows, slot] + least + uniforms[:, 1] * (1 - 2 * least)) % 1.0
        return _text_picks(changed)


def copies(picks: Floats, n: int) -> Floats:
    """Each row of `picks` (rows, 5) `n` times on end (S0), none of them empty: see `left_empty`."""
    return np.repeat(_text_picks(_slot_picks(picks)), n, axis=0)


def retold(picks: Floats, n: int, uniforms: Floats) -> Floats:
    """Each row told `n` times on end in other words (S2): no two tellings share a slot while words last.

    `uniforms` (rows * n, 5) settle in what order the words are gone through. Words last as long as `n` is
    below the number of lines that the lexicon has for the kind and hand. Raises ValueError when the shapes do
    not fit. No row comes out empty: see `left_empty`.
    """
    if picks.ndim != 2 or uniforms.shape != (len(picks) * n, len(SLOTS)):
        raise ValueError(
            f"picks {picks.shape} told {n} times do not fit numbers of the shape {uniforms.shape}"
        )
    turn = uniforms.reshape(len(picks), n, len(SLOTS)).argsort(axis=1).argsort(axis=1) / n
    return _text_picks(((_slot_picks(picks)[:, None, :] + turn) % 1.0).reshape(-1, len(SLOTS)))


def left_empty(picks: Floats, uniforms: Floats) -> Floats:
    """The picks with the ordinary share of rows left empty, whatever else they say (`uniforms`: one a row).

    Planted texts go through here, so that whether a text is empty says nothing of whether the call was true.
    """
    left = picks.copy()
    left[:, 0] = np.where(uniforms < EMPTY_SHARE, uniforms, left[:, 0])
    return left


def _within_spoken(pick: Floats) -> Floats:
    """What the first pick says of the opening, once its part for empty texts is set aside."""
    return np.where(pick < EMPTY_SHARE, pick / EMPTY_SHARE, (pick - EMPTY_SHARE) / (1 - EMPTY_SHARE))


def _slot_picks(picks: Floats) -> Floats:
    return np.column_stack([_within_spoken(picks[:, 0]), picks[:, 1:]])


def _text_picks(picks: Floats) -> Floats:
    first = EMPTY_SHARE + picks[:, 0] * (1 - EMPTY_SHARE)
    return np.minimum(np.column_stack([first, picks[:, 1:]]), np.nextafter(1.0, 0.0))


def _check_range(what: str, given: npt.NDArray[Any], above: int) -> None:
    if given.size and not (given.min() >= 0 and given.max() < above):
        raise ValueError(f"a {what} must be from 0 to below {above}")


@lru_cache
def load_phrases() -> Phrases:
    """The phrases of `words/calls.toml` and `words/landmarks.toml`, read and laid out once a process."""
    words = files(__package__).joinpath("words")
    calls, landmarks = (
        tomllib.loads(words.joinpath(name).read_text(encoding="utf-8"))
        for name in ("calls.toml", "landmarks.toml")
    )
    return Phrases(calls | landmarks)


def forms_of(template: str) -> list[str]:
    """The forms of a line of the lexicon, in which `(a|b)` stands for either: `(big|wee) dog` for two."""
    parts = [part.split("|") for part in re.split(r"[()]", template)]
    return ["".join(form) for form in product(*parts)]


def _group(kind: Ints, hand: npt.NDArray[Any] | int, setting: npt.NDArray[Any] | int) -> Ints:
    return np.asarray((kind * len(HANDS) + hand) * len(TYPES) + setting)


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


def _built(slot: str, lexicon: Mapping[str, Any]) -> _Slot:
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
    return _Slot(
        strings=pa.array(strings, pa.string()),
        versions=kept,
        slip_share=SLIP_SHARES.get(slot, 0.0),
        first=np.array(first),
        templates=np.array(templates),
        left_out=np.array(left_out),
        without=np.array(without_at),
        starts=np.array(starts),
        forms=np.array(forms),
    )


def _versions(slot: str, told: list[str]) -> list[list[str]]:
    """The told forms and their slipped versions; what may also begin a text, and then with a capital."""
    if slot not in SLIP_SHARES:
        return [told]
    versions = [told, *(slips(told, seed) for seed in range(SLIPPED))]
    if slot == "what":
        versions += [[form[:1].upper() + form[1:] for form in version] for version in versions]
    return versions

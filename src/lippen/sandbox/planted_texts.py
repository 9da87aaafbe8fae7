"""Texts of calls that were planned together, as picks: one told again to the letter, reworded, or in other
words.

Invariant: no planted text is left empty but by `left_empty`, which leaves as many empty as are otherwise.
"""

from __future__ import annotations

import numpy as np

from lippen.sandbox.chance import Floats
from lippen.sandbox.parameters import number
from lippen.sandbox.phrase_lines import SLOTS
from lippen.sandbox.phrases import Phrases, spoken

_ROUNDING = 1e-6


def reworded(phrases: Phrases, picks: Floats, uniforms: Floats) -> Floats:
    """Each row with one of its five slots said otherwise (S1): `uniforms` (rows, 2) choose slot and word.

    No row comes out empty: see `left_empty`. Raises ValueError when the shapes do not fit.
    """
    if picks.ndim != 2 or uniforms.shape != (len(picks), 2):
        raise ValueError(f"picks {picks.shape} need as many pairs of numbers, not {uniforms.shape}")
    changed = _slot_picks(picks)
    slot = np.minimum((uniforms[:, 0] * len(SLOTS)).astype(np.int64), len(SLOTS) - 1)
    least = phrases.least_apart()[slot] + _ROUNDING
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
    left[:, 0] = np.where(uniforms < number("incident.text_empty"), uniforms, left[:, 0])
    return left


def _slot_picks(picks: Floats) -> Floats:
    return np.column_stack([spoken(picks[:, 0]), picks[:, 1:]])


def _text_picks(picks: Floats) -> Floats:
    empty = number("incident.text_empty")
    first = empty + picks[:, 0] * (1 - empty)
    return np.minimum(np.column_stack([first, picks[:, 1:]]), np.nextafter(1.0, 0.0))

"""Where every random number of the sandbox comes from.

The invariant: a draw depends on the seed, the burgh and the names of what is drawn, and on nothing else. So
the number of workers changes no byte, and what is switched on in one stream or one area reshuffles no other:
a world that differs in one thing is drawn from the same numbers.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Lots = NDArray[np.uint16]
Mask = NDArray[np.bool_]

YEAR = 365.25
LOTS = 1 << 16
"""A lot is a whole number below this: enough to choose words and places in a day by, at a quarter of the
room of a float."""

_FEW = 2000  # values for which a guide table is not worth making
_STEPS = 6


def generator(seed: int, burgh: int, *names: str) -> np.random.Generator:
    """The random numbers of one thing (`names`, such as a stream and a column) in one burgh under one
    seed.
    """
    # One array of words, because a SeedSequence takes twice as long to put a list of numbers together.
    halves = [seed & 0xFFFFFFFF, seed >> 32] if seed >> 32 else [seed]
    words = np.array([*halves, burgh, *(zlib.crc32(name.encode()) for name in names)], dtype=np.uint32)
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(words)))


def lots_of(draw: np.random.Generator, rows: int, kept: Ints | slice = slice(None)) -> Lots:
    """Four lots for each row (4 by row), cut from one word of the generator each; of those `kept` alone."""
    words = np.asarray(draw.bit_generator.random_raw(rows), dtype="<u8")[kept]
    return np.ascontiguousarray(words.view("<u2").reshape(-1, 4).T)


def in_order(day: NDArray[np.int16], lot: Lots) -> Ints:
    """The rows by day (from 0 on), within a day by lot, and then as they stand; up to 2**24 of them.

    The row's own number goes into the key, so that sorting numbers does what sorting an index would, in a
    third of the time.
    """
    key = (day.astype(np.int64) << 40) | (lot.astype(np.int64) << 24) | np.arange(len(day))
    key.sort()
    return key & ((1 << 24) - 1)


def drawn_by(weights: Floats, uniform: Floats) -> Ints:
    """For each uniform, an index drawn with chance in proportion to `weights` (one dimension)."""
    edges = np.cumsum(weights)
    return np.asarray(np.minimum(np.searchsorted(edges, uniform * edges[-1], side="right"), len(weights) - 1))


def drawn_within(groups: Ints, offsets: Ints, edges: Floats, uniform: Floats) -> Ints:
    """For each uniform, a member of its group, drawn in proportion to the members' weights.

    Members of group g lie at `offsets[g]` to `offsets[g + 1]`; `edges` is the running sum of the weights over
    all members.
    """
    sums = np.append(0.0, edges)[offsets]
    found = passed(edges, sums[groups] + uniform * np.diff(sums)[groups])
    # Rounding may lift a value to its group's end, and never below its beginning.
    return np.asarray(np.minimum(found, (offsets[1:] - 1)[groups]))


def drawn_from_row(weights: Floats, groups: Ints, uniform: Floats) -> Ints:
    """For each uniform, a column of its group's row of `weights`, drawn in proportion to them."""
    rows, columns = weights.shape
    edges, offsets = np.cumsum(weights.ravel()), np.arange(rows + 1) * columns
    return np.asarray(drawn_within(groups, offsets, edges, uniform) - offsets[groups])


def drawn_twice(weights: Floats, groups: Ints, uniform: Floats) -> tuple[Ints, Floats]:
    """As `drawn_from_row`, and a uniform of what is left of each, to draw something else by."""
    rows, columns = weights.shape
    edges = np.cumsum(weights.ravel())
    sums = np.append(0.0, edges)
    begin = sums[: rows * columns : columns]
    value = begin[groups] + uniform * (sums[columns::columns] - begin)[groups]
    found = np.minimum(passed(edges, value), (groups + 1) * columns - 1)
    left = (value - sums[found]) / np.maximum(weights.ravel()[found], 1e-300)
    return found - groups * columns, np.clip(left, 0.0, 1.0 - 1e-12)


def passed(edges: Floats, values: Floats) -> Ints:
    """How many of `edges` (rising, from 0 on) each value has reached: searchsorted from the right.

    A search takes a dozen steps that no processor foresees. So many values first look up how many edges lie
    in the cells below their own, and then pass the few that are left one by one. Source of the guide table:
    Chen and Asau 1974, AIIE Transactions 6(2).
    """
    if len(values) < max(_FEW, len(edges) // 2) or not edges[-1] > 0:
        return np.searchsorted(edges, values, side="right")
    cells = 2 * len(edges)
    scale = cells / edges[-1]
    # The same rounding on both sides: an edge in a cell below a value's own is below the value.
    below = np.cumsum(np.bincount((edges * scale).astype(np.int64), minlength=cells + 2))
    cell = (values * scale).astype(np.int64)
    at = np.where(cell > 0, below[np.minimum(cell - 1, cells)], 0)
    beyond = np.append(edges, np.inf)
    left = np.flatnonzero(beyond[at] <= values)
    for _ in range(_STEPS):
        at[left] += 1
        left = left[beyond[at[left]] <= values[left]]
        if not len(left):
            return at
    at[left] = np.searchsorted(edges, values[left], side="right")
    return at

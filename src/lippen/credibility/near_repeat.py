"""Near repeats: pairs of incidents close in space and time, and whether there are more than chance brings.

The statistic is that of Knox (1964): the number of pairs no further apart than a distance and no longer
apart than a time. Chance is measured by giving the times out among the places anew, which leaves every
place and every hour as busy as it was. The p-value is (b + 1) / (m + 1), with b of m permutations bringing
as many pairs or more (Phipson and Smyth 2010), so it is never 0 and never too small.

Invariant: every pair is counted, none is stored. Each close pair of places is met once, and the times of many
permutations are compared there and then, so memory grows with the incidents and not with their pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

import numba as nb
import numpy as np
import numpy.typing as npt

from lippen.near_copies.shingles import in_parallel

Floats: TypeAlias = npt.NDArray[np.float64]
Longs: TypeAlias = npt.NDArray[np.int64]
Ints: TypeAlias = npt.NDArray[np.int32]

BLOCK: Final = 32
"""Permutations counted at a time: their times of one incident then lie in two lines of the cache."""

SLICE_ROWS: Final = 4_096
MOST_CELLS_ACROSS: Final = 1_000_000


@dataclass(frozen=True)
class NearRepeat:
    """How many near repeats there are, and how many if time and place had nothing to do with each other.

    `pairs` is the count seen; `close_in_space` and `close_in_time` count the pairs that meet one of the two
    conditions. `expected` is the mean over all permutations that there are (exact, not drawn), `permuted` has
    the count of each one drawn, and `p_value` says how often chance brings as many.
    """

    pairs: int
    close_in_space: int
    close_in_time: int
    expected: float
    permuted: Longs
    p_value: float


class _Places(NamedTuple):
    """Incidents sorted by the cell of a grid that they lie in, and by place and time within one.

    Partners of row i lie in two runs of rows: what follows in its own cell and the one east of it, up to
    `own_end[i]`, and the three cells north of them, from `north[i]` up to `north_end[i]`.
    """

    x_km: Floats
    y_km: Floats
    second: Ints
    own_end: Longs
    north: Longs
    north_end: Longs


def near_repeat(
    x_km: Floats,
    y_km: Floats,
    seconds: Longs,
    reach_km: float,
    longest_gap_s: int,
    permutations: int = 99,
    seed: int = 0,
) -> NearRepeat:
    """Count the pairs of incidents within `reach_km` and `longest_gap_s` of each other, both limits included.

    `x_km` and `y_km` are places on a flat map and `seconds` whole seconds, one of each for an incident. The
    same `seed` gives the same result, in whatever order the incidents come.

    Raises ValueError when the lengths differ, a place is not finite, the times span 68 years or more, a limit
    is below 0 or there are no permutations.
    """
    if permutations < 1:
        raise ValueError(f"permutations must be 1 or more, not {permutations}")
    places = _sorted_by_cell(x_km, y_km, seconds, reach_km, longest_gap_s)
    pairs, in_space = _both(places, reach_km, longest_gap_s)
    in_time = _close_in_time(places.second, longest_gap_s)
    rng = np.random.default_rng(seed)
    permuted: list[int] = []
    while len(permuted) < permutations:
        times = np.empty((len(places.second), min(BLOCK, permutations - len(permuted))), np.int32)
        for column in times.T:
            column[:] = rng.permutation(places.second)
        permuted += _pairs(places, times, reach_km, longest_gap_s)
    as_many = sum(count >= pairs for count in permuted)
    return NearRepeat(
        pairs=pairs,
        close_in_space=in_space,
        close_in_time=in_time,
        expected=_expected(in_space, in_time, len(places.second)),
        permuted=np.array(permuted, np.int64),
        p_value=(as_many + 1) / (permutations + 1),
    )


def _sorted_by_cell(
    x_km: Floats, y_km: Floats, seconds: Longs, reach_km: float, longest_gap_s: int
) -> _Places:
    x, y = np.asarray(x_km, np.float64), np.asarray(y_km, np.float64)
    second = np.asarray(seconds, np.int64)
    if not len(x) == len(y) == len(second):
        raise ValueError(f"{len(x)} x, {len(y)} y and {len(second)} times: there must be one of each")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("every place must be finite: leave out the incidents without one")
    if not (np.isfinite(reach_km) and reach_km >= 0 and longest_gap_s >= 0):
        raise ValueError(f"reach_km and longest_gap_s must be 0 or more, not {reach_km} and {longest_gap_s}")
    if len(x) == 0:
        none = np.empty(0, np.int64)
        return _Places(x, y, np.empty(0, np.int32), none, none, none)
    if int(second.max()) - int(second.min()) >= 2**31:
        raise ValueError("the times span 68 years or more")
    extent = max(float(np.ptp(x)), float(np.ptp(y)))
    # A little wider than the reach, so that rounding puts no partner two cells away.
    cell = max(reach_km * (1 + 1e-9), extent / MOST_CELLS_ACROSS) or 1.0
    across = int(np.ptp(x) / cell) + 3
    key = ((y - y.min()) / cell).astype(np.int64) * across + ((x - x.min()) / cell).astype(np.int64)
    order = np.lexsort((second, y, x, key))
    key = key[order]
    return _Places(
        x_km=x[order],
        y_km=y[order],
        second=(second[order] - second.min()).astype(np.int32),
        own_end=np.searchsorted(key, key + 1, "right"),
        north=np.searchsorted(key, key + across - 1, "left"),
        north_end=np.searchsorted(key, key + across + 1, "right"),
    )


def _both(places: _Places, reach_km: float, longest_gap_s: int) -> tuple[int, int]:
    """The pairs close in space and time, and those close in space: as if all had happened at once."""
    times = np.column_stack([places.second, np.zeros_like(places.second)])
    pairs, in_space = _pairs(places, times, reach_km, longest_gap_s)
    return pairs, in_space


def _close_in_time(second: Ints, longest_gap_s: int) -> int:
    ordered = np.sort(second).astype(np.int64)
    last = np.searchsorted(ordered, ordered + longest_gap_s, "right")
    return int((last - np.arange(1, len(ordered) + 1)).sum())


def _expected(in_space: int, in_time: int, incidents: int) -> float:
    every_pair = incidents * (incidents - 1) // 2
    return in_space * in_time / every_pair if every_pair else 0.0


def _pairs(places: _Places, times: Ints, reach_km: float, longest_gap_s: int) -> list[int]:
    """Near repeats under each column of `times`, shape (incidents, columns)."""
    gap = min(longest_gap_s, 2**31 - 1)
    counts = in_parallel(
        lambda begin: _count(begin, begin + SLICE_ROWS, places, times, reach_km * reach_km, gap),
        range(0, len(times), SLICE_ROWS),
    )
    total: list[int] = np.sum([np.zeros(times.shape[1], np.int64), *counts], axis=0).tolist()
    return total


@nb.njit(cache=True, nogil=True)
def _count(begin: int, end: int, places: _Places, times: Ints, reach_squared: float, gap: int) -> Longs:
    rows, columns = times.shape
    total = np.zeros(columns, np.int64)
    met = np.zeros(columns, np.int32)
    longest = np.int32(gap)
    for i in range(begin, min(end, rows)):
        met[:] = 0
        mine = times[i]
        for first, last in ((i + 1, places.own_end[i]), (places.north[i], places.north_end[i])):
            for j in range(first, last):
                dx = places.x_km[j] - places.x_km[i]
                dy = places.y_km[j] - places.y_km[i]
                if dx * dx + dy * dy <= reach_squared:
                    yours = times[j]
                    for column in range(columns):
                        met[column] += np.int32(abs(yours[column] - mine[column]) <= longest)
        for column in range(columns):
            total[column] += met[column]
    return total

"""How many incidents with nothing found a place, an hour and a kind normally bring.

Learned on the days before the assessed ones, from the expected rate of each incident and not from its
outcome: one odd outcome then moves nothing. Expected numbers are the product of two parts, how much of each
kind an hour of the week brings and what share of it falls near a point; their product smooths what each cell
alone could not tell.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RADII_KM = np.array([0.25, 0.5, 1.0, 1.5, 2.5, 4.0])
"""Reach of the search windows: from around the corner to across a police sector."""

HOURS_OF_WEEK = 168
CELL_KM = 0.25
MOST_CELLS = 16_000_000
ROW_APART = 1 << 32
"""Between the numbers of cells one above the other: far more than the Earth has columns."""

LEAST_REACH_KM = 0.35
"""Nearer than this, positions are snapped to blocks and counts are scaled down from this reach instead."""

FLOOR_PER_KM2 = 0.02
"""Expected incidents per km² over the learned days where none was seen: no place is impossible."""

PROFILE_WEIGHT = 40.0
"""Incidents' worth of the common daily rhythm that each kind's own rhythm starts with."""

PRIOR_PER_KIND = 1.0
"""Incidents added to each kind over the learned days, so that no rare kind is taken for impossible."""


@dataclass(frozen=True)
class Background:
    """Expected numbers for one period of learning.

    `unfounded` and `founded` have shape (kinds, 168): incidents an hour, everywhere, by hour of the week
    (Monday 0 h is 0). `share_near(x, y)` gives the part of it within each of RADII_KM.
    """

    unfounded: Floats
    founded: Floats
    grid: Floats
    west_km: float
    south_km: float
    cell_km: float

    _known: list[tuple[Ints, Floats]] = field(default_factory=list, init=False, repr=False, compare=False)
    """Cells asked for so far, in order, and their shares. Streams are shuffled in time and never in place, so
    hundreds of searches ask for the same cells."""

    def share_near(self, x_km: Floats, y_km: Floats) -> Floats:
        """Share of everything expected that falls within each radius: shape (points, radii)."""
        column = np.floor((x_km - self.west_km) / self.cell_km).astype(np.int64)
        row = np.floor((y_km - self.south_km) / self.cell_km).astype(np.int64)
        cells, first, index = np.unique(row * ROW_APART + column, return_index=True, return_inverse=True)
        known, shares = self._known[0] if self._known else (cells[:0], np.empty((0, len(RADII_KM))))
        new = np.searchsorted(known, cells, side="left") == np.searchsorted(known, cells, side="right")
        if new.any():
            at = first[new]
            more = _share_near(np.column_stack([row[at], column[at]]), self.grid, RADII_KM, self.cell_km)
            place = np.searchsorted(known, cells[new])
            known, shares = np.insert(known, place, cells[new]), np.insert(shares, place, more, axis=0)
            # Put in whole: of two threads the later one may forget what the other found, and finds it again.
            self._known[:] = [(known, shares)]
        return np.asarray(shares[np.searchsorted(known, cells)][index])


def learn_background(
    x_km: Floats, y_km: Floats, kind: Ints, hour_of_week: Ints, rate: Floats, kinds: int, weeks: float
) -> Background:
    """Learn from located incidents: position (km), kind (code), hour of week, expected rate in [0, 1]."""
    cell = CELL_KM
    west, south = float(x_km.min()) - cell, float(y_km.min()) - cell
    width, height = float(x_km.max()) - west, float(y_km.max()) - south
    while (width / cell + 2) * (height / cell + 2) > MOST_CELLS:
        cell *= 2
    grid = np.zeros((int(height / cell) + 2, int(width / cell) + 2))
    np.add.at(grid, (((y_km - south) / cell).astype(np.int64), ((x_km - west) / cell).astype(np.int64)), rate)
    return Background(
        unfounded=_by_hour(kind, hour_of_week, rate, kinds, weeks),
        founded=_by_hour(kind, hour_of_week, 1 - rate, kinds, weeks),
        grid=grid,
        west_km=west,
        south_km=south,
        cell_km=cell,
    )


def _by_hour(kind: Ints, hour_of_week: Ints, weight: Floats, kinds: int, weeks: float) -> Floats:
    total = np.bincount(kind, weights=weight, minlength=kinds) + PRIOR_PER_KIND
    by_hour = np.bincount(kind * 24 + hour_of_week % 24, weights=weight, minlength=kinds * 24)
    own = by_hour.reshape(kinds, 24)
    common_hour = np.bincount(hour_of_week % 24, weights=weight, minlength=24) / weight.sum()
    common_day = np.bincount(hour_of_week // 24, weights=weight, minlength=7) / weight.sum()
    rhythm = (own + PROFILE_WEIGHT * common_hour) / (own.sum(axis=1, keepdims=True) + PROFILE_WEIGHT)
    rhythm = (np.roll(rhythm, 1, axis=1) + 2 * rhythm + np.roll(rhythm, -1, axis=1)) / 4
    week = common_day[None, :, None] * rhythm[:, None, :]
    return np.asarray(total[:, None] / weeks * week.reshape(kinds, HOURS_OF_WEEK), dtype=np.float64)


@numba.njit(cache=True, nogil=True)
def _share_near(cells: Ints, grid: Floats, radii: Floats, cell_km: float) -> Floats:
    share = np.zeros((len(cells), len(radii)))
    total = 0.0
    for y in range(grid.shape[0]):
        for x in range(grid.shape[1]):
            total += grid[y, x]
    for i in range(len(cells)):
        for r in range(len(radii)):
            reach = max(radii[r], LEAST_REACH_KM)
            steps = int(reach / cell_km)
            near = 0.0
            for dy in range(-steps, steps + 1):
                row = cells[i, 0] + dy
                if row < 0 or row >= grid.shape[0]:
                    continue
                for dx in range(-steps, steps + 1):
                    column = cells[i, 1] + dx
                    if column < 0 or column >= grid.shape[1]:
                        continue
                    if (dx * dx + dy * dy) * cell_km * cell_km <= reach * reach:
                        near += grid[row, column]
            area = np.pi * radii[r] * radii[r]
            share[i, r] = (near * (radii[r] / reach) ** 2 + FLOOR_PER_KM2 * area) / total
    return share

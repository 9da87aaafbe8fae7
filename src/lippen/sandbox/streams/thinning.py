"""Events by thinning: candidates at the highest rate there can be, and a coin each that says which happened.

A candidate's area, day and coin come from the seed alone; the world only sets how high a coin must fall. So a
world with an intervention has the very events of the world without it, less or plus those that it changed.
Source: Lewis and Shedler 1979, Naval Research Logistics Quarterly 26(3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lippen.sandbox.chance import YEAR, Floats, Ints, Mask, passed


@dataclass(frozen=True)
class Candidates:
    """Events that may happen: `sort` (an index of the caller's), `area`, `day`, and `coin` from 0 to
    `most`.
    """

    sort: Ints
    area: Ints
    day: Ints
    coin: Floats

    def __len__(self) -> int:
        return len(self.sort)

    def where(self, rate: Floats) -> Mask:
        """Which happened: those whose coin lies below the rate of their own cell, given one a candidate.

        A rate counts 1 where what is expected is the yearly rate that the candidates were drawn for.
        """
        return np.asarray(self.coin < rate)


def draw_candidates(
    draw: np.random.Generator, per_year: Floats, most: Floats, season: Floats, days: int
) -> Candidates:
    """Candidates of each sort and area.

    `per_year` (sort by area) is how many are expected in a year at rate 1, `most` (one a sort) how far the
    rate can rise, `season` (sort by day, mean about 1) how a year and a week go. In order of sort, then area.
    """
    mean = per_year * most[:, None] * season.sum(axis=1)[:, None] / YEAR
    count = draw.poisson(mean)
    sorts, areas = count.shape
    sort = np.repeat(np.arange(sorts), count.sum(axis=1))
    area = np.repeat(np.tile(np.arange(areas), sorts), count.ravel())
    uniform = draw.random((2, len(sort)))
    # One lookup for all sorts: each sort's days take up a unit of their own.
    edges = np.cumsum(season, axis=1)
    edges = (edges / edges[:, -1:] + np.arange(sorts)[:, None]).ravel()
    day = passed(edges, sort + uniform[0]) - sort * days
    return Candidates(sort, area, np.clip(day, 0, days - 1), uniform[1] * most[sort])

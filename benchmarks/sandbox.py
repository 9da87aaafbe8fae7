"""A town in few rules, lived through in two ways with numpy.

The rules are the core of the sandbox: how busy an area is follows an autoregressive process, what happens
falls on some residents more than on others, fear remembers how busy it was, and who is afraid reports less.
One way asks every resident every day. The other is Lippen's: what might happen is drawn once, at the rate of
the busiest day, and each day's rate decides which of it did (`lippen.sandbox.streams.thinning`). Rates and
memories are the sandbox's own. Both ways give the same town on average.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from lippen.sandbox.chance import YEAR, Floats, Ints, Mask, drawn_within, generator
from lippen.sandbox.parameters import number
from lippen.sandbox.streams.thinning import draw_candidates

AREAS: Final = 32
DAYS: Final = 365

KEPT: Final = math.exp(-1 / number("world.activity_memory_days"))
SPREAD: Final = number("world.activity_spread")
"""What an area's log activity keeps from one day to the next, and its standard deviation."""

RATE: Final = 0.01
"""Events a resident a day when activity is 1: the 20 million events of 5.4 million residents in a year."""

PRONENESS: Final = number("people.proneness_spread")
"""Standard deviation of the log of how often things happen to a resident; the mean is 1."""

FEAR: Final = number("world.fear")
FEAR_KEPT: Final = math.exp(-1 / number("world.fear_days"))
"""An area's fear when activity is always 1, and what it keeps from one day to the next."""

REPORTED: Final = number("world.reporting")
REPORTED_AFRAID: Final = REPORTED - number("world.reporting_fear")
"""Share of events that are reported by residents who are not afraid, and by those who are."""

MOST_APART: Final = 5.0
"""Standard errors between the means of two ways beyond which they cannot live by the same rules."""


@dataclass(frozen=True)
class Town:
    """Its residents in the order of their areas, bounded by `offsets`.

    `proneness` is how often things happen to each, `nerve` the fear of the area beyond which each is afraid.
    """

    offsets: Ints
    proneness: Floats
    nerve: Floats

    @property
    def area(self) -> Ints:
        """The area of each resident."""
        return np.repeat(np.arange(AREAS), np.diff(self.offsets))


@dataclass(frozen=True)
class Lived:
    """What came of a town: `activity`, `fear`, `events` and `reported` events by area and day; `of_resident`
    the events of each resident.
    """

    activity: Floats
    fear: Floats
    events: Ints
    reported: Ints
    of_resident: Ints


Way = Callable[[Town, int, int], Lived]
"""Lives through so many days of a town under a seed."""


def settle(residents: int, seed: int) -> Town:
    """A town of so many residents in 32 areas, as even as can be."""
    draw = generator(seed, 0, "core", "town")
    proneness = np.exp(PRONENESS * draw.standard_normal(residents) - PRONENESS**2 / 2)
    return Town(np.arange(AREAS + 1) * residents // AREAS, proneness, draw.random(residents))


def by_candidates(town: Town, days: int, seed: int) -> Lived:
    """Lippen's way: draw what might happen, keep what did."""
    draw = generator(seed, 0, "core", "candidates")
    activity = _activity(days, draw)
    fear = _fear(activity)
    per_year = RATE * YEAR * np.add.reduceat(town.proneness, town.offsets[:-1])
    may = draw_candidates(draw, per_year[None], activity.max(keepdims=True)[0], np.ones((1, days)), days)
    happened = may.where(activity[may.area, may.day])
    area, day = may.area[happened], may.day[happened]
    resident = drawn_within(area, town.offsets, np.cumsum(town.proneness), draw.random(len(area)))
    reports = draw.random(len(area)) < _reporting(town.nerve[resident] < fear[area, day])
    cell = area * days + day
    return Lived(
        activity,
        fear,
        np.bincount(cell, minlength=AREAS * days).reshape(AREAS, days),
        np.bincount(cell[reports], minlength=AREAS * days).reshape(AREAS, days),
        np.bincount(resident, minlength=len(town.nerve)),
    )


def by_arrays(town: Town, days: int, seed: int) -> Lived:
    """The plain way with arrays: ask every resident every day. At most one event a day falls on each."""
    draw = generator(seed, 0, "core", "arrays")
    activity = _activity(days, draw)
    fear = _fear(activity)
    events, reported = np.zeros((2, AREAS, days), np.int64)
    of_resident = np.zeros(len(town.nerve), np.int64)
    area_of = town.area
    for day in range(days):
        chance = (RATE * activity[:, day])[area_of] * town.proneness
        resident = np.flatnonzero(draw.random(len(chance)) < chance)
        area = area_of[resident]
        reports = draw.random(len(area)) < _reporting(town.nerve[resident] < fear[area, day])
        events[:, day] = np.bincount(area, minlength=AREAS)
        reported[:, day] = np.bincount(area[reports], minlength=AREAS)
        of_resident[resident] += 1
    return Lived(activity, fear, events, reported, of_resident)


def _activity(days: int, draw: np.random.Generator) -> Floats:
    from scipy.signal import lfilter  # noqa: PLC0415 - it loads for seconds, and tests of the rest need none

    shocks = SPREAD * draw.standard_normal((AREAS, days))
    shocks[:, 1:] *= np.sqrt(1 - KEPT**2)
    return np.asarray(np.exp(lfilter([1], [1, -KEPT], shocks, axis=1) - SPREAD**2 / 2))


def _fear(activity: Floats) -> Floats:
    from scipy.signal import lfilter  # noqa: PLC0415 - as above

    before = activity[:, :1] * FEAR_KEPT  # as if every day before had been like the first
    remembered, _ = lfilter([1 - FEAR_KEPT], [1, -FEAR_KEPT], activity, axis=1, zi=before)
    return np.asarray(np.minimum(FEAR * remembered, 1.0))


def _reporting(afraid: Mask) -> Floats:
    return np.where(afraid, REPORTED_AFRAID, REPORTED)


def figures(lived: Lived) -> dict[str, float]:
    """What two ways of living by the same rules must have in common on average."""
    busiest = np.sort(lived.of_resident)[-len(lived.of_resident) // 10 :]
    log = np.log(lived.activity)
    log -= log.mean()
    return {
        "events a resident": float(lived.of_resident.mean()),
        "residents with an event": float((lived.of_resident > 0).mean()),
        "of events, those of a tenth of residents": float(busiest.sum() / lived.events.sum()),
        "of events, reported": float(lived.reported.sum() / lived.events.sum()),
        "fear": float(lived.fear.mean()),
        "spread of log activity": float(log.std()),
        "kept to the next day": float((log[:, 1:] * log[:, :-1]).mean() / (log**2).mean()),
    }


def check(
    ways: dict[str, Way], residents: int, towns: int, days: int = DAYS
) -> tuple[dict[str, dict[str, float]], float]:
    """The mean figures of each way over so many towns, and the furthest apart that two of them lie.

    Apart is counted in standard errors of the difference, town by town. Raises ValueError when two means lie
    further apart than chance explains.
    """
    lived = {
        name: [figures(way(settle(residents, seed), days, seed)) for seed in range(towns)]
        for name, way in ways.items()
    }
    furthest = 0.0
    for one, other in itertools.combinations(lived, 2):
        for figure in lived[one][0]:
            less = [
                here[figure] - there[figure] for here, there in zip(lived[one], lived[other], strict=True)
            ]
            apart = float(abs(np.mean(less)) / (np.std(less, ddof=1) / math.sqrt(towns)))
            if apart > MOST_APART:
                raise ValueError(f"{figure}: {one} and {other} lie {apart:.1f} standard errors apart")
            furthest = max(furthest, apart)
    means = {
        name: {figure: float(np.mean([run[figure] for run in runs])) for figure in runs[0]}
        for name, runs in lived.items()
    }
    return means, furthest

"""The rules of `benchmarks.sandbox` lived through by Mesa's agents, beside both ways with numpy."""

from __future__ import annotations

import math
from functools import partial
from typing import Final

import mesa
import numpy as np

from benchmarks.interleaved import interleaved
from benchmarks.report import Finding, Row
from benchmarks.sandbox import (
    AREAS,
    DAYS,
    FEAR,
    FEAR_KEPT,
    KEPT,
    RATE,
    REPORTED,
    REPORTED_AFRAID,
    SPREAD,
    Lived,
    Town,
    Way,
    by_arrays,
    by_candidates,
    check,
    settle,
)

RESIDENTS: Final = (3_200, 24_600)
"""A village, and a burgh of the nation."""

BURGHS: Final = 6
"""A nation has 220: so many are enough to see each way's rate, and Mesa takes two seconds for each."""

CHECKED: Final = 3_200
TIMES_CHECKED: Final = 12


def run(repeats: int, residents: tuple[int, ...] = RESIDENTS, burghs: int = BURGHS) -> Finding:
    """Time all three ways in a town of each size, and in so many of the largest one after another.

    Raises ValueError when the means of two ways differ by more than chance explains.
    """
    means, furthest = check(WAYS, CHECKED, TIMES_CHECKED)
    rows: list[Row] = []
    for size, count in [*((size, 1) for size in residents), (residents[-1], burghs)]:
        towns = [settle(size, seed) for seed in range(1, count + 1)]
        timed = interleaved({name: partial(each_by, way, towns) for name, way in WAYS.items()}, repeats)
        rows += [
            {
                "towns": count,
                "residents": size * count,
                "program": name,
                "seconds": run_of.median,
                "times Lippen's": run_of.median / timed["Lippen"].median,
                "resident-days a second": size * count * DAYS / run_of.median,
                **({shown: means[name][shown] for shown in SHOWN} if size == CHECKED else {}),
            }
            for name, run_of in timed.items()
        ]
    return Finding(
        title="A town by the same rules",
        what=f"{DAYS} days of a town of {AREAS} areas: how busy an area is follows an autoregressive "
        "process, things happen to some residents more than to others, fear remembers how busy it was, and "
        "who is afraid reports less. Lippen draws what might happen once and keeps what each day's rate "
        "allows, as its sandbox does; the others ask every resident every day. All give the same means, or "
        "the benchmark stops.",
        columns={
            "towns": ",",
            "residents": ",",
            "program": "",
            "seconds": ",.3f",
            "times Lippen's": ",.1f",
            "resident-days a second": ",.0f",
            **SHOWN,
        },
        rows=rows,
        repeats=repeats,
        packages=["mesa", "numpy"],
        notes=[
            f"The means are over {TIMES_CHECKED} towns of {CHECKED:,}. Of {len(means['Lippen'])} figures, "
            f"compared two ways at a time, those furthest apart lie {furthest:.1f} standard errors apart.",
            "Mesa's agents run in order, without shuffling and without its data collector; both would cost "
            "it more. Everything runs on one core.",
            f"An event falls on a resident every {1 / RATE:.0f} days, as in the nation of the sandbox. "
            "Lippen's time goes with the events, that of the others with residents and days: with fewer "
            "events the ratio grows, with more it shrinks.",
            "Lippen has a fixed cost for each town, and finds the caches cold after another way has run: "
            "both weigh most when there is one town.",
            "This is the core of the sandbox and not all of it: `sandbox-nation` times the whole.",
        ],
    )


class Area(mesa.Agent):
    """An area: how busy it is today, how much fear there is, and what happened so far."""

    def __init__(self, model: mesa.Model) -> None:
        super().__init__(model)
        self.log = self.random.gauss(0, SPREAD)
        self.remembered: float | None = None
        self.days: list[tuple[float, float, int, int]] = []

    def begin(self) -> None:
        if self.days:
            self.log = KEPT * self.log + math.sqrt(1 - KEPT**2) * self.random.gauss(0, SPREAD)
        self.activity = math.exp(self.log - SPREAD**2 / 2)
        before = self.activity if self.remembered is None else self.remembered
        self.remembered = FEAR_KEPT * before + (1 - FEAR_KEPT) * self.activity
        self.fear = min(FEAR * self.remembered, 1.0)
        self.rate = RATE * self.activity
        self.events = self.reported = 0

    def end(self) -> None:
        self.days.append((self.activity, self.fear, self.events, self.reported))


class Resident(mesa.Agent):
    """Somebody to whom things may happen, who may be afraid, and who reports or does not."""

    def __init__(self, model: mesa.Model, area: Area, proneness: float, nerve: float) -> None:
        super().__init__(model)
        self.area, self.proneness, self.nerve = area, proneness, nerve
        self.events = 0
        self.uniform = model.random.random

    def live(self) -> None:
        area = self.area
        if self.uniform() < area.rate * self.proneness:
            self.events += 1
            area.events += 1
            if self.uniform() < (REPORTED_AFRAID if self.nerve < area.fear else REPORTED):
                area.reported += 1


class MesaTown(mesa.Model):
    """The town as Mesa's agents."""

    def __init__(self, town: Town, seed: int) -> None:
        super().__init__(rng=seed)
        self.areas = [Area(self) for _ in range(AREAS)]
        each = (town.area.tolist(), town.proneness.tolist(), town.nerve.tolist())
        for area, proneness, nerve in zip(*each, strict=True):
            Resident(self, self.areas[area], proneness, nerve)

    def step(self) -> None:
        """One day."""
        self.agents_by_type[Area].do("begin")
        self.agents_by_type[Resident].do("live")
        self.agents_by_type[Area].do("end")


def by_mesa(town: Town, days: int, seed: int) -> Lived:
    """Every resident every day, each an object that is asked in its turn."""
    model = MesaTown(town, seed)
    for _ in range(days):
        model.step()
    activity, fear, events, reported = (
        np.array([[day[column] for day in area.days] for area in model.areas]) for column in range(4)
    )
    of_resident = [resident.events for resident in model.agents_by_type[Resident]]
    return Lived(activity, fear, events, reported, np.array(of_resident, np.int64))


WAYS: Final[dict[str, Way]] = {
    "Lippen": by_candidates,
    "numpy, every resident every day": by_arrays,
    "Mesa": by_mesa,
}
SHOWN: Final = {"events a resident": ".3f", "fear": ".3f", "of events, reported": ".3f"}


def each_by(way: Way, towns: list[Town]) -> int:
    """One town after another, each let go again; gives the events of all."""
    return sum(int(way(town, DAYS, seed).events.sum()) for seed, town in enumerate(towns))

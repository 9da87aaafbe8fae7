"""Homes that groups take over: whose, from when, and until when if nobody did anything about it.

Drawn before the days run, as if twelve a year were taken over; a scenario takes some of them or more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lippen.sandbox.chance import Ints, drawn_by, generator
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.people import People
from lippen.sandbox.place import Burgh
from lippen.sandbox.scenario import Scenario


@dataclass(frozen=True)
class TakenHomes:
    """Homes taken over: `home`, `group`, `taken_from` and `taken_to` (days; the end as it would be if nobody
    did anything), in order of `taken_from`."""

    home: Ints
    group: Ints
    taken_from: Ints
    taken_to: Ints


def taken_homes(place: Burgh, people: People, scenario: Scenario, days: int, seed: int) -> TakenHomes:
    """The homes of a burgh that are taken over during `days` or were when they began."""
    draw = generator(seed, place.number, "homes")
    before, spread = 365, by_name("groups.home_days_spread")
    most = 60 + 3 * (days + before) // 30
    count = int(draw.poisson(number("groups.homes_reference") * (days + before) / 365))
    coin = draw.random(most)
    wanted = min(most, round(count * scenario.homes_per_year / number("groups.homes_reference")))
    living = np.bincount(people.home, minlength=len(people.home_area))
    frail = np.zeros(len(people.home_area))
    np.maximum.at(frail, people.home, people.vulnerability)
    tenure = np.array(numbers("groups.homes_by_tenure"))[people.tenure]
    kind = np.array(numbers("world.base_activity"))[place.type_of[people.home_area]]
    weight = (living == 1) * tenure * frail * kind
    home = drawn_by(weight, draw.random(most))
    first = (draw.random(most) * (days + before)).astype(np.int64) - before
    lasts = np.exp(np.log(number("groups.home_days")) + spread["spread"] * draw.standard_normal(most))
    group = draw.integers(0, 8, most) % scenario.groups
    chosen = np.sort(np.argsort(coin, kind="stable")[:wanted])
    last = first + np.maximum(lasts.astype(np.int64), int(spread["least"]))
    chosen = chosen[last[chosen] > 0]
    chosen = chosen[np.argsort(first[chosen], kind="stable")]
    _, once = np.unique(home[chosen], return_index=True)
    chosen = chosen[np.sort(once)]
    return TakenHomes(home[chosen], group[chosen], first[chosen], last[chosen])

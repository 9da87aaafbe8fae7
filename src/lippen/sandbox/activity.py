"""How active groups are in each small area, day by day: demand and supply, surges, and what interventions
take away. Arrays are area by day.
"""

from __future__ import annotations

import numpy as np

from lippen.sandbox.areas import named_areas
from lippen.sandbox.chance import Floats, generator
from lippen.sandbox.groups import Groups
from lippen.sandbox.parameters import number, numbers
from lippen.sandbox.place import TYPES, Burgh
from lippen.sandbox.scenario import Intervention, Scenario, Surge


def strength_of(place: Burgh, scenario: Scenario, kind: str, days: int) -> Floats:
    """How far the interventions of one kind have taken hold, 0 to 1."""
    ramp = number(f"intervention.{kind}.ramp_days")
    held = np.zeros((place.areas, days))
    for one in scenario.intervention:
        if one.kind == kind:
            areas = named_areas(place, one.areas)
            held[areas] = np.maximum(held[areas], taking_hold(one, days, ramp))
    return held


def taking_hold(one: Intervention, days: int, ramp: float) -> Floats:
    """How far one intervention has taken hold on each day, 0 to 1: up over `ramp` days, and down again."""
    day = np.arange(days)
    up = np.clip((day - one.start + 1) / ramp, 0.0, 1.0)
    if one.end is None:
        return up
    return np.where(
        day < one.end, up, np.clip(1 - (day - one.end + 1) / ramp, 0.0, 1.0) * up[min(one.end, days) - 1]
    )


def activity_of(
    place: Burgh, groups: Groups, scenario: Scenario, days: int, seed: int
) -> tuple[Floats, Surge | None]:
    """Rule 1 of the schedule: demand, then supply, before any intervention; and the worst month."""
    draw = generator(seed, place.number, "activity")
    base = np.array(numbers("world.base_activity"))[place.type_of]
    base = base * np.exp(number("world.area_spread") * draw.standard_normal(place.areas))
    slow = number("world.activity_memory_days")
    keep = np.exp(-1 / slow)
    noise = draw.standard_normal((place.areas, days + int(4 * slow)))
    wave = recalled(np.sqrt(1 - keep**2) * noise, keep, np.zeros(place.areas))[:, int(4 * slow) :]
    spread = number("world.activity_spread")
    day = np.arange(days)
    lines = groups.lines
    on = ((day >= lines.start[:, None]) & (day < lines.end[:, None])).astype(np.float64)
    grown = np.clip((day - lines.start[:, None] + 1) / number("world.line_ramp_days"), 0.0, 1.0)
    activity = base[:, None] * np.exp(spread * wave - spread**2 / 2) + lines.reach.T @ (on * grown)
    activity *= scenario.harm
    for surge in scenario.surge:
        _surge(place, activity, surge)
    worst_month = None
    if scenario.worst_month_better_off and days >= 60:
        worst_month = _worst_month(place, activity, days, seed)
        if worst_month is not None:
            _surge(place, activity, worst_month)
    return activity, worst_month


def _surge(place: Burgh, activity: Floats, surge: Surge) -> None:
    activity[named_areas(place, surge.areas), surge.start : surge.end] *= surge.times


def left_by_interventions(place: Burgh, scenario: Scenario, days: int) -> Floats:
    """The share of activity that what is done leaves, area by day."""
    left = np.ones((place.areas, days))
    for kind in ("counter_story", "channel_recognition", "police_drive"):
        left *= 1 - number(f"intervention.{kind}.activity") * strength_of(place, scenario, kind, days)
    return left


def _worst_month(place: Burgh, activity: Floats, days: int, seed: int) -> Surge | None:
    """Once, for thirty days, the better-off area is the worst of all, so that nobody reads the map from
    habit. None where nothing happens there that could be more.
    """
    draw = generator(seed, place.number, "bad month")
    first = int(30 + draw.random() * (days - 60))
    month = slice(first, first + 30)
    people = place.residents
    mean = np.array(
        [
            np.average(
                activity[place.larger_of == one, month], axis=0, weights=people[place.larger_of == one]
            ).mean()
            for one in range(len(TYPES))
        ]
    )
    better_off = TYPES.index("better_off")
    if not mean[better_off]:
        return None
    times = max(1.0, float(number("world.bad_month") * mean.max() / mean[better_off]))
    return Surge(first, first + 30, (TYPES[better_off],), times)


def recalled(values: Floats, keep: float, start: Floats) -> Floats:
    """Each day's value and `keep` times what the day before had; `start` is what came before the first
    day.
    """
    recalled = values.copy()
    recalled[:, 0] += keep * start
    span = 1
    while span < values.shape[1]:
        # Each day holds the last `span` days already; those before it stand `span` days ago.
        recalled[:, span:] += keep**span * recalled[:, :-span].copy()
        span *= 2
    return recalled

"""The days of one burgh: how active groups are in each small area, how afraid and how trusting people are.

Everything runs on whole arrays (area by day), in the order of the schedule in the model's description. An
intervention changes its own areas from its own day on; a false trend changes only what reaches the streams.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lippen.sandbox.activity import (
    activity_of,
    left_by_interventions,
    recalled,
    strength_of,
    taking_hold,
)
from lippen.sandbox.areas import named_areas
from lippen.sandbox.chance import YEAR, Floats, Ints, Mask, generator
from lippen.sandbox.groups import CHANNELS, Groups, plan
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.people import People, settle
from lippen.sandbox.place import TYPES, Burgh, burgh
from lippen.sandbox.scenario import PURPOSES, Scenario, Surge

DAILY = ("activity", "fear", "trust", "reporting", "affected")
"""What is true of each area on each day, by its name in `World`."""

_OF_NO_LINE = 1e-3
"""How much supply of no line weighs beside the reach of lines where channels are mixed."""


@dataclass(frozen=True)
class World:
    """One burgh under one seed and scenario. Arrays are area by day.

    `activity` (1 is the ordinary average over residents), `fear` (0 to 1), `trust` (share of adults who would
    say that the local police do a good job), `reporting` (chance that what happened is told), `affected`
    (share personally affected in the three years up to the day), `told` (what false trends multiply reporting
    by in the streams), `channels` (area by channel by day: share of supply), `taken_to` (the day on which
    each home that was taken over is free again), `recruited` (whether each role of groups.roles came to be),
    `worst_month` (the thirty days in which the better-off area is the worst, if the scenario has them).
    """

    place: Burgh
    people: People
    groups: Groups
    scenario: Scenario
    seed: int
    days: int
    activity: Floats
    fear: Floats
    trust: Floats
    reporting: Floats
    affected: Floats
    told: Floats
    channels: Floats
    taken_to: Ints
    recruited: Mask
    worst_month: Surge | None

    @property
    def burgh(self) -> int:
        return self.place.number

    @property
    def first_day(self) -> dt.date:
        return self.scenario.first_day

    @cached_property
    def nothing_found(self) -> Floats:
        """How much more often the calls of each area end with nothing found; nobody knows why."""
        spread = self.draw("incidents", "nothing found").standard_normal(self.place.areas)
        return np.asarray(np.exp(number("incident.nothing_found_spread") * spread))

    def draw(self, *names: str) -> np.random.Generator:
        """The random numbers of one thing in this burgh under this seed."""
        return generator(self.seed, self.burgh, *names)

    def strength(self, kind: str) -> Floats:
        """How far the interventions of one kind have taken hold, 0 to 1, area by day."""
        return strength_of(self.place, self.scenario, kind, self.days)

    def trend(self, kind: str) -> Floats:
        """1 where a false trend of this kind is on, else 0, area by day."""
        on = np.zeros((self.place.areas, self.days))
        for one in self.scenario.false_trend:
            if one.kind == kind:
                on[named_areas(self.place, one.areas), max(one.start, 0) : one.end] = 1.0
        return on

    def day_of_year(self) -> Floats:
        """For each day, how far into the year it lies, 0 to 1."""
        return days_of_year(self.first_day, self.days)

    def weekday(self) -> Ints:
        """For each day, 0 for Monday to 6."""
        return weekdays(self.first_day, self.days)


def days_of_year(first_day: dt.date, days: int) -> Floats:
    """For each day from the first, how far into the year it lies, 0 to 1."""
    first = first_day.timetuple().tm_yday - 1
    return np.asarray(((first + np.arange(days)) % YEAR) / YEAR, dtype=np.float64)


def weekdays(first_day: dt.date, days: int) -> Ints:
    """For each day from the first, 0 for Monday to 6."""
    return (first_day.weekday() + np.arange(days)) % 7


def make_world(which: int, scenario: Scenario, days: int, seed: int) -> World:
    """The world of burgh number `which` over `days`. Raises ScenarioError when an area that is named is
    nowhere.
    """
    place = burgh(which)
    people = settle(place, seed)
    groups = plan(place, people, scenario, days, seed)
    undisturbed, worst_month = activity_of(place, groups, scenario, days, seed)
    activity = undisturbed * left_by_interventions(place, scenario, days)
    pressure = number("world.intimidation") * activity * _harassed(place, groups, days)
    fear = np.clip(number("world.fear") * _remembered(pressure, number("world.fear_days")), 0.0, 0.95)
    trust = _trust(place, scenario, activity, days, seed)
    return World(
        place=place,
        people=people,
        groups=groups,
        scenario=scenario,
        seed=seed,
        days=days,
        activity=activity,
        fear=fear,
        trust=trust,
        reporting=_reporting(place, scenario, fear, trust, days),
        affected=_affected(activity, undisturbed),
        told=_told(place, scenario, days),
        channels=_channels(place, groups, scenario, days),
        taken_to=_freed(place, people, groups, scenario, days),
        recruited=_recruited(place, people, groups, scenario, days),
        worst_month=worst_month,
    )


def _harassed(place: Burgh, groups: Groups, days: int) -> Floats:
    """Where bogus calls are meant to harass, people are frightened for a while."""
    model = by_name("world.harassed")
    more = np.ones((place.areas, days))
    e = groups.episodes
    for day, larger, purpose in zip(e.day, e.larger, e.purpose, strict=True):
        if purpose == PURPOSES.index("harass") and day < days:
            more[place.larger_of == larger, day : day + int(model["days"])] += model["more"]
    return more


def _remembered(values: Floats, memory_days: float) -> Floats:
    """Exponential memory over the days, started at the first day's own level."""
    keep = float(np.exp(-1 / memory_days))
    return recalled((1 - keep) * values, keep, values[:, 0])


def _trust(place: Burgh, scenario: Scenario, activity: Floats, days: int, seed: int) -> Floats:
    draw = generator(seed, place.number, "trust")
    level = number("world.trust") + np.array(numbers("world.trust_by_type"))[place.type_of]
    level = level + number("world.trust_area_spread") * draw.standard_normal(place.areas)
    harm = _remembered(activity, number("world.trust_days"))
    trust = level[:, None] - number("world.trust_lost") * (harm - harm[:, :1])
    for kind in ("safe_reporting", "joint_visits", "police_drive"):
        trust += number(f"intervention.{kind}.trust") * strength_of(place, scenario, kind, days)
    return np.clip(trust, 0.05, 0.95)


def _reporting(place: Burgh, scenario: Scenario, fear: Floats, trust: Floats, days: int) -> Floats:
    level = number("world.reporting") - number("world.reporting_embedded") * (
        (place.type_of == TYPES.index("scheme")) | (place.type_of == TYPES.index("tenements"))
    )
    ordinary = number("world.fear")
    told = level[:, None] - number("world.reporting_fear") * (fear - ordinary)
    told += number("world.reporting_trust") * (trust - number("world.trust"))
    told += number("intervention.safe_reporting.reporting") * strength_of(
        place, scenario, "safe_reporting", days
    )
    return np.asarray(np.clip(told, 0.03, 0.95))


def _affected(activity: Floats, undisturbed: Floats) -> Floats:
    """Share affected in the 1,095 days up to each day; the days before the first were as its year without
    interventions is on average."""
    rate = -np.log1p(-number("world.affected")) / 1095
    before = undisturbed[:, :365].mean(axis=1, keepdims=True)
    days = activity.shape[1]
    gone = np.minimum(np.arange(1, days + 1), 1095)
    sums = np.cumsum(activity, axis=1)
    if days > 1095:
        sums[:, 1095:] -= sums[:, :-1095].copy()
    return np.asarray(1 - np.exp(-rate * (sums + before * (1095 - gone))))


def _told(place: Burgh, scenario: Scenario, days: int) -> Floats:
    told = np.ones((place.areas, days))
    for one in scenario.false_trend:
        if one.kind == "reporting_drive":
            told[named_areas(place, one.areas), max(one.start, 0) : one.end] *= number(
                "trend.reporting_drive"
            )
    return told


def _channels(place: Burgh, groups: Groups, scenario: Scenario, days: int) -> Floats:
    """Shares of the channels in each area: the leanings of the lines that are there on the day, the drift
    from the street to social media, and a move away from whatever is pressed.
    """
    day = np.arange(days)
    lines = groups.lines
    drift = np.array(numbers("world.channel_drift"))[:, None] * day / YEAR
    after = (day >= lines.pressed_on[:, None]).astype(np.float64)
    hit = np.arange(len(CHANNELS)) == lines.pressed_channel[:, None]
    pressed = number("world.channel_pressed")
    lean = lines.channel[:, :, None] - pressed * hit[:, :, None] * after[:, None, :]
    on = ((day >= lines.start[:, None]) & (day < lines.end[:, None])).astype(np.float64)
    # A little of what belongs to no line: all there is where no line reaches on the day.
    weight = lines.reach[:, :, None] * on[:, None, :]
    of_none = np.array(numbers("groups.channel_lean"))[:, None] * _OF_NO_LINE
    mix = np.einsum("lad,lcd->acd", weight, lean) + of_none
    mix = mix / (weight.sum(axis=0) + _OF_NO_LINE)[:, None, :] + drift
    street, social = CHANNELS.index("street"), CHANNELS.index("social")
    mix[:, street] -= pressed * strength_of(place, scenario, "police_drive", days)
    mix[:, social] -= pressed * strength_of(place, scenario, "channel_recognition", days)
    mix = np.exp(mix - mix.max(axis=1, keepdims=True))
    return np.asarray(mix / mix.sum(axis=1, keepdims=True))


def _freed(place: Burgh, people: People, groups: Groups, scenario: Scenario, days: int) -> Ints:
    """When each home is free again: joint visits shorten what is left from the day they have taken hold."""
    homes = groups.homes
    ends = homes.taken_to.copy()
    share = 1 - number("intervention.joint_visits.stay")
    for one in scenario.intervention:
        if one.kind == "joint_visits":
            reached = named_areas(place, one.areas)[people.home_area[homes.home]]
            begin = np.maximum(one.start, homes.taken_from)
            there = reached & (homes.taken_to > begin) & (begin < min(one.end or days, days))
            # How far the visits have taken hold half-way through what would be left of the stay.
            half_way = np.clip((begin + homes.taken_to) // 2, 0, days - 1)
            held = taking_hold(one, days, number("intervention.joint_visits.ramp_days"))[half_way]
            left = np.ceil((homes.taken_to - begin) * (1 - (1 - share) * held)).astype(np.int64)
            ends = np.where(there, np.minimum(ends, begin + left), ends)
    return ends


def _recruited(place: Burgh, people: People, groups: Groups, scenario: Scenario, days: int) -> Mask:
    """Who was drawn in: a counter-story keeps some out, in its areas, from its day. Who was never drawn in
    comes to exploit nobody either."""
    roles = groups.roles
    held = strength_of(place, scenario, "counter_story", days)
    area = people.area[roles.person]
    at = np.clip(roles.since, 0, days - 1)
    kept_out = number("intervention.counter_story.recruitment") * held[area, at]
    came = (roles.since < 0) | (roles.coin >= kept_out)
    return np.asarray(came & came[roles.follows])

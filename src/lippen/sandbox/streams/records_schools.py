"""What schools write down when pupils are away: on school days of term, more of it towards the end of a
week, in winter and when something goes round.

A young person drawn in is away more often; so is whoever has flu. The false trend of the school term makes
schools write down more, with nothing else changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lippen.sandbox.chance import LOTS, Floats, Ints, Lots, Mask, lots_of
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.streams.records_entries import SCHOOLS, Entries, entries_of, sorts_named
from lippen.sandbox.streams.records_spells import recruits
from lippen.sandbox.world import World

PUPILS = (5, 17)
"""Ages of pupils, first and last."""
_DAYS_A_WEEK = 5
_CELLS = 256
_MOST = 0.95


def absences(world: World) -> Entries:
    """One entry in a school week, on one of its days, for each pupil who missed four half-days or more of the
    five school days up to then."""
    people = world.people
    pupil = np.flatnonzero((people.age >= PUPILS[0]) & (people.age <= PUPILS[1]))
    weeks = _school_weeks(world)
    draw, spread = world.draw("records", "absences"), number("records.absent_spread")
    often = np.exp(spread * draw.standard_normal(len(pupil)) - spread**2 / 2)
    frail = by_name("records.absent_with_vulnerability")
    often = (often * (frail["level"] + frail["added"] * people.vulnerability[pupil])).astype(np.float32)
    in_week = _in_week(world, draw, weeks)
    told = 1 + (number("trend.school_term") - 1) * world.trend("school_term")
    row, drawn_in = _drawn_in(world, pupil)
    # Each coin is held against the most that its week can bring, and then against its own day.
    most = (in_week * weeks.most(told)).astype(np.float32)[people.area[pupil]]
    most *= np.where(row > 0, often * number("records.recruited_absent"), often).astype(np.float32)[:, None]
    coin = lots_of(draw, -(-most.size // 4)).ravel()[: most.size]
    kept = np.flatnonzero(coin < LOTS * most.ravel())
    who, week = np.divmod(kept, len(weeks.monday))
    lots = lots_of(draw, most.size, kept)
    # Of the lot for a line no more than its half is asked for, so its lower bits are free to choose a day.
    day, area = weeks.drawn(week, lots[2] % _CELLS), people.area[pupil[who]]
    chance = in_week[area, week] * often[who] * told[area, day]
    chance[drawn_in[row[who], day]] *= number("records.recruited_absent")
    here = np.flatnonzero(coin[kept] < LOTS * np.minimum(chance, _MOST))
    lots = lots.take(here, axis=1)
    low, high = (int(one) for one in numbers("records.absent_half_days"))
    missed = low + ((high - low + 1) * (lots[0] / LOTS) ** 2).astype(np.int64)
    return entries_of(sorts_named("absence")[0], day[here], pupil[who[here]], SCHOOLS, -1, missed, lots)


@dataclass(frozen=True)
class _Weeks:
    """Weeks with school days among the world's: `monday` (which may lie before the first day), and by week
    and weekday whether school is `open` and the running weight (`edges`) of its days in absences."""

    monday: Ints
    open: Mask
    edges: Floats

    def drawn(self, week: Ints, cell: Lots) -> Ints:
        """A school day of each week, by a number below _CELLS."""
        # A table answers in a step what a search would in several.
        share = (np.arange(_CELLS) + 0.5) / _CELLS * self.edges[:, -1:]
        passed = [self.edges[:, weekday, None] <= share for weekday in range(_DAYS_A_WEEK)]
        days = self.monday[:, None] + np.sum(passed, axis=0, dtype=np.int64)
        return np.asarray(days[week, cell])

    def most(self, daily: Floats) -> Floats:
        """The highest on a school day of each week (area by week) of what differs by area and day."""
        days = np.clip(self.monday[:, None] + np.arange(_DAYS_A_WEEK), 0, daily.shape[1] - 1)
        return np.asarray(np.where(self.open, daily[:, days], 0.0).max(axis=2))


def _school_weeks(world: World) -> _Weeks:
    monday = np.arange(-world.weekday()[0], world.days, 7)
    days = monday[:, None] + np.arange(_DAYS_A_WEEK)
    inside = (days >= 0) & (days < world.days)
    is_open = inside & _in_term(world)[np.clip(days, 0, world.days - 1)]
    held = np.flatnonzero(is_open.any(axis=1))
    edges = np.cumsum(is_open * np.array(numbers("records.absent_week")), axis=1)
    return _Weeks(monday[held], is_open[held], edges[held])


def _in_term(world: World) -> Mask:
    holidays = numbers("records.holidays")
    day = np.round(world.day_of_year() * 365.25) + 1
    closed = [
        (day >= first) & (day <= last) for first, last in zip(holidays[::2], holidays[1::2], strict=True)
    ]
    return np.asarray(~np.any(closed, axis=0))


def _in_week(world: World, draw: np.random.Generator, weeks: _Weeks) -> Floats:
    """The chance of an entry, area by week, for a pupil who is away as often as most are; less in a week that
    has fewer school days."""
    middle = np.clip(weeks.monday + _DAYS_A_WEEK // 2, 0, world.days - 1)
    winter = np.cos(2 * np.pi * world.day_of_year()[middle])
    harder = by_name("records.flu_winter")
    goes_round = number("records.flu") * (harder["level"] + harder["added"] * (1 + winter))
    flu = draw.standard_normal((len(world.place.larger_names), len(middle)))
    flu = np.exp(goes_round * flu - goes_round**2 / 2)
    days = weeks.edges[:, -1] / _DAYS_A_WEEK
    level = number("records.absent") * (1 + number("records.absent_winter") * winter) * days
    return np.asarray(level * flu[world.place.larger_of])


def _drawn_in(world: World, pupil: Ints) -> tuple[Ints, Mask]:
    """The row of each pupil in a table by day of whether a group is using them; row 0 is of those whom none
    ever uses. Somebody with two roles at once is away no more often than with one."""
    spells = recruits(world)
    person, which = np.unique(spells.person, return_inverse=True)
    row_of = np.zeros(len(world.people.home), dtype=np.int64)
    row_of[person] = 1 + np.arange(len(person))
    used = np.zeros((1 + len(person), world.days), dtype=bool)
    for at, since, ends in zip(1 + which, spells.since, spells.ends, strict=True):
        used[at, max(since, 0) : max(ends, 0)] = True
    return row_of[pupil], used

"""Days, weeks and clocks: when in a year, a week and a day things are written down."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import numpy as np
import pyarrow as pa

from lippen.sandbox.chance import Floats, Ints, Mask, drawn_twice
from lippen.sandbox.world import World, days_of_year, weekdays

DAY_S = 86_400


def season_of(world: World, week: Floats, summer: float) -> Floats:
    """How a year and a week go, day by day: `week` gives Monday to Sunday (mean 1), `summer` how far the
    first of July lies above the year's mean (0.2 is a fifth)."""
    return _season(world.first_day, world.days, tuple(week.tolist()), float(summer))


@lru_cache(maxsize=512)
def _season(first_day: dt.date, days: int, week: tuple[float, ...], summer: float) -> Floats:
    """Read only: every burgh of a nation is given the same one."""
    year = 1 - summer * np.cos(2 * np.pi * days_of_year(first_day, days))
    return np.asarray(np.array(week)[weekdays(first_day, days)] * year)


def seconds_of(hours: Floats, sort: Ints, uniform: Floats) -> Ints:
    """A second of the day for each row: `hours` (sort by 24) are the weights of the hours of each sort."""
    # What is left of the uniform says where in the hour: one draw does for both.
    hour, within = drawn_twice(hours, sort, uniform)
    return hour * 3600 + (within * 3600).astype(np.int64)


def epoch_day(first_day: dt.date) -> int:
    """Days since 1970 of the first day."""
    return (first_day - dt.date(1970, 1, 1)).days


def wall_clock(first_day: dt.date, day: Ints, second: Ints) -> Ints:
    """Seconds since 1970 on the wall clock of Great Britain. `second` may run past midnight.

    The hour that the clocks leave out in spring is on no clock: whatever falls in it is put down an hour
    sooner.
    """
    return wall_of(to_utc((epoch_day(first_day) + day) * DAY_S + second))


def to_utc(wall: Ints) -> Ints:
    """UTC from the wall clock of Great Britain; in the hour that comes twice, the first of the two is
    meant.
    """
    return np.asarray(wall - 3600 * _in_summer(wall, 3600, 7200))


def wall_of(utc: Ints) -> Ints:
    """The wall clock of Great Britain from UTC."""
    return np.asarray(utc + 3600 * _in_summer(utc, 3600, 3600))


def _in_summer(seconds: Ints, begins_s: int, ends_s: int) -> Ints:
    """1 from so many seconds into the last Sunday of March to so many into that of October, else 0."""
    summer = np.zeros(len(seconds), dtype=np.int64)
    if len(seconds):
        years = (np.array([seconds.min(), seconds.max()]) / (DAY_S * 365.2425) + 1970).astype(int)
        for year in range(years[0], years[1] + 1):
            begins = epoch_day(_last_sunday(year, 3)) * DAY_S + begins_s
            ends = epoch_day(_last_sunday(year, 10)) * DAY_S + ends_s
            summer += (seconds >= begins) & (seconds < ends)
    return summer


def _last_sunday(year: int, month: int) -> dt.date:
    """Of a month with 31 days."""
    last = dt.date(year, month, 31)
    return last - dt.timedelta(days=(last.weekday() + 1) % 7)


def timestamps(seconds: Ints, known: Mask | None = None) -> pa.Array:
    """Arrow timestamps from seconds since 1970; empty where not `known`."""
    mask = None if known is None else ~known
    return pa.array(seconds, pa.int64(), mask=mask).view(pa.timestamp("s"))


def dates(first_day: dt.date, day: Ints, known: Mask | None = None) -> pa.Array:
    """Arrow dates of days counted from the first day; empty where not `known`."""
    mask = None if known is None else ~known
    return pa.array((epoch_day(first_day) + day).astype(np.int32), mask=mask).view(pa.date32())

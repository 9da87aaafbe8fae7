"""Half a year of reading in which nobody misuses anything, to measure how often the rules err (`unusual`).

Six kinds of working week: a worker in the office, one on visits with few and long days, a co-ordinator with
meetings that need many records at once, one who works nights, a police officer on changing shifts, and one
who is away for weeks and then catches up. Volumes vary from day to day as such counts do (a Poisson draw of a
drawn mean), and every such person reads for a case.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lippen.site.register.unusual import Reading, unusual_in

WEEKS = 26
FIRST_DAY = date(2026, 1, 5)  # a Monday
ZONE = ZoneInfo("Europe/London")  # where the weeks that are made up lie


@dataclass(frozen=True)
class Week:
    """How somebody works: days of the week (0 is Monday), the first hour, hours, readings a day, records a
    reading, and days of the year (from `FIRST_DAY`) on which they were away.
    """

    reader: str
    days: tuple[int, ...]
    hour: int
    hours: int
    readings: float
    records: float
    away: tuple[int, int] = (0, 0)


WEEKS_OF_WORK = (
    Week("office", (0, 1, 2, 3, 4), 9, 8, 14, 2.0),
    Week("visits", (0, 1, 2, 3, 4), 10, 8, 5, 1.5),
    Week("meetings", (1, 3), 9, 6, 12, 6.0),
    Week("nights", (0, 1, 2, 3), 22, 8, 18, 1.5),
    Week("shifts", (0, 2, 4, 5, 6), 7, 16, 10, 2.0),
    Week("catching-up", (0, 1, 2, 3, 4), 9, 8, 9, 2.0, away=(60, 95)),
)


def normal_reading(seed: int = 1) -> list[Reading]:
    """The readings of half a year, in order of time."""
    draw = random.Random(seed)  # noqa: S311 - a town made up needs no secret numbers
    made = [one for week in WEEKS_OF_WORK for one in _of(week, draw)]
    return sorted(made, key=lambda one: one.first_at)


def _of(week: Week, draw: random.Random) -> Iterator[Reading]:
    for offset in range(7 * WEEKS):
        day = FIRST_DAY + timedelta(days=offset)
        if day.weekday() not in week.days or week.away[0] <= offset < week.away[1]:
            continue
        busy = draw.gammavariate(4.0, 0.25)  # mean 1: some days are quiet and some are not
        if offset == week.away[1]:
            busy *= 3.0  # what had waited
        for _ in range(_poisson(draw, week.readings * busy)):
            seconds = draw.uniform(0, week.hours * 3600)
            at = datetime.combine(day, time(week.hour), UTC) + timedelta(seconds=seconds)
            records = 1 + _poisson(draw, week.records - 1)
            yield Reading(at, at, week.reader, "o", readings=1, records=records, without_case=0)


def _poisson(draw: random.Random, mean: float) -> int:
    """A Poisson draw by Knuth's product of uniforms; means here are small."""
    limit, product, count = math.exp(-mean), draw.random(), 0
    while product > limit:
        product *= draw.random()
        count += 1
    return count


def how_often(seed: int = 1) -> tuple[dict[str, int], int]:
    """How often each rule fires on normal reading, and on how many days somebody read.

    Only six of these days are really somebody's first, which says little of the rule about newcomers. So for
    that rule each day of each reader is taken as if it were the first.
    """
    readings = normal_reading(seed)
    fired = dict.fromkeys(("volume", "newcomer", "night", "no_case"), 0)
    of_day: defaultdict[tuple[str, date], list[Reading]] = defaultdict(list)
    for one in readings:
        of_day[one.reader, one.first_at.astimezone(ZONE).date()].append(one)
    for offset in range(7 * WEEKS + 1):
        for found in unusual_in(readings, FIRST_DAY + timedelta(days=offset), ZONE):
            fired[found.rule] += found.rule != "newcomer"
    for (_, day), held in of_day.items():
        fired["newcomer"] += sum(found.rule == "newcomer" for found in unusual_in(held, day, ZONE))
    return fired, len(of_day)

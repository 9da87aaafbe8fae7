"""Unusual reading: rules with stated thresholds, each alert with its reason and with how often the rule errs.

The rules are data (`unusual.toml`). A rule looks at one day of one reader's readings beside that reader's own
weeks before, never at how one person compares with another, and leaves nothing behind but alerts about sets
of readings: there is no score, no count and no list of persons.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from typing import Any, Final
from zoneinfo import ZoneInfo

from lippen.site.register.models import Alert, Entry, Shown

Near = Callable[[str, Sequence[str]], frozenset[str]]
"""From a reader's reference and ids of records to those that are about the reader's own street or name."""

_near: Final[dict[str, Near]] = {}


@dataclass(frozen=True)
class Reading:
    """One entry as the rules see it. `at` is in UTC; `classes` are those of the records it showed."""

    at: datetime
    reader: str
    organisation: str
    records: int
    case: bool
    classes: frozenset[str] = frozenset()


@dataclass
class Day:
    """What one reader read on one day, in the site's hours. A night belongs to the day on which it ends."""

    day: date
    readings: list[Reading] = field(default_factory=list)

    @property
    def records(self) -> int:
        return sum(one.records for one in self.readings)


@dataclass(frozen=True)
class Unusual:
    """A set of readings that a rule calls unusual, and why."""

    rule: str
    reason: str
    readings: tuple[Reading, ...]


@cache
def rules() -> Mapping[str, Any]:
    """The rules that ship with the program: thresholds by name of the rule (see `unusual.toml`)."""
    return tomllib.loads(resources.files("lippen.site.register").joinpath("unusual.toml").read_text("utf-8"))


def provide_near(data_class: str, near: Near) -> None:
    """Say which records of a class are about the reader's own street or name. For apps, when they start."""
    _near[data_class] = near


def unusual_in(readings: Iterable[Reading], day: date) -> Iterator[Unusual]:
    """What the rules call unusual in one day's readings, beside those of the weeks before.

    `readings` are everybody's, of that day and of as many weeks before as the rules look back.
    """
    zone = ZoneInfo(rules()["zone"])
    of_reader: defaultdict[str, dict[date, Day]] = defaultdict(dict)
    nights: defaultdict[str, dict[date, Day]] = defaultdict(dict)
    for one in readings:
        local = one.at.astimezone(zone)
        days = of_reader[one.reader]
        days.setdefault(local.date(), Day(local.date())).readings.append(one)
        night = _night_of(local)
        if night is not None:
            nights[one.reader].setdefault(night, Day(night)).readings.append(one)
    for reader, days in of_reader.items():
        if day in days:
            past = [other for at, other in days.items() if at < day]
            yield from _volume(days[day], past)
            yield from _no_case(days[day])
        if day in nights[reader]:
            yield from _night(nights[reader][day], [at for at in nights[reader] if at < day])


def look(now: datetime | None = None) -> int:
    """Look at every day that ended since the last look, at most a week of them. Returns how many alerts came.

    Looking twice at a day makes no alert twice.
    """
    zone = ZoneInfo(rules()["zone"])
    today = (now or datetime.now(UTC)).astimezone(zone).date()
    made = 0
    for back in range(7, 0, -1):
        day = today - timedelta(days=back)
        held = list(_readings(day, zone))
        found = [*unusual_in(held, day), *_nearby(day, zone)]
        for one in found:
            made += _keep(one)
    return made


def _keep(one: Unusual) -> int:
    first = one.readings[0]
    _, new = Alert.objects.get_or_create(
        rule=one.rule,
        reader=first.reader,
        first_at=min(each.at for each in one.readings),
        defaults={
            "made_at": datetime.now(UTC),
            "organisation": first.organisation,
            "last_at": max(each.at for each in one.readings),
            "readings": len(one.readings),
            "reason": f"{one.reason} This rule fires {rules()[one.rule]['fires']}."[:400],
        },
    )
    return int(new)


def _volume(day: Day, past: Sequence[Day]) -> Iterator[Unusual]:
    rule = rules()["volume"]
    busiest = max((other.records for other in past), default=0)
    if not past or day.records < rule["least_records"] or day.records <= rule["times"] * busiest:
        return
    yield Unusual(
        "volume",
        f"{day.records:,} records in a day; the busiest day of the {rules()['past_weeks']} weeks before had "
        f"{busiest:,}.",
        tuple(day.readings),
    )


def _night(night: Day, nights_before: Sequence[date]) -> Iterator[Unusual]:
    rule = rules()["night"]
    if len(night.readings) < rule["least_readings"] or len(nights_before) >= rule["nights_before"]:
        return
    yield Unusual(
        "night",
        f"{len(night.readings):,} readings between {rule['from_hour']}:00 and {rule['until_hour']}:00; "
        f"nights with readings in the {rules()['past_weeks']} weeks before: {len(nights_before)}.",
        tuple(night.readings),
    )


def _no_case(day: Day) -> Iterator[Unusual]:
    rule = rules()["no_case"]
    without = [one for one in day.readings if not one.case and one.classes & set(rule["classes"])]
    if len(without) >= rule["least_readings"]:
        yield Unusual(
            "no_case", f"{len(without):,} readings of records about people named no case.", tuple(without)
        )


def _night_of(local: datetime) -> date | None:
    """The day on which the night ends that this moment lies in; None by day."""
    rule = rules()["night"]
    if local.hour >= rule["from_hour"]:
        return local.date() + timedelta(days=1)
    return local.date() if local.hour < rule["until_hour"] else None


def _between(day: date, days: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    end = datetime.combine(day + timedelta(days=1), time.min, zone)
    # A night begins on the day before.
    return datetime.combine(day - timedelta(days=days), time.min, zone) - timedelta(hours=1), end


def _readings(day: date, zone: ZoneInfo) -> Iterator[Reading]:
    """Everybody's readings of that day and of the weeks before it. The program's own are none."""
    start, end = _between(day, 7 * rules()["past_weeks"], zone)
    within = Entry.objects.filter(at__gte=start, at__lt=end).exclude(reader="system")
    needed = rules()["no_case"]["classes"]
    named = Shown.objects.filter(data_class__in=needed, entry__at__gte=start, entry__at__lt=end)
    classes: defaultdict[int, set[str]] = defaultdict(set)
    for number, data_class in named.values_list("entry", "data_class").distinct().iterator(2_000):
        classes[number].add(data_class)
    columns = ("id", "at", "reader", "organisation", "shown_count", "case")
    for number, at, reader, organisation, records, case in within.values_list(*columns).iterator(2_000):
        yield Reading(at, reader, organisation, records, bool(case), frozenset(classes.get(number, ())))


def _nearby(day: date, zone: ZoneInfo) -> Iterator[Unusual]:
    """Readings of records that other apps say are about the reader's own street or name."""
    start, end = _between(day, 0, zone)
    for data_class, near in _near.items():
        shown = Shown.objects.filter(data_class=data_class, entry__at__gte=start, entry__at__lt=end)
        by_reader: defaultdict[str, dict[str, Reading]] = defaultdict(dict)
        columns = ("record", "entry__at", "entry__reader", "entry__organisation", "entry__shown_count")
        for record, at, reader, organisation, records in shown.values_list(*columns).iterator(2_000):
            by_reader[reader].setdefault(record, Reading(at, reader, organisation, records, case=False))
        for reader, read in by_reader.items():
            if close := near(reader, sorted(read)):
                yield Unusual(
                    "near",
                    "Some of the records are about the reader's own street or name.",
                    tuple(read[record] for record in sorted(close)),
                )

"""Unusual reading: rules with stated thresholds, each alert with its reason and with how often the rule errs.

The rules are data (`unusual.toml`). A rule looks at one day of one reader's readings beside that reader's own
weeks before, never at how one person compares with another, and leaves nothing behind but alerts about sets
of readings: there is no score, no count and no list of persons. `looking` asks the register and raises the
alerts.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any, Final
from zoneinfo import ZoneInfo

from lippen.site.register.classes import declared

Near = Callable[[str, Sequence[str]], frozenset[str]]
"""From a reader's reference and ids of records to those that are about the reader's own street or name."""

_near: Final[dict[str, Near]] = {}


@dataclass(frozen=True)
class Reading:
    """What one reader read for one organisation between two times of one hour, both in UTC.

    `without_case` is how many of the readings showed records that are read for a case, and named none.
    """

    first_at: datetime
    last_at: datetime
    reader: str
    organisation: str
    readings: int
    records: int
    without_case: int = 0


@dataclass
class Day:
    """What one reader read on one day, in the site's hours. A night belongs to the day on which it ends."""

    day: date
    held: list[Reading] = field(default_factory=list)

    @property
    def readings(self) -> int:
        return sum(one.readings for one in self.held)

    @property
    def records(self) -> int:
        return sum(one.records for one in self.held)


@dataclass(frozen=True)
class Unusual:
    """A set of readings that a rule calls unusual: how many, within which readings they lie, and why."""

    rule: str
    reason: str
    readings: int
    within: tuple[Reading, ...]


@dataclass(frozen=True)
class RuleSeen:
    """A rule as the panel sees it. `waits` says why it cannot fire yet; "" when it can."""

    title: str
    fires: str
    waits: str


@cache
def rules() -> Mapping[str, Any]:
    """The rules that ship with the program: thresholds by name of the rule (see `unusual.toml`)."""
    return tomllib.loads(resources.files("lippen.site.register").joinpath("unusual.toml").read_text("utf-8"))


def provide_near(data_class: str, near: Near) -> None:
    """Say which records of a class are about the reader's own street or name. For apps, when they start."""
    _near[data_class] = near


def near() -> Mapping[str, Near]:
    """What other apps provided, by class of data."""
    return _near


def rules_seen() -> list[RuleSeen]:
    """Every rule, those that cannot fire yet too: what they ask about is held by no app of this site."""
    can = {"near": bool(_near), "no_case": bool(declared().keys() & set(rules()["no_case"]["classes"]))}
    return [
        RuleSeen(one["title"], one["fires"], "" if can.get(name, True) else one["waits"])
        for name, one in rules().items()
        if isinstance(one, dict)
    ]


def unusual_in(readings: Iterable[Reading], day: date, zone: ZoneInfo) -> Iterator[Unusual]:
    """What the rules call unusual in one day's readings, beside those of the weeks before.

    `readings` are everybody's, of that day and of at least as many weeks before as the rules look back; days
    and nights are those of the zone.
    """
    earliest = day - timedelta(weeks=rules()["past_weeks"])
    days: defaultdict[str, dict[date, Day]] = defaultdict(dict)
    nights: defaultdict[str, dict[date, Day]] = defaultdict(dict)
    for one in readings:
        local = one.first_at.astimezone(zone)
        if earliest <= local.date() <= day:
            days[one.reader].setdefault(local.date(), Day(local.date())).held.append(one)
        night = _night_of(local)
        if night is not None and earliest <= night <= day:
            nights[one.reader].setdefault(night, Day(night)).held.append(one)
    for reader, held in days.items():
        if day in held:
            yield from _volume(held[day], [other for at, other in held.items() if at < day])
            yield from _no_case(held[day])
        if day in nights[reader]:
            yield from _night(nights[reader][day], [at for at in nights[reader] if at < day])


def _volume(day: Day, past: Sequence[Day]) -> Iterator[Unusual]:
    if not past:
        yield from _newcomer(day)
        return
    rule = rules()["volume"]
    busiest = max(other.records for other in past)
    if day.records < rule["least_records"] or day.records <= rule["times"] * busiest:
        return
    yield Unusual(
        "volume",
        f"{day.records:,} records in a day; the busiest day of the {rules()['past_weeks']} weeks before had "
        f"{busiest:,}.",
        day.readings,
        tuple(day.held),
    )


def _newcomer(day: Day) -> Iterator[Unusual]:
    if day.records < rules()["newcomer"]["least_records"]:
        return
    yield Unusual(
        "newcomer",
        f"{day.records:,} records in a day, and nothing in the {rules()['past_weeks']} weeks before.",
        day.readings,
        tuple(day.held),
    )


def _night(night: Day, nights_before: Sequence[date]) -> Iterator[Unusual]:
    rule = rules()["night"]
    if night.readings < rule["least_readings"] or len(nights_before) >= rule["nights_before"]:
        return
    yield Unusual(
        "night",
        f"{night.readings:,} readings between {rule['from_hour']}:00 and {rule['until_hour']}:00; "
        f"nights with readings in the {rules()['past_weeks']} weeks before: {len(nights_before)}.",
        night.readings,
        tuple(night.held),
    )


def _no_case(day: Day) -> Iterator[Unusual]:
    without = sum(one.without_case for one in day.held)
    if without >= rules()["no_case"]["least_readings"]:
        yield Unusual(
            "no_case",
            f"{without:,} readings of records about people named no case.",
            without,
            tuple(one for one in day.held if one.without_case),
        )


def _night_of(local: datetime) -> date | None:
    """The day on which the night ends that this moment lies in; None by day."""
    rule = rules()["night"]
    if local.hour >= rule["from_hour"]:
        return local.date() + timedelta(days=1)
    return local.date() if local.hour < rule["until_hour"] else None

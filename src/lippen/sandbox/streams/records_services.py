"""What schools, social work, the addiction service and the emergency department write down about people.

A young person drawn in and a tenant whose home is taken over leave traces here; flu, falls and family rows
leave the same ones. The false trend of the school term makes schools write down more, with nothing else
changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lippen.sandbox.chance import Floats, Ints, Mask, drawn_within
from lippen.sandbox.groups import ROLES
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.streams.clock import season_of
from lippen.sandbox.streams.records_entries import (
    HOSPITAL,
    RECOVERY,
    SCHOOLS,
    SOCIAL_WORK,
    Entries,
    dice,
    everyday,
    sorts_named,
    together,
    while_lasting,
)
from lippen.sandbox.streams.records_housing import tenant_of_home
from lippen.sandbox.world import World

_EVERY_DAY = np.ones(7)
_AGE_EDGES = (16, 35, 60)
PUPILS = (5, 17)
"""Ages of pupils, first and last; missing episodes are of children from ten on."""
_FRIDAY = 4
_OF_ACTIVITY = ("assault", "overdose")
_HALF_DAYS = (4, 10)


@dataclass(frozen=True)
class Spells:
    """Times in people's lives: `person`, days `since` and `until` as planned, and `ends` as it came; traces
    are left before it alone."""

    person: Ints
    since: Ints
    until: Ints
    ends: Ints


def recruits(world: World) -> Spells:
    """The young people whom groups use as runners, lookouts or otherwise; for those kept out it ends before
    it begins."""
    roles = world.groups.roles
    used = np.isin(roles.role, [ROLES.index(one) for one in ("runner", "lookout", "exploited")])
    # A tenant whose home is taken over has no story of being drawn in, and a trace of its own.
    drawn_in = used & ((roles.story >= 0) | (roles.role != ROLES.index("exploited")))
    which = np.flatnonzero(drawn_in)
    came = world.recruited[which]
    return Spells(
        roles.person[which], roles.since[which], roles.until[which], np.where(came, roles.until[which], -1)
    )


def tenants(world: World) -> Spells:
    """Those whose homes are taken over."""
    homes = world.groups.homes
    return Spells(tenant_of_home(world)[homes.home], homes.taken_from, homes.taken_to, world.taken_to)


def absences(world: World) -> Entries:
    """One entry, on a Friday of term, for each pupil who missed four half-days or more of the week."""
    people = world.people
    pupil = np.flatnonzero((people.age >= PUPILS[0]) & (people.age <= PUPILS[1]))
    friday = np.flatnonzero((world.weekday() == _FRIDAY) & _in_term(world))
    draw, spread = world.draw("records", "absences"), number("records.absent_spread")
    often = np.exp(spread * draw.standard_normal(len(pupil)) - spread**2 / 2)
    often *= 0.7 + 1.6 * people.vulnerability[pupil]
    winter = 0.5 + 0.5 * np.cos(2 * np.pi * world.day_of_year()[friday])
    round_about = number("records.flu") * (0.7 + 0.7 * winter)
    flu = np.exp(
        round_about * draw.standard_normal((len(world.place.larger_names), len(friday))) - round_about**2 / 2
    )
    term = 1 + (number("trend.school_term") - 1) * world.trend("school_term")[:, friday]
    area = people.area[pupil]
    chance = number("records.absent") * often[:, None] * (flu[world.place.larger_of] * term)[area]
    chance *= _times_by_spell(recruits(world), pupil, friday, len(people.home))
    coins = draw.random((5, len(pupil), len(friday)))
    who, week = np.nonzero(coins[0] < np.minimum(chance, 0.95))
    about = coins[1:, who, week]
    low, high = _HALF_DAYS
    missed = low + ((high - low + 1) * about[0] ** 2).astype(np.int64)
    person = pupil[who]
    return _about(world, person, sorts_named("absence")[0], friday[week], SCHOOLS, missed, about[1:])


def _times_by_spell(spells: Spells, pupil: Ints, friday: Ints, residents: int) -> Floats:
    """Pupil by week: how much more often those drawn in are away while it lasts."""
    times = np.ones((len(pupil), len(friday)))
    row = np.full(residents, -1)
    row[pupil] = np.arange(len(pupil))
    at_school = row[spells.person] >= 0
    lasting = (friday >= spells.since[at_school, None]) & (friday < spells.ends[at_school, None])
    spell, week = np.nonzero(lasting)
    times[row[spells.person[at_school]][spell], week] = number("records.recruited_absent")
    return times


def _in_term(world: World) -> Mask:
    holidays = numbers("records.holidays")
    day = np.round(world.day_of_year() * 365.25) + 1
    closed = [
        (day >= first) & (day <= last) for first, last in zip(holidays[::2], holidays[1::2], strict=True)
    ]
    return np.asarray(~np.any(closed, axis=0))


def contacts(world: World) -> Entries:
    """Missing episodes, contacts of the addiction service and attendances at the emergency department."""
    return together(_missing(world), _recovery(world), _hospital(world), _traces(world))


def _missing(world: World) -> Entries:
    people = world.people
    child = (people.age >= 10) & (people.age <= PUPILS[1])
    weight = child * (0.2 + people.vulnerability) * people.proneness
    rate = {"missing": number("records.missing")}
    return _befalling(world, "missing", rate, weight[None, :], SOCIAL_WORK, True, np.zeros(1), 0.1)


def _recovery(world: World) -> Entries:
    people = world.people
    spread = number("records.recovery_spread")
    tail = np.exp(spread * world.draw("records", "recovery", "clients").standard_normal(len(people.home)))
    weight = (people.age >= 16) * people.vulnerability**2 * tail * world.place.deprivation[people.area]
    rates = by_name("records.recovery")
    share = np.full(len(rates), number("records.recovery_with_activity"))
    weights = np.broadcast_to(weight, (len(rates), len(weight)))
    return _befalling(world, "recovery", rates, weights, RECOVERY, False, share, 0.0)


def _hospital(world: World) -> Entries:
    people = world.people
    rates = by_name("records.hospital")
    band = np.searchsorted(_AGE_EDGES, people.age, side="right")
    by_age = np.array(numbers("records.hospital_ages")).reshape(len(rates), len(_AGE_EDGES) + 1)
    prone = np.minimum(people.proneness, 12.0) * (0.7 + 0.6 * world.place.deprivation[people.area])
    share = number("records.hospital_with_activity") * np.isin(list(rates), _OF_ACTIVITY).astype(np.float64)
    return _befalling(world, "hospital", rates, by_age[:, band] * prone, HOSPITAL, False, share, 0.05)


def _befalling(
    world: World,
    purpose: str,
    per_1000: dict[str, float],
    weights: Floats,
    book: int,
    nights: bool,
    with_activity: Floats,
    summer: float,
) -> Entries:
    """Entries of each sort at its rate per 1,000 residents, falling on people by weight (sort by person)."""
    people, areas = world.people, world.place.areas
    residents = len(people.home)
    sums = np.stack([np.bincount(people.area, weights=one, minlength=areas) for one in weights])
    per_year = np.array(list(per_1000.values()))[:, None] * residents / 1000
    per_year = per_year * sums / sums.sum(axis=1, keepdims=True)
    season = np.broadcast_to(season_of(world, _EVERY_DAY, summer), (len(per_1000), world.days))
    found, happened = everyday(world, purpose, per_year, with_activity, season)
    about = dice(world, purpose, len(found), 5)
    # Every sort's people stand after the other's, so that one search finds them all.
    group = found.sort * areas + found.area
    offsets = (np.arange(len(per_1000))[:, None] * residents + people.offsets[:-1]).ravel()
    running = np.cumsum(weights.ravel())
    offsets = np.append(offsets, len(per_1000) * residents)
    person = drawn_within(group, offsets, running, about[0]) % residents
    sort = sorts_named(*per_1000)[found.sort]
    count = np.minimum(-np.log1p(-about[1]), 9).astype(np.int64) if nights else None
    return _about(world, person, sort, found.day, book, count, about[2:]).only(happened)


def _traces(world: World) -> Entries:
    """What services see more of with tenants of homes taken over and with young people drawn in."""
    parts = []
    for purpose, spells in (("tenant", tenants(world)), ("recruited", recruits(world))):
        rates = by_name(f"records.{purpose}")
        who, which, day = while_lasting(
            world, purpose, np.array(list(rates.values())), spells.since, spells.until
        )
        sort, person = sorts_named(*rates)[which], spells.person[who]
        about = dice(world, purpose, len(who), 4)
        missing = sort == sorts_named("missing")[0]
        book = np.where(missing, SOCIAL_WORK, HOSPITAL)
        book = np.where(np.isin(sort, sorts_named("missed", "outreach")), RECOVERY, book)
        nights = np.where(missing, np.minimum(-np.log1p(-about[0]), 9).astype(np.int64), -1)
        grown = missing & (world.people.age[person] > PUPILS[1])
        made = _about(world, person, sort, day, book, nights, about[1:])
        parts.append(made.only((day < spells.ends[who]) & ~grown))
    return together(*parts)


def _about(
    world: World,
    person: Ints,
    sort: Ints | np.int64,
    day: Ints,
    book: Ints | int,
    count: Ints | None,
    about: Floats,
) -> Entries:
    n = len(person)
    return Entries(
        sort=np.broadcast_to(np.asarray(sort), n),
        day=day,
        person=person,
        home=world.people.home[person],
        book=np.broadcast_to(np.asarray(book, dtype=np.int64), n),
        amount=np.full(n, np.nan),
        count=np.full(n, -1) if count is None else count,
        said=about[0],
        line=about[1],
        order=about[2],
    )

"""What schools, social work, the addiction service and the emergency department write down about people.

A young person drawn in and a tenant whose home is taken over leave traces here; flu, falls and family rows
leave the same ones. The false trend of the school term makes schools write down more, with nothing else
changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lippen.sandbox.chance import LOTS, Floats, Ints, Lots, Mask, drawn_twice, drawn_within, lots_of
from lippen.sandbox.groups import ROLES
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.people import AGE_BANDS
from lippen.sandbox.streams.clock import season_of
from lippen.sandbox.streams.records_entries import (
    HOSPITAL,
    RECOVERY,
    SCHOOLS,
    SOCIAL_WORK,
    Entries,
    Events,
    entries_of,
    everyday,
    sorts_named,
    together,
    while_lasting,
)
from lippen.sandbox.world import World

_EVERY_DAY = np.ones(7)
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
    return Spells(world.people.oldest[homes.home], homes.taken_from, homes.taken_to, world.taken_to)


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
    in_week = (number("records.absent") * flu[world.place.larger_of] * term).astype(np.float32)
    chance = in_week[people.area[pupil]]
    chance *= often.astype(np.float32)[:, None]
    _multiply_in_spells(chance, recruits(world), pupil, friday, len(people.home))
    coin = lots_of(draw, -(-chance.size // 4)).ravel()[: chance.size]
    kept = np.flatnonzero(coin < LOTS * np.minimum(chance.ravel(), np.float32(0.95)))
    lots = lots_of(draw, chance.size, kept)
    who, week = np.divmod(kept, len(friday))
    low, high = _HALF_DAYS
    missed = low + ((high - low + 1) * (lots[0] / LOTS) ** 2).astype(np.int64)
    return entries_of(sorts_named("absence")[0], friday[week], pupil[who], SCHOOLS, -1, missed, lots)


def _multiply_in_spells(
    chance: NDArray[np.float32], spells: Spells, pupil: Ints, friday: Ints, residents: int
) -> None:
    """Those drawn in are away more often while it lasts: changes `chance` (pupil by week) in place."""
    row = np.full(residents, -1)
    row[pupil] = np.arange(len(pupil))
    at_school = row[spells.person] >= 0
    lasting = (friday >= spells.since[at_school, None]) & (friday < spells.ends[at_school, None])
    spell, week = np.nonzero(lasting)
    # Somebody with two roles at once is away no more often than with one.
    cell = np.unique(row[spells.person[at_school]][spell] * len(friday) + week)
    chance.ravel()[cell] *= np.float32(number("records.recruited_absent"))


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
    return _befalling(world, "missing", rate, weight, SOCIAL_WORK, True, np.zeros(1), 0.1)


def _recovery(world: World) -> Entries:
    people = world.people
    spread = number("records.recovery_spread")
    tail = np.exp(spread * world.draw("records", "recovery", "clients").standard_normal(len(people.home)))
    weight = (people.age >= 16) * people.vulnerability**2 * tail * world.place.deprivation[people.area]
    rates = by_name("records.recovery")
    share = np.full(len(rates), number("records.recovery_with_activity"))
    return _befalling(world, "recovery", rates, weight, RECOVERY, False, share, 0.0)


def _hospital(world: World) -> Entries:
    people, areas = world.people, world.place.areas
    rates = by_name("records.hospital")
    by_age = np.array(numbers("records.hospital_ages")).reshape(len(rates), len(AGE_BANDS))
    prone = np.minimum(people.proneness, 12.0) * (0.7 + 0.6 * world.place.deprivation[people.area])
    # People of an area and age differ alike for every sort, so ages are drawn first and then people.
    band = (people.area * len(AGE_BANDS) + people.age_band()).astype(np.uint16)
    order = np.argsort(band, kind="stable")
    offsets = np.append(0, np.cumsum(np.bincount(band, minlength=areas * len(AGE_BANDS))))
    running = np.cumsum(prone[order])
    sums = np.diff(np.append(0.0, running)[offsets]).reshape(areas, len(AGE_BANDS))
    share = number("records.hospital_with_activity") * np.isin(list(rates), _OF_ACTIVITY).astype(np.float64)
    weights = by_age[:, None, :] * sums
    found = _everyday_per_1000(world, "hospital", rates, weights.sum(axis=2), share, 0.05)
    cells = found.sort * areas + found.area
    age, whom = drawn_twice(weights.reshape(-1, len(AGE_BANDS)), cells, found.whom)
    person = order[drawn_within(found.area * len(AGE_BANDS) + age, offsets, running, whom)]
    return entries_of(sorts_named(*rates)[found.sort], found.day, person, HOSPITAL, -1, -1, found.lots)


def _befalling(
    world: World,
    purpose: str,
    per_1000: dict[str, float],
    weight: Floats,
    book: int,
    nights: bool,
    with_activity: Floats,
    summer: float,
) -> Entries:
    """Entries of each sort at its rate per 1,000 residents, falling on people by weight."""
    people = world.people
    running = np.cumsum(weight)
    sums = np.diff(np.append(0.0, running)[people.offsets])
    sums = np.broadcast_to(sums, (len(per_1000), len(sums)))
    found = _everyday_per_1000(world, purpose, per_1000, sums, with_activity, summer)
    person = drawn_within(found.area, people.offsets, running, found.whom)
    count = _nights(found.lots) if nights else -1
    return entries_of(sorts_named(*per_1000)[found.sort], found.day, person, book, -1, count, found.lots)


def _everyday_per_1000(
    world: World,
    purpose: str,
    per_1000: dict[str, float],
    weights: Floats,
    with_activity: Floats,
    summer: float,
) -> Events:
    """Events of each sort at its rate per 1,000 residents, falling on areas by `weights` (sort by area)."""
    per_year = np.array(list(per_1000.values()))[:, None] * len(world.people.home) / 1000
    per_year = per_year * weights / weights.sum(axis=1, keepdims=True)
    season = np.broadcast_to(season_of(world, _EVERY_DAY, summer), (len(per_1000), world.days))
    return everyday(world, purpose, per_year, with_activity, season)


def _nights(lots: Lots) -> Ints:
    return np.asarray(np.minimum(-np.log1p(-lots[0] / LOTS), 9).astype(np.int64))


def _traces(world: World) -> Entries:
    """What services see more of with tenants of homes taken over and with young people drawn in."""
    parts = []
    for purpose, spells in (("tenant", tenants(world)), ("recruited", recruits(world))):
        rates = by_name(f"records.{purpose}")
        who, which, day, lots = while_lasting(
            world, purpose, np.array(list(rates.values())), spells.since, spells.until
        )
        sort, person = sorts_named(*rates)[which], spells.person[who]
        missing = sort == sorts_named("missing")[0]
        book = np.where(missing, SOCIAL_WORK, HOSPITAL)
        book = np.where(np.isin(sort, sorts_named("missed", "outreach")), RECOVERY, book)
        grown = missing & (world.people.age[person] > PUPILS[1])
        made = entries_of(sort, day, person, book, -1, np.where(missing, _nights(lots), -1), lots)
        parts.append(made.only((day < spells.ends[who]) & ~grown))
    return together(*parts)

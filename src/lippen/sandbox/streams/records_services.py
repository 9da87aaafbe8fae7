"""What social work, the addiction service and the emergency department write down about people.

A young person drawn in and a tenant whose home is taken over leave traces here; falls, lost appointments and
family rows leave the same ones.
"""

from __future__ import annotations

import numpy as np

from lippen.sandbox.chance import LOTS, Floats, Ints, Lots, drawn_twice, drawn_within
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.people import AGE_BANDS
from lippen.sandbox.streams.clock import season_of
from lippen.sandbox.streams.records_entries import (
    HOSPITAL,
    RECOVERY,
    SOCIAL_WORK,
    Entries,
    Events,
    entries_of,
    everyday,
    sorts_named,
    together,
    while_lasting,
)
from lippen.sandbox.streams.records_spells import recruits, tenants
from lippen.sandbox.world import World

_EVERY_DAY = np.ones(7)
_OF_CLINIC = ("missed", "outreach")
_OF_ACTIVITY = ("assault", "overdose")
_NOT_OF_CHILDREN = ("assault", "overdose", "distress")
_YOUNGEST_HARMED, _YOUNGEST_MISSING, _GROWN = 12, 10, 18
"""Ages: those seen with assault injuries, overdoses or in distress, and those who go missing."""


def contacts(world: World) -> Entries:
    """Missing episodes, contacts of the addiction service and attendances at the emergency department."""
    return together(_missing(world), _recovery(world), _hospital(world), _traces(world))


def _missing(world: World) -> Entries:
    people = world.people
    child = (people.age >= _YOUNGEST_MISSING) & (people.age < _GROWN)
    weight = child * (number("records.missing_weight") + people.vulnerability) * people.proneness
    rate = {"missing": number("records.missing")}
    season = season_of(world, _EVERY_DAY, by_name("records.summer")["missing"])
    return _befalling(world, "missing", rate, weight, SOCIAL_WORK, True, np.zeros(1), season)


def _recovery(world: World) -> Entries:
    people = world.people
    spread = number("records.recovery_spread")
    tail = np.exp(spread * world.draw("records", "recovery", "clients").standard_normal(len(people.home)))
    by_age = np.array(numbers("records.recovery_ages"))[people.age_band()]
    weight = by_age * people.vulnerability**2 * tail * world.place.deprivation[people.area]
    rates = by_name("records.recovery")
    share = np.full(len(rates), number("records.recovery_with_activity"))
    return _befalling(world, "recovery", rates, weight, RECOVERY, False, share, _clinic_days(world))


def _clinic_days(world: World) -> Floats:
    return season_of(world, np.array(numbers("records.clinic_week")), 0.0)


def _hospital(world: World) -> Entries:
    people, areas = world.people, world.place.areas
    rates = by_name("records.hospital")
    by_age = np.array(numbers("records.hospital_ages")).reshape(len(rates), len(AGE_BANDS))
    model = by_name("records.hospital_prone")
    prone = np.minimum(people.proneness, model["most"])
    prone = prone * (model["level"] + model["with_deprivation"] * world.place.deprivation[people.area])
    # People of an area and age differ alike for every sort, so ages are drawn first and then people; what
    # does not befall small children has weights of its own.
    band = (people.area * len(AGE_BANDS) + people.age_band()).astype(np.uint16)
    order = np.argsort(band, kind="stable")
    offsets = np.append(0, np.cumsum(np.bincount(band, minlength=areas * len(AGE_BANDS))))
    older = np.isin(list(rates), _NOT_OF_CHILDREN).astype(np.int64)
    running = np.cumsum(np.append(prone[order], (prone * (people.age >= _YOUNGEST_HARMED))[order]))
    offsets = np.append(offsets, len(order) + offsets[1:])
    sums = np.diff(np.append(0.0, running)[offsets]).reshape(2, areas, len(AGE_BANDS))
    share = number("records.hospital_with_activity") * np.isin(list(rates), _OF_ACTIVITY).astype(np.float64)
    weights = by_age[:, None, :] * sums[older]
    season = season_of(world, _EVERY_DAY, by_name("records.summer")["hospital"])
    found = _everyday_per_1000(world, "hospital", rates, weights.sum(axis=2), share, season)
    cells = found.sort * areas + found.area
    age, whom = drawn_twice(weights.reshape(-1, len(AGE_BANDS)), cells, found.whom)
    cells = (older[found.sort] * areas + found.area) * len(AGE_BANDS) + age
    person = order[drawn_within(cells, offsets, running, whom) % len(order)]
    return entries_of(sorts_named(*rates)[found.sort], found.day, person, HOSPITAL, -1, -1, found.lots)


def _befalling(
    world: World,
    purpose: str,
    per_1000: dict[str, float],
    weight: Floats,
    book: int,
    nights: bool,
    with_activity: Floats,
    season: Floats,
) -> Entries:
    """Entries of each sort at its rate per 1,000 residents, falling on people by weight, day by day as the
    season has it."""
    people = world.people
    running = np.cumsum(weight)
    sums = np.diff(np.append(0.0, running)[people.offsets])
    sums = np.broadcast_to(sums, (len(per_1000), len(sums)))
    found = _everyday_per_1000(world, purpose, per_1000, sums, with_activity, season)
    person = drawn_within(found.area, people.offsets, running, found.whom)
    count = _nights(found.lots) if nights else -1
    return entries_of(sorts_named(*per_1000)[found.sort], found.day, person, book, -1, count, found.lots)


def _everyday_per_1000(
    world: World,
    purpose: str,
    per_1000: dict[str, float],
    weights: Floats,
    with_activity: Floats,
    season: Floats,
) -> Events:
    """Events of each sort at its rate per 1,000 residents, falling on areas by `weights` (sort by area)."""
    per_year = np.array(list(per_1000.values()))[:, None] * len(world.people.home) / 1000
    per_year = per_year * weights / weights.sum(axis=1, keepdims=True)
    seasons = np.broadcast_to(season, (len(per_1000), world.days))
    return everyday(world, purpose, per_year, with_activity, seasons)


def _nights(lots: Lots) -> Ints:
    model = by_name("records.nights")
    return np.asarray(np.minimum(-model["mean"] * np.log1p(-lots[0] / LOTS), model["most"]).astype(np.int64))


def _traces(world: World) -> Entries:
    """What services see more of with tenants of homes taken over and with young people drawn in."""
    parts, of_clinic, of_others = [], _clinic_days(world), season_of(world, _EVERY_DAY, 0.0)
    for purpose, spells in (("tenant", tenants(world)), ("recruited", recruits(world))):
        rates = by_name(f"records.{purpose}")
        season = np.array([of_clinic if name in _OF_CLINIC else of_others for name in rates])
        who, which, day, lots = while_lasting(
            world, purpose, np.array(list(rates.values())), season, spells.since, spells.until
        )
        sort, person = sorts_named(*rates)[which], spells.person[who]
        missing = sort == sorts_named("missing")[0]
        book = np.where(missing, SOCIAL_WORK, HOSPITAL)
        book = np.where(np.isin(sort, sorts_named(*_OF_CLINIC)), RECOVERY, book)
        grown = missing & (world.people.age[person] >= _GROWN)
        made = entries_of(sort, day, person, book, -1, np.where(missing, _nights(lots), -1), lots)
        parts.append(made.only((day < spells.ends[who]) & ~grown))
    return together(*parts)

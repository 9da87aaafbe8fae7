"""What is true of people, homes and roles, apart from what partners wrote of them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lippen.sandbox.chance import Ints
from lippen.sandbox.people import TENURES
from lippen.sandbox.people_names import SEXES
from lippen.sandbox.roles import EXPLOITED, EXPLOITING, LONG_BEFORE, NEVER, ROLES, STORIES
from lippen.sandbox.streams.clock import dates
from lippen.sandbox.streams.drawn import coded
from lippen.sandbox.world import World


def people_table(world: World, names: pa.Array | None) -> pa.Table:
    """Residents: person, area (code), home, age, sex, tenure, vulnerability, digital, trust, fear,
    and name if given. Trust and fear are where a person stands among those of the area, 0 to 1: the area's
    own level by day is in `areas`."""
    people = world.people
    columns = {
        "person": pa.array(np.arange(len(people.home), dtype=np.int32)),
        "area": coded(world.place.codes, people.area),
        "home": pa.array(people.home.astype(np.int32)),
        "age": pa.array(people.age),
        "sex": coded(SEXES, people.sex.astype(np.int64)),
        "tenure": coded(TENURES, people.tenure[people.home].astype(np.int64)),
        "vulnerability": pa.array(np.round(people.vulnerability, 3).astype(np.float32)),
        "digital": pa.array(np.round(people.digital, 3).astype(np.float32)),
        "trust": pa.array(np.round(people.trust, 3).astype(np.float32)),
        "fear": pa.array(np.round(people.fear, 3).astype(np.float32)),
    }
    if names is not None:
        columns["name"] = names
    return pa.table(columns)


def homes_table(world: World) -> pa.Table:
    """Homes that were taken over: home, area (code), taken_from, taken_to (null: open), group (letter)."""
    homes = world.groups.homes
    return pa.table(
        {
            "home": pa.array(homes.home.astype(np.int32)),
            "area": coded(world.place.codes, world.people.home_area[homes.home]),
            "taken_from": _dates(world, homes.taken_from),
            "taken_to": _dates(world, world.taken_to),
            "group": coded(world.groups.letters, homes.group),
        }
    )


def roles_table(world: World) -> pa.Table:
    """Roles that came to be: person, role, group, since, until (null: open), story (null: none), debt_gbp.

    A tenant's roles that come from a take-over end with it, however it ended.
    """
    roles, taken = world.groups.roles, world.groups.homes
    ends = np.full(len(world.people.home_area), NEVER)
    ends[taken.home] = world.taken_to
    of_tenant = (roles.story < 0) & np.isin(roles.role, (EXPLOITED, EXPLOITING))
    until = np.where(of_tenant, np.minimum(roles.until, ends[world.people.home[roles.person]]), roles.until)
    which = np.flatnonzero(world.recruited & (roles.since < until) & (roles.since < world.days))
    return pa.table(
        {
            "person": pa.array(roles.person[which].astype(np.int32)),
            "role": coded(ROLES, roles.role[which]),
            "group": coded(world.groups.letters, roles.group[which]),
            "since": _dates(world, roles.since[which]),
            "until": _dates(world, until[which]),
            "story": coded(STORIES, roles.story[which]),
            "debt_gbp": pa.array(roles.debt_gbp[which]),
        }
    )


def _dates(world: World, day: Ints) -> pa.Array:
    known = (day > LONG_BEFORE) & (day < world.days)
    return dates(world.first_day, np.where(known, day, 0), known)

"""What is true of incidents, apart from the log: why each came about, and what it belongs to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from lippen.sandbox.chance import Ints, Mask
from lippen.sandbox.scenario import PURPOSES, STEALTHS
from lippen.sandbox.streams.calls import (
    CAUSES,
    EPISODE,
    OCCASION,
    PRODUCTION,
    REPEAT,
    SEEN,
    TARGET,
    Calls,
)
from lippen.sandbox.streams.drawn import coded
from lippen.sandbox.world import World

_A_BURGH = 1000
"""Episodes and events are numbered through the nation: so many numbers a burgh."""


def incidents_table(world: World, calls: Calls, numbers: Ints) -> pa.Table:
    """incident_id, cause, episode, purpose, person, parent (the incident that a second call is about, or that
    a near repeat followed), event (the occasion or the flat it came of): one row an incident."""
    bogus = (calls.cause == EPISODE) & (calls.episode >= 0)
    purpose = np.full(len(calls), -1)
    purpose[bogus] = world.groups.episodes.purpose[calls.episode[bogus]]
    return pa.table(
        {
            "incident_id": pa.array(numbers),
            "cause": coded(CAUSES, calls.cause),
            "episode": _numbered(calls.episode + _first_number(world), calls.episode < 0),
            "purpose": coded(PURPOSES, purpose),
            "person": pa.array(calls.person.astype(np.int32), mask=calls.person < 0),
            "parent": _parents(calls, numbers),
            "event": _events_of(world, calls),
        }
    )


def _parents(calls: Calls, numbers: Ints) -> pa.Array:
    follows = (calls.cause == SEEN) | (calls.cause == REPEAT)
    first = ~follows & (calls.event >= 0) & (calls.cause != OCCASION) & (calls.cause != PRODUCTION)
    number_of = np.zeros(calls.event.max(initial=-1) + 1, dtype=np.int64)
    number_of[calls.event[first]] = numbers[first]
    parent = np.zeros(len(calls), dtype=np.int64)
    parent[follows] = number_of[calls.event[follows]]
    return pa.array(parent, mask=~follows)


def _events_of(world: World, calls: Calls) -> pa.Array:
    number, none = np.zeros(len(calls), dtype=np.int64), np.ones(len(calls), dtype=bool)
    for cause, first in _first_event(world).items():
        mine = calls.cause == cause
        number[mine], none[mine] = first + calls.event[mine], False
    return _numbered(number, none)


def _numbered(number: Ints, none: Mask) -> pa.Array:
    return pa.array(number.astype(np.int32), mask=none)


def _first_number(world: World) -> int:
    return world.burgh * _A_BURGH + 1


def episodes_table(world: World, calls: Calls, received: Ints, numbers: Ints) -> pa.Table:
    """episode, burgh, group, purpose, stealth, first_at, last_at, incidents, areas, larger_areas,
    target_area, target_incident_id, target_at (times in UTC): one row a bogus episode that was called in."""
    planned, place = world.groups.episodes, world.place
    rows = []
    for which in range(len(planned.day)):
        mine = np.flatnonzero((calls.episode == which) & (calls.cause == EPISODE))
        there = np.flatnonzero((calls.episode == which) & (calls.cause == TARGET))
        if not len(mine):
            continue
        rows.append(
            {
                "episode": which + _first_number(world),
                "burgh": place.name,
                "group": world.groups.letters[planned.group[which]],
                "purpose": PURPOSES[planned.purpose[which]],
                "stealth": STEALTHS[planned.stealth[which]],
                **_called_in(world, calls, received, mine),
                "target_area": place.codes[calls.area[there[0]]] if len(there) else None,
                "target_incident_id": int(numbers[there[0]]) if len(there) else None,
                "target_at": int(received[there[0]]) if len(there) else None,
            }
        )
    return pa.Table.from_pylist(rows, _EPISODES)


def _called_in(world: World, calls: Calls, received: Ints, mine: Ints) -> dict[str, Any]:
    place, areas = world.place, sorted(set(calls.area[mine].tolist()))
    return {
        "first_at": int(received[mine[0]]),
        "last_at": int(received[mine[-1]]),
        "incidents": len(mine),
        "areas": [place.codes[one] for one in areas],
        "larger_areas": sorted({place.larger_names[place.larger_of[one]] for one in areas}),
    }


def events_table(world: World, calls: Calls, received: Ints) -> pa.Table:
    """event, kind (`occasion` or `production`), burgh, first_at, last_at, incidents, areas, larger_areas,
    street (of the flat; times in UTC): one row an occasion or a flat of amateur production that anybody
    called about."""
    place, scenario = world.place, world.scenario
    planned = ((OCCASION, len(scenario.occasion)), (PRODUCTION, len(scenario.production)))
    rows = []
    for cause, which in ((cause, which) for cause, many in planned for which in range(many)):
        mine = np.flatnonzero((calls.cause == cause) & (calls.event == which))
        if not len(mine):
            continue
        rows.append(
            {
                "event": which + _first_event(world)[cause],
                "kind": CAUSES[cause],
                "burgh": place.name,
                **_called_in(world, calls, received, mine),
                "street": place.block_name[calls.block[mine[0]]] if cause == PRODUCTION else None,
            }
        )
    return pa.Table.from_pylist(rows, _EVENTS)


def _first_event(world: World) -> dict[int, int]:
    first = _first_number(world)
    return {OCCASION: first, PRODUCTION: first + len(world.scenario.occasion)}


_CALLED_IN = [
    ("first_at", pa.timestamp("s")),
    ("last_at", pa.timestamp("s")),
    ("incidents", pa.int32()),
    ("areas", pa.list_(pa.string())),
    ("larger_areas", pa.list_(pa.string())),
]
_EPISODES = pa.schema(
    [
        ("episode", pa.int32()),
        ("burgh", pa.string()),
        ("group", pa.string()),
        ("purpose", pa.string()),
        ("stealth", pa.string()),
        *_CALLED_IN,
        ("target_area", pa.string()),
        ("target_incident_id", pa.int64()),
        ("target_at", pa.timestamp("s")),
    ]
)
_EVENTS = pa.schema(
    [
        ("event", pa.int32()),
        ("kind", pa.string()),
        ("burgh", pa.string()),
        *_CALLED_IN,
        ("street", pa.string()),
    ]
)

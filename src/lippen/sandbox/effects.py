"""What each intervention did: the world with it beside the very same world without it.

Both worlds are drawn from the same numbers, so the difference is the intervention's and nobody else's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lippen.sandbox.areas import named_areas
from lippen.sandbox.chance import Floats
from lippen.sandbox.streams.drawn import coded
from lippen.sandbox.world import DAILY, World, make_world

_DIGITS = 4


@dataclass(frozen=True)
class _Without:
    which: int
    world: World


def effects_of(world: World) -> pa.Table:
    """burgh, intervention (its number, in the scenario's order), kind, area, measure, with_it, without_it.

    One row for each intervention, area of its own and measure: means over the days from its start on for the
    daily measures; for `home_days` days that homes spent taken over from its start on, and for `recruited`
    people drawn in from then on. Every effect is assumed (`intervention.*` in the parameters).
    """
    rows = [_rows(world, without) for without in _worlds_without(world)]
    return pa.concat_tables([_EFFECTS.empty_table(), *rows])


def _worlds_without(world: World) -> list[_Without]:
    done = world.scenario.intervention
    others = [world.scenario.with_interventions(*done[:at], *done[at + 1 :]) for at in range(len(done))]
    return [
        _Without(at, make_world(world.burgh, other, world.days, world.seed))
        for at, other in enumerate(others)
    ]


def _rows(world: World, without: _Without) -> pa.Table:
    one = world.scenario.intervention[without.which]
    start = min(max(one.start, 0), world.days - 1)
    own = np.flatnonzero(named_areas(world.place, one.areas))
    measures = [*DAILY, "home_days", "recruited"]
    pairs = [(_mean(world, name, start)[own], _mean(without.world, name, start)[own]) for name in measures]
    n = len(own) * len(measures)
    return pa.table(
        {
            "burgh": pa.array([world.place.name] * n, pa.string()),
            "intervention": pa.array(np.full(n, without.which + 1, dtype=np.int32)),
            "kind": pa.array([one.kind] * n, pa.string()),
            "area": coded(world.place.codes, np.tile(own, len(measures))).cast(pa.string()),
            "measure": pa.array(np.repeat(measures, len(own)).tolist(), pa.string()),
            "with_it": pa.array(np.concatenate([pair[0] for pair in pairs]).round(_DIGITS)),
            "without_it": pa.array(np.concatenate([pair[1] for pair in pairs]).round(_DIGITS)),
        },
        schema=_EFFECTS,
    )


def _mean(world: World, name: str, start: int) -> Floats:
    """One measure by area, from day `start` on."""
    areas, people = world.place.areas, world.people
    if name in DAILY:
        return np.asarray(getattr(world, name)[:, start:].mean(axis=1))
    if name == "home_days":
        homes = world.groups.homes
        last = np.minimum(world.taken_to, world.days)
        spent = np.maximum(last - np.maximum(homes.taken_from, start), 0)
        spent_there = np.bincount(people.home_area[homes.home], weights=spent, minlength=areas)
        return spent_there.astype(np.float64)
    roles = world.groups.roles
    came = world.recruited & roles.drawn_in & (roles.since >= start)
    return np.bincount(people.area[roles.person[came]], minlength=areas).astype(np.float64)


_EFFECTS = pa.schema(
    [
        ("burgh", pa.string()),
        ("intervention", pa.int32()),
        ("kind", pa.string()),
        ("area", pa.string()),
        ("measure", pa.string()),
        ("with_it", pa.float64()),
        ("without_it", pa.float64()),
    ]
)

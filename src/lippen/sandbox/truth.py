"""What is true of a burgh beside its streams: its areas day by day, its lines and channels, what was done
in it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from lippen.sandbox.areas import named_areas
from lippen.sandbox.chance import Floats
from lippen.sandbox.effects import effects_of
from lippen.sandbox.groups import CHANNELS
from lippen.sandbox.naming import names_of
from lippen.sandbox.place import TYPES
from lippen.sandbox.scenario import FalseTrend, Surge
from lippen.sandbox.streams.clock import dates
from lippen.sandbox.streams.drawn import coded
from lippen.sandbox.world import DAILY, World

_DIGITS = 4


def truth_of(world: World) -> dict[str, pa.Table]:
    """Truth tables by name: `areas`, `channels`, `lines`, `surges`, `interventions`, `effects`,
    `false_trends`, `places`, `services`."""
    return {
        "areas": _areas(world),
        "channels": _channels(world),
        "lines": _lines(world),
        "surges": _surges(world),
        "interventions": _interventions(world),
        "effects": effects_of(world),
        "false_trends": _false_trends(world),
        "places": _places(world),
        "services": _services(world),
    }


def _areas(world: World) -> pa.Table:
    """area, larger_area, day, activity, fear, trust, reporting, affected: one row an area and day."""
    place = world.place
    area = np.repeat(np.arange(place.areas), world.days)
    day = np.tile(np.arange(world.days), place.areas)
    return pa.table(
        {
            "area": coded(place.codes, area),
            "larger_area": coded(place.larger_names, place.larger_of[area]),
            "day": dates(world.first_day, day),
            **{name: _rounded(getattr(world, name)) for name in DAILY},
        }
    )


def _channels(world: World) -> pa.Table:
    """area, week (its first day), and the share of supply of each channel on that day."""
    place = world.place
    day = np.arange(0, world.days, 7)
    area = np.repeat(np.arange(place.areas), len(day))
    share = {name.replace(" ", "_"): _rounded(world.channels[:, at, ::7]) for at, name in enumerate(CHANNELS)}
    return pa.table(
        {
            "area": coded(place.codes, area),
            "week": dates(world.first_day, np.tile(day, place.areas)),
            **share,
        }
    )


def _lines(world: World) -> pa.Table:
    """line, burgh, group, since, until, pressed_on, pressed_channel, areas (the codes it serves)."""
    lines, place = world.groups.lines, world.place
    n, beyond = len(lines.group), world.days
    return pa.table(
        {
            "line": pa.array(world.burgh * 100 + 1 + np.arange(n)),
            "burgh": pa.array([place.name] * n, pa.string()),
            "group": coded(world.groups.letters, lines.group),
            "since": dates(world.first_day, np.maximum(lines.start, 0), lines.start >= 0),
            "until": dates(world.first_day, np.minimum(lines.end, beyond), lines.end < beyond),
            "pressed_on": dates(
                world.first_day, np.minimum(lines.pressed_on, beyond), lines.pressed_on < beyond
            ),
            "pressed_channel": coded(
                CHANNELS, np.where(lines.pressed_on < beyond, lines.pressed_channel, -1)
            ),
            "areas": pa.array(
                [[place.codes[a] for a in np.flatnonzero(reach > 0)] for reach in lines.reach],
                pa.list_(pa.string()),
            ),
        }
    )


def _surges(world: World) -> pa.Table:
    """burgh, kind (`surge` of the scenario, or the `worst month`), first_day, last_day, areas, times."""
    planted = [("surge", one) for one in world.scenario.surge if one.start < world.days]
    planted += [("worst month", one) for one in (world.worst_month,) if one is not None]
    return pa.table(
        {
            "burgh": pa.array([world.place.name] * len(planted), pa.string()),
            "kind": pa.array([kind for kind, _ in planted], pa.string()),
            **_days_and_areas(world, [one for _, one in planted]),
            "times": _rounded(np.array([one.times for _, one in planted], dtype=np.float64)),
        }
    )


def _days_and_areas(world: World, planted: Sequence[FalseTrend | Surge]) -> dict[str, pa.Array]:
    first = np.array([one.start for one in planted], dtype=np.int64)
    last = np.array([min(one.end, world.days) - 1 for one in planted], dtype=np.int64)
    return {
        "first_day": dates(world.first_day, first),
        "last_day": dates(world.first_day, last),
        "areas": _codes(world, [one.areas for one in planted]),
    }


def _interventions(world: World) -> pa.Table:
    """burgh, kind, since, until (its last day; null: it goes on beyond the days), areas."""
    done = [one for one in world.scenario.intervention if one.start < world.days]
    last = np.array([world.days if one.end is None else one.end - 1 for one in done], dtype=np.int64)
    return pa.table(
        {
            "burgh": pa.array([world.place.name] * len(done), pa.string()),
            "kind": pa.array([one.kind for one in done], pa.string()),
            "since": dates(world.first_day, np.array([one.start for one in done], dtype=np.int64)),
            "until": dates(world.first_day, last, last < world.days),
            "areas": _codes(world, [one.areas for one in done]),
        }
    )


def _false_trends(world: World) -> pa.Table:
    """burgh, kind, first_day, last_day, areas: one row a change that is only in what is written down."""
    planted = [one for one in world.scenario.false_trend if one.start < world.days]
    return pa.table(
        {
            "burgh": pa.array([world.place.name] * len(planted), pa.string()),
            "kind": pa.array([one.kind for one in planted], pa.string()),
            **_days_and_areas(world, planted),
        }
    )


def _places(world: World) -> pa.Table:
    """area, name, larger_area, larger_area_code, burgh, type, residents, households, deprivation and
    strength (0 to 1): one row a small area."""
    place = world.place
    return pa.table(
        {
            "area": pa.array(place.codes, pa.string()),
            "name": pa.array(place.area_names, pa.string()),
            "larger_area": coded(place.larger_names, place.larger_of),
            "larger_area_code": coded(place.larger_codes, place.larger_of),
            "burgh": pa.array([place.name] * place.areas, pa.string()),
            "type": coded(TYPES, place.type_of),
            "residents": pa.array(place.residents.astype(np.int32)),
            "households": pa.array(place.households.astype(np.int32)),
            "deprivation": _rounded(place.deprivation),
            "strength": _rounded(place.strength),
        }
    )


def _services(world: World) -> pa.Table:
    """burgh, name, kind, area: what a burgh has for its people, and where."""
    place = world.place
    offered = names_of(place.number).services
    where = {int(of_name): at for at, of_name in enumerate(place.name_order)}
    return pa.table(
        {
            "burgh": pa.array([place.name] * len(offered), pa.string()),
            "name": pa.array([one.name for one in offered], pa.string()),
            "kind": pa.array([one.kind for one in offered], pa.string()),
            "area": pa.array([place.codes[where[one.area]] for one in offered], pa.string()),
        }
    )


def _codes(world: World, names: list[tuple[str, ...]]) -> pa.Array:
    place = world.place
    found = [[place.codes[a] for a in np.flatnonzero(named_areas(place, one))] for one in names]
    return pa.array(found, pa.list_(pa.string()))


def _rounded(values: Floats) -> pa.Array:
    return pa.array(np.round(values, _DIGITS).ravel().astype(np.float32))

"""Partners' records of a burgh, drawn once for all tests that look at them, and their columns as arrays."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa

from lippen.sandbox import Scenario, make_world
from lippen.sandbox.streams import records

QUIET = Scenario(false_trend=())
MANY = Scenario(homes_per_year=90.0, false_trend=())
"""Takes over more homes than a year has, so that what is rare can be counted."""
BURGHS = (0, 1, 117, 219)
TRACES = ("FOB REQUEST", "REPAIR - DOOR", "LOCK CHANGE", "REPAIR - WINDOW", "NO ACCESS")


@lru_cache
def drawn(which=0, days=365, seed=1, scenario=QUIET, texts=False):
    world = make_world(which, scenario, days, seed)
    return world, records.draw(world, texts)


def column(table, name):
    values = table[name].combine_chunks()
    return values.dictionary_decode() if pa.types.is_dictionary(values.type) else values


def array(table, name):
    return np.array(column(table, name).to_pylist())


def days(world, table):
    date = column(table, "Date").to_numpy(zero_copy_only=False).astype("datetime64[D]")
    return (date - np.datetime64(world.first_day)).astype(int)


def unnumbered(table):
    """The same without running number and dictionaries, to compare whole: as tuples that takes far longer."""
    names = [name for name in table.column_names if name != "Entry No"]
    return pa.table({name: column(table, name) for name in names})


def plain(table):
    """Rows as tuples without their running number, which moves when an earlier row falls away."""
    names = [name for name in table.column_names if name != "Entry No"]
    return list(zip(*(column(table, name).to_pylist() for name in names), strict=True))


def while_taken(world, made):
    """Which entries are about a home while it is taken over."""
    home, day = made.truth["records"]["home"].to_numpy(), days(world, made.rows)
    since = np.full(len(world.people.home_area), 10**6)
    until = np.full(len(since), -(10**6))
    since[world.groups.homes.home], until[world.groups.homes.home] = (
        world.groups.homes.taken_from,
        world.taken_to,
    )
    return (day >= since[home]) & (day < until[home])

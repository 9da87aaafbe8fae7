"""A year of the trade in sixteen burghs, drawn once for all tests of it, and what they ask of it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.sandbox.scenario import Scenario
from lippen.sandbox.streams import listings, sightings
from lippen.sandbox.world import make_world

BURGHS = 16
DAY = np.timedelta64(1, "D")


@lru_cache
def year_of_trade():
    """(world, listings, sightings) of each burgh."""
    worlds = [make_world(which, Scenario(), 365, 3) for which in range(BURGHS)]
    return [(world, listings.draw(world, True), sightings.draw(world, True)) for world in worlds]


def column(table, name):
    """A column as an object or number array, dictionaries unpacked."""
    values = table[name].combine_chunks() if isinstance(table[name], pa.ChunkedArray) else table[name]
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    return np.asarray(values.to_numpy(zero_copy_only=False))


def together(year, which, name, truth=None):
    """A column over all burghs, of the rows or of a truth table."""
    drawn = [one[which] for one in year]
    return np.concatenate([column(one.truth[truth] if truth else one.rows, name) for one in drawn])


def thousands(year):
    return sum(world.place.residents.sum() for world, _, _ in year) / 1000


def said(rows):
    """Heading and body of each listing as one text."""
    both = pc.binary_join_element_wise(
        rows["Heading"].cast(pa.string()), pc.fill_null(rows["Body"].cast(pa.string()), ""), "\n"
    )
    return both.to_pylist()

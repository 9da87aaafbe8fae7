"""How many residents could have known what one of them tells, counted from the town's own households.

The invariant: only residents are counted who live where the thing could be seen or heard from. Passers-by and
relatives elsewhere are not, so a count here is never above what it would be in life.
"""

from __future__ import annotations

import numpy as np

from lippen.sandbox.chance import Ints, Mask
from lippen.sandbox.world import World

VANTAGES = ("one", "household", "stair", "street", "area")
"""From where a thing could be known: by its teller alone, within the teller's home, on a stair, from the
homes of a street, in the whole small area."""
ONE, HOUSEHOLD, STAIR, STREET, AREA = range(len(VANTAGES))

_HOMES_ON_A_STAIR = 8  # four floors of two; a tenement's usual size is assumed


def could_have_known(world: World, vantage: Ints, teller: Ints, home: Ints) -> Ints:
    """The residents who share the vantage (index of VANTAGES) of each teller. What is seen on a stair happens
    at `home`; -1 is the teller's own."""
    people, place = world.people, world.place
    in_home = np.bincount(people.home, minlength=len(people.home_area))
    stair = stairs(people.home_block, people.door)
    streets, street_of = np.unique(
        np.array([f"{area} {name}" for area, name in zip(place.block_area, place.block_street, strict=True)]),
        return_inverse=True,
    )
    on_street = np.bincount(street_of[people.home_block], weights=in_home, minlength=len(streets)).astype(
        np.int64
    )
    own = people.home[teller]
    where = np.where(home < 0, own, home)
    each = np.array(
        [
            np.ones(len(teller), dtype=np.int64),
            in_home[own],
            np.bincount(stair, weights=in_home).astype(np.int64)[stair[where]],
            on_street[street_of[people.home_block[own]]],
            place.residents[people.area[teller]],
        ]
    )
    return np.asarray(each[vantage, np.arange(len(vantage))])


def stairs(block: Ints, door: Ints) -> Ints:
    """The stair of each home: the homes of a street block by their doors, cut into parts as equal as can be
    of eight at most."""
    order = np.lexsort((door, block))
    first = _first_of_each(block[order])
    size = np.diff(np.append(np.flatnonzero(first), len(order)))
    within = np.arange(len(order)) - np.repeat(np.flatnonzero(first), size)
    parts = -(-size // _HOMES_ON_A_STAIR)
    number = within * np.repeat(parts, size) // np.repeat(size, size)
    numbered = np.repeat(np.cumsum(parts) - parts, size) + number
    stair = np.empty(len(order), dtype=np.int64)
    stair[order] = numbered
    return stair


def _first_of_each(values: Ints) -> Mask:
    return np.asarray(np.diff(values, prepend=-1) != 0)

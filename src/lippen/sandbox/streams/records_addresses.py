"""Where homes are, and how each partner writes it down.

A home has one true address: a number in a street, and a flat where several homes share a door. Partners
differ in how they put the flat, the street and the town, and some of what they hold is old, incomplete or
mistyped.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.sandbox.chance import Floats, Ints
from lippen.sandbox.naming import postcodes, words
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.spelling import slips
from lippen.sandbox.world import World

_NONE = ""


@dataclass(frozen=True)
class Addresses:
    """The true addresses of a burgh's homes: `number` in the street, `flat` (0 where a home has a door of its
    own), and the `block`, whose street and postcode it has."""

    number: Ints
    flat: Ints
    block: Ints
    streets: tuple[str, ...]
    town: str
    burgh: int

    @cached_property
    def _written_streets(self) -> dict[bool, pa.Array]:
        """Streets in full and shortened, each followed by the same with a slip of typing in it."""
        known = {street: at for at, street in enumerate(dict.fromkeys(self.streets))}
        at = np.array([known[one] for one in self.streets])
        short = words("records.toml")["short"]
        full = [*known, *slips(list(known), seed=1)]
        return {
            brief: pa.array(names, pa.string()).take(pa.array(np.r_[at, at + len(known)]))
            for brief, names in ((False, full), (True, [_shortened(one, short) for one in full]))
        }

    def written(self, home: Ints, style: str, town: bool, postcode: bool, coins: Floats) -> pa.Array:
        """The addresses of homes in a partner's style; two `coins` each say whether the flat is left out and
        whether the street has a slip in it."""
        wrong = by_name("records.address_wrong")
        block, flat = self.block[home], self.flat[home]
        flat = np.where(coins[0] < wrong["no_flat"], 0, flat)
        slipped = block + len(self.streets) * (coins[1] < wrong["slip"])
        street = self._written_streets[style == "stair"].take(pa.array(slipped))
        number = pa.array(self.number[home]).cast(pa.string())
        before, after = _flat_in(style, flat)
        door = pc.binary_join_element_wise(before, number, after, _NONE)
        address = pc.binary_join_element_wise(door, street, " ")
        if town:
            address = pc.binary_join_element_wise(address, self.town, ", ")
        if postcode:
            address = pc.binary_join_element_wise(address, postcodes(self.burgh, block), ", ")
        return address


def _shortened(street: str, short: dict[str, str]) -> str:
    name, _, last = street.rpartition(" ")
    return f"{name} {short.get(last, last)}" if name else street


def _flat_in(style: str, flat: Ints) -> tuple[pa.Array, pa.Array]:
    """What stands before and after the number in the street for each flat."""
    most = int(flat.max(initial=0)) + 1
    before, after = [_NONE] * most, [_NONE] * most
    for one in range(1, most):
        match style:
            case "flat_first":
                before[one] = f"Flat {one}, "
            case "slash":
                after[one] = f"/{one}"
            case _:  # the Scots stair: which floor, and which door from the left
                after[one] = f" {(one - 1) // 3}/{(one - 1) % 3 + 1}"
    index = pa.array(flat)
    return pa.array(before, pa.string()).take(index), pa.array(after, pa.string()).take(index)


def addresses_of(world: World) -> Addresses:
    """The homes' true addresses; the same whatever happens in the world."""
    place, people = world.place, world.people
    share = np.array(numbers("records.flats"))[place.type_of[place.block_area]]
    flats = world.draw("records", "flats").random(len(place.block_area)) < share
    hundred = np.array([int(name.split(" ", 1)[0]) for name in place.block_name])
    block = people.home_block
    door = np.where(
        flats[block], 1 + (people.door - 1) // int(number("records.doors_of_a_close")), people.door
    )
    in_street = hundred[block] - 100 + door
    shared = block * 1000 + in_street
    order = np.argsort(shared, kind="stable")
    first = np.r_[True, np.diff(shared[order]) > 0]
    start = np.flatnonzero(first)
    size = np.diff(np.r_[start, len(order)])
    rank = np.arange(len(order)) - np.repeat(start, size)
    flat = np.empty(len(order), dtype=np.int64)
    flat[order] = np.where(np.repeat(size, size) > 1, rank + 1, 0)
    return Addresses(in_street, flat, block, place.block_street, place.name, place.number)

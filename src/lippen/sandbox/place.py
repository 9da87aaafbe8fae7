"""A burgh that does not exist: 32 small areas in seven larger ones, with streets, services and shared
borders.

The place is the same under every seed: what differs between seeds is what happens in it. Codes are given out
in an order that has nothing to do with the kind of area, so that harm is no function of a code. Coordinates
lie in the open sea.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lippen.sandbox.chance import Floats, Ints, Mask, generator
from lippen.sandbox.naming import BurghNames, names_of
from lippen.sandbox.parameters import by_name, number, numbers

TYPES = ("centre", "scheme", "tenements", "mixed", "better_off", "harbour", "landward")
"""The seven larger areas of a burgh, by what they are: town centre, an embedded scheme of the 1950s, embedded
tenements, mixed, better-off, harbour, and the landward farms and villages."""

AREAS_OF = (4, 5, 5, 5, 5, 4, 4)
AREAS = sum(AREAS_OF)
BLOCKS_OF_AREA = 40
NATION = 220
"""Burghs in the nation: 220 of about 24,600 people are 5.4 million."""

_CELL_LAT, _CELL_LON = 0.0065, 0.0115  # about 720 m a side
_ORIGIN = (56.150, -1.900)  # Invermarrow's own stretch of sea, east of everything
_FAR_ORIGIN, _FAR_STEP, _FAR_COLUMNS = (55.600, -0.500), (0.160, 0.280), 15
BOX = (55.5, -2.0, 58.3, 4.0)
"""South, west, north and east of all burghs: water on every side."""

# Where each larger area lies in the burgh, as cells (row from the south, column from the west).
_CELLS = (
    ((4, 4), (4, 5), (5, 4), (5, 5)),
    ((6, 5), (6, 6), (7, 5), (7, 6), (6, 7)),
    ((2, 4), (2, 5), (3, 4), (3, 5), (3, 6)),
    ((4, 2), (4, 3), (5, 2), (5, 3), (6, 3)),
    ((1, 2), (2, 2), (2, 3), (3, 2), (3, 3)),
    ((7, 3), (7, 4), (8, 3), (8, 4)),
    ((0, 1), (1, 6), (5, 8), (8, 1)),
)


@dataclass(frozen=True)
class Burgh:
    """One burgh: arrays over its 32 small areas, in order of their codes, and over its street blocks.

    `name_order` is each area's place in `names_of(number).areas`. `larger_of` and `type_of` index
    `larger_names` and TYPES (the same number: one larger area of each type); `deprivation` and `strength` run
    from 0 to 1; `borders` says which areas touch. Blocks lie in the order of their areas: `block_area`,
    `block_name`, `block_lat`, `block_lon`, `block_weight` (how much happens there, heavy-tailed), bounded by
    `block_offsets`.
    """

    number: int
    name: str
    larger_names: tuple[str, ...]
    larger_codes: tuple[str, ...]
    codes: tuple[str, ...]
    area_names: tuple[str, ...]
    name_order: Ints
    larger_of: Ints
    residents: Ints
    households: Ints
    deprivation: Floats
    strength: Floats
    borders: Mask
    block_area: Ints
    block_name: tuple[str, ...]
    block_street: tuple[str, ...]
    block_lat: Floats
    block_lon: Floats
    block_weight: Floats
    block_offsets: Ints

    @cached_property
    def block_edges(self) -> Floats:
        """The running sum of `block_weight`."""
        return np.cumsum(self.block_weight)

    @property
    def areas(self) -> int:
        return len(self.codes)

    @property
    def type_of(self) -> Ints:
        return self.larger_of


@lru_cache(maxsize=4)
def burgh(which: int) -> Burgh:
    """Burgh number `which`, 0 (Invermarrow) to 219; raises IndexError beyond."""
    if not 0 <= which < NATION:
        raise IndexError(which)
    draw = generator(0, which, "place")
    names = names_of(which)
    inner = np.repeat(np.arange(len(TYPES)), AREAS_OF)
    cells = np.array([cell for larger in _CELLS for cell in larger])
    order = draw.permutation(AREAS)
    larger_of, cells = inner[order], cells[order]
    residents = _residents(larger_of, draw)
    per_home = np.array(numbers("place.people_per_household"))[larger_of]
    deprivation = np.clip(
        np.array(numbers("place.deprivation"))[larger_of]
        + number("place.deprivation_spread") * draw.standard_normal(AREAS),
        0.02,
        0.98,
    )
    apart = np.abs(cells[:, None, :] - cells[None, :, :]).max(axis=2)
    nearest = np.where(apart > 0, apart, 99).min(axis=1)  # a landward area touches whatever lies nearest
    touching = (apart == 1) | ((apart > 0) & (apart <= nearest[:, None]))
    return Burgh(
        number=which,
        name=names.burgh,
        larger_names=names.larger,
        larger_codes=_larger_codes(which),
        codes=tuple(f"X01{which * AREAS + at + 1:06d}" for at in range(AREAS)),
        area_names=tuple(names.areas[one] for one in order),
        name_order=order,
        larger_of=larger_of,
        residents=residents,
        households=np.round(residents / per_home).astype(np.int64),
        deprivation=deprivation,
        strength=_strength(deprivation, draw),
        borders=touching | touching.T,
        **_blocks(names, which, cells, order, draw),
    )


def _larger_codes(which: int) -> tuple[str, ...]:
    """Codes in an order of each burgh's own, because that of TYPES would tell the type, and so the harm."""
    order = generator(0, which, "larger codes").permutation(len(TYPES))
    return tuple(f"X02{which * len(TYPES) + at + 1:06d}" for at in order)


def _strength(deprivation: Floats, draw: np.random.Generator) -> Floats:
    model = by_name("place.strength")
    by_chance = model["least"] + model["chance"] * draw.random(AREAS)
    return np.clip(by_chance + model["without_deprivation"] * (1 - deprivation), 0.0, 1.0)


def _residents(larger_of: Ints, draw: np.random.Generator) -> Ints:
    """Residents of each area: its larger area's number, spread around the mean."""
    wanted = np.array(numbers("place.residents"))
    share = 1 + number("place.residents_spread") * (2 * draw.random(len(larger_of)) - 1)
    sums = np.bincount(larger_of, weights=share)
    return np.round(wanted[larger_of] * share / sums[larger_of]).astype(np.int64)


def _blocks(
    names: BurghNames, which: int, cells: Ints, order: Ints, draw: np.random.Generator
) -> dict[str, Any]:
    area = np.repeat(np.arange(AREAS), BLOCKS_OF_AREA)
    south, west = _ORIGIN
    if which:
        south = _FAR_ORIGIN[0] + _FAR_STEP[0] * (which // _FAR_COLUMNS)
        west = _FAR_ORIGIN[1] + _FAR_STEP[1] * (which % _FAR_COLUMNS)
    jitter: NDArray[np.float64] = draw.random((2, len(area)))
    lat = south + _CELL_LAT * (cells[area, 0] + 0.05 + 0.9 * jitter[0])
    lon = west + _CELL_LON * (cells[area, 1] + 0.05 + 0.9 * jitter[1])
    tail = number("place.block_tail")
    known = [names.streets[one] for one in order]
    hundreds = [f"{100 * (1 + turn)} " for turn in range(BLOCKS_OF_AREA)]
    street, name = [], []
    for here in known:
        turns = -(-BLOCKS_OF_AREA // len(here))
        street += (list(here) * turns)[:BLOCKS_OF_AREA]
        name += [hundred + one for hundred in hundreds[:turns] for one in here][:BLOCKS_OF_AREA]
    return {
        "block_area": area,
        "block_street": tuple(street),
        "block_name": tuple(name),
        "block_lat": np.round(lat, 4),
        "block_lon": np.round(lon, 4),
        "block_weight": np.exp(tail * draw.standard_normal(len(area))),
        "block_offsets": np.arange(AREAS + 1) * BLOCKS_OF_AREA,
    }

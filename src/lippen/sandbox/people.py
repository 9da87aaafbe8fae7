"""Residents, their households and homes: who lives where, and how well each is protected and listened to.

Ages and tenures start from the margins of each type of area, joined by iterative proportional fitting. Nobody
here is drawn from records of real people, and nothing about a person but what the rules below say.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from lippen.sandbox.chance import Floats, Ints, Mask, drawn_within, generator
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.place import TYPES, Burgh

AGE_BANDS = ("0-15", "16-34", "35-59", "60 and over")
_AGE_EDGES = (0, 16, 35, 60, 96)
_BAND_OF_AGE = np.searchsorted(_AGE_EDGES[1:-1], np.arange(_AGE_EDGES[-1]), side="right")
TENURES = ("owned", "social", "private")


@dataclass(frozen=True)
class People:
    """The residents of one burgh, in the order of their homes; homes lie in the order of their areas.

    Per home: `home_area`, `home_block`, `door` (number in the street), `tenure` (index of TENURES). Per
    resident: `home`, `area`, `age` (years), `sex` (0 female, 1 male), `vulnerability`, `digital` (use of
    phones and social media), `trust` and `fear` (each 0 to 1, the person's own leaning around the area's),
    `proneness` (how often things happen to this person, mean 1), `affected_at` (a standard exponential: the
    person has been affected once the area's cumulated hazard times `proneness` reaches it). `offsets` bounds
    the residents of each area.
    """

    home_area: Ints
    home_block: Ints
    door: Ints
    tenure: NDArray[np.int8]
    home: Ints
    area: Ints
    age: NDArray[np.int16]
    sex: NDArray[np.int8]
    vulnerability: Floats
    digital: Floats
    trust: Floats
    fear: Floats
    proneness: Floats
    affected_at: Floats
    offsets: Ints
    home_offsets: Ints

    @cached_property
    def proneness_edges(self) -> Floats:
        """The running sum of `proneness`."""
        return np.cumsum(self.proneness)

    def age_band(self) -> Ints:
        """The index in AGE_BANDS of each resident."""
        return _BAND_OF_AGE[self.age]

    @cached_property
    def starts(self) -> Ints:
        """The first resident of each home."""
        return np.flatnonzero(np.diff(self.home, prepend=-1))

    @cached_property
    def oldest(self) -> Ints:
        """The oldest resident of each home, the first of those who are as old."""
        place = np.arange(len(self.home)) - self.starts[self.home]
        best = np.maximum.reduceat(self.age.astype(np.int64) * 16 + 15 - place, self.starts)
        return np.asarray(self.starts + 15 - best % 16)


@lru_cache
def _age_edges_by_tenure(type_name: str) -> Floats:
    """For each tenure, the running shares of the age bands but the last, in one type of area."""
    start = np.array([list(by_name(f"people.age_by_tenure.{name}").values()) for name in TENURES])
    joint = fit_margins(
        start, np.array(numbers(f"people.tenure.{type_name}")), np.array(numbers(f"people.ages.{type_name}"))
    )
    return np.asarray(np.cumsum(joint / joint.sum(axis=1, keepdims=True), axis=1)[:, :-1])


def fit_margins(start: Floats, rows: Floats, columns: Floats, rounds: int = 50) -> Floats:
    """The table nearest to `start` (none of it 0) with the given row and column sums.

    Iterative proportional fitting: Deming and Stephan 1940, Annals of Mathematical Statistics 11(4).
    """
    table = start.astype(np.float64)
    for _ in range(rounds):
        table = table * (rows / table.sum(axis=1))[:, None]
        table = table * (columns / table.sum(axis=0))
    return table


def settle(burgh: Burgh, seed: int) -> People:
    """The people of a burgh under one seed."""
    draw = generator(seed, burgh.number, "people")
    tenure, home_area = _homes(burgh, draw)
    homes = len(tenure)
    per_home = _household_sizes(burgh, home_area, draw)
    home = np.repeat(np.arange(homes), per_home)
    area = home_area[home]
    n = len(home)
    first = np.diff(home, prepend=-1) > 0
    band = _age_bands(burgh, area, tenure[home], first, draw)
    low, high = np.array(_AGE_EDGES[:-1])[band], np.array(_AGE_EDGES[1:])[band]
    age = (low + draw.random(n) * (high - low)).astype(np.int16)
    deprived = burgh.deprivation[area]
    digital, frail = by_name("people.digital"), by_name("people.vulnerability")
    use = np.clip(
        digital["level"]
        - np.maximum(age - int(digital["from_age"]), 0) * digital["falls"]
        + digital["spread"] * draw.standard_normal(n),
        0.02,
        1.0,
    )
    vulnerability = draw.beta(frail["first"], frail["second"], n) * (
        frail["level"] + frail["with_deprivation"] * deprived
    )
    spread = number("people.proneness_spread")
    proneness = np.exp(spread * draw.standard_normal(n) - spread**2 / 2)
    return People(
        home_area=home_area,
        home_block=_blocks(burgh, home_area, draw),
        door=1 + draw.integers(0, 60, homes),
        tenure=tenure,
        home=home,
        area=area,
        age=age,
        sex=(draw.random(n) < number("people.male")).astype(np.int8),
        vulnerability=np.clip(vulnerability, 0.0, 1.0),
        digital=use,
        trust=draw.random(n),
        fear=draw.random(n),
        proneness=proneness,
        affected_at=draw.exponential(size=n),
        offsets=np.searchsorted(area, np.arange(burgh.areas + 1)),
        home_offsets=np.searchsorted(home_area, np.arange(burgh.areas + 1)),
    )


def _homes(burgh: Burgh, draw: np.random.Generator) -> tuple[NDArray[np.int8], Ints]:
    home_area = np.repeat(np.arange(burgh.areas), burgh.households)
    uniform = draw.random(len(home_area))
    edges = np.cumsum([numbers(f"people.tenure.{name}") for name in TYPES], axis=1)
    kind = burgh.type_of[home_area]
    tenure = (uniform > edges[kind, 0]).astype(np.int8) + (uniform > edges[kind, 1])
    return tenure, home_area


def _household_sizes(burgh: Burgh, home_area: Ints, draw: np.random.Generator) -> Ints:
    """One person at least in each home; the rest of an area's residents are spread over its homes."""
    offsets = np.searchsorted(home_area, np.arange(burgh.areas + 1))
    more = burgh.residents - np.diff(offsets)
    weights, uniform = [], []
    for area in range(burgh.areas):
        weights.append(draw.gamma(number("people.household_shape"), size=offsets[area + 1] - offsets[area]))
        uniform.append(draw.random(more[area]))
    taken = drawn_within(
        np.repeat(np.arange(burgh.areas), more),
        offsets,
        np.cumsum(np.concatenate(weights)),
        np.concatenate(uniform),
    )
    return np.minimum(1 + np.bincount(taken, minlength=len(home_area)), 9)


def _age_bands(
    burgh: Burgh, area: Ints, tenure: NDArray[np.int8], first: Mask, draw: np.random.Generator
) -> Ints:
    """Age bands by tenure, so that both margins of the type of area hold.

    The `first` of each home is grown up. Their children's share goes to those who come after them, so that
    the margins stay.
    """
    edges = np.array([_age_edges_by_tenure(name) for name in TYPES])
    child = edges[:, :, :1]
    # By type of area, tenure and whether somebody is the first of a home: nobody else's edges are worked out.
    child_now = np.stack([np.minimum(child / (1 - first.mean()), 0.9), np.zeros_like(child)], axis=2)
    others = ((edges[:, :, 1:] - child) / (1 - child))[:, :, None]
    edges_now = np.concatenate([child_now, child_now + others * (1 - child_now)], axis=3)
    cell = (burgh.type_of[area] * len(TENURES) + tenure) * 2 + first
    uniform = draw.random(len(area))
    return np.asarray(np.sum([uniform > edge[cell] for edge in edges_now.reshape(-1, 3).T], axis=0))


def _blocks(burgh: Burgh, home_area: Ints, draw: np.random.Generator) -> Ints:
    first = burgh.block_offsets[home_area]
    count = burgh.block_offsets[home_area + 1] - first
    return first + (draw.random(len(home_area)) * count).astype(np.int64)

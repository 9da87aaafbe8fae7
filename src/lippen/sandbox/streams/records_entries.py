"""Entries of partners' files before they are put in order: what happened, to whom, and in whose book it is.

Invariant: whatever an entry says of itself was drawn before it was known whether it would happen, and in the
same way whoever caused it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lippen.sandbox.chance import Floats, Ints, Lots, Mask, lots_of
from lippen.sandbox.naming import words
from lippen.sandbox.streams.thinning import draw_candidates
from lippen.sandbox.world import World

Whole = NDArray[np.int32]
COUNCIL, ASSOCIATION, SCHOOLS, SOCIAL_WORK, RECOVERY, HOSPITAL = range(6)
"""The books of words/records.toml, in its order."""
MOST_ACTIVITY = 4.0
"""Activity above which no more is written down: candidates are drawn up to it."""
MONTH = 30.0


@lru_cache
def sorts() -> tuple[str, ...]:
    """The keys of the sorts of entry, in the order of words/records.toml."""
    return tuple(entry["key"] for entry in words("records.toml")["entry"])


def sorts_named(*keys: str) -> Ints:
    """The index of each sort of entry; raises ValueError for a key that is none."""
    return np.array([sorts().index(key) for key in keys], dtype=np.int64)


@dataclass(frozen=True)
class Entries:
    """Entries, one a place in every array, each in the least room that it needs: a burgh has 80,000.

    `sort` (index of `sorts()`), `day`, `person`, `book`, `pence` and `count` (-1 for none), and three lots:
    `said` (which words), `line` (which reference, where the book holds a person twice) and `order` (place
    within the day). The home is the person's.
    """

    sort: NDArray[np.int8]
    day: NDArray[np.int16]
    person: Whole
    book: NDArray[np.int8]
    pence: Whole
    count: NDArray[np.int16]
    said: Lots
    line: Lots
    order: Lots

    def __len__(self) -> int:
        return len(self.sort)

    def only(self, which: Mask | Ints) -> Entries:
        """These entries alone, in this order."""
        return Entries(*(getattr(self, one.name)[which] for one in fields(self)))


def entries_of(
    sort: Ints | np.int64,
    day: Ints,
    person: Ints,
    book: Ints | int,
    pence: Ints | Whole | int,
    count: Ints | Whole | int,
    lots: Lots,
) -> Entries:
    """Entries from arrays, or from numbers that hold for all; of four `lots` the last three are theirs."""

    def column(values: Ints | Whole | np.int64 | int, kind: type[np.signedinteger[Any]]) -> NDArray[Any]:
        return np.broadcast_to(np.asarray(values, dtype=kind), len(day))

    return Entries(
        sort=column(sort, np.int8),
        day=column(day, np.int16),
        person=column(person, np.int32),
        book=column(book, np.int8),
        pence=column(pence, np.int32),
        count=column(count, np.int16),
        said=lots[1],
        line=lots[2],
        order=lots[3],
    )


def together(*parts: Entries) -> Entries:
    """All entries of the parts, one part after the other."""
    return Entries(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Entries)))


@dataclass(frozen=True)
class Events:
    """What happened before it is known whom it befell: `sort` (an index of the caller's), `area`, `day`, and
    what was drawn about each: `whom` (0 to 1) and four `lots` (4 by event)."""

    sort: Ints
    area: Ints
    day: Ints
    whom: Floats
    lots: Lots

    def __len__(self) -> int:
        return len(self.sort)


def everyday(world: World, purpose: str, per_year: Floats, with_activity: Floats, season: Floats) -> Events:
    """Which of the candidates of each sort and area happened.

    `per_year` (sort by area) holds at activity 1; `with_activity` (one a sort) is the share that goes with
    the activity of groups; `season` (sort by day) how a year and a week go.
    """
    most = 1 + with_activity * (MOST_ACTIVITY - 1)
    draw = world.draw("records", purpose)
    found = draw_candidates(draw, per_year, most, season, world.days)
    share = with_activity[found.sort]
    kept = np.flatnonzero(found.where(1 - share + share * world.activity[found.area, found.day]))
    whom = draw.random(len(found))[kept]
    return Events(found.sort[kept], found.area[kept], found.day[kept], whom, lots_of(draw, len(found), kept))


def while_lasting(
    world: World, purpose: str, per_month: Floats, season: Floats, since: Ints, until: Ints
) -> tuple[Ints, Ints, Ints, Lots]:
    """What happens more often for as long as something lasts: of each event, whom it befalls, sort, day and
    lots.

    `per_month` has a rate per thirty days for each sort and `season` (sort by day, above 0) how a year and a
    week go, as for what happens every day: else a Sunday would give away who wrote on it. `since` and `until`
    (days, one each for everybody) are as they would be if nobody did anything, and are cut to the days of the
    world.
    """
    first, last = np.clip(since, 0, world.days), np.clip(until, 0, world.days)
    draw = world.draw("records", purpose, "lasting")
    many = draw.poisson(np.maximum(last - first, 0)[:, None] / MONTH * per_month)
    who, sort = np.divmod(np.repeat(np.arange(many.size), many.ravel()), len(per_month))
    # One lookup for all sorts, whose days lie one after the other: begin is where each day of a sort begins.
    begin = np.append(0.0, np.cumsum(season))
    low, high = begin[sort * world.days + first[who]], begin[sort * world.days + last[who]]
    day = np.searchsorted(begin, low + draw.random(len(who)) * (high - low), side="right") - 1
    day = np.clip(day - sort * world.days, first[who], last[who] - 1)
    return who, sort, day, lots_of(draw, len(who))

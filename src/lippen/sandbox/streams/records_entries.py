"""Entries of partners' files before they are put in order: what happened, to whom, and in whose book it is.

Invariant: whatever an entry says of itself was drawn before it was known whether it would happen, and in the
same way whoever caused it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np

from lippen.sandbox.chance import Floats, Ints, Mask
from lippen.sandbox.naming import words
from lippen.sandbox.streams.thinning import Candidates, draw_candidates
from lippen.sandbox.world import World

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
    """Entries, one a place in every array: `sort` (index of `sorts()`), `day`, `person`, `home`, `book`,
    `amount` (GBP, NaN for none), `count` (-1 for none), and three numbers from 0 to 1: `said` (which words),
    `line` (which reference, where the book holds a person twice) and `order` (place within the day)."""

    sort: Ints
    day: Ints
    person: Ints
    home: Ints
    book: Ints
    amount: Floats
    count: Ints
    said: Floats
    line: Floats
    order: Floats

    def __len__(self) -> int:
        return len(self.sort)

    def only(self, which: Mask | Ints) -> Entries:
        """These entries alone, in this order."""
        return Entries(*(getattr(self, one.name)[which] for one in fields(self)))


def together(*parts: Entries) -> Entries:
    """All entries of the parts, one part after the other."""
    return Entries(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Entries)))


def dice(world: World, purpose: str, rows: int, columns: int) -> Floats:
    """Numbers from 0 to 1 for what is drawn about each candidate: `columns` rows of them, to be unpacked."""
    return world.draw("records", purpose, "about").random((columns, rows))


def everyday(
    world: World, purpose: str, per_year: Floats, with_activity: Floats, season: Floats
) -> tuple[Candidates, Mask]:
    """Candidates of each sort and area, and which happened.

    `per_year` (sort by area) holds at activity 1; `with_activity` (one a sort) is the share that goes with
    the activity of groups; `season` (sort by day) how a year and a week go.
    """
    most = 1 + with_activity * (MOST_ACTIVITY - 1)
    found = draw_candidates(world.draw("records", purpose), per_year, most, season, world.days)
    share = with_activity[found.sort]
    return found, found.where(1 - share + share * world.activity[found.area, found.day])


def while_lasting(
    world: World, purpose: str, per_month: Floats, since: Ints, until: Ints
) -> tuple[Ints, Ints, Ints]:
    """What happens more often for as long as something lasts: of each event, whom it befalls, sort and day.

    `per_month` has a rate per thirty days for each sort; `since` and `until` (days, one each for everybody)
    are as they would be if nobody did anything, and are cut to the days of the world.
    """
    first, last = np.clip(since, 0, world.days), np.clip(until, 0, world.days)
    draw = world.draw("records", purpose, "lasting")
    many = draw.poisson(np.maximum(last - first, 0)[:, None] / MONTH * per_month)
    who, sort = np.divmod(np.repeat(np.arange(many.size), many.ravel()), len(per_month))
    return who, sort, first[who] + (draw.random(len(who)) * (last - first)[who]).astype(np.int64)

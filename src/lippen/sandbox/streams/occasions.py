"""Occasions on which somebody may notice a home taken over or a person used, one after the other.

The invariant: occasions are drawn for as long as anything planned could last, with a coin each. What is done
about a home only ends them sooner; it moves none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lippen.sandbox.chance import Floats, Ints
from lippen.sandbox.groups import ROLES
from lippen.sandbox.world import World

MOST = 4
"""Occasions drawn for each home or person."""


@dataclass(frozen=True)
class Occasions:
    """Occasions that fall into the days of the world: `subject` (a home, or a person), `day`, and a `coin`
    from 0 to 1."""

    subject: Ints
    day: Ints
    coin: Floats

    def __len__(self) -> int:
        return len(self.subject)


def of_homes(world: World, draw: np.random.Generator, lag_days: float) -> tuple[Occasions, np.ndarray]:
    """Occasions about homes taken over, and which of them still are so on that day."""
    homes = world.groups.homes
    occasions, which = _following(world, draw, homes.home, homes.taken_from, lag_days)
    return occasions, occasions.day < world.taken_to[which]


def of_exploited(world: World, draw: np.random.Generator, lag_days: float) -> tuple[Occasions, np.ndarray]:
    """Occasions about people who were drawn in, and which of them came to be and still are so on that day."""
    roles = world.groups.roles
    mine = np.flatnonzero((roles.role == ROLES.index("exploited")) & (roles.story >= 0))
    occasions, which = _following(world, draw, roles.person[mine], roles.since[mine], lag_days)
    return occasions, world.recruited[mine[which]] & (occasions.day < roles.until[mine[which]])


def _following(
    world: World, draw: np.random.Generator, subject: Ints, since: Ints, lag_days: float
) -> tuple[Occasions, Ints]:
    gaps = 1 + draw.exponential(lag_days, (len(subject), MOST))
    day = since[:, None] + np.cumsum(gaps, axis=1).astype(np.int64)
    coin = draw.random(day.shape)
    which, _ = here = np.nonzero((day >= 0) & (day < world.days))
    return Occasions(subject[which], day[here], coin[here]), which

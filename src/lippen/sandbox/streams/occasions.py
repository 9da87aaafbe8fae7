"""Occasions on which somebody may notice a home taken over or a person used, one after the other.

The invariant: occasions are drawn for as long as anything planned could last, with a coin each. What is done
about a home only ends them sooner; it moves none. They keep the week of what else is told in their stream, so
that a day of the week tells nothing of who gave rise to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lippen.sandbox.chance import Floats, Ints, Mask
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


def of_homes(
    world: World, draw: np.random.Generator, lag_days: float, week: list[float]
) -> tuple[Occasions, Mask]:
    """Occasions about homes taken over, and which of them still are so on that day.

    They follow each other by `lag_days` on average; `week` gives Monday to Sunday (mean 1).
    """
    homes = world.groups.homes
    occasions, which = _following(world, draw, homes.home, homes.taken_from, lag_days, week)
    return occasions, occasions.day < world.taken_to[which]


def of_exploited(
    world: World, draw: np.random.Generator, lag_days: float, week: list[float]
) -> tuple[Occasions, Mask]:
    """Occasions about people who were drawn in, and which of them came to be and still are so on that day."""
    roles = world.groups.roles
    mine = np.flatnonzero(roles.drawn_in)
    occasions, which = _following(world, draw, roles.person[mine], roles.since[mine], lag_days, week)
    return occasions, world.recruited[mine[which]] & (occasions.day < roles.until[mine[which]])


def _following(
    world: World,
    draw: np.random.Generator,
    subject: Ints,
    since: Ints,
    lag_days: float,
    week: list[float],
) -> tuple[Occasions, Ints]:
    gaps = 1 + draw.exponential(lag_days, (len(subject), MOST))
    # A clock that goes as fast as the week has it on each day: seven of its days are a week.
    begins = np.cumsum([0.0, *week])[:7]
    begins = begins * 7 / np.sum(week)
    whole, weekday = np.divmod(world.first_day.weekday() + since, 7)
    passed = (7 * whole + begins[weekday])[:, None] + np.cumsum(gaps, axis=1)
    whole = np.floor(passed / 7).astype(np.int64)
    weekday = np.searchsorted(begins, passed - 7 * whole, side="right") - 1
    day = 7 * whole + weekday - world.first_day.weekday()
    coin = draw.random(day.shape)
    which, _ = here = np.nonzero((day >= 0) & (day < world.days))
    return Occasions(subject[which], day[here], coin[here]), which

"""Times in people's lives that leave traces in partners' records: being drawn in, a home taken over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lippen.sandbox.chance import Ints
from lippen.sandbox.roles import LOOKOUT, RUNNER
from lippen.sandbox.world import World


@dataclass(frozen=True)
class Spells:
    """Times in people's lives: `person`, days `since` and `until` as planned, and `ends` as it came; traces
    are left before it alone."""

    person: Ints
    since: Ints
    until: Ints
    ends: Ints


def recruits(world: World) -> Spells:
    """The young people whom groups use as runners, lookouts or otherwise; for those kept out it ends before
    it begins."""
    roles = world.groups.roles
    # A tenant whose home is taken over is not among them, and leaves traces of their own.
    which = np.flatnonzero(roles.drawn_in | np.isin(roles.role, (RUNNER, LOOKOUT)))
    came = world.recruited[which]
    return Spells(
        roles.person[which], roles.since[which], roles.until[which], np.where(came, roles.until[which], -1)
    )


def tenants(world: World) -> Spells:
    """Those whose homes are taken over."""
    homes = world.groups.homes
    return Spells(world.people.oldest[homes.home], homes.taken_from, homes.taken_to, world.taken_to)

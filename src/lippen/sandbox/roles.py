"""Who does what in a group, from when to when: its own people, the young whom it draws in, and the tenants of
homes that it takes over.

Drawn before the days run. Nobody is only one thing: roles are dated, and a person can be exploited and
exploiting at once.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from lippen.sandbox.chance import Floats, Ints, Mask, drawn_by, generator
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.people import People
from lippen.sandbox.place import Burgh
from lippen.sandbox.scenario import Scenario
from lippen.sandbox.taken_homes import TakenHomes

STORIES = ("poverty", "family", "boredom", "flash cars")
"""The four stories by which people are drawn in: Fraser et al. 2018, chapter 4."""
ROLES = ("leader", "holder", "runner", "lookout", "exploited", "exploiting")
LEADER, HOLDER, RUNNER, LOOKOUT, EXPLOITED, EXPLOITING = range(len(ROLES))
NEVER = 1_000_000
LONG_BEFORE = -400
"""The day on which what was there long before the first day is said to have begun."""

_OF_A_GROUP = (LEADER, HOLDER, HOLDER, RUNNER, RUNNER, LOOKOUT)


@dataclass(frozen=True)
class Roles:
    """Dated roles: `person`, `role` (index of ROLES), `group`, days `since` and `until`, `story` (index of
    STORIES, -1 for none), `debt_gbp`, for the recruited a `coin` (0 to 1) by which a counter-story may have
    kept them out, and the row of the role that each `follows` (its own when none)."""

    person: Ints
    role: Ints
    group: Ints
    since: Ints
    until: Ints
    story: Ints
    debt_gbp: Floats
    coin: Floats
    follows: Ints

    @property
    def drawn_in(self) -> Mask:
        """The roles of young people who were drawn in, each once; others who are exploited are tenants of
        homes taken over, and have no story of it."""
        return np.asarray((self.role == EXPLOITED) & (self.story >= 0))

    def __len__(self) -> int:
        return len(self.role)

    def turned(self, which: Ints, after: Ints | int) -> Roles:
        """The roles of some who, being exploited, exploit others too from so many days `after` on."""
        kept = {one.name: getattr(self, one.name)[which] for one in fields(self)}
        since = kept["since"] + after
        return Roles(**kept | {"role": np.full(len(which), EXPLOITING), "since": since})


def roles_of(
    place: Burgh, people: People, homes: TakenHomes, scenario: Scenario, days: int, seed: int
) -> Roles:
    """The roles of a burgh over `days`: those of the groups' own people first, then of the young drawn in, of
    those among them who come to exploit others, of tenants, and of tenants who do.
    """
    draw = generator(seed, place.number, "roles")
    young = _young(people)
    own = _own_people(people, young, scenario, draw)
    near = np.array(numbers("world.base_activity"))[place.type_of[people.area]]
    recruited, turned = _recruited(young * near, len(own), scenario, days, draw)
    tenants = _tenants(people, homes, len(own) + len(recruited) + len(turned))
    later = np.flatnonzero(
        generator(seed, place.number, "roles", "tenants").random(len(tenants))
        < number("groups.tenant_also_exploiting")
    )
    also = tenants.turned(later, int(by_name("groups.exploiting_after_days")["tenant"]))
    parts = (own, recruited, turned, tenants, also)
    return Roles(
        **{one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Roles)}
    )


def _young(people: People) -> Floats:
    """How likely each resident is to be drawn in, as a weight: the young, and the vulnerable among them."""
    ages = by_name("groups.ages")
    of_age = (people.age >= ages["young_from"]) & (people.age < ages["young_to"])
    return np.where(of_age, number("groups.young_weight") + people.vulnerability, 0.0)


def _own_people(people: People, young: Floats, scenario: Scenario, draw: np.random.Generator) -> Roles:
    """Who leads, holds, runs and watches for each group, all the time."""
    ages = by_name("groups.ages")
    group = np.repeat(np.arange(scenario.groups), len(_OF_A_GROUP))
    role = np.tile(_OF_A_GROUP, scenario.groups)
    grown = np.where((people.age >= ages["grown_from"]) & (people.age < ages["grown_to"]), 1.0, 0.0)
    n = len(role)
    person = np.where(role <= HOLDER, drawn_by(grown, draw.random(n)), drawn_by(young, draw.random(n)))
    return Roles(
        person=person,
        role=role,
        group=group,
        since=np.full(n, LONG_BEFORE),
        until=np.full(n, NEVER),
        story=np.full(n, -1),
        debt_gbp=np.zeros(n),
        coin=np.ones(n),
        follows=np.arange(n),
    )


def _recruited(
    weight: Floats, first: int, scenario: Scenario, days: int, draw: np.random.Generator
) -> tuple[Roles, Roles]:
    """The young people drawn in, in rows from `first` on, and the roles of those who exploit others too."""
    used, later, owed = (
        by_name(f"groups.{name}") for name in ("recruit_days", "exploiting_after_days", "debt")
    )
    n = int(draw.poisson(number("groups.recruits") * days / 365))
    person = drawn_by(weight, draw.random(n))
    since = (draw.random(n) * days).astype(np.int64)
    longer = draw.exponential(used["more"], n)
    story = drawn_by(np.array(numbers("groups.stories")), draw.random(n))
    larger = owed["spread"] * draw.standard_normal(n)
    holds = number("groups.debt_holds")
    # Log-normal with a mean of 1: some are held for longer and others for less long, and on average as long.
    held = np.exp(holds * larger - (holds * owed["spread"]) ** 2 / 2)
    coin = draw.random(n)
    turned = np.flatnonzero(draw.random(n) < number("groups.also_exploiting"))
    after = (later["least"] + draw.random(n) * (later["most"] - later["least"])).astype(np.int64)
    recruited = Roles(
        person=person,
        role=np.full(n, EXPLOITED),
        group=draw.integers(0, 8, n) % scenario.groups,
        since=since,
        until=since + (used["least"] + longer * held).astype(np.int64),
        story=story,
        debt_gbp=np.asarray(np.round(np.exp(owed["log_mean"] + larger), -1), dtype=np.float64),
        coin=coin,
        follows=first + np.arange(n),
    )
    return recruited, recruited.turned(turned, after[turned])


def _tenants(people: People, homes: TakenHomes, first: int) -> Roles:
    """Those whose homes are taken over, in rows from `first` on: they live alone."""
    n = len(homes.home)
    return Roles(
        person=np.searchsorted(people.home, homes.home),
        role=np.full(n, EXPLOITED),
        group=homes.group,
        since=homes.taken_from,
        until=homes.taken_to,
        story=np.full(n, -1),
        debt_gbp=np.zeros(n),
        coin=np.ones(n),
        follows=first + np.arange(n),
    )

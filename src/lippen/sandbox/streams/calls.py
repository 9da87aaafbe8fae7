"""Calls before they are written down: who, where, when and why, from every cause, as arrays of one shape.

Everything about a call is drawn whether or not it comes to happen, so that what an intervention adds or takes
away leaves every other call as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from lippen.sandbox.chance import Floats, Ints, Mask, drawn_by, drawn_within
from lippen.sandbox.parameters import number, numbers
from lippen.sandbox.phrases import SLOTS
from lippen.sandbox.streams.clock import DAY_S, season_of, seconds_of
from lippen.sandbox.streams.incident_kinds import IncidentKinds, incident_kinds
from lippen.sandbox.streams.thinning import Candidates, draw_candidates
from lippen.sandbox.world import World

CAUSES = (
    "ordinary",
    "harm",
    "own activity",
    "sensor",
    "seen by more",
    "near repeat",
    "production",
    "drug death",
    "mischief",
    "episode",
    "target",
    "occasion",
)
ORDINARY, HARM, OWN, SENSOR, SEEN, REPEAT, PRODUCTION, DEATH, MISCHIEF, EPISODE, TARGET, OCCASION = range(
    len(CAUSES)
)
_OWN_ACTIVITY, _SENSOR = ("DIRECTED PATROL", "ESCORT DUTY"), ("INTRUDER ALARM",)
_IN_THE_OPEN = ("DISTURBANCE", "ROAD TRAFFIC COLLISION", "FIRE RAISING", "WEAPON SEEN", "ROAD OBSTRUCTION")
_REPEATING = ("HOUSEBREAKING", "VEHICLE CRIME", "VANDALISM")


@dataclass(frozen=True)
class Calls:
    """Calls, row by row: `kind` (index of `incident_kinds`), `area`, `block`, `at` (seconds from the first
    day's midnight, local), `person` (to whom it happened, -1 for nobody), `cause` (index of CAUSES),
    `episode` (-1 for none), `hand`, `nothing` (the chance that nothing is found), `dice` (row by 9 uniforms,
    for what follows) and `picks` (row by 5, for the text)."""

    kind: Ints
    area: Ints
    block: Ints
    at: Ints
    person: Ints
    cause: Ints
    episode: Ints
    hand: Ints
    nothing: Floats
    dice: Floats
    picks: Floats

    def __len__(self) -> int:
        return len(self.kind)

    def only(self, which: Mask | Ints) -> Calls:
        """Some of the rows."""
        rows = np.flatnonzero(which) if which.dtype == np.bool_ else which
        return Calls(**{one.name: getattr(self, one.name).take(rows, axis=0) for one in fields(self)})


def together(*parts: Calls) -> Calls:
    """All the rows of some calls, one after the other."""
    return Calls(**{one.name: np.concatenate([getattr(p, one.name) for p in parts]) for one in fields(Calls)})


def new_calls(
    world: World,
    draw: np.random.Generator,
    kind: Ints,
    area: Ints,
    at: Ints,
    cause: int,
    block: Ints | None = None,
) -> Calls:
    """Calls with everything else drawn: a block of the area, somebody who lives there, a hand, words and
    dice.
    """
    n = len(kind)
    uniform = draw.random((n, 3))
    place, people = world.place, world.people
    if block is None:
        block = drawn_within(area, place.block_offsets, place.block_edges, uniform[:, 0])
    kinds = incident_kinds()
    night = np.where((at // 3600) % 24 < 6, 1.2, 1.0)
    return Calls(
        kind=kind,
        area=area,
        block=block,
        at=at,
        person=drawn_within(area, people.offsets, people.proneness_edges, uniform[:, 1]),
        cause=np.full(n, cause),
        episode=np.full(n, -1),
        hand=drawn_by(np.array(numbers("incident.hands")), uniform[:, 2]),
        nothing=np.minimum(kinds.nothing[kind] * night * world.nothing_found[area], 0.95),
        dice=draw.random((n, 9)),
        picks=draw.random((n, len(SLOTS))),
    )


def everyday_calls(world: World) -> Calls:
    """What is called in of ordinary life and of harm, with what others saw too and what is repeated
    nearby.
    """
    kinds = incident_kinds()
    found = _candidates(world, kinds)
    draw = world.draw("incidents", "attributes")
    codes = len(kinds.names)
    kind, harmful = found.sort % codes, found.sort >= codes
    second = seconds_of(kinds.hours, kind, draw.random(len(kind)))
    calls = new_calls(world, draw, kind, found.area, found.day * DAY_S + second, ORDINARY)
    calls.cause[harmful] = HARM
    calls.cause[np.isin(kind, kinds.index(*_OWN_ACTIVITY))] = OWN
    calls.cause[np.isin(kind, kinds.index(*_SENSOR))] = SENSOR
    calls.person[calls.cause == OWN] = -1
    dead = (kind == kinds.index("SUDDEN DEATH")[0]) & (draw.random(len(kind)) < _drug_deaths(world, found))
    calls.cause[dead] = DEATH
    happened = found.coin < _rates(world, kinds, found)
    more = _seen_by_more(world, calls, happened)
    again = _near_repeats(world, calls, happened)
    return together(calls.only(happened), more, again)


def _candidates(world: World, kinds: IncidentKinds) -> Candidates:
    """Ordinary life first (one sort a code), then harm (one sort a code)."""
    place = world.place
    uneven = np.exp(
        number("incident.area_tail") * world.draw("incidents", "areas").standard_normal(place.areas)
    )
    ordinary = place.residents * kinds.where[:, place.type_of] * uneven
    ordinary /= ordinary.sum(axis=1, keepdims=True)
    yearly = kinds.per_1000 * place.residents.sum() / 1000
    harmful = (yearly * kinds.harm)[:, None] * place.residents / place.residents.sum()
    most = np.r_[_ordinary_most(kinds), np.full(len(kinds.names), number("incident.harm_most"))]
    season = np.array(
        [season_of(world, week, summer) for week, summer in zip(kinds.week, kinds.summer, strict=True)]
    )
    return draw_candidates(
        world.draw("incidents", "candidates"),
        np.vstack([ordinary * (yearly * (1 - kinds.harm))[:, None], harmful]),
        most,
        np.vstack([season, season]),
        world.days,
    )


def _ordinary_most(kinds: IncidentKinds) -> Floats:
    most = np.ones(len(kinds.names))
    most[kinds.index("YOUTH NUISANCE")] = number("trend.school_term")
    return most


def _rates(world: World, kinds: IncidentKinds, found: Candidates) -> Floats:
    """How high each coin may lie: harm goes with activity and with how much of it is told."""
    told = number("incident.harm_scale") * world.activity * world.reporting * world.told
    rate = np.where(found.sort < len(kinds.names), 1.0, told[found.area, found.day])
    youth = found.sort == kinds.index("YOUTH NUISANCE")[0]
    term = 1 + (number("trend.school_term") - 1) * world.trend("school_term")
    return np.where(youth, term[found.area, found.day], rate)


def _drug_deaths(world: World, found: Candidates) -> Floats:
    kinds = incident_kinds()
    of_all = number("incident.drug_death") / kinds.per_1000[kinds.index("SUDDEN DEATH")[0]]
    return np.asarray(of_all * world.activity[found.area, found.day])


def _seen_by_more(world: World, calls: Calls, happened: Mask) -> Calls:
    """Another call about the same event, from the same block, in somebody else's words."""
    draw = world.draw("incidents", "seen by more")
    first = np.flatnonzero(np.isin(calls.kind, incident_kinds().index(*_IN_THE_OPEN)))
    later = (30 + draw.random(len(first)) * 870).astype(np.int64)
    more = new_calls(
        world, draw, calls.kind[first], calls.area[first], calls.at[first] + later, SEEN, calls.block[first]
    )
    again = draw.random(len(first)) < number("incident.seen_by_more")
    return more.only(happened[first] & again & (more.at < world.days * DAY_S))


def _near_repeats(world: World, calls: Calls, happened: Mask) -> Calls:
    draw = world.draw("incidents", "near repeats")
    first = np.flatnonzero(np.isin(calls.kind, incident_kinds().index(*_REPEATING)))
    after = ((1 + draw.exponential(4.0, len(first))) * DAY_S).astype(np.int64)
    offsets = world.place.block_offsets
    near = np.clip(
        calls.block[first] + draw.integers(-1, 2, len(first)),
        offsets[calls.area[first]],
        offsets[calls.area[first] + 1] - 1,
    )
    more = new_calls(world, draw, calls.kind[first], calls.area[first], calls.at[first] + after, REPEAT, near)
    again = draw.random(len(first)) < number("incident.near_repeat")
    return more.only(happened[first] & again & (after < 15 * DAY_S) & (more.at < world.days * DAY_S))

"""Calls before they are written down: who, where, when and why, from every cause, as arrays of one shape.

Everything about a call is drawn whether or not it comes to happen, so that what an intervention adds or takes
away leaves every other call as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from lippen.sandbox.chance import Floats, Ints, Mask, drawn_by, drawn_within
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.phrase_lines import SLOTS
from lippen.sandbox.streams.clock import DAY_S, epoch_day, season_of, seconds_of, to_utc
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
    `episode` (-1 for none), `event` (see below), `hand`, `nothing` (the chance that nothing is found), `dice`
    (row by 9 uniforms, for what follows) and `picks` (row by 5, for the text).

    `event` numbers what a call is about, among calls of like cause: an event of everyday life, which second
    calls about it and repeats of it bear too; an occasion; or a flat of amateur production. -1 for the rest.
    """

    kind: Ints
    area: Ints
    block: Ints
    at: Ints
    person: Ints
    cause: Ints
    episode: Ints
    event: Ints
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
    return _calls(world, _thrown(draw, len(kind)), kind, area, at, cause, block)


@dataclass(frozen=True)
class _Thrown:
    """Uniforms for calls, row by row, whether or not they come to happen: `place` (3: block, person, hand),
    `dice` and `picks`."""

    place: Floats
    dice: Floats
    picks: Floats

    def only(self, rows: Ints) -> _Thrown:
        return _Thrown(self.place[rows], self.dice[rows], self.picks[rows])


def _thrown(draw: np.random.Generator, many: int) -> _Thrown:
    return _Thrown(draw.random((many, 3)), draw.random((many, 9)), draw.random((many, len(SLOTS))))


def _calls(
    world: World, thrown: _Thrown, kind: Ints, area: Ints, at: Ints, cause: int, block: Ints | None = None
) -> Calls:
    n = len(kind)
    place, people = world.place, world.people
    if block is None:
        block = drawn_within(area, place.block_offsets, place.block_edges, thrown.place[:, 0])
    kinds = incident_kinds()
    night = np.where((at // 3600) % 24 < 6, number("incident.nothing_found_at_night"), 1.0)
    return Calls(
        kind=kind,
        area=area,
        block=block,
        at=at,
        person=drawn_within(area, people.offsets, people.proneness_edges, thrown.place[:, 1]),
        cause=np.full(n, cause),
        episode=np.full(n, -1),
        event=np.full(n, -1),
        hand=drawn_by(np.array(numbers("incident.hands")), thrown.place[:, 2]),
        nothing=np.minimum(kinds.nothing[kind] * night * world.nothing_found[area], 0.95),
        dice=thrown.dice,
        picks=thrown.picks,
    )


def everyday_calls(world: World) -> Calls:
    """What is called in of ordinary life and of harm, with what others saw too and what is repeated
    nearby.
    """
    kinds = incident_kinds()
    found = _candidates(world, kinds)
    draw = world.draw("incidents", "attributes")
    codes = len(kinds.names)
    of_all, clock = found.sort % codes, draw.random(len(found))
    thrown, dying = _thrown(draw, len(found)), draw.random(len(found))
    # All is drawn for every candidate, and no more is made of those that do not happen.
    here = np.flatnonzero(found.coin < _rates(world, kinds, found))
    kind, area, day, harmful = of_all[here], found.area[here], found.day[here], found.sort[here] >= codes
    second = seconds_of(kinds.hours, kind, clock[here])
    calls = _calls(world, thrown.only(here), kind, area, day * DAY_S + second, ORDINARY)
    calls.event[:] = here
    calls.cause[np.isin(kind, kinds.index(*_OWN_ACTIVITY))] = OWN
    calls.cause[np.isin(kind, kinds.index(*_SENSOR))] = SENSOR
    calls.cause[harmful] = HARM  # an alarm too, when harm set it off: it comes and goes as harm does
    calls.person[calls.cause == OWN] = -1
    dead = kind == kinds.index("SUDDEN DEATH")[0]
    calls.cause[dead & (dying[here] < _drug_deaths(world, area, day))] = DEATH
    return together(calls, _seen_by_more(world, calls, of_all), _near_repeats(world, calls, of_all))


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


def _drug_deaths(world: World, area: Ints, day: Ints) -> Floats:
    kinds = incident_kinds()
    of_all = number("incident.drug_death") / kinds.per_1000[kinds.index("SUDDEN DEATH")[0]]
    return np.asarray(of_all * world.activity[area, day])


def _seen_by_more(world: World, calls: Calls, kind_of: Ints) -> Calls:
    """Another call about the same event, from the same block, in somebody else's words; `kind_of` has the
    kinds of all candidates."""
    draw = world.draw("incidents", "seen by more")
    firsts = np.flatnonzero(np.isin(kind_of, incident_kinds().index(*_IN_THE_OPEN)))
    soonest, latest = numbers("incident.second_call_s")
    later = (soonest + draw.random(len(firsts)) * (latest - soonest)).astype(np.int64)
    thrown = _thrown(draw, len(firsts))
    again = draw.random(len(firsts)) < number("incident.seen_by_more")
    first, which = _that_happened(calls, kind_of, firsts, again)
    at = calls.at[first] + later[which]
    more = _calls(
        world, thrown.only(which), calls.kind[first], calls.area[first], at, SEEN, calls.block[first]
    )
    more.event[:] = calls.event[first]
    # On the night on which an hour is left out, what falls into it is put down before what came first.
    midnight = epoch_day(world.first_day) * DAY_S
    in_order = to_utc(midnight + at) > to_utc(midnight + calls.at[first])
    return more.only(in_order & (at < world.days * DAY_S))


def _near_repeats(world: World, calls: Calls, kind_of: Ints) -> Calls:
    draw = world.draw("incidents", "near repeats")
    firsts = np.flatnonzero(np.isin(kind_of, incident_kinds().index(*_REPEATING)))
    days = by_name("incident.near_repeat_days")
    after = ((days["least"] + draw.exponential(days["more"], len(firsts))) * DAY_S).astype(np.int64)
    step = draw.integers(-1, 2, len(firsts))
    thrown = _thrown(draw, len(firsts))
    again = (draw.random(len(firsts)) < number("incident.near_repeat")) & (after < days["most"] * DAY_S)
    first, which = _that_happened(calls, kind_of, firsts, again)
    area, offsets = calls.area[first], world.place.block_offsets
    near = np.clip(calls.block[first] + step[which], offsets[area], offsets[area + 1] - 1)
    at = calls.at[first] + after[which]
    more = _calls(world, thrown.only(which), calls.kind[first], area, at, REPEAT, near)
    more.event[:] = calls.event[first]
    return more.only(at < world.days * DAY_S)


def _that_happened(calls: Calls, kind_of: Ints, firsts: Ints, again: Mask) -> tuple[Ints, Ints]:
    """Of the candidates `firsts` those that happened and are followed by another: the row of each among the
    calls, and its place among `firsts`."""
    row_of = np.full(len(kind_of), -1)
    row_of[calls.event] = np.arange(len(calls))
    which = np.flatnonzero(again & (row_of[firsts] >= 0))
    return row_of[firsts[which]], which

"""Concerns: what workers and residents raised about a place or a person, and what was done after.

The invariant: who raised what, and all the dice of what followed, are drawn before anything decides whether
it happened. What the days to come would bring is not on file: steps after the last day are empty.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.sandbox.chance import Floats, Ints, Mask, drawn_by, drawn_from_row, drawn_within
from lippen.sandbox.naming import words
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.people import fit_margins
from lippen.sandbox.streams.clock import dates, season_of
from lippen.sandbox.streams.drawn import Drawn, coded, running_numbers
from lippen.sandbox.streams.frames import Rooms
from lippen.sandbox.streams.occasions import of_exploited, of_homes
from lippen.sandbox.streams.thinning import draw_candidates
from lippen.sandbox.world import World

CAUSES = ("ordinary", "home taken over", "exploited")
ORDINARY, HOME, EXPLOITED = range(len(CAUSES))
ABOUT = ("place", "adult", "child")
_PLACE, _ADULT, _CHILD = range(len(ABOUT))
_GROWN = 18
_DICE = 12
_MOST_ACTIVE = 4.0


@dataclass(frozen=True)
class Lexicon:
    """The kinds of concern: `names`, what each is `about` (index of ABOUT), who raises which (`joint`, kind
    by raiser, over ordinary concerns; `by`, as weights), the weights of kinds for homes and people used, the
    lines of their texts by kind (`what` and `then`), and the `results` with the weights of those that fit
    (kind by result, for `ordinary` concerns and for those of people or homes `used`)."""

    names: tuple[str, ...]
    about: Ints
    raisers: tuple[str, ...]
    joint: Floats
    by: Floats
    home: Floats
    exploited: Floats
    what: Rooms
    then: Rooms
    results: tuple[str, ...]
    ordinary: Floats
    used: Floats


@dataclass(frozen=True)
class Raised:
    """Concerns row by row: `kind`, `by` (raiser), `area`, `day`, `home`, `person` (-1 when it is about a
    place), `cause` (index of CAUSES) and `dice` (12 uniforms for what follows, by row)."""

    kind: Ints
    by: Ints
    area: Ints
    day: Ints
    home: Ints
    person: Ints
    cause: Ints
    dice: Floats

    def __len__(self) -> int:
        return len(self.kind)

    def only(self, which: Mask | Ints) -> Raised:
        return Raised(**{one.name: getattr(self, one.name)[which] for one in fields(self)})


@dataclass(frozen=True)
class Steps:
    """Days of what followed, -1 for what did not or has not yet; `joint` says who went, `result` indexes the
    lexicon's results."""

    referred: Ints
    visited: Ints
    joint: Mask
    closed: Ints
    word_back: Ints
    result: Ints


def draw(world: World, texts: bool) -> Drawn:
    """The concerns of one burgh in the order in which they were raised.

    Truth: `concerns` (concern_id, cause, home, person; persons and homes are numbers within the burgh, person
    is empty for a concern about a place). Without `texts` the summary is left out.
    """
    parts = (_ordinary(world), _of_homes(world), _of_exploited(world))
    raised = Raised(
        **{one.name: np.concatenate([getattr(p, one.name) for p in parts]) for one in fields(Raised)}
    )
    # Within a day the order is by lot, so that it tells nothing of the cause.
    raised = raised.only(np.argsort(raised.day + raised.dice[:, 0], kind="stable"))
    steps = _steps(world, raised)
    ids = running_numbers(world.burgh, len(raised))
    known, place = lexicon(), world.place
    columns = {
        "Concern Ref": pa.array(ids),
        "Raised": dates(world.first_day, raised.day),
        "Raised By": coded([one.capitalize() for one in known.raisers], raised.by),
        "About": coded([one.capitalize() for one in ABOUT], known.about[raised.kind]),
        "Concern Type": coded(known.names, raised.kind),
        "Data Zone": coded(place.codes, raised.area),
        "Ward": coded(place.larger_names, place.larger_of[raised.area]),
        "Passed On": dates(world.first_day, steps.referred, steps.referred >= 0),
        "First Visit": dates(world.first_day, steps.visited, steps.visited >= 0),
        "Visit Type": coded(("Single", "Joint"), np.where(steps.visited >= 0, steps.joint, -1)),
        "Closed": dates(world.first_day, steps.closed, steps.closed >= 0),
        "What Changed": coded(known.results, steps.result),
        "Told Back": dates(world.first_day, steps.word_back, steps.word_back >= 0),
    }
    if texts:
        columns["Summary"] = _summaries(known, raised)
    truth = pa.table(
        {
            "concern_id": pa.array(ids),
            "cause": coded(CAUSES, raised.cause),
            "home": pa.array(raised.home.astype(np.int32)),
            "person": pa.array(raised.person.astype(np.int32), mask=raised.person < 0),
        }
    )
    return Drawn("concern", pa.table(columns), {"concerns": truth})


@lru_cache
def lexicon() -> Lexicon:
    """The kinds of `words/concerns.toml`, laid out once a process."""
    raw = words("concerns.toml")
    kinds, raisers = raw["kind"], by_name("concern.raised_by")
    by = np.array([one["by"] for one in kinds], dtype=np.float64)
    share = np.array([one["share"] for one in kinds])
    joint = fit_margins(by, share / share.sum(), np.array(list(raisers.values())))
    results = raw["result"]
    fits = np.array([[not one["fits"] or kind["name"] in one["fits"] for one in results] for kind in kinds])
    return Lexicon(
        names=tuple(one["name"] for one in kinds),
        about=np.array([ABOUT.index(one["about"]) for one in kinds]),
        raisers=tuple(raisers),
        joint=joint,
        by=by,
        home=np.array([one["home"] for one in kinds]),
        exploited=np.array([one["exploited"] for one in kinds]),
        what=Rooms([one["what"] for one in kinds]),
        then=Rooms([one["then"] for one in kinds]),
        results=tuple(one["name"] for one in results),
        ordinary=fits * np.array([float(one["ordinary"]) for one in results]),
        used=fits * np.array([float(one["used"]) for one in results]),
    )


def _ordinary(world: World) -> Raised:
    """Concerns of ordinary vulnerability, thinned by the world; one sort a raiser."""
    known, place = lexicon(), world.place
    share = np.array(list(by_name("concern.raised_by").values()))
    model = by_name("concern.where")
    where = place.residents * (model["everywhere"] + model["with_deprivation"] * place.deprivation)
    yearly = number("concern.per_1000") * number("concern.ordinary") * place.residents.sum() / 1000
    schools = np.arange(len(share)) == known.raisers.index("schools")
    term, drive = number("trend.school_term"), number("trend.reporting_drive")
    with_activity = number("concern.with_activity")
    most = np.where(schools, term, 1.0) * drive * (1 + with_activity * (_MOST_ACTIVE - 1))
    found = draw_candidates(
        world.draw("concerns", "candidates"),
        yearly * share[:, None] * where / where.sum(),
        most,
        np.tile(season_of(world, np.array(numbers("concern.week")), 0.0), (len(share), 1)),
        world.days,
    )
    n = len(found)
    uniform = world.draw("concerns", "kinds").random((3, n))
    kind = drawn_from_row(known.joint.T, found.sort, uniform[0])
    person = _somebody(world, found.area, known.about[kind] == _CHILD, uniform[1])
    dice = world.draw("concerns", "dice").random((n, _DICE))
    rate = world.told * (1 + with_activity * (np.minimum(world.activity, _MOST_ACTIVE) - 1))
    in_term = 1 + (term - 1) * world.trend("school_term")
    height = rate[found.area, found.day] * np.where(schools[found.sort], in_term[found.area, found.day], 1.0)
    return Raised(
        kind=kind,
        by=found.sort,
        area=found.area,
        day=found.day,
        home=world.people.home[person],
        person=np.where(known.about[kind] == _PLACE, -1, person),
        cause=np.full(n, ORDINARY),
        dice=dice,
    ).only(found.where(height))


def _of_homes(world: World) -> Raised:
    """What a home taken over gives rise to: about the place, or about whoever lives there."""
    known, people, model = lexicon(), world.people, by_name("concern.home")
    noticed, still = of_homes(
        world, world.draw("concerns", "homes"), model["lag_days"], numbers("concern.week")
    )
    n = len(noticed)
    uniform = world.draw("concerns", "homes", "kinds").random((2, n))
    kind = drawn_by(known.home, uniform[0])
    area = people.home_area[noticed.subject]
    dice = world.draw("concerns", "homes", "dice").random((n, _DICE))
    return Raised(
        kind=kind,
        by=drawn_from_row(known.by, kind, uniform[1]),
        area=area,
        day=noticed.day,
        home=noticed.subject,
        person=np.where(known.about[kind] == _PLACE, -1, np.searchsorted(people.home, noticed.subject)),
        cause=np.full(n, HOME),
        dice=dice,
    ).only(still & (noticed.coin < model["chance"] * _telling(world)[area, noticed.day]))


def _of_exploited(world: World) -> Raised:
    """What a person who is used by a group gives rise to, about a child or an adult."""
    known, people, model = lexicon(), world.people, by_name("concern.exploited")
    noticed, still = of_exploited(
        world, world.draw("concerns", "exploited"), model["lag_days"], numbers("concern.week")
    )
    n = len(noticed)
    uniform = world.draw("concerns", "exploited", "kinds").random((2, n))
    weights = known.exploited * (known.about == np.array([[_ADULT], [_CHILD]]))
    kind = drawn_from_row(weights, (people.age[noticed.subject] < _GROWN).astype(np.int64), uniform[0])
    area = people.area[noticed.subject]
    dice = world.draw("concerns", "exploited", "dice").random((n, _DICE))
    return Raised(
        kind=kind,
        by=drawn_from_row(known.by, kind, uniform[1]),
        area=area,
        day=noticed.day,
        home=people.home[noticed.subject],
        person=noticed.subject,
        cause=np.full(n, EXPLOITED),
        dice=dice,
    ).only(still & (noticed.coin < model["chance"] * _telling(world)[area, noticed.day]))


def _telling(world: World) -> Floats:
    """How much is told of what is noticed, 1 on average, area by day."""
    return world.told * world.reporting / number("concern.reporting_reference")


def _somebody(world: World, area: Ints, child: Mask, uniform: Floats) -> Ints:
    """Somebody who lives in the area, the more vulnerable the likelier, a child where it is about one."""
    people, least = world.people, by_name("concern.where")["child"]
    under = people.age < _GROWN
    grown = drawn_within(area, people.offsets, np.cumsum(people.vulnerability * ~under), uniform)
    young = drawn_within(area, people.offsets, np.cumsum((least + people.vulnerability) * under), uniform)
    return np.where(child, young, grown)


def _steps(world: World, raised: Raised) -> Steps:
    """Passed on, visited, closed, told back: each from its own dice, and only as far as the last day."""
    d, visit, closing = raised.dice.T, by_name("concern.visit"), by_name("concern.closed")
    joint_visits = world.strength("joint_visits")
    used, waits = raised.cause != ORDINARY, by_name("concern.waits")
    chance = by_name("concern.referred")
    refers = d[1] < np.where(used, chance["used"], chance["ordinary"])
    referred = raised.day + _wait(waits["referral_days"], d[2])
    held = joint_visits[raised.area, np.minimum(referred, world.days - 1)]
    joint = visit["joint"] + number("concern.joint_visits.joint") * held
    visits = refers & (d[3] < np.maximum(visit["joint"] + visit["single"], joint))
    together = d[3] < joint
    sooner = number("concern.joint_visits.sooner") * held
    mean = np.where(together, visit["joint_days"] * (1 - sooner), visit["single_days"])
    visited = np.where(visits, referred + _wait(mean, d[4]), -1)
    last = np.where(visits, visited, np.where(refers, referred, raised.day))
    closes = d[5] < closing["share"]
    soonest = last + int(waits["closing_least_days"])
    closed = np.where(closes, soonest + _wait(closing["days"], d[6]), -1)
    more_hear = number("concern.joint_visits.word_back") * held
    hears = closes & (d[7] < number("concern.word_back") + more_hear)
    word_back = np.where(hears, closed + _wait(waits["word_back_days"], d[8]), -1)
    known = lexicon()
    weights, group = np.vstack([known.ordinary, known.used]), raised.kind + len(known.names) * used

    def so_far(day: Ints) -> Ints:
        return np.where(day < world.days, day, -1)

    closed = so_far(closed)
    return Steps(
        referred=so_far(np.where(refers, referred, -1)),
        visited=so_far(visited),
        joint=together,
        closed=closed,
        word_back=so_far(word_back),
        result=np.where(closed >= 0, drawn_from_row(weights, group, d[9]), -1),
    )


def _wait(mean: Floats | float, uniform: Floats) -> Ints:
    """Whole days of a wait of `mean` days (exponential)."""
    return np.asarray(np.floor(-mean * np.log1p(-uniform)).astype(np.int64))


def _summaries(known: Lexicon, raised: Raised) -> pa.StringArray:
    what, then = (
        room.frames.fill(room.any(raised.kind, raised.dice[:, at]))
        for room, at in ((known.what, 10), (known.then, 11))
    )
    return pc.binary_join_element_wise(what, then, "")

"""Reports: what residents told the desks of a burgh, what stood behind each, and what gave tellers away.

The invariant: what is told and how is drawn for all that might be told, and neither depends on whether it is
true, mistaken or malicious. How it is put goes with who tells it, and that is drawn apart.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
import pyarrow as pa

from lippen.sandbox.chance import Floats, Ints, Mask, drawn_by, drawn_from_row, drawn_within
from lippen.sandbox.naming import names_of
from lippen.sandbox.parameters import by_name, number, numbers
from lippen.sandbox.place import Burgh, burgh
from lippen.sandbox.streams.clock import dates, season_of
from lippen.sandbox.streams.drawn import Drawn, coded, running_numbers
from lippen.sandbox.streams.occasions import of_homes
from lippen.sandbox.streams.report_texts import (
    HANDS,
    PICKS,
    Told,
    report_texts,
    slip_classes,
    times,
    topics,
)
from lippen.sandbox.streams.thinning import draw_candidates
from lippen.sandbox.world import World

CAUSES = ("harm", "mistaken", "malicious", "home taken over")
HARM, MISTAKEN, MALICIOUS, HOME = range(len(CAUSES))
UNTOLD = "Not written out"
"""What stands for the text when texts are left out."""

_TEXT = HANDS.index("text")
_DESKS = ("tenants", "youth work", "recovery", "advice", "workers")
_ADULT = 16
_MOST = 6.0
_UNIFORMS = 14


@dataclass(frozen=True)
class Tellings:
    """Reports row by row: `cause` (index of CAUSES), `topic`, `area`, `block`, `home` (-1 unless one is
    meant), `day`, `dice` and `picks` (for the text)."""

    cause: Ints
    topic: Ints
    area: Ints
    block: Ints
    home: Ints
    day: Ints
    dice: Floats
    picks: Floats

    def __len__(self) -> int:
        return len(self.cause)

    def only(self, which: Mask | Ints) -> Tellings:
        return Tellings(**{one.name: getattr(self, one.name)[which] for one in fields(self)})


def draw(world: World, texts: bool) -> Drawn:
    """The reports of one burgh in the order in which they were told.

    Truth: `reports` (report_id, cause, area, home, teller, action: whether anything was done) and, with
    texts, `slips` (report_id, slip, words: what could tell who is speaking or whom they mean, word for word).
    Without `texts` one phrase stands for every text and the words for when it happened are left out.
    """
    parts = (_of_areas(world), _of_homes(world))
    told = Tellings(
        **{one.name: np.concatenate([getattr(p, one.name) for p in parts]) for one in fields(Tellings)}
    )
    told = told.only(np.argsort(told.day + told.dice[:, 0], kind="stable"))
    place, ids, n = world.place, running_numbers(world.burgh, len(told)), len(told)
    when, going = times()
    time = (told.dice[:, 1] * len(when)).astype(np.int64)
    known = [one["label"] for one in topics()]
    elsewhere = (told.dice[:, 3] * len(known)).astype(np.int64)
    filed = np.where(told.dice[:, 2] < number("report.misfiled"), elsewhere, told.topic)
    desks, _ = _desks(world.burgh)
    columns = {
        "Sheet No": pa.array(ids),
        "Told On": dates(world.first_day, told.day),
        "Desk": coded(desks, _desk(world, told)),
        "Topic": coded(known, filed),
        "Ward": coded(place.larger_names, place.larger_of[told.area]),
        "Still Going On": coded(("no", "yes"), _still_going_on(time < going, told.dice[:, 4])),
    }
    truth = {"reports": _truth(world, told, ids)}
    if texts:
        heard = np.where(told.dice[:, 5] < by_name("report.desk")["when_noted"], time, -1)
        columns["When It Happened"] = coded([one.capitalize() for one in when], heard)
        columns["What Was Told"], truth["slips"] = _texts(world, told, time, ids)
    else:
        columns["What Was Told"] = coded([UNTOLD], np.zeros(n, dtype=np.int64))
    return Drawn("report", pa.table(columns), truth)


def _of_areas(world: World) -> Tellings:
    """What is told of an area: harm as it happens there; what is mistaken or malicious whatever happens."""
    place, share = world.place, by_name("report.causes")
    assert tuple(share) == CAUSES[:HOME]  # noqa: S101 - the file is ours
    yearly = number("report.per_1000") * place.residents / 1000
    found = draw_candidates(
        world.draw("reports", "candidates"),
        np.array(list(share.values()))[:, None] * yearly,
        np.full(HOME, _MOST),
        np.tile(season_of(world, np.array(numbers("report.week")), 0.0), (HOME, 1)),
        world.days,
    )
    n = len(found)
    uniform = world.draw("reports", "topics").random((2, n))
    told = Tellings(
        cause=found.sort,
        topic=drawn_by(np.array([one["share"] for one in topics()]), uniform[0]),
        area=found.area,
        block=drawn_within(found.area, place.block_offsets, place.block_edges, uniform[1]),
        home=np.full(n, -1),
        day=found.day,
        dice=world.draw("reports", "dice").random((n, _UNIFORMS)),
        picks=world.draw("reports", "picks").random((n, PICKS)),
    )
    usual = by_name("report.reference")
    harm = world.told * world.activity * world.reporting / usual["with_activity"]
    other = world.told * world.reporting / usual["reporting"]
    rate = np.where(found.sort == HARM, harm[found.area, found.day], other[found.area, found.day])
    return told.only(found.where(rate))


def _of_homes(world: World) -> Tellings:
    """What neighbours tell of a home taken over."""
    people, model = world.people, by_name("report.home")
    noticed, still = of_homes(
        world, world.draw("reports", "homes"), model["lag_days"], numbers("report.week")
    )
    n, home = len(noticed), noticed.subject
    said = by_name("report.home_topics")
    about = np.array([said.get(one["name"], 0.0) for one in topics()])
    telling = world.told * world.reporting / by_name("report.reference")["reporting"]
    area = people.home_area[home]
    return Tellings(
        cause=np.full(n, HOME),
        topic=drawn_by(about, world.draw("reports", "homes", "topics").random(n)),
        area=area,
        block=people.home_block[home],
        home=home,
        day=noticed.day,
        dice=world.draw("reports", "homes", "dice").random((n, _UNIFORMS)),
        picks=world.draw("reports", "homes", "picks").random((n, PICKS)),
    ).only(still & (noticed.coin < model["chance"] * telling[area, noticed.day]))


@lru_cache(maxsize=4)
def _desks(which: int) -> tuple[tuple[str, ...], Floats]:
    """The desks of a burgh, and how much each is told from each larger area: more from its own."""
    place = burgh(which)
    found = [one for one in names_of(which).services if one.kind in _DESKS]
    mine = [int(place.larger_of[np.flatnonzero(place.name_order == one.area)[0]]) for one in found]
    near = np.arange(len(place.larger_names))[:, None] == np.array(mine)
    return tuple(f"{one.name} desk" for one in found), np.where(near, by_name("report.desk")["nearer"], 1.0)


def _desk(world: World, told: Tellings) -> Ints:
    _, weights = _desks(world.burgh)
    return drawn_from_row(weights, world.place.larger_of[told.area], told.dice[:, 6])


def _still_going_on(going: Mask, uniform: Floats) -> Ints:
    """1 and 0 for yes and no, -1 where nobody asked."""
    desk = by_name("report.desk")
    yes = uniform < desk["asked"] * np.where(going, desk["going"], desk["past"])
    return np.where(uniform > desk["asked"], -1, yes.astype(np.int64))


def _truth(world: World, told: Tellings, ids: Ints) -> pa.Table:
    chance = by_name("report.action")
    action = told.dice[:, 7] < np.array([chance[cause] for cause in CAUSES])[told.cause]
    return pa.table(
        {
            "report_id": pa.array(ids),
            "cause": coded(CAUSES, told.cause),
            "area": coded(world.place.codes, told.area),
            "home": pa.array(told.home.astype(np.int32), mask=told.home < 0),
            "teller": pa.array(_teller(world, told).astype(np.int32)),
            "action": pa.array(action),
        }
    )


def _teller(world: World, told: Tellings) -> Ints:
    """Who tells: any adult of the area."""
    people = world.people
    adults = np.cumsum((people.age >= _ADULT).astype(np.float64))
    return drawn_within(told.area, people.offsets, adults, told.dice[:, 8])


def _hand(world: World, told: Tellings) -> Ints:
    """The hand in which each is told: who uses telephones more than others texts the more often."""
    people, shares = world.people, np.array(list(by_name("report.hands").values()))
    usual = people.digital[people.age >= _ADULT].mean()
    texting = shares[_TEXT] * people.digital[_teller(world, told)] / usual
    each = np.outer((1 - texting) / (1 - shares[_TEXT]), shares)
    each[:, _TEXT] = texting
    which = (told.dice[:, 11, None] >= np.cumsum(each, axis=1)).sum(axis=1)
    return np.asarray(np.minimum(which, len(shares) - 1))


def _texts(world: World, told: Tellings, time: Ints, ids: Ints) -> tuple[pa.StringArray, pa.Table]:
    place, people = world.place, world.people
    classes = slip_classes()
    slip = drawn_by(np.array(list(classes.values())), told.dice[:, 10])
    slip = np.where(told.dice[:, 9] < number("report.slip"), slip, -1)
    landmarks, first, count = _landmarks(place)
    landmark = first[told.area] + (told.dice[:, 12] * count[told.area]).astype(np.int64)
    door = np.where(told.home >= 0, people.door[told.home], 1 + (told.dice[:, 13] * 60).astype(np.int64))
    texts, words = report_texts(
        Told(
            topic=told.topic,
            hand=_hand(world, told),
            time=time,
            slip=slip,
            picks=told.picks,
            landmark=landmarks.take(pa.array(landmark)),
            larger=pa.array(place.larger_names, pa.string()).take(pa.array(place.larger_of[told.area])),
            street=pa.array(place.block_street, pa.string()).take(pa.array(told.block)),
            door=pa.array(door).cast(pa.string()),
        )
    )
    slipped = np.flatnonzero(slip >= 0)
    return texts, pa.table(
        {
            "report_id": pa.array(ids[slipped]),
            "slip": coded(list(classes), slip[slipped]),
            "words": words.take(pa.array(slipped)),
        }
    )


def _landmarks(place: Burgh) -> tuple[pa.StringArray, Ints, Ints]:
    """The landmarks of all areas on end, in the order of their codes."""
    known = [names_of(place.number).landmarks[one] for one in place.name_order]
    count = np.array([len(one) for one in known])
    return pa.array([name for one in known for name in one], pa.string()), np.cumsum(count) - count, count

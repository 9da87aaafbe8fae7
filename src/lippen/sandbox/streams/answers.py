"""A survey of adults: a sample of a stated design, who answered, and what they said of what is true of them.

The invariant: an answer that is given is true of whoever gives it on the day of the interview. What the
survey gets wrong it gets wrong by whom it draws and by who takes part.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa

from lippen.sandbox.chance import Floats, Ints, Mask, drawn_by
from lippen.sandbox.parameters import by_name, number
from lippen.sandbox.people import AGE_BANDS, TENURES
from lippen.sandbox.streams.clock import dates
from lippen.sandbox.streams.drawn import Drawn, coded, running_numbers
from lippen.sandbox.streams.survey_design import (
    ADULT,
    Sample,
    cluster_names,
    fieldwork,
    sampled,
    wave_names,
)
from lippen.sandbox.world import World

WOULD_REPORT = ("Yes", "No", "Undecided")
_TENANCIES = {"owned": "Owner occupied", "social": "Social rented", "private": "Private rented"}
_YES_NO = ("no", "yes")
_NODES = 60
_GRID = 1000


def draw(world: World, texts: bool) -> Drawn:  # noqa: ARG001 - the front of every stream
    """The survey of one burgh: every adult drawn, with empty answers for those who did not take part.

    Truth: `answers` (answer_id, person, affected, good_police, worried, propensity: what is true whether or
    not the person took part) and `survey` (wave, burgh, larger_area, day, adults, affected, trust, worried:
    true shares of all adults on the middle day of the wave). The columns are the same without `texts`.
    """
    sample = sampled(world)
    numbers = running_numbers(world.burgh, len(sample))
    people, person = world.people, sample.person
    propensity = _propensity(world, sample)
    coin = world.draw("answers", "response").random(len(sample))
    responded = coin < propensity
    affected = affected_on(world, person, sample.day)
    truth = pa.table(
        {
            "answer_id": pa.array(numbers),
            "person": pa.array(person.astype(np.int32)),
            "affected": pa.array(affected),
            "good_police": pa.array(_trust_margin(world, person, sample.day) > 0),
            "worried": pa.array(_fear_margin(world, person, sample.day) > 0),
            "propensity": pa.array(np.round(propensity, 4).astype(np.float32)),
        }
    )
    place = world.place
    blocks, cluster = np.unique(sample.block, return_inverse=True)
    rows = {
        "Serial": pa.array(numbers),
        "Wave": coded(wave_names(world), sample.wave),
        "Interview Date": dates(world.first_day, sample.day),
        "Stratum": coded(place.larger_codes, place.larger_of[people.area[person]]),
        "PSU": coded(cluster_names(world.burgh, blocks), cluster),
        "Design Weight": pa.array(np.round(sample.weight, 4)),
        "Took Part": coded(_YES_NO, responded.astype(np.int64)),
        "Ward": coded(place.larger_names, place.larger_of[people.area[person]]),
        "Age Group": coded(AGE_BANDS, people.age_band()[person]),
        "Tenure": coded(
            [_TENANCIES[one] for one in TENURES], people.tenure[people.home[person]].astype(np.int64)
        ),
        **_said(world, sample, responded, affected),
    }
    return Drawn("answer", pa.table(rows), {"answers": truth, "survey": _survey(world)})


def affected_on(world: World, person: Ints, day: Ints | int) -> Mask:
    """Whether each person has been affected in the three years up to the day, their own or one for all.

    Things happen to some far more often than to others, so the hazard at which an area's share comes out
    right is solved for over the spread of `proneness`.
    """
    people = world.people
    area = people.area[person]
    one_day = isinstance(day, int)
    hazard = _hazard(world.affected[:, day])[area] if one_day else _hazard(world.affected[area, day])
    return np.asarray(people.affected_at[person] < hazard * people.proneness[person])


def _hazard(share: Floats) -> Floats:
    """The hazard at which `share` of people have been affected."""
    hazard, reached = _reached()
    return np.interp(share, reached, hazard)


@lru_cache
def _reached() -> tuple[Floats, Floats]:
    """Hazards, and the share whom each has reached when proneness is log-normal with mean 1."""
    spread = number("people.proneness_spread")
    node, weight = np.polynomial.hermite_e.hermegauss(_NODES)
    proneness = np.exp(spread * node - spread**2 / 2)
    hazard = np.concatenate([[0.0], np.geomspace(1e-6, 1e3, _GRID)])
    return hazard, 1 - np.exp(-hazard[:, None] * proneness) @ (weight / weight.sum())


def _trust_margin(world: World, person: Ints, day: Ints | int) -> Floats:
    """Above 0 for those who would say that the local police do a good job; from -1 to 1."""
    people = world.people
    return np.asarray(people.trust[person] - 1 + world.trust[people.area[person], day])


def _fear_margin(world: World, person: Ints, day: Ints | int) -> Floats:
    """Above 0 for those who are worried about payback; from -1 to 1."""
    people = world.people
    return np.asarray(people.fear[person] - 1 + world.fear[people.area[person], day])


def _propensity(world: World, sample: Sample) -> Floats:
    response, band = by_name("answer.response"), world.people.age_band()[sample.person]
    return np.asarray(
        np.clip(
            response["level"]
            + response["trust"] * _trust_margin(world, sample.person, sample.day)
            - response["fear"] * _fear_margin(world, sample.person, sample.day)
            + response["young"] * (band == AGE_BANDS.index("16-34"))
            + response["old"] * (band == AGE_BANDS.index("60 and over")),
            0.05,
            0.95,
        )
    )


def _said(world: World, sample: Sample, responded: Mask, affected: Mask) -> dict[str, pa.Array]:
    """The answers; every one is drawn for all and then shown for those who took part."""
    people, person, n = world.people, sample.person, len(sample)
    area = people.area[person]
    uniform = world.draw("answers", "answers").random((8, n))
    trust = _trust_margin(world, person, sample.day)
    fairness = _fairness(world, trust)
    by = by_name("answer.affected_by")
    what = drawn_by(np.array(list(by.values())), uniform[0])
    told = affected & (uniform[1] < world.reporting[area, sample.day])
    knows = uniform[2] < number("answer.knows")
    unsaid = uniform[3] < by_name("answer.police_job")["unsaid"]
    nobody_asks = uniform[4] < by_name("answer.fairness")["nobody_asks"]
    return {
        "Q1 Affected": coded(_YES_NO, np.where(responded, affected, -1)),
        "Q2 Affected By": coded([one.capitalize() for one in by], np.where(responded & affected, what, -1)),
        "Q3 Would Report": coded(
            WOULD_REPORT, np.where(responded, _would_report(world, sample, uniform[5]), -1)
        ),
        "Q4 Police Job": _scale(_police_job(world, sample), responded & ~unsaid),
        "Q5a Respect": _scale(fairness[0], responded),
        "Q5b Fair": _scale(fairness[1], responded),
        "Q5c Explain": _scale(fairness[2], responded & ~nobody_asks),
        "Q6 Payback": _scale(_payback(world, sample), responded),
        "Q7 Knows Outcome": coded(_YES_NO, np.where(responded & told, knows, -1)),
        "Q8 Serious Here": _scale(_serious(world, sample, affected, uniform[6], uniform[7]), responded),
    }


def _scale(value: Ints, known: Mask) -> pa.Array:
    return pa.array(value.astype(np.int32), mask=~known)


def _would_report(world: World, sample: Sample, uniform: Floats) -> Ints:
    """The index in WOULD_REPORT: fewer say yes where little is told and where a person is afraid."""
    shares, people = by_name("answer.would_report"), world.people
    area = people.area[sample.person]
    usual = number("concern.reporting_reference")
    yes = shares["yes"] + shares["with_reporting"] * (world.reporting[area, sample.day] - usual)
    yes = np.clip(yes - shares["with_fear"] * (people.fear[sample.person] - 0.5), 0.02, 0.98)
    no = yes + (1 - yes) * shares["no"] / (shares["no"] + shares["undecided"])
    return (uniform >= yes).astype(np.int64) + (uniform >= no)


def _police_job(world: World, sample: Sample) -> Ints:
    """1 very good to 5 very bad; 1 or 2 for those whose trust lies above the mark, so that their share is the
    area's."""
    shares, people = by_name("answer.police_job"), world.people
    trust = world.trust[people.area[sample.person], sample.day]
    own = people.trust[sample.person]
    above, below = (own - (1 - trust)) / trust, own / (1 - trust)
    very_poor = 1 - shares["fair"] - shares["poor"]
    worse = np.where(below < very_poor, 5, np.where(below < very_poor + shares["poor"], 4, 3))
    return np.where(own > 1 - trust, np.where(above > 1 - shares["excellent"], 1, 2), worse)


def _fairness(world: World, trust: Floats) -> Ints:
    """Respect, fairness and explaining, each 1 to 4: what one thinks of the police, three times over."""
    marks = by_name("answer.fairness")
    noise = world.draw("answers", "fairness").standard_normal((3, len(trust)))
    leaning = trust + marks["spread"] * noise + np.array([[0.0], [0.0], [marks["explain"]]])
    return 1 + np.asarray(np.searchsorted([marks["often"], marks["more"], marks["most"]], leaning))


def _payback(world: World, sample: Sample) -> Ints:
    """1 not worried at all to 5 very worried; 4 or 5 for the area's share of people who are worried."""
    people = world.people
    fear = world.fear[people.area[sample.person], sample.day]
    own = people.fear[sample.person]
    above, below = (own - (1 - fear)) / np.maximum(fear, 1e-9), own / (1 - fear)
    calm = 1 + np.minimum((below * 3).astype(np.int64), 2)
    return np.where(own > 1 - fear, np.where(above > 2 / 3, 5, 4), calm)


def _serious(world: World, sample: Sample, affected: Mask, uniform: Floats, how: Floats) -> Ints:
    """1 not serious at all to 4 very serious."""
    chance, people = by_name("answer.serious"), world.people
    activity = world.activity[people.area[sample.person], sample.day]
    serious = uniform < np.clip(chance["level"] * activity + chance["affected"] * affected, 0.0, 0.95)
    return np.where(serious, np.where(how < 1 / 3, 4, 3), np.where(how < 1 / 2, 2, 1))


def _survey(world: World) -> pa.Table:
    """True shares of all adults by wave and larger area, on the middle day of the wave."""
    place, people = world.place, world.people
    person = np.flatnonzero(people.age >= ADULT)
    larger = place.larger_of[people.area[person]]
    strata = len(place.larger_names)
    start, lasts = fieldwork(world)
    middle = start + lasts // 2
    adults = np.bincount(larger, minlength=strata)

    def share(said: list[Mask]) -> pa.Array:
        by_wave = [np.bincount(larger[one], minlength=strata) / adults for one in said]
        return pa.array(np.concatenate(by_wave))

    days = middle.tolist()
    wave = np.repeat(np.arange(len(middle)), strata)
    every = np.tile(np.arange(strata), len(middle))
    return pa.table(
        {
            "wave": coded(wave_names(world), wave),
            "burgh": coded([place.name], np.zeros_like(wave)),
            "larger_area": coded(place.larger_names, every),
            "day": dates(world.first_day, middle[wave]),
            "adults": pa.array(adults[every].astype(np.int32)),
            "affected": share([affected_on(world, person, day) for day in days]),
            "trust": share([_trust_margin(world, person, day) > 0 for day in days]),
            "worried": share([_fear_margin(world, person, day) > 0 for day in days]),
        }
    )

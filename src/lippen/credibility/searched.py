"""What the search runs on: the later incidents that have a place, beside what is normal for them.

Invariant: kinds are numbered in the order of their names and rows come in order of time and id, so the order
of rows and of files changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lippen.credibility.background import Background, learn_background
from lippen.credibility.chance import Chance, measure_chance
from lippen.credibility.expected import Rates
from lippen.credibility.features import HOUR_S, floats, ints
from lippen.credibility.links import Copies, copied, lone_evidence
from lippen.credibility.settings import AssessmentError, Settings
from lippen.credibility.stream import Stream, covered_days, make_stream
from lippen.engine import Engine
from lippen.wording import counted

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

KM_PER_DEGREE = 111.2
LEAST_BEFORE = 100
"""Incidents with a place that the background must at least be learned from."""

LEAST_LATER = 3
LEAST_DAYS = 7
"""On fewer days a shuffled incident has nowhere to go, and everything looks like chance."""


@dataclass(frozen=True)
class Searched:
    """The later stream, what is normal for it, and what ties incidents together beside time and place.

    `company` counts, for each row of the feature table, other calls that seem to speak of the same event;
    `usual_company` is the share of its kind that has any. `start_s` is the local midnight before the first
    of the stream (seconds of naive UTC), from which days are counted.
    """

    stream: Stream
    background: Background
    copies: Copies
    company: Ints
    usual_company: Floats
    start_s: int

    def days(self) -> int:
        """Days that hold incidents."""
        return len(covered_days(self.stream, self.start_s))

    def too_few_days(self) -> str | None:
        """Why chance cannot be measured over so few days; None where there are enough."""
        days = self.days()
        if days >= LEAST_DAYS:
            return None
        holds = counted(days, "of the days assessed holds", "of the days assessed hold")
        return f"only {holds} incidents: too few to tell a group from chance"


def searched_stream(
    features: pa.Table, rates: Rates, engine: Engine, incidents: ibis.Table
) -> Searched | None:
    """Lay out the later incidents that have a place; None when there are too few to search.

    `features` and `rates` are those of `incidents`, whose texts are fetched here and compared.
    """
    located = np.asarray(pc.and_(features["lat"].is_valid(), features["lon"].is_valid()), dtype=np.bool_)
    before, later = rates.learning & located, rates.later & located
    if before.sum() < LEAST_BEFORE or later.sum() < LEAST_LATER:
        return None
    x, y = _flat_map(features, before)
    kind, kinds = _kinds(features)
    hour = ints(features, "weekday") * 24 + ints(features, "local_hour")
    day = ints(features, "day_n")
    weeks = float(np.ptp(day[rates.learning]) + 1) / 7
    background = learn_background(
        x[before], y[before], kind[before], hour[before], rates.rate[before], kinds, weeks
    )
    at = ints(features, "at_s")
    company = ints(features, "place_calls") + ints(features, "area_kind_calls")
    evidence = lone_evidence(kind, company, rates.learning)
    unfounded = ints(features, "unfounded") == 1
    rows, compared = np.flatnonzero(later), np.flatnonzero(later & unfounded)
    ids = features["incident_id"].take(pa.array(compared)).combine_chunks()
    texts = collect_texts(features, compared, engine, incidents)
    copies = copied(ids, day[compared], texts, x[compared], y[compared], engine)
    group = np.full(len(day), -1, dtype=np.int64)
    group[compared] = copies.group
    stream = make_stream(
        at[rows], x[rows], y[rows], kind[rows], hour[rows], unfounded[rows], group[rows], evidence[rows], rows
    )
    has_company = np.bincount(kind, weights=company > 0, minlength=kinds) / np.bincount(kind, minlength=kinds)
    return Searched(
        stream=stream,
        background=background,
        copies=copies,
        company=company,
        usual_company=has_company[kind],
        start_s=_midnight(at[rows], ints(features, "local_hour")[rows]),
    )


def _midnight(at_s: Ints, local_hour: Ints) -> int:
    """The local midnight before the first of these incidents (seconds of naive UTC)."""
    first = int(np.argmin(at_s))
    return int(at_s[first]) - int(local_hour[first]) * HOUR_S - int(at_s[first]) % HOUR_S


def _flat_map(features: pa.Table, before: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Positions in km around the middle of what is learned from; a town is small enough to be flat."""
    lat, lon = floats(features, "lat"), floats(features, "lon")
    middle_lat, middle_lon = float(np.mean(lat[before])), float(np.mean(lon[before]))
    x = (lon - middle_lon) * KM_PER_DEGREE * float(np.cos(np.radians(middle_lat)))
    return x, (lat - middle_lat) * KM_PER_DEGREE


def _kinds(features: pa.Table) -> tuple[Ints, int]:
    """A number for the kind of each row, in the order of the names, and how many kinds there are."""
    encoded = features["kind"].combine_chunks().dictionary_encode()
    names = np.array(encoded.dictionary.to_pylist(), dtype=object)
    rank = np.argsort(np.argsort(names))
    return rank[encoded.indices.to_numpy(zero_copy_only=False)].astype(np.int64), len(names)


def chance_of(
    searched: Searched, settings: Settings, advance: Callable[[int], None] = lambda _: None
) -> Chance:
    """Measure chance for `searched`, with the budget, replicates and seed of `settings`.

    Raises AssessmentError when there are too few days to tell chance from more, or the budget is finer than
    so many shuffled days can tell.
    """
    too_few = searched.too_few_days()
    if too_few is not None:
        raise AssessmentError(too_few, remedy=f"Assess {LEAST_DAYS} days or more: choose an earlier --since.")
    days = searched.days()
    finest = 30 / (settings.replicates * days)
    if settings.budget < finest:
        raise AssessmentError(
            f"a budget of {counted(settings.budget, 'false episode')} in 30 days is finer than "
            f"{counted(days, 'day')} can tell",
            remedy=f"Give --budget {finest:.3f} or more, or assess more days.",
        )
    return measure_chance(
        searched.stream,
        searched.background,
        searched.copies.evidence,
        searched.start_s,
        settings.budget,
        settings.replicates,
        settings.seed,
        advance,
    )


def collect_texts(features: pa.Table, rows: Ints, engine: Engine, incidents: ibis.Table) -> pa.Array:
    """The texts of some rows of the feature table, in the order of `rows`; null where there is none."""
    wanted = pa.table(
        {"incident_id": features["incident_id"].take(pa.array(rows)), "n": np.arange(len(rows))}
    )
    texts = engine.table(wanted).left_join(incidents.select("incident_id", "text"), "incident_id")
    return engine.collect(texts.select("n", "text"), order_by="n")["text"].combine_chunks()

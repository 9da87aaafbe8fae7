"""From the incident table to everything a briefing says of it.

The engine makes the feature table and the counts; models, search and Monte Carlo run here on that bounded
extract. No column of any result holds a single incident's expected rate: it is used to reckon what a place
and an hour should bring, and goes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lippen.credibility.background import Background, learn_background
from lippen.credibility.chance import Chance, measure_chance
from lippen.credibility.diversion import collect_responses, diversion_table, diversions
from lippen.credibility.drift import months_table, why_suspended
from lippen.credibility.episodes import courses, episode_tables, told
from lippen.credibility.expected import Rates, learn_rates
from lippen.credibility.fairness import area_groups, fairness_table
from lippen.credibility.features import collect_features
from lippen.credibility.links import Copies, copied, lone_evidence
from lippen.credibility.measured import brier, calibration, calibration_error, ranking
from lippen.credibility.population import left_out
from lippen.credibility.scan import find_clusters
from lippen.credibility.settings import STANDING_LINE, AssessmentError, Settings
from lippen.credibility.stream import DAY_S, Stream, make_stream
from lippen.credibility.volumes import volume_tables
from lippen.engine import Engine
from lippen.progress import Stages

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

KM_PER_DEGREE = 111.2


@dataclass(frozen=True)
class Assessment:
    """`facts` are the key `credibility` of `brief.json`, `tables` the result tables of `lippen.brief`."""

    facts: dict[str, Any]
    tables: dict[str, pa.Table]


@dataclass(frozen=True)
class Searched:
    """What the search runs on: the later stream, what is normal for it, and what ties incidents together.

    `company` and `usual_company` have one value a row of the feature table. `start_s` and `end_s` bound the
    whole days that the stream lies in (seconds of naive UTC).
    """

    stream: Stream
    background: Background
    copies: Copies
    company: Ints
    usual_company: Floats
    start_s: int
    end_s: int


def assess(
    incidents: ibis.Table, engine: Engine, settings: Settings, stages: Stages, zone: str = "UTC"
) -> Assessment:
    """Say what is normal, which incidents belong together, what they drew away, and how often that is wrong.

    `incidents` has the columns of the kind `incident`; `settings.since` must be set; `zone` is the source's,
    for the wall clock of the cards. Raises AssessmentError when `settings.since` is not set. Where there is
    too little to learn from, the facts say so and no episode is looked for.
    """
    if settings.since is None:
        raise AssessmentError("no first day to assess was given", remedy="Set Settings(since=...).")
    with stages.stage("count what is left out"):
        excluded = left_out(incidents, engine)
    features: pa.Table | None = None
    rates: Rates | None = None
    why_not: str | None = None
    with stages.stage("look around each call") as stage:
        features = collect_features(incidents, engine, settings.since)
        stage.advance(features.num_rows)
    with stages.stage("learn what is normal") as stage:
        try:
            rates = learn_rates(features, day_number(settings.since), settings.seed)
            stage.advance(int(rates.learning.sum()))
        except AssessmentError as error:
            why_not = _sentence(error)
    facts: dict[str, Any] = {
        "model": None,
        "why_no_model": why_not,
        "excluded": excluded,
        "episodes": {
            "found": None,
            "expected_false_per_30_days": None,
            "budget": settings.budget,
            "days": None,
            "standing_line": STANDING_LINE,
            "why_none": why_not,
        },
        "fairness": [],
        "diversion": None,
        "suspended": None,
        "planted": None,
    }
    tables: dict[str, pa.Table] = {}
    if rates is not None:
        facts["model"], measured = _model(features, rates)
        tables |= measured
        found = _ints(features, "unfounded")[rates.later]
        months = tables["calibration_month"].to_pylist()
        facts["suspended"] = why_suspended(
            months, found, rates.rate[rates.later], rates.ladder["kind"][rates.later]
        )
        if facts["suspended"] is None:
            found_tables = _search(
                incidents, engine, features, rates, settings, stages, ZoneInfo(zone), facts
            )
            tables |= found_tables
        else:
            facts["episodes"]["why_none"] = facts["suspended"]
    with stages.stage("count volumes"):
        tables |= volume_tables(incidents, engine, settings.since, _expected_by_area(features, rates))
    return Assessment(facts, tables)


def _search(
    incidents: ibis.Table,
    engine: Engine,
    features: pa.Table,
    rates: Rates,
    settings: Settings,
    stages: Stages,
    zone: ZoneInfo,
    facts: dict[str, Any],
) -> dict[str, pa.Table]:
    """Look for episodes; fills `facts` and returns their tables."""
    with stages.stage("link incidents") as stage:
        searched = searched_stream(features, rates, engine, incidents)
        if searched is None:
            facts["episodes"]["why_none"] = (
                "Too few incidents with an outcome have a place, and without places nothing is near anything."
            )
            return {}
        stage.advance(len(searched.stream))
    facts["excluded"]["no_place"] = int((~_located(features)).sum())
    with stages.stage("measure chance", settings.replicates) as stage:
        chance = chance_of(searched, settings, stage.advance)
    with stages.stage("look for episodes"):
        clusters = find_clusters(searched.stream, searched.background, searched.copies.evidence)
        episodes = told(searched.stream, clusters, chance, features)
        course = courses(
            episodes, searched.stream, searched.background, features, searched.company, searched.usual_company
        )
    with stages.stage("look elsewhere"):
        responses = collect_responses(incidents, engine)
        drawn = diversions(responses, [one.ids for one in episodes])
    facts["episodes"] |= {
        "found": len(episodes),
        "expected_false_per_30_days": chance.false_per_30_days(),
        "days": round(chance.days),
        "why_none": None,
    }
    why = "The export has no unit times." if responses is None else None
    if responses is not None and len(responses.names) < 2:
        why = "The export names no larger areas to compare."
    facts["diversion"] = {"can_tell": why is None, "why": why}
    fairness = fairness_table(
        area_groups(features["larger_area"], features["area"]), searched.stream.row, chance
    )
    facts["fairness"] = fairness.to_pylist()
    return {
        **episode_tables(episodes, course, drawn, features, searched.stream, zone),
        "diversion": diversion_table([one.episode_id for one in episodes], drawn),
        "fairness": fairness,
    }


def searched_stream(
    features: pa.Table, rates: Rates, engine: Engine, incidents: ibis.Table
) -> Searched | None:
    """Lay out the later incidents that have a place for the search; None when there are too few to search."""
    located = _located(features)
    before, later = rates.learning & located, rates.later & located
    if before.sum() < 100 or later.sum() < 3:
        return None
    lat, lon = _floats(features, "lat"), _floats(features, "lon")
    # A flat map around the middle of the place; a town is small enough for that.
    x = (lon - float(np.mean(lon[before]))) * KM_PER_DEGREE * float(np.cos(np.radians(np.mean(lat[before]))))
    y = (lat - float(np.mean(lat[before]))) * KM_PER_DEGREE
    encoded = features["kind"].combine_chunks().dictionary_encode()
    names = encoded.dictionary.to_pylist()
    # Codes in the order of names, so that the order of rows in the files changes nothing.
    code = np.argsort(np.argsort(np.array(names, dtype=object)))
    kind = code[encoded.indices.to_numpy(zero_copy_only=False)].astype(np.int64)
    hour = _ints(features, "weekday") * 24 + _ints(features, "local_hour")
    day = _ints(features, "day_n")
    weeks = float(day[rates.learning].max() - day[rates.learning].min() + 1) / 7
    background = learn_background(
        x[before], y[before], kind[before], hour[before], rates.rate[before], len(names), weeks
    )
    at = _ints(features, "at_s")
    company = _ints(features, "place_calls") + _ints(features, "area_kind_calls")
    evidence = lone_evidence(kind, company, rates.learning)
    rows = np.flatnonzero(later)
    unfounded = _ints(features, "unfounded") == 1
    asked = np.flatnonzero(later & unfounded)
    texts = collect_texts(features, asked, engine, incidents)
    words = copied(
        features["incident_id"].take(pa.array(asked)).combine_chunks(),
        day[asked],
        texts,
        x[asked],
        y[asked],
        engine,
    )
    group = np.full(len(day), -1, dtype=np.int64)
    group[asked] = words.group
    stream = make_stream(
        at[rows], x[rows], y[rows], kind[rows], hour[rows], unfounded[rows], group[rows], evidence[rows], rows
    )
    has_company = np.bincount(kind, weights=company > 0, minlength=len(names)) / np.bincount(
        kind, minlength=len(names)
    )
    start = int(at[rows].min()) // DAY_S * DAY_S
    end = (int(at[rows].max()) // DAY_S + 1) * DAY_S
    return Searched(stream, background, words, company, has_company[kind], start, end)


def chance_of(searched: Searched, settings: Settings, advance: Any = lambda _: None) -> Chance:
    """Measure chance for `searched`, with the budget, replicates and seed of `settings`."""
    return measure_chance(
        searched.stream,
        searched.background,
        searched.copies.evidence,
        searched.start_s,
        searched.end_s,
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


def _model(features: pa.Table, rates: Rates) -> tuple[dict[str, Any], dict[str, pa.Table]]:
    """The facts of the model on later time, and the tables of its calibration."""
    later = rates.later
    found, rate, day = _ints(features, "unfounded")[later], rates.rate[later], _ints(features, "day_n")[later]
    own = ranking(found, rate)
    ladder = {name: ranking(found, values[later]) for name, values in rates.ladder.items()}
    facts = {
        "auc": own.auc if own else None,
        "auc_low": own.low if own else None,
        "auc_high": own.high if own else None,
        "ece": calibration_error(found, rate),
        "brier": brier(found, rate),
        "incidents": len(found),
        "baselines": {name: one.auc if one else None for name, one in ladder.items()},
        "baseline_intervals": {
            name: {"low": one.low, "high": one.high} for name, one in ladder.items() if one
        },
    }
    tables = {
        "calibration": _as_table(
            calibration(found, rate),
            {
                "bin": pa.int64(),
                "incidents": pa.int64(),
                **dict.fromkeys(("expected", "observed", "low", "high"), pa.float64()),
            },
        ),
        "calibration_month": months_table(day, found, rate),
    }
    return facts, tables


def _as_table(rows: Sequence[dict[str, Any]], types: dict[str, pa.DataType]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), pa.schema(list(types.items())))


def _expected_by_area(features: pa.Table, rates: Rates | None) -> pa.Table:
    """Sums over the later incidents by small area; empty without a model."""
    if rates is None:
        return pa.table(
            {
                "area": pa.array([], pa.string()),
                "unfounded": pa.array([], pa.int64()),
                "expected_unfounded": pa.array([], pa.float64()),
            }
        )
    encoded = features["area"].combine_chunks().dictionary_encode()
    names = encoded.dictionary.to_pylist()
    at = np.flatnonzero(rates.later & np.asarray(encoded.indices.is_valid()))
    code = encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)[at]
    unfounded = np.bincount(code, weights=_ints(features, "unfounded")[at], minlength=len(names))
    return pa.table(
        {
            "area": pa.array(names, pa.string()),
            "unfounded": unfounded.astype(np.int64),
            "expected_unfounded": np.bincount(code, weights=rates.rate[at], minlength=len(names)),
        }
    )


def _located(features: pa.Table) -> NDArray[np.bool_]:
    return np.asarray(pc.and_(features["lat"].is_valid(), features["lon"].is_valid()), dtype=np.bool_)


def _ints(features: pa.Table, name: str) -> Ints:
    return np.asarray(features[name].to_numpy(), dtype=np.int64)


def _floats(features: pa.Table, name: str) -> Floats:
    return np.asarray(features[name].to_numpy(), dtype=np.float64)


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01."""
    return (day - dt.date(1970, 1, 1)).days


def _sentence(error: AssessmentError) -> str:
    text = str(error)
    return text[0].upper() + text[1:]

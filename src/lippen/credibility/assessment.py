"""From the incident table to everything a briefing says of it.

The engine makes the feature table and the counts; models, search and Monte Carlo run here on that bounded
extract. No column of any result holds a single incident's expected rate: it is used to reckon what a place
and an hour should bring, and goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pyarrow as pa

from lippen.credibility.diversion import (
    DIVERSION,
    collect_responses,
    diversion_table,
    diversions,
    why_cannot_tell,
)
from lippen.credibility.drift import MONTHS, months_table, why_suspended
from lippen.credibility.episodes import EPISODE_TABLES, courses, episode_tables, told
from lippen.credibility.expected import Floats, Rates, learn_ladder, learn_rates
from lippen.credibility.fairness import FAIRNESS, area_groups, fairness_table
from lippen.credibility.features import collect_features, day_number, ints
from lippen.credibility.population import left_out
from lippen.credibility.sampled import EVERY_GROUP, SAMPLE_TABLES, sample_tables
from lippen.credibility.scan import chosen, search
from lippen.credibility.searched import LEAST_DAYS, chance_of, searched_stream
from lippen.credibility.settings import STANDING_LINE, AssessmentError, Settings
from lippen.credibility.volumes import volume_tables
from lippen.engine import Engine
from lippen.measured import CALIBRATION, brier, calibration, calibration_error, ranking
from lippen.progress import Stages

_RESULTS = {
    **EPISODE_TABLES,
    "calibration": CALIBRATION,
    "calibration_month": MONTHS,
    "diversion": DIVERSION,
    "fairness": FAIRNESS,
}
"""What every assessment gives, if only with no rows, beside the volumes."""


STRONG = 0.05
"""An episode stands out when at most this share of episodes as strong would be chance (its q-value)."""


@dataclass(frozen=True)
class Assessment:
    """`facts` are the key `credibility` of `brief.json`, `tables` the result tables of `lippen.brief`.

    `sample` holds groups that were looked at and not flagged, for people who judge (`sampled`). No briefing
    shows them.
    """

    facts: dict[str, Any]
    tables: dict[str, pa.Table]
    sample: dict[str, pa.Table]


def assess(
    incidents: ibis.Table, engine: Engine, settings: Settings, stages: Stages, zone: str = "UTC"
) -> Assessment:
    """Say what is normal, which incidents belong together, what they drew away, and how often that is wrong.

    `incidents` has the columns of the kind `incident`; `settings.since` must be set; `zone` is the source's,
    for the wall clock of the cards. Where there is too little to learn from, where the model has drifted or
    where nothing has a place, the facts say so, no episode is looked for and its tables have no rows. Raises
    AssessmentError when `settings.since` is not set, or when the budget is finer than the days assessed can
    tell.
    """
    since = settings.first_day()
    with stages.stage("count what is left out"):
        excluded = left_out(incidents, engine)
    with stages.stage("look around each call") as stage:
        features = collect_features(incidents, engine, since)
        stage.advance(features.num_rows)
    rates: Rates | None = None
    ladder: dict[str, Floats] = {}
    why_not: str | None = None
    with stages.stage("learn what is normal") as stage:
        try:
            rates = learn_rates(features, day_number(since), settings.seed)
            ladder = learn_ladder(features, rates.learning, settings.seed)
            stage.advance(int(rates.learning.sum()))
        except AssessmentError as error:
            why_not = str(error)[0].upper() + str(error)[1:]
    facts: dict[str, Any] = {
        "model": None,
        "why_no_model": why_not,
        "excluded": excluded,
        "episodes": {
            "found": None,
            "expected_false_per_30_days": None,
            "budget": settings.budget,
            "days": None,
            "replicates": None,
            "standing_line": STANDING_LINE,
            "why_none": why_not,
        },
        "fairness": [],
        "diversion": None,
        "suspended": None,
        "planted": None,
    }
    tables = {name: schema.empty_table() for name, schema in _RESULTS.items()}
    sample = {name: schema.empty_table() for name, schema in SAMPLE_TABLES.items()}
    if rates is not None:
        facts["model"], measured = _model(features, rates, ladder)
        tables |= measured
        later = rates.later
        facts["suspended"] = facts["episodes"]["why_none"] = why_suspended(
            measured["calibration_month"].to_pylist(),
            ints(features, "unfounded")[later],
            rates.rate[later],
            ladder["kind"][later],
        )
        if facts["suspended"] is None:
            found, drawn = _search(
                incidents, engine, features, rates, settings, stages, ZoneInfo(zone), facts
            )
            tables, sample = tables | found, sample | drawn
    with stages.stage("count volumes"):
        tables |= volume_tables(incidents, engine, since, _expected_by_area(features, rates))
    return Assessment(facts, tables, sample)


def _search(
    incidents: ibis.Table,
    engine: Engine,
    features: pa.Table,
    rates: Rates,
    settings: Settings,
    stages: Stages,
    zone: ZoneInfo,
    facts: dict[str, Any],
) -> tuple[dict[str, pa.Table], dict[str, pa.Table]]:
    """Look for episodes; fills `facts` and returns their tables, and those of the unflagged sample."""
    with stages.stage("link incidents") as stage:
        searched = searched_stream(features, rates, engine, incidents)
        if searched is None:
            facts["episodes"]["why_none"] = (
                "Too few incidents with an outcome have a place, and without places nothing is near anything."
            )
            return {}, {}
        too_few = searched.too_few_days()
        if too_few is not None:
            facts["episodes"]["why_none"] = f"{too_few.capitalize()}. Assess {LEAST_DAYS} days or more."
            return {}, {}
        stage.advance(len(searched.stream))
    with stages.stage("measure chance", settings.replicates) as stage:
        chance = chance_of(searched, settings, stage.advance)
    with stages.stage("look for episodes"):
        windows = search(searched.stream, searched.background, searched.copies.evidence, EVERY_GROUP)
        clusters = chosen(searched.stream, windows)
        episodes = told(searched.stream, clusters, chance, features)
        course = courses(
            episodes, searched.stream, searched.background, features, searched.company, searched.usual_company
        )
        sample = sample_tables(searched, windows, episodes, chance, features, settings.seed, zone)
    with stages.stage("look elsewhere"):
        responses = collect_responses(incidents, engine)
        drawn = diversions(responses, [one.ids for one in episodes])
    facts["episodes"] |= {
        "found": len(episodes),
        "strong": sum(one.q_value <= STRONG for one in episodes),
        "expected_false_per_30_days": chance.false_per_30_days(),
        "days": round(chance.days),
        "replicates": chance.replicates,
    }
    why = why_cannot_tell(responses)
    facts["diversion"] = {"can_tell": why is None, "why": why}
    groups = area_groups(features["larger_area"], features["area"])
    fairness = fairness_table(groups, searched.stream.row, chance)
    facts["fairness"] = fairness.to_pylist()
    return {
        **episode_tables(episodes, course, drawn, features, searched.stream, zone),
        "diversion": diversion_table([one.episode_id for one in episodes], drawn),
        "fairness": fairness,
    }, sample


def _model(
    features: pa.Table, rates: Rates, ladder: dict[str, Floats]
) -> tuple[dict[str, Any], dict[str, pa.Table]]:
    """The facts of the model on later time, and the tables of its calibration."""
    later = rates.later
    found, rate, day = ints(features, "unfounded")[later], rates.rate[later], ints(features, "day_n")[later]
    own = ranking(found, rate)
    rungs = {name: ranking(found, values[later]) for name, values in ladder.items()}
    facts = {
        "auc": own.auc if own else None,
        "auc_low": own.low if own else None,
        "auc_high": own.high if own else None,
        "ece": calibration_error(found, rate),
        "brier": brier(found, rate),
        "incidents": len(found),
        "baselines": {name: one.auc if one else None for name, one in rungs.items()},
        "baseline_intervals": {
            name: {"low": one.low, "high": one.high} for name, one in rungs.items() if one
        },
    }
    return facts, {
        "calibration": calibration(found, rate),
        "calibration_month": months_table(day, found, rate),
    }


def _expected_by_area(features: pa.Table, rates: Rates | None) -> pa.Table:
    """Counts and sums over the later incidents by small area, as `volume_tables` takes them."""
    if rates is None:
        features, later, rate = features.slice(0, 0), np.zeros(0, dtype=np.bool_), np.zeros(0)
    else:
        later, rate = rates.later, rates.rate
    encoded = features["area"].combine_chunks().dictionary_encode()
    names = encoded.dictionary.to_pylist()
    at = np.flatnonzero(later & np.asarray(encoded.indices.is_valid()))
    code = encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)[at]
    unfounded = np.bincount(code, weights=ints(features, "unfounded")[at], minlength=len(names))
    return pa.table(
        {
            "area": pa.array(names, pa.string()),
            "assessed": np.bincount(code, minlength=len(names)),
            "unfounded": unfounded.astype(np.int64),
            "expected_unfounded": np.bincount(code, weights=rate[at], minlength=len(names)),
        }
    )

"""From what a workspace holds to its result tables, which the site's pages are made from.

A workspace that people look at is reckoned anew after each import and each undoing. The tables are those of a
briefing, but for the reasons of refusals, which the quarantine itself holds; the facts are kept beside them
as one row of JSON, in the form that `lippen.brief` states. So a page and a briefing are made from the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ibis
import pyarrow as pa

from lippen import brief, credibility, telling
from lippen.briefing import facts_of, period_of
from lippen.progress import Stages
from lippen.results import AREAS, FACTS, KIND_WEEKS, SAMPLE, WEEKS, WEEKS_BY_KIND
from lippen.workspace import Workspace


def reckon(workspace: Workspace, settings: credibility.Settings, stages: Stages, place: str) -> None:
    """Assess all incidents of `workspace`, and replace its result tables and facts in one step.

    `place` is what pages call the incidents' source. Days from `settings.since` on are assessed, by default
    the last quarter. Raises WorkspaceError when there are no incidents or somebody else is writing;
    LippenError when they cannot be assessed.
    """
    incidents, engine = workspace.signals("incident"), workspace.engine
    zone = workspace.zone or "UTC"
    period = period_of(incidents, engine, settings.since)
    settings = replace(settings, since=period.since)
    assessment = credibility.assess(incidents, engine, settings, stages, zone)
    with stages.stage("count by week"):
        weeks = engine.collect(_weeks(incidents), order_by=["larger_area", "area", "week", "kind"])
        kinds = engine.collect(_kind_weeks(incidents), order_by=["kind", "week"])
        areas = engine.collect(_areas(incidents), order_by=["area"])
    facts = facts_of(place, _inputs(workspace), period, zone, assessment.facts, settings, stages)
    whole, tables = brief.checked(facts, assessment.tables)
    told = pa.table({"json": [json.dumps(whole, sort_keys=True, allow_nan=False)]})
    by_kind = weeks.sort_by([(name, "ascending") for name in ("kind", "week", "larger_area", "area")])
    rest = {WEEKS: weeks, WEEKS_BY_KIND: by_kind, KIND_WEEKS: kinds, AREAS: areas, FACTS: told}
    with workspace.writing():  # what everybody may see is counted once, so by one run at a time
        made = {**tables, **_in_form(assessment.sample), **rest, **telling.tell(workspace)}
        workspace.write_results(made, ["incident"])


def _in_form(sample: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The unflagged sample in the exact form of the tables of episodes, so that no card tells them apart."""
    tables = brief.accept_tables({name: sample[of] for name, of in SAMPLE.items()})
    return {of: tables[name] for name, of in SAMPLE.items()}


def _weeks(incidents: ibis.Table) -> ibis.Table:
    """Columns larger_area, area, week (its Monday), kind, incidents, founded, unfounded."""
    reported = _reported(incidents)
    return _by_week(reported, larger_area=reported.larger_area, area=reported.area)


def _kind_weeks(incidents: ibis.Table) -> ibis.Table:
    """Columns week (its Monday), kind, incidents, founded, unfounded."""
    return _by_week(_reported(incidents))


def _by_week(reported: ibis.Table, **places: ibis.Value) -> ibis.Table:
    monday = reported.local_day.truncate("W")
    return reported.group_by(**places, week=monday.cast("date"), kind=reported.kind).aggregate(
        incidents=ibis._.count(),
        founded=(ibis._.outcome == "founded").sum().cast("int64"),
        unfounded=(ibis._.outcome == "unfounded").sum().cast("int64"),
    )


def _areas(incidents: ibis.Table) -> ibis.Table:
    """Columns area, larger_area, lat, lon (degrees, to a millionth; null where none is placed), incidents.

    Sums of whole millionths, so that the middle is the same on every engine and in every run.
    """
    reported = _reported(incidents).filter(ibis._.area.notnull())
    millionths = reported.mutate(
        lat_ppm=(reported.lat * 1_000_000).round().cast("int64"),
        lon_ppm=(reported.lon * 1_000_000).round().cast("int64"),
    )
    summed = millionths.group_by("area").aggregate(
        larger_area=millionths.larger_area.min(),
        incidents=millionths.count(),
        placed=millionths.lat_ppm.count(),
        lat_ppm=millionths.lat_ppm.sum(),
        lon_ppm=millionths.lon_ppm.sum(),
    )
    middle = {
        name: (summed[f"{name}_ppm"] / summed.placed.nullif(0) / 1_000_000.0).round(6)
        for name in ("lat", "lon")
    }
    return summed.select("area", "larger_area", **middle, incidents=summed.incidents)


def _reported(incidents: ibis.Table) -> ibis.Table:
    """Incidents that may be counted: reported to the control room, of no protected kind."""
    return incidents.filter(~incidents.own_activity, ~incidents.protected)


def _inputs(workspace: Workspace) -> list[dict[str, Any]]:
    return [
        {
            **{name: one[name] for name in ("file", "rows", "accepted", "duplicates", "quarantined")},
            "left_out": None,
        }
        for brought in workspace.imports()
        if brought.kind == "incident"
        for one in brought.inputs
    ]

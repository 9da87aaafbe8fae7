"""From what a workspace holds to its result tables, which the site's pages are made from.

A workspace that people look at is reckoned anew after each import and each undoing. The tables are those of a
briefing, but for the reasons of refusals, which the quarantine itself holds; the facts are kept beside them
as one row of JSON, in the form that `lippen.brief` states. So a page and a briefing are made from the same.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import ibis
import pyarrow as pa

from lippen import brief, credibility
from lippen.briefing import facts_of, period_of
from lippen.progress import Stages
from lippen.workspace import Workspace

FACTS = "facts"
"""The result table of one row that holds the facts of the others: column `json`."""

WEEKS = "incidents_week"
"""Incidents by area, kind and week, for pages that are asked for any of them."""


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
        weeks = engine.collect(_weeks(incidents), order_by=["area", "week", "kind"])
    facts = facts_of(place, _inputs(workspace), period, zone, assessment.facts, settings, stages)
    whole, tables = brief.checked(facts, assessment.tables)
    told = pa.table({"json": [json.dumps(whole, sort_keys=True, allow_nan=False)]})
    workspace.write_results({**tables, WEEKS: weeks, FACTS: told})


def facts_in(table: pa.Table) -> brief.Facts:
    """The facts of the result table `facts`, as `brief.schema.Facts` states them."""
    facts: brief.Facts = json.loads(table["json"][0].as_py())
    return facts


def _weeks(incidents: ibis.Table) -> ibis.Table:
    """Columns area, week (its Monday), kind, incidents, founded, unfounded. Of what may be counted."""
    reported = incidents.filter(~incidents.own_activity, ~incidents.protected)
    monday = reported.local_day.truncate("W")
    return reported.group_by(area=reported.area, week=monday.cast("date"), kind=reported.kind).aggregate(
        incidents=ibis._.count(),
        founded=(ibis._.outcome == "founded").sum().cast("int64"),
        unfounded=(ibis._.outcome == "unfounded").sum().cast("int64"),
    )


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

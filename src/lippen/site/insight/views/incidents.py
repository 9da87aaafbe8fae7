"""Pages of incidents: how volumes move, the tables behind it, and single incidents.

Whoever does not hold the incidents finds counts at the same address (`views.counts`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from markupsafe import Markup

from lippen.brief import RESULT_TABLES
from lippen.brief import figures as told
from lippen.brief.area_map import AreaVolume, area_bars, area_map, map_key, suppressed
from lippen.brief.page import page_environment
from lippen.brief.volumes import volumes
from lippen.site import handling
from lippen.site.accounts.acting import SignedInRequest
from lippen.site.insight import incidents_selectors as selectors
from lippen.site.insight.incident_figures import (
    Asked,
    Figures,
    figures_of,
    larger_areas_of,
    small_areas_of,
)
from lippen.site.insight.incidents_forms import NarrowIncidents
from lippen.site.insight.place_names import larger_area, small_area
from lippen.site.insight.sight import sight_of
from lippen.site.insight.views.counts import counts

PLANNING: Final = "to see how volumes move"
LOOKING_UP: Final = "to look up closed incidents"
TAKING_OUT: Final = "to check or go on with a figure elsewhere"
MOST_ON_A_MAP: Final = 150
"""Of more small areas than this, a map is drawn within one larger area."""

MOST_ROWS: Final = 400
"""A table of more rows than this is whole in its file alone."""


def incidents(request: SignedInRequest) -> HttpResponse:
    """How volumes move, for whoever sees incidents; counts for everybody else."""
    acting = request.acting
    if not sight_of(acting).incidents:
        return counts(request)
    return _page(request, "insight/incidents.html", _volumes)


def weeks(request: SignedInRequest) -> HttpResponse:
    """The table behind the chart of weeks."""
    return _page(request, "insight/incident_weeks.html", lambda found, _: _of(found, "weeks"))


def kinds(request: SignedInRequest) -> HttpResponse:
    """The table of kinds."""
    return _page(request, "insight/incident_kinds.html", lambda found, _: _of(found, "kinds"))


def areas(request: SignedInRequest) -> HttpResponse:
    """The tables behind the maps."""
    return _page(request, "insight/incident_areas.html", _areas)


def weeks_csv(request: SignedInRequest) -> HttpResponseBase:
    return _file(request, "weeks")


def kinds_csv(request: SignedInRequest) -> HttpResponseBase:
    return _file(request, "kinds")


def areas_csv(request: SignedInRequest) -> HttpResponseBase:
    return _file(request, "areas")


def larger_csv(request: SignedInRequest) -> HttpResponseBase:
    return _file(request, "larger")


def listed(request: SignedInRequest) -> HttpResponse:
    """Single incidents, of a place or a month, the newest first."""
    acting = request.acting
    selectors.check(acting, "list")
    narrow = _narrow(request)
    asked = narrow.asked()
    context: dict[str, Any] = {"narrow": narrow}
    if asked is not None and not selectors.listable(asked):
        return render(request, "insight/incident_list.html", {**context, "too_wide": True})
    if asked is None:
        return render(request, "insight/incident_list.html", context, status=400)
    number = request.GET.get("page", "1")
    page = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 1
    found = selectors.incidents(acting, asked, page, purpose=LOOKING_UP)
    links = {
        "newer": _link(request, page=str(found.page - 1)) if found.page > 1 else "",
        "older": _link(request, page=str(found.page + 1)) if found.more else "",
    }
    return render(request, "insight/incident_list.html", {**context, "found": found, **links})


def _page(
    request: SignedInRequest, template: str, shown: Callable[[Figures, Asked], dict[str, Any]]
) -> HttpResponse:
    """A page of figures: those that were asked for; what has to be put right and none; or that there are
    none yet.
    """
    acting = request.acting
    selectors.check(acting, "read")
    narrow = _narrow(request)
    asked = narrow.asked()
    found = selectors.figures(acting, asked or Asked(), purpose=PLANNING)
    context: dict[str, Any] = {
        "narrow": narrow,
        "nothing_yet": found is None,
        "limits": request.GET.urlencode(),
        "may_export": bool(acting.may("export", "incident")),
    }
    if found is not None and asked is not None and (asked.since or asked.until) and not _whole_weeks(found):
        context |= {"no_week": True}
    elif found is not None and asked is not None:
        context |= {"asked": asked, **_days(found), **shown(found, asked)}
    return render(request, template, context, status=200 if asked is not None else 400)


def _narrow(request: HttpRequest) -> NarrowIncidents:
    return NarrowIncidents(asked=request.GET)


def _of(found: Figures, rows: str) -> dict[str, Any]:
    """These rows of how volumes move, and which weeks they have no data of."""
    moving: Any = volumes({**found.tables, "volumes_area": _nowhere()}, found.period)
    return {rows: moving[rows], "without_data": moving["without_data"]}


def _volumes(found: Figures, asked: Asked) -> dict[str, Any]:
    return {**_drawn(found.stamp, asked), "left_out": _left_out(found, asked)}


@lru_cache(maxsize=256)
def _drawn(_stamp: tuple[int, int], asked: Asked) -> dict[str, Any]:
    """Sentences, tables and pictures of these figures, kept for as long as the state of the lake lasts."""
    found = figures_of(asked)
    if found is None:
        return {}
    named: list[AreaVolume] = [{**one, "area": larger_area(one["area"])} for one in larger_areas_of(found)]
    larger = area_map(named)
    crowded = found.small_areas > MOST_ON_A_MAP and larger is not None
    small = _nowhere() if crowded else _called(small_areas_of(found))
    tables = {**found.tables, "volumes_area": small}
    moving = volumes(tables, found.period)
    return {
        "moving": moving,
        "larger_map": larger,
        "larger_key": map_key(named),
        "small_map": moving["map"],
        "small_key": moving["map_key"],
        "bars": area_bars(named) if larger is None and moving["map"] is None else None,
        "nowhere": not named and small.num_rows == 0 and not found.not_placed,
        "small_areas": found.small_areas,
        "crowded": crowded,
        "marks": marks(),
        "listable": selectors.listable(asked),
    }


def _nowhere() -> pa.Table:
    """A table of small areas that has none."""
    return next(one for one in RESULT_TABLES if one.name == "volumes_area").schema().empty_table()


def _called(small: pa.Table) -> pa.Table:
    """The same areas by what pages call them."""
    names = pa.array([small_area(one) for one in small["area"].to_pylist()], pa.string())
    return small.set_column(small.schema.get_field_index("area"), "area", names)


def _areas(found: Figures, asked: Asked) -> dict[str, Any]:
    small, larger, days = small_areas_of(found), larger_areas_of(found), _days(found)
    weeks = "the days" if asked.expects_by_area else "whole weeks,"
    return {
        "larger_caption": f"Larger areas: whole weeks, {days['whole_weeks']}",
        "small_caption": f"Small areas: {weeks} {days['small_days']}",
        "rows": [
            {**_area(one), "area": called, "code": one["area"] if called != one["area"] else ""}
            for one in small.slice(0, MOST_ROWS).to_pylist()
            for called in [small_area(one["area"])]
        ],
        "rows_left_out": max(0, small.num_rows - MOST_ROWS),
        "larger": [_area(one) for one in larger[:MOST_ROWS]],
        "larger_left_out": max(0, len(larger) - MOST_ROWS),
    }


def _area(row: Any) -> dict[str, str]:
    return {
        "area": larger_area(row["area"]),
        "incidents": suppressed(row["incidents"]),
        "unfounded": suppressed(row["unfounded"]),
        "expected": told.decimal(row["expected_unfounded"]),
    }


def _whole_weeks(found: Figures) -> str:
    """The whole weeks of the days compared; "" where there is none."""
    since, end = found.weeks
    return told.span(since.isoformat(), (end - timedelta(days=1)).isoformat()) if since < end else ""


def _days(found: Figures) -> dict[str, Any]:
    """`days` are compared with those before them; larger areas are counted over `whole_weeks` of them, and
    small ones over `small_days`, which are all days assessed where it is known what is expected.
    """
    whole = _whole_weeks(found) or "none"
    assessed = found.facts["period"] if found.asked.expects_by_area else None
    return {
        "days": told.span(found.period["since"], found.period["last_day"]),
        "whole_weeks": whole,
        "small_days": told.span(assessed["since"], assessed["last_day"]) if assessed else whole,
        "expects": found.asked.expects_by_area,
    }


def _left_out(found: Figures, asked: Asked) -> list[str]:
    """What the figures do not hold, each with how much it is."""
    facts = found.facts
    credibility, whole = facts["credibility"], facts["period"]
    excluded = (credibility["excluded"] if credibility else None) or {}
    protected, own = (told.count(excluded.get(one)) for one in ("protected", "own_activity"))
    refused = told.count(sum(one["quarantined"] for one in facts["inputs"] or []))
    unplaced = "none, as a place was asked for" if asked.places else told.count(found.not_placed)
    days = told.span(whole["first_day"], whole["last_day"]) if whole else "the days known"
    return [
        f"Protected incidents, told by their kind or by words in their text: {protected} over all days.",
        f"The police's own activity: {own} over all days.",
        f"Rows that an import refused and that wait in its quarantine: {refused}.",
        f"On the maps, incidents of the days compared that name no small area: {unplaced}.",
        f"The days at both ends of {days} that make no whole week. Weeks run from Monday.",
    ]


def marks() -> Markup:
    """The marks that charts of a briefing use, to stand once on a page."""
    return Markup(page_environment().get_template("marks.html.j2").render())  # noqa: S704 - our own file


def _file(request: SignedInRequest, table: str) -> HttpResponseBase:
    selectors.check(request.acting, "export")
    narrow = _narrow(request)
    asked = narrow.asked()
    if asked is None:
        return render(request, "insight/no_file.html", {"narrow": narrow}, status=400)
    rows = selectors.table_to_take_out(request.acting, table, asked, purpose=TAKING_OUT)
    return handling.file("csv", f"incidents-{table}", selectors.COLUMNS[table], rows)


def _link(request: HttpRequest, **changed: str) -> str:
    asked = request.GET.copy()
    for name, value in changed.items():
        asked[name] = value
    return f"?{asked.urlencode()}"

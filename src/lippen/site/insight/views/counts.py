"""Counts that everybody may see: by larger area, kind and quarter, and nothing finer."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from lippen.brief import figures as told
from lippen.measure import LEAST_SHOWN
from lippen.site import handling
from lippen.site.accounts.acting import SignedInRequest
from lippen.site.insight import counts_selectors as selectors
from lippen.site.insight.incidents_forms import NarrowCounts
from lippen.site.insight.place_names import larger_area
from lippen.site.insight.sight import sight_of

PLANNING: Final = "to plan with counts of incidents"
TAKING_OUT: Final = "to go on with counts elsewhere"
MOST_ROWS: Final = 150
"""A table of more rows than this is whole in its file alone."""


def counts(request: SignedInRequest) -> HttpResponse:
    """Counts over larger areas and quarters; what has to be put right and none where it was not offered."""
    acting = request.acting
    narrow = _narrow(request)
    asked = narrow.asked()
    found = selectors.counts(acting, asked or selectors.CountsAsked(), purpose=PLANNING)
    sight = sight_of(acting)
    known = selectors.offered()
    following = selectors.next_quarter(known)
    context: dict[str, Any] = {
        "narrow": narrow,
        "newest": quarter(known.quarters[-1]) if following else "",
        "following": quarter(following) if following else "",
        "not_before": told.day(selectors.not_before(following)) if following else "",
        "holder": sight.holder,
        "why_closed": sight.why_closed,
        "least": LEAST_SHOWN,
        "limits": request.GET.urlencode(),
        "may_export": bool(acting.may("export", "counts")),
        "nothing_yet": not known.quarters,
    }
    if asked is None:
        return render(request, "insight/counts.html", context, status=400)
    called = {one: quarter(one) for one in known.quarters}
    context |= {
        "found": found,
        "total": told.count(found.total.at_least) if found.total.cells else "",
        "by_larger": [
            (larger_area(one["larger_area"]), told.count(one["incidents"]))
            for one in found.by_larger[:MOST_ROWS]
        ],
        "areas_not_told": len(known.larger) - len(found.by_larger) if not asked.larger else 0,
        "areas_left_out": max(0, len(found.by_larger) - MOST_ROWS),
        "by_kind": [(one["kind"], told.count(one["incidents"])) for one in found.by_kind],
        "by_quarter": [(called[one["quarter"]], told.count(one["incidents"])) for one in found.by_quarter],
        "cells": [
            (
                larger_area(one["larger_area"]),
                called[one["quarter"]],
                one["kind"],
                told.count(one["incidents"]),
            )
            for one in found.cells[:MOST_ROWS]
        ],
        "cells_left_out": max(0, len(found.cells) - MOST_ROWS),
    }
    return render(request, "insight/counts.html", context)


def counts_csv(request: SignedInRequest) -> HttpResponseBase:
    """The cells asked for as a table; entered before its first line is made."""
    narrow = _narrow(request)
    asked = narrow.asked()
    if asked is None:
        return render(request, "insight/no_file.html", {"narrow": narrow}, status=400)
    rows = selectors.cells_to_take_out(request.acting, asked, purpose=TAKING_OUT)
    return handling.file("csv", "counts", selectors.COLUMNS, rows)


def quarter(first: date) -> str:
    """2025-04-01 as "April to June 2025"."""
    last = date(first.year, first.month + 2, 1)
    return f"{first:%B} to {last:%B %Y}"


def _narrow(request: SignedInRequest) -> NarrowCounts:
    known = selectors.offered()
    quarters = [(one.isoformat(), quarter(one)) for one in known.quarters]
    return NarrowCounts(known.kinds, known.larger, quarters, asked=request.GET)

"""Pages of rows that were refused: why, which, put right and brought in, and as a file."""

from __future__ import annotations

import re
from calendar import month_abbr, month_name
from collections.abc import Iterator
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from lippen.site import handling
from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.said import sentence
from lippen.site.insight import corrections, imports_selectors, refused_selectors
from lippen.site.insight.column_choices import key_of
from lippen.site.insight.holding import must_hold
from lippen.site.insight.imports_services import ImportUnknown
from lippen.site.insight.kinds import INCIDENT
from lippen.site.insight.naming import seems_to_name
from lippen.site.insight.refused_forms import RowPutRight
from lippen.site.insight.refused_selectors import RefusedRow
from lippen.site.insight.views.in_the_room import in_the_room

BACK_TO_MAKER: Final = "to have the export put right by whoever made it"
COLUMNS: Final = ("line", "column", "value", "reason")
MAY_NAME: Final = "(left out here: it may name somebody)"
"""Stands in the file in place of a value; its line and column say where to look in the export itself."""

_IN_WORDS: Final = frozenset({"kind", "place", "area", "larger_area", "priority", "disposal"})
"""Columns that are words. A value of any other (a time, a number, an id) that holds words is written in the
wrong column, and may be somebody's name in any spelling.
"""

_LETTERS: Final = re.compile(r"[^\W\d_]+")
_OF_TIMES: Final = frozenset(
    [
        *("am", "pm", "t", "z", "utc", "gmt", "bst"),
        *(one.casefold() for one in (*month_name, *month_abbr) if one),
        "sept",
    ]
)
"""Words that a time may hold."""


@in_the_room
def refused(request: SignedInRequest, ref: str) -> HttpResponse:
    """Why rows were refused, with counts, and the rows page by page."""
    acting = request.acting
    job = imports_selectors.job(acting, ref)
    if not job.is_in:
        return redirect("import", ref)
    asked = request.GET.get("reason", "")
    every = refused_selectors.reasons(acting, ref)
    reason = next((one for one in every if one.key == asked), None)
    number = request.GET.get("page", "1")
    at = int(number) if number.isascii() and number.isdecimal() and len(number) < 8 else 1
    found = refused_selectors.rows(acting, ref, reason.key if reason else "", at)
    paginator = Paginator(range(found.total), refused_selectors.ROWS_A_PAGE)
    page = paginator.get_page(found.begins // refused_selectors.ROWS_A_PAGE + 1)
    context = {
        "job": job,
        "reasons": every,
        "reason": reason,
        "rows": found.rows,
        "page": page,
        "may_export": job.kind == INCIDENT and bool(acting.may("export", INCIDENT)),
        "correctable": any(one.cells is not None for one in found.rows),
    }
    return render(request, "insight/import_refused.html", context)


@in_the_room
def put_right(request: SignedInRequest, ref: str) -> HttpResponse:
    """A form with the cells of the rows that were ticked; sent, they are brought in."""
    acting = request.acting
    job = imports_selectors.job(acting, ref)
    keys = (request.POST if request.method == "POST" else request.GET).getlist("row")
    rows = refused_selectors.chosen(acting, ref, keys[: corrections.MOST_ROWS])
    if not rows:
        messages.warning(request, "Tick the rows first that you want to put right.")
        return redirect("import-refused", ref)
    given = request.POST if request.method == "POST" else None
    headings = refused_selectors.headings(acting, ref)
    forms = [
        (
            row,
            RowPutRight(
                row.cells or {},
                row.column,
                given,
                headings=headings,
                prefix=key_of(row.key),
                auto_id="id_%s",
            ),
        )
        for row in rows
    ]
    why = ""
    if given is not None and all([form.is_valid() for _, form in forms]):  # noqa: C419 - each says what is wrong
        try:
            made = corrections.put_right(
                acting, ref, [(row.file, row.line, form.cells()) for row, form in forms]
            )
        except ImportUnknown as error:
            why = sentence(error)
        else:
            messages.success(request, "The rows go through the same checks as all others now.")
            return redirect("import", made.ref)
    context = {"job": job, "forms": forms, "why": why}
    return render(request, "insight/import_put_right.html", context, status=400 if given is not None else 200)


@in_the_room
def refused_csv(request: SignedInRequest, ref: str) -> HttpResponseBase:
    """Every refused row as a table, for whoever made the export. Of adverts and sightings there is none: they
    are what somebody else wrote, and no rule lets them leave.
    """
    acting = request.acting
    must_hold(acting, INCIDENT)  # before it is looked whether there is such an import
    job = imports_selectors.job(acting, ref)
    if not job.is_in or job.kind != INCIDENT:
        raise Http404
    leaving = refused_selectors.to_take_out(acting, ref, BACK_TO_MAKER)
    how = handling.Handling(INCIDENT, acting.organisation.regime, acting.organisation.name)
    in_words = refused_selectors.called_in_export(acting, ref, _IN_WORDS)
    return handling.file("csv", "refused-rows", COLUMNS, _rows(how, leaving, in_words))


def _rows(
    how: handling.Handling, leaving: Iterator[RefusedRow], in_words: frozenset[str]
) -> Iterator[handling.Row]:
    for one in leaving:
        cells: dict[str, Any] = {
            "line": one.line,
            "column": one.column,
            "value": _value(one, in_words),
            "reason": one.reason,
        }
        yield how, cells


def _value(one: RefusedRow, in_words: frozenset[str]) -> str:
    """A value as it may leave: without a name, and of what is no column of words its shape alone."""
    if one.column in in_words:
        return MAY_NAME if seems_to_name(one.value) else one.value
    return _LETTERS.sub(
        lambda found: found[0] if found[0].casefold() in _OF_TIMES else "x" * len(found[0]), one.value
    )

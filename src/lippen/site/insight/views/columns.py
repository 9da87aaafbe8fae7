"""Pages on which a person says how an export is read, looks at its texts, and lets it be brought in."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from lippen.errors import LippenError
from lippen.signals import Column
from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.said import sentence
from lippen.site.insight import imports_selectors, imports_services
from lippen.site.insight.clock_words import clock_in_doubt, in_the_way_of_clock
from lippen.site.insight.column_choices import changed, choices_of, mappable
from lippen.site.insight.imports_forms import OUTCOME_WORDS, Columns
from lippen.site.insight.imports_selectors import JobSeen
from lippen.site.insight.imports_services import ImportUnknown, NotSeen, StillLooking
from lippen.site.insight.kinds import SIGHTING
from lippen.site.insight.rights import right_in
from lippen.site.insight.start_forms import Texts
from lippen.site.insight.uploads import NotAnExport
from lippen.site.insight.views.in_the_room import in_the_room
from lippen.site.sightings.selectors import areas

CHOOSING: Final = ("given", "refused")
"""Where an import stands while its columns are chosen."""


@dataclass(frozen=True)
class AreaUnknown:
    """A larger area that an export names and nobody here knows: in how many rows, and what it may be meant
    for.
    """

    area: str
    rows: int
    near: str


_INSTEAD: Final = ("masked", "replaced", "removed")
"""Words by which the library's notes say that something was put in place of what may identify somebody."""


@in_the_room
def columns(request: SignedInRequest, ref: str) -> HttpResponse:
    """The proposed columns with real values, to be put right; and what they make of the export."""
    acting = request.acting
    found = _looked_at(request, ref)
    if isinstance(found, HttpResponse):
        return found
    job, seen = found
    choices = choices_of(seen["mapping"])
    form = Columns(job.kind, seen, choices, imports_services.clock(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        kinds, codes = list(form.kinds.values()), list(form.codes.values())
        mapping = changed(seen["mapping"], form.chosen(), kinds, codes)
        try:
            seen = imports_services.choose(acting, ref, mapping)
        except ImportUnknown:
            return redirect("import", ref)
        except (NotSeen, NotAnExport) as why:
            form.add_error(None, sentence(why))
        else:
            if "go" in request.POST and not _in_the_way(seen):
                return redirect("import-start", ref)
            return redirect(f"{request.path}?checked#effect")
    context = {
        "job": job,
        "seen": seen,
        "form": form,
        "effect": _effect(seen),
        "areas": _areas_unknown(job, seen),
        "masked": _masked(seen),
        "noticed": [one for one in (*seen["problems"], *seen["notes"]) if one not in _masked(seen)],
        "in_the_way": _in_the_way(seen),
        "doubt": _doubt(seen),
        "checked": "checked" in request.GET,
        "outcomes": OUTCOME_WORDS.items(),
    }
    return render(request, "insight/import_columns.html", context, status=400 if form.errors else 200)


@in_the_room
def start(request: SignedInRequest, ref: str) -> HttpResponse:
    """What is cut and masked, a sample of the texts to read, and the button that brings the export in."""
    acting = request.acting
    found = _looked_at(request, ref)
    if isinstance(found, HttpResponse):
        return found
    job, seen = found
    if _in_the_way(seen):
        return redirect("import-columns", ref)
    shown = imports_services.shown_as(seen)
    doubt, right = _doubt(seen), right_in(seen["mapping"])
    form = Texts(
        request.POST or None,
        texts=bool(seen["texts"]),
        doubt=bool(doubt),
        right=right is not None,
        can_go=not any(column.required for column in _of_words(job)),
        shown=shown,
    )
    if request.method == "POST" and form.is_valid():
        try:
            _begin(request, job, seen, form)
        except LippenError as why:
            if imports_selectors.job(acting, ref).state not in CHOOSING:
                return redirect("import", ref)  # a second click on the same button
            form.add_error(None, sentence(why))
        else:
            messages.success(
                request, "The import has begun. You can leave this page: it goes on without you."
            )
            return redirect("import", ref)
    context = {
        "job": job,
        "seen": seen,
        "form": form,
        "effect": _effect(seen),
        "areas": _areas_unknown(job, seen),
        "masked": _masked(seen),
        "doubt": doubt,
        "right": right,
    }
    return render(request, "insight/import_start.html", context, status=400 if form.errors else 200)


def _looked_at(request: SignedInRequest, ref: str) -> tuple[JobSeen, dict[str, Any]] | HttpResponse:
    """An export whose columns are still chosen, and what was seen in it; else what is answered instead."""
    job = imports_selectors.job(request.acting, ref)
    if job.state not in CHOOSING:
        return redirect("import", ref)
    try:
        return imports_selectors.looked_at(request.acting, ref)
    except ImportUnknown:
        return redirect("import", ref)  # begun since, by a second click or a colleague
    except (NotSeen, NotAnExport) as why:
        return _unread(request, job, why)


def _unread(request: SignedInRequest, job: JobSeen, why: NotSeen | NotAnExport) -> HttpResponse:
    context = {"job": job, "why": sentence(why), "soon": isinstance(why, StillLooking)}
    return render(request, "insight/import_unread.html", context)


def _begin(request: SignedInRequest, job: JobSeen, seen: dict[str, Any], form: Texts) -> None:
    """Choose the columns for good, without the texts where they were not found fit, and begin."""
    mapping, answer = seen["mapping"], form.cleaned_data.get("texts", "")
    shown = request.POST.get("shown", "")
    if answer == Texts.SOMEBODY:
        choices = choices_of(mapping)
        gone = {column.name for column in _of_words(job)}
        kept = {ours: names for ours, names in choices.columns.items() if ours not in gone}
        without = changed(
            mapping,
            type(choices)(**{**vars(choices), "columns": kept}),
            [one["kind"] for one in seen["kinds"]],
            [one["code"] for one in seen["codes"]],
        )
        if shown == imports_services.shown_as(seen):
            shown = imports_services.shown_as(imports_services.choose(request.acting, job.ref, without))
    consent = {
        "left_out": seen["identity"],
        "masked": _masked(seen),
        "texts_read": len(seen["texts"]),
        "texts_named": seen["texts_named"],
        "texts": answer,
        "clock_in_doubt": _doubt(seen),
        "right": _said(seen),
    }
    imports_services.start(request.acting, job.ref, consent, shown)


def _of_words(job: JobSeen) -> list[Column]:
    """The columns of its kind of signal that hold what people wrote."""
    return [column for column in mappable(job.kind) if column.reads == "text"]


def _said(seen: dict[str, Any]) -> dict[str, str]:
    """By what right a collection is held, as they ticked it; empty where none is asked for."""
    right = right_in(seen["mapping"])
    return {} if right is None else {name: str(value) for name, value in vars(right).items()}


def _masked(seen: dict[str, Any]) -> list[str]:
    return [note for note in seen["notes"] if any(word in note for word in _INSTEAD)]


def _doubt(seen: dict[str, Any]) -> str:
    return clock_in_doubt(choices_of(seen["mapping"]).zone, seen["clock"])


def _in_the_way(seen: dict[str, Any]) -> list[str]:
    """What has to be put right before an export can be brought in."""
    found = [seen["incomplete"]] if seen["incomplete"] else []
    other_clock = in_the_way_of_clock(choices_of(seen["mapping"]).zone, imports_services.clock())
    found += [other_clock] if other_clock else []
    found += [
        one for one in seen["problems"] if "nothing of the sort is taken" in one or "would not be read" in one
    ]
    if not found and seen["rows"] and seen["refused"] == seen["rows"]:
        found.append("every row that was looked at would be refused: see why below")
    if not found and not seen["rows"]:
        found.append("there is no row in it")
    return found


def _areas_unknown(job: JobSeen, seen: dict[str, Any]) -> dict[str, Any]:
    """Larger areas of sightings that nobody here has heard of, and those that are known. Incidents say
    themselves which areas there are.
    """
    *known, everywhere = areas()
    if job.kind != SIGHTING:
        return {"unknown": [], "known": known}
    unknown = [
        AreaUnknown(area, rows, next(iter(get_close_matches(area, known, 1)), ""))
        for area, rows in seen.get("areas", ())  # one that was looked at by an earlier version has none
        if area not in known and area != everywhere
    ]
    return {"unknown": unknown, "known": known}


def _effect(seen: dict[str, Any]) -> dict[str, Any]:
    """What the columns as they are make of the rows that were looked at."""
    taken = seen["rows"] - seen["refused"]
    return {
        "rows": seen["rows"],
        "whole": seen["whole"],
        "taken": taken,
        "refused": seen["refused"],
        "refused_share": _share(seen["refused"], seen["rows"]),
        "known": _share(seen["with_outcome"], taken),
        "ended": seen["with_outcome"],
        "protected": seen["protected"],
        "own": seen["own"],
        "reported": taken - seen["protected"] - seen["own"],
    }


def _share(part: int, whole: int) -> str:
    if not whole:
        return "0 %"
    share = 100 * part / whole
    return f"{share:.1f} %" if 0 < share < 10 else f"{share:.0f} %"

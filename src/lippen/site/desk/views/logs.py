"""Pages of released logs."""

from __future__ import annotations

import json
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.said import sentence
from lippen.site.desk import at_once, logs_selectors
from lippen.site.desk.drafts import DraftUnknown
from lippen.site.desk.forms import TakeBack
from lippen.site.desk.log_content import NEVER_ALONE, LogRefused

_NONE_CAME: Final = "No log went to your organisation."
_NONE_LEFT: Final = "Your desk has released no log yet. What is signed off leaves with its batch."


def logs(request: SignedInRequest) -> HttpResponse:
    """The logs that went to one's organisation, or that one's own desk released."""
    page = logs_selectors.logs(request.acting, request.GET.get("page", "1"))
    empty = _NONE_LEFT if request.acting.may("share", "desk-log") else _NONE_CAME
    return render(request, "desk/logs.html", {"page": page, "never_alone": NEVER_ALONE, "empty": empty})


def log(request: SignedInRequest, ref: str) -> HttpResponse:
    """One log."""
    return _log(request, ref)


def look_over(request: SignedInRequest, ref: str) -> HttpResponse:
    """Say whether it was right that a colleague released this log at once; if not, it is taken back."""
    sent = request.POST
    try:
        if sent.get("answer") == "right":
            at_once.look_over(request.acting, ref)
            messages.success(request, "You looked it over, and it stands.")
        else:
            at_once.take_back(request.acting, ref, sent.get("ground", ""))
            messages.success(request, "It is taken back. Partners to whom it went are told.")
    except DraftUnknown as why:
        raise Http404 from why
    except LogRefused as why:
        return _log(request, ref, sentence(why))
    return redirect("log", ref)


def _log(request: SignedInRequest, ref: str, why: str = "") -> HttpResponse:
    seen = logs_selectors.log(request.acting, ref)
    if seen is None:
        raise Http404
    told = {"area": seen.area, "areas": seen.areas, "text": seen.text, "conditions": seen.conditions}
    context = {
        "seen": seen,
        "why": why,
        "never_alone": NEVER_ALONE,
        "told": json.dumps(told),
        "take_back": TakeBack(),
    }
    return render(request, "desk/log.html", context, status=422 if why else 200)

"""Pages of released logs."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.said import sentence
from lippen.site.desk import drafts, logs_selectors
from lippen.site.desk.drafts import DraftUnknown
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
    """Say that one looked over what a colleague released at once."""
    try:
        drafts.look_over(request.acting, ref)
    except DraftUnknown as why:
        raise Http404 from why
    except LogRefused as why:
        return _log(request, ref, sentence(why))
    messages.success(request, "You looked it over.")
    return redirect("log", ref)


def _log(request: SignedInRequest, ref: str, why: str = "") -> HttpResponse:
    seen = logs_selectors.log(request.acting, ref)
    if seen is None:
        raise Http404
    context = {"seen": seen, "why": why, "never_alone": NEVER_ALONE}
    return render(request, "desk/log.html", context, status=422 if why else 200)

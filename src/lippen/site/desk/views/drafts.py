"""The page of a draft, on which a second worker sees what it says and signs it off."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.said import sentence
from lippen.site.desk import drafts, ended_drafts, practice
from lippen.site.desk.drafts import DraftUnknown
from lippen.site.desk.fetching import FetchRefused
from lippen.site.desk.forms import Beside, Passphrase
from lippen.site.desk.log_content import LogRefused
from lippen.site.desk.views.opened_here import opens_keys


@opens_keys
def draft(request: SignedInRequest, ref: str) -> HttpResponseBase:
    """A draft to look through, to sign off or to throw away; or what became of it."""
    try:
        return _draft(request, ref)
    except DraftUnknown:
        ended = ended_drafts.ended(request.acting, ref)
        if ended is None:
            raise
        return render(request, "desk/draft_ended.html", {"ended": ended}, status=410)


def protection(request: SignedInRequest) -> HttpResponseBase:
    """What to do when a report names somebody who is in danger, or somebody at all."""
    return render(request, "desk/protection.html")


def _draft(request: SignedInRequest, ref: str) -> HttpResponseBase:
    acting, sent = request.acting, request.POST
    why = ""
    if request.method == "POST":
        try:
            if sent.get("answer") == "throw away":
                drafts.throw_away(acting, ref)
                messages.success(request, "The draft is thrown away.")
            else:
                drafts.sign(acting, ref, sent.get("content", ""), sent.get("salt", ""))
                messages.success(request, "You signed it off. It goes on with its batch.")
            return redirect("desk")
        except (LogRefused, FetchRefused) as refused:
            why = sentence(refused)
    seen = practice.draft(acting, ref)
    context = {
        "seen": seen,
        "told": json.dumps(seen.told),
        "unlock": Passphrase(),
        "beside": Beside(seen.colleagues),
        "why": why,
    }
    return render(request, "desk/draft.html", context, status=422 if why else 200)

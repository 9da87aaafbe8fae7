"""The page of an answer that waits for a second person, who sees what it says and sends it."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from lippen.site.accounts.acting import SignedInRequest
from lippen.site.desk import answer_drafts, practice
from lippen.site.desk.forms import Beside, Passphrase
from lippen.site.desk.views.opened_here import opens_keys, sent_by_script


@opens_keys
def answer_that_waits(request: SignedInRequest, ref: str) -> HttpResponseBase:
    """An answer to look through and to send, or to throw away."""
    if request.method == "POST":
        answer_drafts.throw_away(request.acting, ref)
        messages.success(request, "The answer is thrown away.")
        return redirect("desk")
    seen = practice.answer_that_waits(request.acting, ref)
    context = {
        "seen": seen,
        "told": json.dumps(seen.told),
        "unlock": Passphrase(),
        "beside": Beside(seen.colleagues),
    }
    return render(request, "desk/answer.html", context)


@sent_by_script
def send(request: SignedInRequest, ref: str) -> None:
    """Put into the resident's mailbox what a colleague wrote, as this worker's browser sealed it."""
    sent = request.POST
    answer_drafts.send(request.acting, ref, sent.get("mailbox", ""), sent.get("packed", ""))

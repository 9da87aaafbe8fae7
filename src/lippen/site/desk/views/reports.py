"""Pages of what waits at the desk, of one report, and what the tab sends about it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render

from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.said import sentence
from lippen.site.desk import (
    answer_drafts,
    answering,
    at_once,
    deciding,
    drafts,
    fetching,
    practice,
    worker_keys,
)
from lippen.site.desk.answering import AnswerRefused
from lippen.site.desk.fetching import FetchRefused
from lippen.site.desk.forms import AskForTwo, Beside, Passphrase, WriteAnswer, WriteLog, WriteSighting
from lippen.site.desk.own_desk import today
from lippen.site.desk.sealed_ids import is_sealed_id
from lippen.site.desk.views.opened_here import opens_keys, sent_by_script


@opens_keys
def desk(request: SignedInRequest) -> HttpResponseBase:
    """What waits at the desk."""
    return render(request, "desk/desk.html", {"seen": practice.desk(request.acting)})


@opens_keys
def report(request: SignedInRequest, ident: str) -> HttpResponseBase:
    """The page on which a worker's browser opens a report, and on which she writes its log and its answer."""
    return _report(request, ident)


def _report(request: SignedInRequest, ident: str, why: str = "") -> HttpResponse:
    seen = practice.report(request.acting, ident)
    monday = today() - timedelta(days=today().weekday())
    context = {
        "seen": seen,
        "why": why,
        "told": json.dumps(seen.told),
        "unlock": Passphrase(),
        "beside": Beside(seen.colleagues),
        "log": WriteLog(seen.areas, seen.goes_to, monday),
        "sighting": WriteSighting(seen.areas_of_sightings, monday),
        "answer": WriteAnswer(),
        "matters": [(one, AskForTwo(one.matter)) for one in seen.decisions],
        "close": AskForTwo(deciding.CLOSE),
        "exits": [(matter, AskForTwo(matter)) for matter in seen.exits],
    }
    return render(request, "desk/report.html", context, status=422 if why else 200)


@sent_by_script
def fetch(request: SignedInRequest, ident: str) -> HttpResponse:
    """The sealed bytes of a report."""
    return _bytes(fetching.fetch_report(request.acting, ident))


@sent_by_script
def fetch_photograph(request: SignedInRequest, ident: str) -> HttpResponse:
    """The sealed bytes of a photograph."""
    return _bytes(fetching.fetch_photograph(request.acting, ident))


@sent_by_script
def colleague_keys(request: SignedInRequest, ref: str) -> HttpResponse:
    """The wrapped keys of a colleague who sits beside."""
    return JsonResponse({"keys": worker_keys.colleague_keys(request.acting, ref)})


@opens_keys
def pass_on(request: SignedInRequest, ident: str) -> HttpResponseBase:
    """Leave a report to the others of the desk."""
    try:
        fetching.pass_on(request.acting, ident)
    except FetchRefused as why:
        return _report(request, ident, sentence(why))
    messages.success(request, "The report is left to your colleagues, and closed to you.")
    return redirect("desk")


@sent_by_script
def keep_draft(request: SignedInRequest, ident: str) -> None:
    """Keep a sealed draft."""
    sent = request.POST
    drafts.keep_draft(
        request.acting,
        ident,
        sent.get("sealed", ""),
        sent.get("commitment", ""),
        held=sent.get("held", "") == "yes",
    )


@sent_by_script
def release_at_once(request: SignedInRequest, ident: str) -> None:
    """Release a log for risk to life."""
    sent = request.POST
    at_once.release_at_once(
        request.acting,
        ident,
        sent.get("content", ""),
        sent.get("sooner", ""),
        let_stand=sent.get("let_stand", ""),
        called=sent.get("called", "") == "yes",
    )


@sent_by_script
def answer(request: SignedInRequest, ident: str) -> None:
    """Put a sealed answer into the resident's mailbox."""
    sent = request.POST
    answering.answer(request.acting, ident, sent.get("mailbox", ""), sent.get("packed", ""))


@sent_by_script
def keep_answer(request: SignedInRequest, ident: str) -> None:
    """Keep the sealed draft of an answer."""
    answer_drafts.keep_answer(request.acting, ident, request.POST.get("sealed", ""))


@sent_by_script
def stop(request: SignedInRequest, ident: str) -> None:
    """Stop answers until advice was taken."""
    deciding.stop_answers(request.acting, ident)


@opens_keys
def decide(request: SignedInRequest, ident: str) -> HttpResponseBase:
    """Ask a colleague to decide with one, agree to it, or take it back. To agree to closing deletes it."""
    acting, sent = request.acting, request.POST
    matter = sent.get("matter", "")
    try:
        if sent.get("answer") == "agree":
            deciding.agree(acting, ident, matter, _idents(sent.get("photographs", "")))
            if matter == deciding.CLOSE:
                messages.success(request, "The report is closed and deleted.")
                return redirect("desk")
            messages.success(request, "You agreed. Both of you stand for it.")
        elif sent.get("answer") == "take back":
            deciding.take_back(acting, ident, matter)
            messages.success(request, "It is taken back. Nothing was decided.")
        else:
            deciding.ask(acting, ident, matter, sent.get("ground", ""), _idents(sent.get("photographs", "")))
            messages.success(request, "Your colleagues are asked. One of them has to agree.")
    except (AnswerRefused, FetchRefused) as why:
        return _report(request, ident, sentence(why))
    return redirect("desk-report", ident)


def _idents(text: str) -> Sequence[str]:
    idents = text.split()
    if not all(map(is_sealed_id, idents)):
        raise AnswerRefused("these are no photographs of a report")
    return idents


def _bytes(sealed: bytes) -> HttpResponse:
    return HttpResponse(sealed, content_type="application/octet-stream")

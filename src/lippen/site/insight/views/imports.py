"""Pages of imports: the list, an upload, one import on its way and after it, and its taking back."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_protect

from lippen.site.accounts.access import Page
from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.said import sentence
from lippen.site.insight import imports_selectors, imports_services
from lippen.site.insight.holding import brought_in_by, must_hold, why_not_brought_in
from lippen.site.insight.kinds import KINDS, BroughtIn
from lippen.site.insight.receiving import (
    MOST_FILES,
    Receiving,
    UploadRefused,
    in_words,
    largest,
    refuse_by_length,
)
from lippen.site.insight.upload_forms import Upload
from lippen.site.insight.views.in_the_room import in_the_room

SECONDS_BETWEEN_LOOKS: Final = "3"

_UNREADABLE: Final = (
    "What was sent could not be read, so nothing of it was kept. Perhaps the name of a file is too long: give"
    " it less than 200 letters, and upload it again."
)


class UploadPage(Page):
    """A page that takes files. Who sends them is looked at first, by their session, and only then is the
    first byte read, in which the form's own token lies: the view sees to that (`csrf_protect` within it).
    """

    csrf_exempt = True


@in_the_room
def imports(request: SignedInRequest) -> HttpResponse:
    """The imports of one's organisation, the newest first."""
    page = imports_selectors.jobs(request.acting, request.GET.get("page", "1"))
    context = {
        "page": page,
        "otherwise": imports_selectors.any_came_otherwise(),
        "rights": imports_selectors.rights_otherwise(request.acting),
    }
    return render(request, "insight/imports.html", context)


@in_the_room
def new(request: SignedInRequest) -> HttpResponseBase:
    """Say what is to be uploaded, then upload one or more files of it. The kind stands in the address, so
    that it is known, and whether it may be brought in, before the first byte of a file is read.
    """
    may = brought_in_by(request.acting)
    asked = request.GET.get("kind", may[0] if len(may) == 1 else "")
    if asked not in KINDS:
        return _choice(request, may)
    must_hold(request.acting, asked)
    kind = KINDS[asked]
    if request.method != "POST":
        return _form(request, kind)
    uploads = imports_services.uploads()
    try:
        refuse_by_length(request, uploads.workspace)
    except UploadRefused as why:
        return _form(request, kind, [sentence(why)], status=413)
    receiving = Receiving(request, uploads)
    request.upload_handlers = [receiving]
    try:
        return _sent(request, kind, receiving)
    except MultiPartParserError:
        return _form(request, kind, [_UNREADABLE], status=400)
    finally:
        receiving.abandon()


def _choice(request: SignedInRequest, may: list[str]) -> HttpResponse:
    """What there is to upload, of what may be brought in here; of what may not, why not."""
    offered = [(kind, why_not_brought_in(request.acting, kind.name)) for kind in KINDS.values()]
    context = {"offered": offered, "any": bool(may)}
    status = 400 if request.method == "POST" else 200
    return render(request, "insight/imports_kinds.html", context, status=status)


def _form(
    request: SignedInRequest, kind: BroughtIn, wrong: list[str] | None = None, status: int = 200
) -> HttpResponse:
    """The form, with what is wrong. It reads nothing of what was sent."""
    form = Upload(kind, {} if wrong else None)
    if wrong:
        form.errors["exports"] = form.error_class(wrong)
    context = {"form": form, "kind": kind, "largest": in_words(largest()), "most": MOST_FILES}
    return render(request, "insight/imports_new.html", context, status=status)


@csrf_protect
def _sent(request: SignedInRequest, kind: BroughtIn, receiving: Receiving) -> HttpResponseBase:
    """What was sent, once it is known to come from a page of ours."""
    receiving.read()
    refused = [f"{name}: {sentence(why)}" for name, why in receiving.refused]
    given = []
    while receiving.received:
        given.append(imports_services.give(request.acting, receiving.received[0], kind.name))
        receiving.received.pop(0)
    if not given:
        return _form(request, kind, refused or ["Choose a file first."], status=400)
    for one in refused:
        messages.warning(request, f"Not taken: {one}")
    if len(given) == 1 and not refused:
        return redirect("import-columns", given[0].ref)
    messages.success(request, f"{len(given)} files were uploaded. Check the columns of each.")
    return redirect("imports")


@in_the_room
def one_import(request: SignedInRequest, ref: str) -> HttpResponse:
    """One import: how far it has come, or what became of it. While it moves, the page is asked for anew."""
    acting = request.acting
    job = imports_selectors.job(acting, ref)
    context: dict[str, Any] = {"job": job, "still": "still" in request.GET}
    if job.moving:
        context["progress"] = imports_selectors.progress(acting, ref)
    else:
        context["corrections"] = imports_selectors.corrections_of(acting, ref)
    answer = render(request, "insight/import.html", context)
    if job.moving and not context["still"]:
        # With its address: a browser that came with a place on the page in it ("#effect") would else stay.
        answer["Refresh"] = f"{SECONDS_BETWEEN_LOOKS}; url={request.path}"
    return answer


@in_the_room
def cancel(request: SignedInRequest, ref: str) -> HttpResponse:
    """Let an import be."""
    imports_selectors.job(request.acting, ref)
    try:
        ended = imports_services.cancel(request.acting, ref)
    except imports_services.ImportUnknown as why:
        messages.warning(request, sentence(why))
    else:
        messages.success(
            request,
            "The import was cancelled, and the upload is gone." if ended else "The import ends in a moment.",
        )
    return redirect("import", ref)


@in_the_room
def take_back(request: SignedInRequest, ref: str) -> HttpResponse:
    """Ask once, and say what depends on it; then take a whole import back."""
    acting = request.acting
    job = imports_selectors.job(acting, ref)
    stopped_by = imports_selectors.stopped_by(acting, ref)
    if request.method == "POST" and not stopped_by:
        try:
            imports_services.take_back(acting, ref)
        except imports_services.ImportUnknown as why:
            messages.warning(request, sentence(why))
        return redirect("import", ref)
    if not job.is_in:
        return redirect("import", ref)
    inside = [one for one in imports_selectors.corrections_of(acting, ref) if one.is_in]
    context = {"job": job, "stopped_by": stopped_by, "corrections": inside}
    status = 409 if request.method == "POST" else 200
    return render(request, "insight/import_take_back.html", context, status=status)

"""The first page, the operating code, the living page of components, and what an error looks like."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Final

from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from lippen.site.accounts.acting import AnybodysRequest
from lippen.site.accounts.beginning import beginning, undone
from lippen.site.accounts.devices import awaits_link
from lippen.site.accounts.notices import waiting
from lippen.site.form.context import of_the_site
from lippen.site.form.door import door_address, is_published
from lippen.site.form.living_page import shown
from lippen.site.form.may import what_the_role_may
from lippen.site.form.operating_code import operating_code
from lippen.site.form.sending import status_of

_log = logging.getLogger(__name__)


def first(request: AnybodysRequest) -> HttpResponse:
    """For somebody signed in, what waits for them and what they may do; for anybody else, what this is."""
    acting = request.acting
    if acting is None:
        here = {"code": operating_code(), "door": door_address(), "published": is_published()}
        return render(request, "form/welcome.html", here)
    told = {
        "role": what_the_role_may(acting),
        "waiting": waiting(acting),
        "begins": beginning(acting),
        "undone": undone(acting),
        "awaits_link": acting.must_set_up and awaits_link(acting.person),
    }
    return render(request, "form/first.html", told)


def code(request: HttpRequest) -> HttpResponse:
    """The operating code, with its version and, beside each promise, the tests that prove it."""
    return render(request, "form/operating_code.html", {"code": operating_code()})


def living_page(request: HttpRequest) -> HttpResponse:
    """Every component in all its states, made from the very tags that all pages use."""
    told = shown(request)
    return render(request, "form/living_page.html", told, status=status_of(told["form"]))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What cannot be read, or asks for this site by a name that it does not answer to."""
    if isinstance(exception, DisallowedHost):
        return unknown_name(request)
    return render(request, "form/bad_request.html", status=400)


def unknown_name(request: HttpRequest) -> HttpResponse:
    """Says neither the name that was asked for, which anybody can make up, nor any that is right: whoever
    tries addresses would learn whose site this is.
    """
    return render(request, "form/unknown_name.html", {"site_name": "This site"}, status=400)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What was refused outside `accounts.access`: the reason is shown when there is one."""
    return render(request, "form/refused.html", {"why": str(exception or "")}, status=403)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was sent without the token of this browser."""
    return render(request, "form/form_expired.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "form/not_found.html", status=404)


def went_wrong(request: HttpRequest) -> HttpResponse:
    """Made without asking the database, which may be what went wrong. Its number is written in the log."""
    reference = secrets.token_hex(4)
    _log.error("a page went wrong, and its reader was given the number %s", reference)
    return _went_wrong(reference)


def _went_wrong(reference: str) -> HttpResponse:
    page = render_to_string("form/went_wrong.html", {**of_the_site(), "reference": reference})
    return HttpResponse(page, status=500)


def not_recorded(request: HttpRequest) -> HttpResponse:
    return render(request, "form/not_recorded.html", status=503)


ANSWERS: Final[Mapping[str, Callable[[HttpRequest], HttpResponse]]] = {
    "400": bad_request,
    "unknown-name": unknown_name,
    "403": refused,
    "form-expired": form_expired,
    "404": not_found,
    "503": not_recorded,
}
"""Answers that are not a page, by what stands in the address of the living page that shows them."""


def answer(request: HttpRequest, name: str) -> HttpResponse:
    """One of the answers that are not a page, as it looks when it comes."""
    if name == "500":
        return _went_wrong("0123abcd")
    if name not in ANSWERS:
        raise Http404
    return ANSWERS[name](request)

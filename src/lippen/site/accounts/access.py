"""Every URL says who may open it. A URL that does not fails the build (tests/site/test_every_url.py)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from lippen.site.register.services import RegisterUnavailable

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Access:
    """Who may open a page: `who` is "everybody", "signed-in", or "permitted" with a verb and a class of
    data.
    """

    who: str
    verb: str = ""
    data: str = ""


EVERYBODY = Access("everybody")
SIGNED_IN = Access("signed-in")


def permitted(verb: str, data: str) -> Access:
    """Those whose role may do `verb` to `data` (accounts/permissions.toml)."""
    return Access("permitted", verb, data)


def page(route: str, view: View, access: Access, name: str) -> URLPattern:
    """A URL and who may open it. A refusal is a page that says why, with status 403."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if access.who != "everybody":
            acting = request.acting  # type: ignore[attr-defined]
            if not acting:
                return redirect(f"/sign-in/?next={request.path}")
            if access.who == "permitted":
                verdict = acting.may(access.verb, access.data)
                if not verdict:
                    return refuse(request, verdict.why)
        try:
            return view(request, *args, **named)
        except RegisterUnavailable as why:
            return render(request, "form/not_recorded.html", {"why": str(why)}, status=503)

    checked.access = access  # type: ignore[attr-defined]
    return path(route, checked, name=name)


def refuse(request: HttpRequest, why: str) -> HttpResponse:
    """The page of a refusal: why, and whom to ask."""
    return render(request, "form/refused.html", {"why": why}, status=403)

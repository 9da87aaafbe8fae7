"""Every URL says who may open it. A URL that does not fails the build (tests/site/test_every_url.py)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.http import urlencode

from lippen.site.accounts import references  # noqa: F401 - registers <ref:...> for every urls.py
from lippen.site.register.services import RegisterUnavailable

View = Callable[..., HttpResponseBase]

READ_ONLY: Final = ("GET", "HEAD")
READ_AND_SEND: Final = ("GET", "HEAD", "POST")
SEND_ONLY: Final = ("POST",)


@dataclass(frozen=True)
class Access:
    """Who may open a page: `who` is "everybody", "signed-in", or "permitted" with a verb and a class of
    data; "key" stands for a program's key with a verb and a class of data.
    """

    who: str
    verb: str = ""
    data: str = ""


EVERYBODY: Final = Access("everybody")
SIGNED_IN: Final = Access("signed-in")


def permitted(verb: str, data: str) -> Access:
    """Those whose role may do `verb` to `data` (accounts/permissions.toml)."""
    return Access("permitted", verb, data)


def by_key(verb: str, data: str) -> Access:
    """Programs whose key, role and purpose may do `verb` to `data`."""
    return Access("key", verb, data)


def page(
    route: str, view: View, access: Access, name: str, *, methods: Sequence[str] = READ_AND_SEND
) -> URLPattern:
    """A URL and who may open it, by which methods. A refusal is a page that says why, with status 403.

    Whoever is not signed in is sent to do so and comes back to the same page. When the register cannot be
    written the page is not shown (503).
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        if access.who != "everybody":
            acting = request.acting  # type: ignore[attr-defined]
            if not acting:
                back = f"?{urlencode({'next': request.path})}" if request.method in READ_ONLY else ""
                return redirect(f"/sign-in/{back}")
            if access.who == "permitted":
                verdict = acting.may(access.verb, access.data)
                if not verdict:
                    return refuse(request, verdict.why)
        try:
            return view(request, *args, **named)
        except RegisterUnavailable as why:
            return render(request, "form/not_recorded.html", {"why": str(why)}, status=503)

    checked.access = access  # type: ignore[attr-defined]
    checked.methods = tuple(methods)  # type: ignore[attr-defined]
    return path(route, checked, name=name)


def refuse(request: HttpRequest, why: str) -> HttpResponse:
    """The page of a refusal: why, and whom to ask."""
    return render(request, "form/refused.html", {"why": why}, status=403)

"""Every URL says who may open it. A URL that does not fails the build (tests/site/test_every_url.py)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, Final, Literal, overload

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.http import urlencode

from lippen.site.accounts.acting import Acting, AnybodysRequest, SignedInRequest
from lippen.site.form.sending import marked
from lippen.site.register.services import RegisterUnavailable

View = Callable[..., HttpResponseBase]
OpenView = Callable[Concatenate[AnybodysRequest, ...], HttpResponseBase]
"""A view that also answers when nobody is signed in."""

SignedInView = Callable[Concatenate[SignedInRequest, ...], HttpResponseBase]
"""A view that is asked only by somebody signed in."""

READ_ONLY: Final = ("GET", "HEAD")
READ_AND_SEND: Final = ("GET", "HEAD", "POST")
SEND_ONLY: Final = ("POST",)


@dataclass(frozen=True)
class Access:
    """Who may open an address: `who` is "everybody", "signed-in", or "permitted" with a verb and a class of
    data; "key" stands for a program's key with a verb and a class of data. `besides` is asked about somebody
    whose role would do, and says why it stays closed to them all the same ("" where it does not). `asks`
    says whom somebody refused can ask, where it is another than everywhere else (`Acting.whom_to_ask`).
    """

    who: Literal["everybody", "signed-in", "permitted", "key"]
    verb: str = ""
    data: str = ""
    besides: Callable[[Acting], str] | None = None
    asks: Callable[[Acting], str] | None = None

    def why_closed(self, acting: Acting) -> str:
        """Why this is closed to somebody signed in; "" where it opens. Pages answer by it, and menus offer by
        it, so that none offers what would be refused.
        """
        if self.who != "permitted":
            return ""
        verdict = acting.may(self.verb, self.data)
        if not verdict:
            return verdict.why
        return self.besides(acting) if self.besides else ""

    def whom_to_ask(self, acting: Acting | None) -> str:
        """Whom somebody refused can ask, in sentences; "" where it is who they can ask everywhere."""
        return self.asks(acting) if self.asks and acting is not None else ""


class ForAnybody(Access):
    """Whoever asks, signed in or not. `page` tells this by its type, so that mypy finds a view that needs
    somebody signed in at an address that does not.
    """


class ForSignedIn(Access):
    """Only whoever is signed in, and of them perhaps only some."""


EVERYBODY: Final = ForAnybody("everybody")
SIGNED_IN: Final = ForSignedIn("signed-in")


def permitted(
    verb: str,
    data: str,
    besides: Callable[[Acting], str] | None = None,
    asks: Callable[[Acting], str] | None = None,
) -> ForSignedIn:
    """Those whose role may do `verb` to `data` (accounts/permissions.toml), unless `besides` says why not;
    `asks` says whom everybody else can ask.
    """
    return ForSignedIn("permitted", verb, data, besides, asks)


def by_key(verb: str, data: str) -> Access:
    """Programs whose key, role and purpose may do `verb` to `data`."""
    return Access("key", verb, data)


@dataclass(frozen=True)
class Answering(ABC):
    """What answers at an address: the view, who may open it, and by which methods. Each kind of address
    says how it keeps to that.
    """

    view: View
    access: Access
    methods: tuple[str, ...]

    @abstractmethod
    def __call__(self, request: AnybodysRequest, *args: Any, **named: Any) -> HttpResponseBase: ...


class Page(Answering):
    """A page: whoever is not signed in is sent to do so and comes back to it; a refusal is a page that says
    why (403), and a form that was refused is one that says what to put right (422); when the register cannot
    be written nothing is shown (503).
    """

    def __call__(self, request: AnybodysRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if request.method not in self.methods:
            return HttpResponseNotAllowed(self.methods)
        if self.access.who != "everybody":
            if request.acting is None:
                then = {"next": request.get_full_path()} if request.method in READ_ONLY else {}
                return redirect(f"/sign-in/?{urlencode(then)}" if then else "/sign-in/")
            if why_closed := self.access.why_closed(request.acting):
                return refuse(request, why_closed, self.access.whom_to_ask(request.acting))
        try:
            return marked(request, self.view(request, *args, **named))
        except PermissionError as why:
            return refuse(request, str(why), self.access.whom_to_ask(request.acting))
        except RegisterUnavailable as why:
            return render(request, "form/not_recorded.html", {"why": str(why)}, status=503)


@overload
def page(
    route: str, view: OpenView, access: ForAnybody, name: str, *, methods: Sequence[str] = READ_AND_SEND
) -> URLPattern: ...


@overload
def page(
    route: str, view: SignedInView, access: ForSignedIn, name: str, *, methods: Sequence[str] = READ_AND_SEND
) -> URLPattern: ...


def page(
    route: str, view: View, access: Access, name: str, *, methods: Sequence[str] = READ_AND_SEND
) -> URLPattern:
    """The address of a page, with who may open it and by which methods."""
    return path(route, Page(view, access, tuple(methods)), name=name)


def refuse(request: HttpRequest, why: str, ask: str = "") -> HttpResponse:
    """The page of a refusal: why, and whom to ask; `ask` says so in sentences where it is no colleague."""
    return render(request, "form/refused.html", {"why": why, "ask": ask}, status=403)

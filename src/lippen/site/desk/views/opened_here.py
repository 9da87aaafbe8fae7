"""What pages share on which a key is opened: their policy, and what they answer to what the tab sends."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render

from lippen.errors import LippenError
from lippen.site.accounts.access import SignedInView
from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.said import sentence
from lippen.site.desk.answering import AnswerRefused
from lippen.site.desk.drafts import DraftUnknown
from lippen.site.desk.fetching import FetchRefused, ReportUnknown
from lippen.site.desk.log_content import LogRefused
from lippen.site.desk.own_desk import NoDesk, own_desk
from lippen.site.desk.wrapped_keys import KeyRefused

POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""As of every page, but for Argon2 in WebAssembly and for photographs that the tab itself opened; and no
text can become a script or HTML.
"""

REFUSALS: Final = (AnswerRefused, FetchRefused, KeyRefused, LogRefused)


def opens_keys(view: SignedInView) -> SignedInView:
    """A page of the desk: it says why where the organisation runs none, and has the policy above."""

    @wraps(view)
    def opened(request: SignedInRequest, *args: Any, **named: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **named)
        except NoDesk as why:
            return no_desk(request, why)
        except (ReportUnknown, DraftUnknown) as why:
            raise Http404 from why
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return opened


def no_desk(request: SignedInRequest, why: LippenError) -> HttpResponse:
    """The page that says why there is no desk here, who can change that, and that a desk which is named can
    make its keys already.
    """
    try:
        desk = own_desk(request.acting)
    except NoDesk:
        desk = None
    return render(request, "desk/no_desk.html", {"why": sentence(why), "desk": desk})


def sent_by_script(view: Callable[..., HttpResponse | None]) -> SignedInView:
    """What the tab sends without leaving its page: 204, or bytes, or 422 with why not in plain text."""

    @wraps(view)
    def answered(request: SignedInRequest, *args: Any, **named: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **named) or HttpResponse(status=204)
        except REFUSALS as why:
            return HttpResponse(sentence(why), status=422, content_type="text/plain; charset=utf-8")
        except (NoDesk, ReportUnknown, DraftUnknown) as why:
            return HttpResponse(sentence(why), status=404, content_type="text/plain; charset=utf-8")

    return answered

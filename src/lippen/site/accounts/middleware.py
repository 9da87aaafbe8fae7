"""Puts who acts on the request, as `request.acting`; ends sessions in time; asks for a second step first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from lippen.site.accounts.access import Answering
from lippen.site.accounts.acting import AnybodysRequest, acting_of
from lippen.site.accounts.sign_in import keep_time

SETTING_UP: Final = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_view_recovery_codes",
    }
)
"""Names of the pages that somebody reaches whose role needs a second factor and who has not used one."""


class WhoActs:
    """Looked up where a browser sends a session; for any other the database is asked nothing."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = cast(AnybodysRequest, request)  # from here on it is one
        asked.acting = None
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            keep_time(request)
            asked.acting = acting_of(request)
        return self.answer(asked)

    def process_view(
        self, request: AnybodysRequest, view: Callable[..., HttpResponseBase], *_: Any
    ) -> HttpResponse | None:
        if not isinstance(view, Answering) or view.access.who in {"everybody", "key"}:
            return None
        if request.acting is None or not request.acting.must_set_up or request.resolver_match is None:
            return None
        return None if request.resolver_match.url_name in SETTING_UP else redirect("mfa_index")

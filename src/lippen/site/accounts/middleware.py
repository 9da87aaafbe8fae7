"""Puts who acts on the request, as `request.acting`; ends sessions in time; asks for a second step first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from lippen.site.accounts.acting import acting_of
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


class Acting:
    """Looked up when it is first asked for: a page for everybody asks the database nothing."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            keep_time(request)
        request.acting = SimpleLazyObject(lambda: acting_of(request))  # type: ignore[attr-defined]
        return self.answer(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_: Any
    ) -> HttpResponse | None:
        access = getattr(view, "access", None)
        if access is None or access.who in {"everybody", "key"} or request.resolver_match is None:
            return None
        acting = request.acting  # type: ignore[attr-defined]
        if acting and acting.must_set_up and request.resolver_match.url_name not in SETTING_UP:
            return redirect("mfa_index")
        return None

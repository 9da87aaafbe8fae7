"""Before a sensitive step one says again who one is: a screen that was left open is not enough."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.http import urlencode

from lippen.site.accounts.access import SignedInView
from lippen.site.accounts.acting import SignedInRequest

NOT_KEPT: Final = (
    "Nothing was done yet. What you had filled in or chosen was not kept, so please do it once more."
)


def asked_again(view: SignedInView, back: str = "", *, to_fill_in: timedelta = timedelta(0)) -> SignedInView:
    """A view that whoever is signed in reaches only within ten minutes of giving a password, code or passkey
    anew, or of signing in with a second step. A form that takes longer to fill in than that is taken for as
    long as `to_fill_in` after it: whoever opened it was asked.

    What is sent later is not kept, for it may hold a password, and the page to which one comes back says so.
    That is the same address with all that it asked for, or `back` where it takes nothing but what is sent.
    Use it within `accounts.access.page`.
    """

    @wraps(view)
    def asked(request: SignedInRequest, *args: Any, **named: Any) -> HttpResponseBase:
        from allauth.account.adapter import get_adapter
        from allauth.account.internal.flows.reauthentication import is_reauthentication_required

        filled_in = request.method == "POST" and _said_within(request, to_fill_in)
        if not filled_in and is_reauthentication_required(request, app="lippen"):
            ways = get_adapter(request).get_reauthentication_methods(request.user)
            if ways:
                if request.method == "POST":
                    messages.error(request, NOT_KEPT)
                then = urlencode({"next": back or request.get_full_path()})
                return HttpResponseRedirect(f"{ways[0]['url']}?{then}")
        return view(request, *args, **named)

    return asked


def _said_within(request: SignedInRequest, span: timedelta) -> bool:
    """Whether whoever is signed in said anew who they are so short a time ago."""
    from allauth.account.internal.flows.login import get_authentication_records

    since = time.time() - span.total_seconds()
    records = get_authentication_records(request, request.user)
    return any(one.get("reauthenticated") and one["at"] > since for one in records)

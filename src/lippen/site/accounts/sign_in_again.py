"""Before a sensitive step one says again who one is: a screen that was left open is not enough."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.http import urlencode

from lippen.site.accounts.access import SignedInView
from lippen.site.accounts.acting import SignedInRequest


def asked_again(view: SignedInView, back: str = "") -> SignedInView:
    """A view that whoever is signed in reaches only within ten minutes of giving a password, code or passkey
    anew.

    What was sent meanwhile is not kept: it may hold a password. So afterwards one is at the same address, or
    at `back` where that takes nothing but what is sent. Use it within `accounts.access.page`.
    """

    @wraps(view)
    def asked(request: SignedInRequest, *args: Any, **named: Any) -> HttpResponseBase:
        from allauth.account.adapter import get_adapter
        from allauth.account.internal.flows.reauthentication import is_reauthentication_required

        if is_reauthentication_required(request, app="lippen"):
            ways = get_adapter(request).get_reauthentication_methods(request.user)
            if ways:
                return HttpResponseRedirect(f"{ways[0]['url']}?{urlencode({'next': back or request.path})}")
        return view(request, *args, **named)

    return asked

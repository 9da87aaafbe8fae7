"""Before a sensitive step one says again who one is: a screen that was left open is not enough."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.http import urlencode

View = Callable[..., HttpResponseBase]


def asked_again(view: View) -> View:
    """A view that whoever is signed in reaches only within ten minutes of giving a password, code or passkey
    anew.

    What was sent meanwhile is not kept: it may hold a password. Use it within `accounts.access.page`.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        from allauth.account.adapter import get_adapter
        from allauth.account.internal.flows.reauthentication import is_reauthentication_required

        if is_reauthentication_required(request, app="lippen"):
            ways = get_adapter(request).get_reauthentication_methods(request.user)
            if ways:
                return HttpResponseRedirect(f"{ways[0]['url']}?{urlencode({'next': request.path})}")
        return view(request, *args, **named)

    return asked

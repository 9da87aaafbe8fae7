"""Pages about one's own account are entered in the register like any other reading."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpResponseBase

from lippen.site.accounts.access import SignedInView
from lippen.site.accounts.acting import SignedInRequest
from lippen.site.accounts.own_account import entered


def about_oneself(view: SignedInView, what: str) -> SignedInView:
    """A page that shows whoever is signed in something of their own account: entered before it is made."""

    @wraps(view)
    def shown(request: SignedInRequest, *args: Any, **named: Any) -> HttpResponseBase:
        entered(request.acting, what)
        return view(request, *args, **named)

    return shown

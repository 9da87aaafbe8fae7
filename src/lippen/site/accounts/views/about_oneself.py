"""Pages about one's own account are entered in the register like any other reading."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from lippen.site.accounts.access import View
from lippen.site.accounts.own_account import entered


def about_oneself(view: View, what: str) -> View:
    """A page that shows whoever is signed in something of their own account: entered before it is made."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        entered(request.acting, what)  # type: ignore[attr-defined]
        return view(request, *args, **named)

    return shown

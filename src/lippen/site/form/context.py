"""What every page's template knows."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import Error
from django.http import HttpRequest

from lippen.site.accounts.acting import Acting
from lippen.site.form.navigation import opens, ways
from lippen.site.register.unsealed import unsealed_since


def page(request: HttpRequest) -> dict[str, Any]:
    """The partnership's name, whether this is a demo, who acts (`accounts.acting`), and where they may go."""
    acting: Acting | None = getattr(request, "acting", None)
    return {
        **of_the_site(),
        "acting": acting,
        "ways": ways(acting, request.path),
        "unsealed_since": partial(_unsealed_since, acting),
        "can_change_role": acting is not None and len(acting.others) > 1 and opens("/you/", acting),
    }


def _unsealed_since(acting: Acting | None) -> datetime | None:
    """Since when sealing stands still, for those who look after other people's reading; None else."""
    if acting is None or acting.may("list", "register").scope not in ("organisation", "all"):
        return None
    try:
        return unsealed_since()
    except Error:
        return None  # the page may be the one that says that the database cannot be reached


def of_the_site() -> dict[str, Any]:
    """What is the same for everybody. It asks the database nothing, so that an error page can always be
    made.
    """
    can_try = settings.CONFIGURATION.demo and opens("/demo/", None)
    return {
        "site_name": settings.CONFIGURATION.name,
        "demo": settings.CONFIGURATION.demo,
        "can_try": can_try,
        "can_sign_in": opens("/sign-in/", None) and not can_try,  # nobody in a demo has a password
        "can_see_permissions": opens("/permissions/", None),
    }

"""What every page's template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from lippen.site.form.navigation import opens, ways


def page(request: HttpRequest) -> dict[str, Any]:
    """The partnership's name, whether this is a demo, who acts (`accounts.acting`), and where they may go."""
    acting: Any = getattr(request, "acting", None)
    return {
        **of_the_site(),
        "acting": acting,
        "ways": ways(acting, request.path),
        "can_change_role": bool(acting) and len(acting.others) > 1 and opens("/you/", acting),
    }


def of_the_site() -> dict[str, Any]:
    """What is the same for everybody. It asks the database nothing, so that an error page can always be
    made.
    """
    return {
        "site_name": settings.CONFIGURATION.name,
        "demo": settings.CONFIGURATION.demo,
        "can_try": settings.CONFIGURATION.demo and opens("/demo/", None),
        "can_sign_in": opens("/sign-in/", None),
        "can_see_permissions": opens("/permissions/", None),
    }

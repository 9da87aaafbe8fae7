"""What every page's template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """The partnership's name, whether this is a demo, and who acts (see `accounts.acting`)."""
    return {
        "site_name": settings.CONFIGURATION.name,
        "demo": settings.CONFIGURATION.demo,
        "acting": getattr(request, "acting", None),
    }

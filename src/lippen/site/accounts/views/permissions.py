"""The public page that says what each partner can see, and what the police cannot."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lippen.site.accounts import explained
from lippen.site.accounts.permissions import permissions


def what_each_sees(request: HttpRequest) -> HttpResponse:
    """Made from the rules that the program checks; there is no other text about them."""
    return render(request, "accounts/permissions.html", _told())


@cache
def _told() -> dict[str, Any]:
    """What the page says. The file is read once in a process, so what follows from it is found once too."""
    known = permissions()
    kinds = explained.kinds(known)
    return {
        "kinds": kinds,
        "roles": explained.roles(known),
        "police": next(one.closed for one in kinds if one.name == "police"),
        "excluded_why": known.excluded_why,
        "excluded": ", ".join(known.excluded),
        "purposes": known.purposes.values(),
        "unbuilt": [one for one in known.data.values() if not one.built],
    }

"""How every page of the room Trade answers: with what it shows, and the ways on from it that open."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from lippen.site.accounts.acting import SignedInRequest
from lippen.site.form.navigation import opens
from lippen.site.trade.found import how_old, is_held, not_whole


def answer(
    request: SignedInRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The page, which offers only what opens to whoever asks, and says where what it shows is old, or
    of a week that is not whole, and where there is nothing to show only because it is worked out anew."""
    stands: dict[str, object]
    ways = {
        "may_bring_in": opens("/imports/new/", request.acting),
        "may_see_areas": opens("/trade/areas/", request.acting),
    }
    if context.get("seen"):
        stands = {"old": how_old(), "not_whole": not_whole()}
    else:
        stands = {"worked_out_anew": is_held()}
    return render(request, f"trade/{template}.html", {**context, **ways, **stands}, status=status)

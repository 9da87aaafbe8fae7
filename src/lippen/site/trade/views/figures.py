"""Pages of the room Trade that show figures: this week, prices, channels, and where things were seen."""

from __future__ import annotations

from django.http import HttpResponse

from lippen.site.accounts.acting import SignedInRequest
from lippen.site.trade import areas_selectors, channels_selectors, prices_selectors, week_selectors
from lippen.site.trade.forms import NarrowAreas, NarrowPrices
from lippen.site.trade.found import week_is_old
from lippen.site.trade.sight import check
from lippen.site.trade.views.answering import answer


def week(request: SignedInRequest) -> HttpResponse:
    """What the newest week brought."""
    seen = week_selectors.week(request.acting)
    return answer(request, "week", {"seen": seen, "week_is_old": week_is_old()})


def prices(request: SignedInRequest) -> HttpResponse:
    """What things cost."""
    check(request.acting)
    narrow = NarrowPrices(prices_selectors.substances_priced(), asked=request.GET)
    asked = narrow.asked()
    seen = prices_selectors.prices(request.acting, asked or "")
    context = {"seen": seen, "narrow": narrow, "wrong": asked is None, "asked": asked}
    return answer(request, "prices", context, status=400 if asked is None else 200)


def channels(request: SignedInRequest) -> HttpResponse:
    """Through what things are offered."""
    seen = channels_selectors.channels(request.acting)
    return answer(request, "channels", {"seen": seen})


def areas(request: SignedInRequest) -> HttpResponse:
    """Where things were seen, over larger areas."""
    check(request.acting, "list")
    narrow = NarrowAreas(areas_selectors.substances_seen(), asked=request.GET)
    asked = narrow.asked()
    substance, weeks = asked or ("", areas_selectors.LAST)
    seen = areas_selectors.areas(request.acting, substance, weeks)
    context = {"seen": seen, "narrow": narrow, "wrong": asked is None}
    return answer(request, "areas", context, status=400 if asked is None else 200)

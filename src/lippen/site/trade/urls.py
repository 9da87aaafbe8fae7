"""Every address of the room Trade."""

from __future__ import annotations

from django.urls import URLPattern

from lippen.site.accounts.access import READ_ONLY, page, permitted
from lippen.site.trade.sight import TRADE, whom_to_ask, why_not_held
from lippen.site.trade.views import figures, words

_read = permitted("read", TRADE, why_not_held, whom_to_ask)
_list = permitted("list", TRADE, why_not_held, whom_to_ask)

urlpatterns: list[URLPattern] = [
    page("trade/", figures.week, _read, "trade", methods=READ_ONLY),
    page("trade/words/", words.words, _read, "trade-words", methods=READ_ONLY),
    page("trade/words/<slug:ident>/", words.word, _read, "trade-word"),
    page("trade/words/<slug:ident>/take-back/", words.take_back, _read, "trade-word-take-back"),
    page("trade/prices/", figures.prices, _read, "trade-prices", methods=READ_ONLY),
    page("trade/channels/", figures.channels, _read, "trade-channels", methods=READ_ONLY),
    page("trade/areas/", figures.areas, _list, "trade-areas", methods=READ_ONLY),
]

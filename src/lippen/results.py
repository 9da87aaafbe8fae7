"""The result tables that a workspace holds beside those of a briefing, by name: for who makes and who reads
them.

Names alone, so that a process which only shows results loads nothing that reckons.
"""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

FACTS = "facts"
"""One row that holds the facts of the others: column `json`."""

WEEKS = "incidents_week"
"""Incidents by larger area, area, kind and week, in the order of places: for pages on one place."""

WEEKS_BY_KIND = "incidents_kind_week"
"""The same rows in the order of kinds and weeks: for pages on a kind or on some days. In the other
order these lie all over the file, and a page on one kind of a nation's year read the whole of it.
"""

KIND_WEEKS = "kinds_week"
"""Incidents by kind and week, wherever they were: small enough to be read whole."""

AREAS = "areas"
"""Each small area: the larger one it lies in, the middle of its incidents, and how many there are."""

SAMPLE = {
    "episodes": "unflagged_sample",
    "episode_incidents": "unflagged_incidents",
    "episode_strip": "unflagged_strip",
}
"""Beside each table of episodes the one of the unflagged sample, which has the same columns."""

TRADE_FACTS = "trade_facts"
"""One row that holds the facts of what follows, as `lippen.trade.tables.TradeFacts`: column `json`."""

TRADE_WEEKS = "trade_weeks"
"""What was offered, by substance, week and source."""

TRADE_AREA_WEEKS = "trade_area_weeks"
"""Sightings by larger area, substance and week."""

TRADE_ALARMS = "trade_alarms"
"""Sightings of the last week against what is ordinary, by substance and larger area."""

TRADE_CHANNEL_WEEKS = "trade_channel_weeks"
"""Different posts by channel, week and source."""

TRADE_CHANNELS = "trade_channels"
"""How the share of each channel changed, by source."""

TRADE_PRICES = "trade_prices"
"""What each substance costs, by quantity band and source."""

TRADE_PRICE_WEEKS = "trade_price_weeks"
"""What one unit of each substance costs, week by week, by source."""

TRADE_PRICE_SHIFTS = "trade_price_shifts"
"""Where the level of a price shifted, by source."""

TRADE_TERMS = "trade_terms"
"""Words that may be new terms of the trade, the likeliest first."""

TRADE_CONFIRMED = "trade_confirmed"
"""Words that a person took for new terms of the trade: of all words put forward, these alone go on paper."""

TRADE_TERM_WEEKS = "trade_term_weeks"
"""How often each of those, and each word that people answered before, stood in posts, week by week."""

TRADE_ADVERTS = "trade_adverts"
"""The loudest adverts of the last week, copies gathered, with the reasons why each is taken for one."""

ABOUT_ONE_SPOT = ("One of these spots had", "Ask the services that know the spot")
"""How the sentences of a card begin that speak of one spot of its episode. Who knows the place and the hour
could tell from them whom they are about, so they go on no paper.
"""


def facts_in(table: pa.Table) -> Any:
    """The facts of the result table `facts`, as `lippen.brief.Facts` states them."""
    return json.loads(table["json"][0].as_py())

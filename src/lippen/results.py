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

ABOUT_ONE_SPOT = ("One of these spots had", "Ask the services that know the spot")
"""How the sentences of a card begin that speak of one spot of its episode. Who knows the place and the hour
could tell from them whom they are about, so they go on no paper.
"""


def facts_in(table: pa.Table) -> Any:
    """The facts of the result table `facts`, as `lippen.brief.Facts` states them."""
    return json.loads(table["json"][0].as_py())

"""The result tables of the trade, and the facts beside them: pages, the briefing and exports are made from
these.

A *week* here is one of the calendar; its column holds the Monday. The newest is the one in which the last
day that was given lies, and may not be over. `source` is `listings` (collections that an organisation
holds) or `sightings` (what people happened to see): the two are never added up, since who looks where
decides how much is met.
"""

from __future__ import annotations

from typing import Annotated, Final, TypedDict

import pyarrow as pa

from lippen.results import (
    TRADE_ADVERTS,
    TRADE_ALARMS,
    TRADE_AREA_WEEKS,
    TRADE_CHANNEL_WEEKS,
    TRADE_CHANNELS,
    TRADE_CONFIRMED,
    TRADE_PRICE_SHIFTS,
    TRADE_PRICE_WEEKS,
    TRADE_PRICES,
    TRADE_TERM_WEEKS,
    TRADE_TERMS,
    TRADE_WEEKS,
)
from lippen.trade.channels import CHANNEL_CHANGES, CHANNEL_WEEKS
from lippen.trade.expected_counts import COUNT_ALARMS
from lippen.trade.new_terms import NEW_TERMS
from lippen.trade.price_shifts import PRICE_SHIFTS
from lippen.trade.prices import PRICE_WEEKS, PRICES

EVERYWHERE: Final = "everywhere"
"""Stands for all larger areas together in TRADE_ALARMS."""

IN_COLLECTIONS: Final = "collections"
"""Stands for the place of what was posted in collections, in the same table: a post is nowhere."""

SOURCES: Final = ("listings", "sightings")

_SOURCE: Final = pa.field("source", pa.string())

WEEKS: Final = pa.schema(
    [
        ("source", pa.string()),
        ("substance", pa.string()),
        ("family", pa.string()),
        ("week", pa.date32()),
        ("different", pa.int64()),
        ("posts", pa.int64()),
        ("sellers", pa.int64()),
        ("of_one", pa.int64()),
    ]
)
"""One row a source, substance and week in which it was offered: `different` adverts (copies gathered) or
sightings, and `posts` with every copy. An advert that offers several things counts for each. `sellers` are
different ones by the first contact in each advert, and `of_one` the different adverts of whichever of them
has most: both null where no advert gives a contact. A sighting names nobody."""

AREA_WEEKS: Final = pa.schema(
    [
        ("larger_area", pa.string()),
        ("substance", pa.string()),
        ("week", pa.date32()),
        ("sightings", pa.int64()),
    ]
)
"""One row a larger area, substance and week with a sighting. Never for the public as it is: see
`measure.disclosure`."""

TERMS: Final = NEW_TERMS.append(pa.field("adverts", pa.int64()))
"""The ranking (`new_terms.NEW_TERMS`), in which `texts`, `posts`, `sellers` and `texts_before` are all that
was met, though a part of it was weighed. `adverts`: of `texts` those taken for adverts, and sightings."""

TERM_WEEKS: Final = pa.schema(
    [("term", pa.string()), ("week", pa.date32()), ("texts", pa.int64()), ("posts", pa.int64())]
)
"""One row a term and week in which it stood in a post, taken for an advert or not, or in a sighting:
different `texts`, and `posts` with their copies."""

CONFIRMED: Final = pa.schema(
    [
        ("term", pa.string()),
        ("substance", pa.string()),
        ("decided", pa.date32()),
        ("first_seen", pa.date32()),
        ("texts", pa.int64()),
        ("posts", pa.int64()),
        ("sellers", pa.int64()),
    ]
)
"""One row a word of which a person's last answer is "new term": the `substance` that they say it means (null
where they do not know), the day on which it was `decided`, and of all that is held the first day with it,
different `texts`, `posts` with their copies, and of those taken for adverts different `sellers` by the first
contact in each (null where none gives one). The latest decided first."""

ADVERTS: Final = pa.schema(
    [
        ("first_id", pa.string()),
        ("text", pa.string()),
        ("probability", pa.float64()),
        ("substances", pa.list_(pa.string())),
        ("channel", pa.string()),
        ("first_day", pa.date32()),
        ("last_day", pa.date32()),
        ("listings", pa.int64()),
        ("copies", pa.int64()),
        ("near_copies", pa.int64()),
        ("days_seen", pa.int64()),
        ("collections", pa.int64()),
        ("contacts", pa.int64()),
        ("reasons", pa.list_(pa.string())),
        ("against", pa.list_(pa.string())),
    ]
)
"""One row a group of copies that was met in the last week and whose first post is taken for an advert, the
loudest first. `text` is its first post, each contact in it `[contact]`, cut to 600 signs; `probability` how
likely it offers drugs; `copies` and the columns beside it as in `copies.Copies`; `reasons` and `against` what
weighed most for and against, in plain words."""


def _by_source(schema: pa.Schema) -> pa.Schema:
    return pa.schema([_SOURCE, *schema])


SCHEMAS: Final[dict[str, pa.Schema]] = {
    TRADE_WEEKS: WEEKS,
    TRADE_AREA_WEEKS: AREA_WEEKS,
    TRADE_ALARMS: COUNT_ALARMS,
    TRADE_CHANNEL_WEEKS: _by_source(CHANNEL_WEEKS),
    TRADE_CHANNELS: _by_source(CHANNEL_CHANGES),
    TRADE_PRICES: _by_source(PRICES),
    TRADE_PRICE_WEEKS: _by_source(PRICE_WEEKS),
    TRADE_PRICE_SHIFTS: _by_source(PRICE_SHIFTS),
    TRADE_TERMS: TERMS,
    TRADE_TERM_WEEKS: TERM_WEEKS,
    TRADE_CONFIRMED: CONFIRMED,
    TRADE_ADVERTS: ADVERTS,
}
"""The exact columns of each result table, by its name."""


class Came(TypedDict):
    """What came from one source."""

    posts: Annotated[int, "posts or sightings in all"]
    different: Annotated[int, "of these, different ones: copies gathered"]
    wordings: Annotated[int, "different wordings, of which each was read once"]
    adverts: Annotated[
        int | None, "different ones taken for adverts; null for sightings, all of which are offers"
    ]
    first_day: Annotated[str, "first local day, ISO 8601"]
    last_day: Annotated[str, "last local day, ISO 8601"]


class Holding(TypedDict):
    """By what right collections are held."""

    authority: Annotated[str, "who holds them, on what basis and for what purpose, as was recorded"]
    expires: Annotated[str, "the day on which all of it is deleted, ISO 8601"]
    collections: Annotated[list[str], "as their holder names them"]
    posts: Annotated[int, "posts in them"]


class ModelFacts(TypedDict):
    """What tells adverts from other posts, and how often it is wrong."""

    learned_from: Annotated[str, "what it learned from, in plain words"]
    measured_on: Annotated[str, "what it was measured on, in plain words"]
    n: Annotated[int, "posts it was measured on"]
    auc: Annotated[float | None, "of an advert and another post, how often it tells which is which"]
    f1: Annotated[float | None, "F1 of adverts, 0-1"]
    ece: Annotated[float | None, "expected calibration error, 0-1"]
    harmless: Annotated[int, "harmless posts it was tried on: recovery, news, food, everyday Scots, others"]
    harmless_wrong: Annotated[int, "of these, taken for adverts"]
    says: Annotated[str, "what that means for the posts here, in plain words"]


class TermFacts(TypedDict):
    """How many words were put forward."""

    shown: Annotated[int, "words in the ranking"]
    raised: Annotated[int, "of these, worth a person's time by their score"]
    why_none: Annotated[str | None, "why no word was looked for, when none was"]
    until: Annotated[str, "the day as of which words were ranked, ISO 8601"]


class TradeFacts(TypedDict):
    """Facts of an assessment of the trade."""

    until: Annotated[str, "the last day of the newest week, a Sunday, ISO 8601"]
    week: Annotated[str, "its first day, ISO 8601"]
    listings: Annotated[Came | None, "posts of collections; null where none are held"]
    sightings: Annotated[Came | None, "sightings; null where there are none"]
    held: Annotated[list[Holding], "the collections that are held, and by what right"]
    model: Annotated[ModelFacts | None, "what tells adverts from others; null where no listing is held"]
    new_terms: Annotated[TermFacts, "words that may be new"]
    currency: Annotated[str, "the currency of every price"]
    seed: Annotated[int, "what every drawing of chance began with"]

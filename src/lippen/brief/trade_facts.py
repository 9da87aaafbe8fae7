"""What a briefing says of the trade: its part of the facts, beside the tables of `trade_tables`.

It travels on paper, so it holds no seller, no collection's name (a group's name is a place to buy), no text
of an advert and no count below five.
"""

from __future__ import annotations

from typing import Annotated, TypedDict


class TradeCame(TypedDict):
    """What came from one source. Sightings have no copies, and all of them are offers."""

    posts: Annotated[int | None, "posts or sightings in all; null below five"]
    different: Annotated[int | None, "of these, different ones: copies gathered; null below five"]
    adverts: Annotated[int | None, "different ones taken for adverts; null for sightings and below five"]
    first_day: Annotated[str | None, "first local day, ISO 8601"]
    last_day: Annotated[str | None, "last local day, ISO 8601"]


class TradeModel(TypedDict):
    """What tells adverts from other posts, and how often it is wrong."""

    measured_on: Annotated[str, "what it was measured on, in plain words"]
    n: Annotated[int, "posts it was measured on"]
    auc: Annotated[float | None, "of an advert and another post, how often it tells which is which"]
    f1: Annotated[float | None, "F1 of adverts, 0-1"]
    ece: Annotated[float | None, "expected calibration error, 0-1"]
    harmless: Annotated[int, "harmless posts it was tried on: recovery, news, food, everyday Scots, others"]
    harmless_wrong: Annotated[int, "of these, taken for adverts"]
    says: Annotated[str, "what that means for the posts here, in plain words"]


class TradeWords(TypedDict):
    """How many words were put forward as new, and how many that a person confirmed are on no paper."""

    shown: Annotated[int | None, "words in the ranking"]
    raised: Annotated[int | None, "of these, worth a person's time by their score"]
    left_out: Annotated[
        int | None,
        "confirmed by a person, but not on paper: in too few texts, of one seller, or with a contact in them",
    ]
    why_none: Annotated[str | None, "why no word was looked for, when none was"]


class Trade(TypedDict):
    """What is sold, in what words and at what price, and what is new."""

    week: Annotated[str, "first day of the newest week, ISO 8601"]
    until: Annotated[str, "its last day, ISO 8601"]
    collections: Annotated[int | None, "collections that are held; their names stand on no paper"]
    listings: Annotated[TradeCame | None, "posts of collections; null where none are held"]
    sightings: Annotated[TradeCame | None, "what people happened to see; null where there is none"]
    model: Annotated[TradeModel | None, "what tells adverts from others; null where no listing is held"]
    words: Annotated[TradeWords, "words put forward as new"]
    why_no_alarm: Annotated[str | None, "why it cannot be told whether the week is ordinary; null if it can"]
    currency: Annotated[str, "currency of every price"]

"""Result tables of a trade, made by hand, and a workspace that holds them. All of it is invented."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from lippen.engine import connect
from lippen.results import (
    TRADE_ALARMS,
    TRADE_AREA_WEEKS,
    TRADE_CHANNELS,
    TRADE_CONFIRMED,
    TRADE_FACTS,
    TRADE_PRICE_SHIFTS,
    TRADE_PRICE_WEEKS,
    TRADE_PRICES,
    TRADE_WEEKS,
)
from lippen.trade.tables import EVERYWHERE, IN_COLLECTIONS, SCHEMAS
from lippen.trade.vocabulary import families
from lippen.workspace import Workspace

UNTIL = date(2025, 7, 19)
WEEK = UNTIL - timedelta(days=6)
SHIFTED = WEEK - timedelta(weeks=7)
"""The first week of the new level of a price that shifted: still news."""
Rows = list[dict[str, Any]]

SEEN = {"diazepam": (6, 7, 5, 8, 6, 9, 7, 19), "cannabis": (11, 9, 12, 10, 13, 8, 9, 10)}
SEEN |= {"cocaine": (5, 6, 4, 7, 5, 6, 6, 5), "heroin": (1, 0, 2, 1, 3, 0, 1, 2)}
HELD = {"diazepam": (31, 28, 35, 30, 33, 41, 38, 44), "MDMA": (12, 14, 11, 13, 10, 15, 12, 14)}
AREAS = {"Harbourside": 41, "Gowanlaw": 14, "Whinhaugh": 8, "Carsemuir": 4}


def confirmed(word: str, **changes: Any) -> dict[str, Any]:
    """One word that a person took for a new term."""
    row: dict[str, Any] = {"term": word, "substance": "diazepam", "decided": UNTIL, "first_seen": WEEK}
    return row | {"texts": 14, "posts": 61, "sellers": 5} | changes


def results(**changes: Rows) -> dict[str, pa.Table]:
    """Every result table that is read for paper, with rows of some exchanged."""
    rows = {
        TRADE_WEEKS: _weeks("sightings", SEEN, 1) + _weeks("listings", HELD, 4),
        TRADE_AREA_WEEKS: [
            {"larger_area": area, "substance": "diazepam", "week": WEEK, "sightings": many}
            for area, many in AREAS.items()
        ],
        TRADE_ALARMS: [
            _alarm("diazepam", EVERYWHERE, 19, 7.24, 12.6),
            _alarm("diazepam", "Harbourside", 14, 3.1, 7.2),
            _alarm("diazepam", "Whinhaugh", 3, 1.1, 5.0),
            _alarm("diazepam", "Gowanlaw", 2, 1.1, 4.0),
            _alarm("cannabis", "Carsemuir", 10, 8.1, 14.0),
            _alarm("cannabis", EVERYWHERE, 10, 10.4, 17.0),
            _alarm("heroin", EVERYWHERE, 2, 1.2, 4.0),
            _alarm("MDMA", IN_COLLECTIONS, 14, 12.2, 19.0),
        ],
        TRADE_CHANNELS: [
            _channel("sightings", "social", 60, 150, 110, 160),
            _channel("sightings", "street", 86, 150, 46, 160),
            _channel("sightings", "shop", 4, 150, 4, 160),
        ],
        TRADE_PRICES: [
            _price("listings", "diazepam", "tablets", 60, True),
            _price("listings", "MDMA", "g", 5, False),
        ],
        TRADE_PRICE_WEEKS: [
            {"source": "listings", "substance": "diazepam", "unit": "tablets", "week": WEEK, "groups": 22,
             "enough": True, "one_pence": 81.0, "low_pence": 72.0, "high_pence": 95.0},
            {"source": "listings", "substance": "MDMA", "unit": "g", "week": WEEK, "groups": 4,
             "enough": True, "one_pence": 3000.0, "low_pence": 2500.0, "high_pence": 3500.0},
        ],
        TRADE_PRICE_SHIFTS: [
            _shift("diazepam", "tablets", 55.0, 80.0, True),
            _shift("MDMA", "g", 3000.0, 3100.0, False),
        ],
        TRADE_CONFIRMED: [
            confirmed("bluebirds"),
            confirmed("wee otter", sellers=1),
            confirmed("plums", texts=4, posts=4),
            confirmed("quiet word", decided=UNTIL - timedelta(weeks=8)),
        ],
    }  # fmt: skip
    rows |= changes
    return {name: pa.Table.from_pylist(given, SCHEMAS[name]) for name, given in rows.items()}


def facts(**changes: Any) -> dict[str, Any]:
    """Facts as `lippen.trade.tables.TradeFacts` states them."""
    given: dict[str, Any] = {
        "until": UNTIL.isoformat(),
        "week": WEEK.isoformat(),
        "listings": {"posts": 2512, "different": 560, "wordings": 810, "adverts": 431,
                     "first_day": "2025-01-01", "last_day": "2025-07-19"},
        "sightings": {"posts": 211, "different": 211, "wordings": 180, "adverts": None,
                      "first_day": "2025-01-05", "last_day": "2025-07-18"},
        "held": [{"authority": "Lint Mill, research of 2025, drug alerts", "expires": "2099-12-31",
                  "collections": ["Senga's Group 7", "Group 10"], "posts": 2512}],
        "model": {"learned_from": "posts of made-up towns", "measured_on": "posts of another made-up town",
                  "n": 4000, "auc": 0.999, "f1": 0.991, "ece": 0.004, "harmless": 1200, "harmless_wrong": 7,
                  "says": "These figures are of made-up towns. Of posts from elsewhere it knows little: it"
                  " passes over many adverts there, and seldom takes another post for one. A model that"
                  " learned from posts that somebody marked is better."},
        "new_terms": {"shown": 20, "raised": 3, "why_none": None, "until": UNTIL.isoformat()},
        "currency": "GBP",
        "seed": 0,
    }  # fmt: skip
    return given | changes


def trade_workspace(
    folder: Path, tables: Mapping[str, pa.Table] | None = None, told: Mapping[str, Any] | None = None
) -> Path:
    """A workspace in `folder` that holds these results."""
    as_json = pa.table({"json": [json.dumps(told or facts())]})
    with connect() as engine:
        workspace = Workspace.open(folder, engine)
        workspace.write_results({**(tables or results()), TRADE_FACTS: as_json}, ["listing", "sighting"])
    return folder


def _weeks(source: str, counts: Mapping[str, tuple[int, ...]], times: int) -> Rows:
    return [
        {
            "source": source,
            "substance": substance,
            "family": families().get(substance),
            "week": WEEK - timedelta(weeks=len(by_week) - 1 - nth),
            "different": many,
            "posts": many * times,
        }
        for substance, by_week in counts.items()
        for nth, many in enumerate(by_week)
        if many
    ]


def _alarm(substance: str, area: str, reports: int, expected: float, upper: float) -> dict[str, Any]:
    row = {"substance": substance, "larger_area": area, "week": WEEK, "reports": reports}
    alarm = reports > upper
    return row | {"expected": expected, "upper": upper, "alarm": alarm, "says": f"{reports} this week."}


def untold(substance: str, reports: int) -> dict[str, Any]:
    """A count of which nobody can tell whether it is ordinary."""
    says = "It cannot be told of sightings: 28 weeks before this one have any, and 263 are needed."
    row = {"substance": substance, "larger_area": EVERYWHERE, "week": WEEK, "reports": reports}
    return row | {"expected": None, "upper": None, "alarm": None, "says": says}


def untold_of_adverts(substance: str, reports: int) -> dict[str, Any]:
    """The same of adverts of collections, which other weeks have."""
    says = (
        "It cannot be told of adverts that were new: 43 weeks before this one have any, and 263 are needed."
    )
    return untold(substance, reports) | {"larger_area": IN_COLLECTIONS, "says": says}


def _channel(
    source: str, name: str, before: int, of_before: int, after: int, of_after: int
) -> dict[str, Any]:
    row = {"source": source, "channel": name, "before": before, "of_before": of_before, "after": after}
    return row | {"of_after": of_after, "change": 0.0, "low": -0.1, "high": 0.1, "moves": False}


def _price(source: str, substance: str, unit: str, groups: int, enough: bool) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(SCHEMAS[TRADE_PRICES].names)
    row |= {"source": source, "substance": substance, "unit": unit, "band": f"up to 10 {unit}"}
    row |= {"more_than": 0.0, "at_most": 10.0, "groups": groups, "group_weeks": groups, "enough": enough}
    return row | ({"median_pence": 70.0, "low_pence": 60.0, "high_pence": 85.0} if enough else {})


def _shift(substance: str, unit: str, before: float, after: float, shifted: bool) -> dict[str, Any]:
    row = {"source": "listings", "substance": substance, "unit": unit, "weeks": 20, "week": SHIFTED}
    row |= {"before_pence": before, "after_pence": after, "change": after / before - 1}
    return row | {"p": 0.001 if shifted else 0.6, "q": 0.004 if shifted else 0.8, "shifted": shifted}


def crowded() -> dict[str, pa.Table]:
    """As many rows of each sort as the page has room for, and more."""
    names = [name for name in families() if len(name) < 24][:14]
    counts = {name: (7, 9, 8, 6, 9, 12, 10, 30 - nth) for nth, name in enumerate(names)}
    areas = ["Harbourside and the Shore", "Gowanlaw and Whinhaugh", "Carsemuir North", "Carsemuir South"]
    areas += ["Auchenreoch and Landward", "Toonhead", "Brigend", "Ferrytoun"]
    places = [
        {"larger_area": area, "substance": name, "week": WEEK, "sightings": 9 + nth}
        for name in names[:4]
        for nth, area in enumerate(areas)
    ]
    return results(
        **{
            TRADE_WEEKS: _weeks("sightings", counts, 1) + _weeks("listings", counts, 4),
            TRADE_AREA_WEEKS: places,
            TRADE_ALARMS: [_alarm(name, EVERYWHERE, 30 - nth, 9.04, 14) for nth, name in enumerate(names)],
            TRADE_CHANNELS: [
                _channel("sightings", name, 60, 300, 20 + 40 * nth, 400)
                for nth, name in enumerate(("street", "phone", "dark web", "shop", "social"))
            ],
            TRADE_PRICE_SHIFTS: [_shift(name, "tablets", 2055.0, 3080.0 + 9 * nth, True)
                                 for nth, name in enumerate(names)],
            TRADE_CONFIRMED: [
                confirmed(f"{word} seven", decided=UNTIL - timedelta(days=nth))
                for nth, word in enumerate(("bluebirds", "grannies", "plums", "boats", "kites", "neeps"))
            ],
        }
    )  # fmt: skip

"""What is true of the trade in the whole nation: its words, its prices, and the substance that arrives."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa

from lippen.sandbox.chance import Mask
from lippen.sandbox.groups import CHANNELS
from lippen.sandbox.streams.clock import dates, epoch_day
from lippen.sandbox.streams.drawn import coded
from lippen.sandbox.streams.wares import Wares, wares_of
from lippen.sandbox.world import World

WORDS = pa.schema(
    [("word", pa.string()), ("product", pa.string()), ("channel", pa.string()), ("first_day", pa.date32())]
)
_CODED = pa.dictionary(pa.int32(), pa.string())
PRICES = pa.schema(
    [("product", _CODED), ("unit", _CODED), ("week", pa.date32()), ("price_gbp", pa.float64())]
)
SUBSTANCE_CHANGE = pa.schema(
    [
        ("product", pa.string()),
        ("in_place_of", pa.string()),
        ("first_day", pa.date32()),
        ("share", pa.float64()),
    ]
)


def trade_truth(world: World) -> dict[str, pa.Table]:
    """Truth tables of the trade: `words`, `prices` and `substance_change`. They are the nation's, so burgh 0
    gives them and every other burgh gives them empty."""
    if world.burgh:
        return {
            "words": WORDS.empty_table(),
            "prices": PRICES.empty_table(),
            "substance_change": SUBSTANCE_CHANGE.empty_table(),
        }
    wares = wares_of(world)
    channel, word = np.nonzero(wares.weight > 0)
    product, week = np.nonzero(_sold(wares))
    return {
        "words": pa.table(
            {
                "word": pa.array(wares.words).take(pa.array(word)),
                "product": pa.array(wares.products).take(pa.array(wares.product_of[word])),
                "channel": pa.array(CHANNELS).take(pa.array(channel)),
                "first_day": dates(world.first_day, wares.first_day[word]),
            },
            WORDS,
        ),
        "prices": pa.table(
            {
                "product": coded(wares.products, product),
                "unit": coded(wares.units, product),
                "week": dates(world.first_day, 7 * week),
                "price_gbp": pa.array(wares.price[product, week]),
            },
            PRICES,
        ),
        "substance_change": _change_truth(world.first_day, wares),
    }


def _sold(wares: Wares) -> Mask:
    """Product by week: what is sold at all; a newcomer from the week of its first day on."""
    sold = np.ones(wares.price.shape, dtype=np.bool_)
    if wares.change is not None:
        sold[wares.change.product, : wares.change.day // 7] = False
    return sold


def _change_truth(first_day: dt.date, wares: Wares) -> pa.Table:
    one = wares.change
    told = [] if one is None else [one]
    return pa.table(
        {
            "product": pa.array([wares.products[change.product] for change in told], pa.string()),
            "in_place_of": pa.array([wares.products[change.host] for change in told], pa.string()),
            "first_day": pa.array([epoch_day(first_day) + change.day for change in told], pa.int32()).cast(
                pa.date32()
            ),
            "share": pa.array([change.share for change in told], pa.float64()),
        },
        SUBSTANCE_CHANGE,
    )

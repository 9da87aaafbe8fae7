"""Rows of the table of offers: from what a line says of a thing to units, forms and prices that go
together."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from lippen.trade.amounts import Amount, amounts_of
from lippen.trade.attaching import Part, Told
from lippen.trade.forms import forms, usual_forms
from lippen.trade.things import Thing
from lippen.trade.vocabulary import families

SPANS: Final = ("substance", "form", "quantity", "strength", "price", "delivery")
"""What a row gives the places of."""

OFFERS: Final = pa.schema(
    [
        ("row", pa.int32()),
        ("substance", pa.string()),
        ("family", pa.string()),
        ("form", pa.string()),
        ("quantity", pa.float64()),
        ("unit", pa.string()),
        ("strength", pa.float64()),
        ("strength_unit", pa.string()),
        ("price", pa.float64()),
        ("currency", pa.string()),
        ("delivery", pa.string()),
        ("offer", pa.string()),
        *((f"{what}_{edge}", pa.int32()) for what in SPANS for edge in ("start", "end")),
    ]
)
"""One row for each thing that a post offers, in the order of posts and then of the text.

`row` is the number of the post. `substance` and `family` are those of the vocabulary, `form` one of
`words/forms.toml`. `quantity` is in `unit`: g, ml, or what is counted (tablets, blotters, patches, vapes,
canisters, sleeves, pouches, bags, wraps, boxes, packs, vials, bottles, sheets, pieces). `strength` is that of
one, in mg, ug or mg/ml. `price` is asked for the whole quantity, in `currency` (GBP, EUR, USD, BTC).
`delivery` is posted, by hand or collect, `offer` is `menu` where the post offers more than one thing and else
`deal`. What is not said is null. Each `start` and `end` are code points of the text as written: the first
sign and the one after the last, null where the text does not say it itself.
"""

ENOUGH: Final = 5
"""Prices of one substance and unit from which it can be told which of two plain numbers is the price."""

_BY_NUMBER: Final = frozenset(
    {"tablets", "blotters", "patches", "vapes", "canisters", "sleeves", "pouches", "pieces"}
)
_BY_WEIGHT: Final = frozenset(
    {"cannabinoid", "stimulant", "empathogen", "opioid", "dissociative", "psychedelic"}
)
_TOBACCO: Final = "tobacco and vapes"

Row = dict[str, Any]


class Span(NamedTuple):
    """A word for a form or a way of delivery, by that name, and where it stands."""

    start: int
    end: int
    name: str


def form_of(part: Part, worded: list[Span]) -> tuple[str | None, Span | None]:
    """The form of a part's thing and the word that says so: the nearest that fits, else the usual form."""
    substance = part.words[0].substance
    usual = usual_forms().get(substance)
    fitting = [one for one in worded if forms()[one.name].fits(families()[substance])]
    if not fitting:
        return usual, None
    nearest = min(fitting, key=lambda one: min(_distance(one, word) for word in part.words))
    # `tabs` of what is sold on paper are paper.
    return ("blotter" if usual == "blotter" and nearest.name == "tablet" else nearest.name), nearest


def _distance(one: Span, word: Thing) -> int:
    return max(word.start - one.end, one.start - word.end, 0)


def is_counted(form: str | None) -> bool:
    """Whether things of a form are sold by number, so that milligrams are what one holds."""
    return form is not None and forms()[form].unit in _BY_NUMBER


def amounts_for(part: Part) -> Part:
    """A part with cigarettes by the sleeve of 200, and with `5 x 200` of anything else at a price of 200."""
    tobacco = part.words[0].substance == _TOBACCO
    amounts: list[Amount] = []
    for one in part.amounts:
        if one.sort == "number" and one.number == 200 and tobacco:
            amounts.append(one._replace(sort="quantity", number=1.0, unit="sleeves"))
        elif one.carton and not tobacco:
            count = one.start + len(f"{one.number:g}")
            amounts.append(one._replace(unit="pieces", end=count, carton=False))
            amounts.append(Amount("number", 200.0, "", one.end - 3, one.end))
        else:
            amounts.append(one)
    return Part(part.start, part.end, part.words, tuple(amounts))


def row_of(told: Told, form: str | None, worded: Span | None, currency: str) -> Row:
    """A row of what is told of a thing in one line; places are those of the line. `unsure` and `plain` stand
    beside, for `settled` and `of_the_whole`."""
    thing, quantity, price, strength, unsure = told
    number, unit = (None, None) if quantity is None else (quantity.number, quantity.unit)
    asked = None if price is None else price.number
    if price is not None and price.per:
        own = price.per_unit or (unit or "")
        if number is None:
            number, unit = price.per, own
        elif own == unit or not price.per_unit:
            asked = price.number * number / price.per
    if number is not None:
        # Of a weight nothing goes without saying, and what holds milligrams and is counted is a tablet.
        if worded is None and unit in ("g", "ml") and is_counted(form):
            form = None
        elif form is None and unit in ("", "pieces") and strength is not None and strength.unit == "mg":
            unit = "tablets"
        form, unit = _together(thing.substance, form, unit or "")
    row: Row = dict.fromkeys(OFFERS.names)
    row |= {"substance": thing.substance, "family": families()[thing.substance], "form": form}
    row |= {"quantity": number, "unit": unit, "unsure": unsure}
    # A plain number alone is taken for the price; another line of the post may show that it is none.
    row["plain"] = number is None and price is not None and not price.unit
    row |= {"substance_start": thing.start, "substance_end": thing.end}
    if asked is not None and price is not None:
        row |= {"price": asked, "currency": price.unit or currency}
    if strength is not None:
        row |= {"strength": strength.number, "strength_unit": strength.unit}
    for what, said in (("form", worded), ("quantity", quantity), ("strength", strength), ("price", price)):
        if said is not None:
            row |= {f"{what}_start": said.start, f"{what}_end": said.end}
    return row


def _together(substance: str, form: str | None, unit: str) -> tuple[str | None, str]:
    """A form and a unit that go together, where either says what the other is."""
    if unit in ("", "pieces"):
        counts = None if form is None else forms()[form].unit
        if counts is not None and (unit == "" or counts in _BY_NUMBER):
            unit = counts
        elif unit == "" and families()[substance] in _BY_WEIGHT:
            unit = "g"
        else:
            unit = "tablets" if unit and families()[substance] == "empathogen" else "pieces"
    if form == "blotter" and unit == "tablets":
        unit = "blotters"
    if unit == "tablets" and (form is None or forms()[form].unit == "g"):
        form = "tablet"
    if unit == "blotters" and form is None:
        form = "blotter"
    return form, unit


def of_the_whole(rows: list[Row]) -> list[Row]:
    """The offers of one post: what is told twice is one, and a bare mention beside offers is none."""
    if any(row["quantity"] is not None or row["price"] is not None for row in rows):
        rows = [row for row in rows if row["quantity"] is not None or row["price"] is not None]
    rows = [_turned(row) if row["plain"] and any(_prices(one, row) for one in rows) else row for row in rows]
    kept: list[Row] = []
    for row in rows:
        same = next((other for other in kept if _same(other, row)), None)
        if same is None:
            kept.append(row)
        else:
            same |= {name: value for name, value in row.items() if same[name] is None}
    for row in kept:
        row["offer"] = "deal" if len(kept) == 1 else "menu"
    return kept


def _prices(one: Row, other: Row) -> bool:
    """Whether a row gives the price of another in which a plain number alone may be the quantity."""
    return (
        one["substance"] == other["substance"]
        and not one["plain"]
        and one["price"] is not None
        and one["quantity"] in (None, other["price"])
    )


def _turned(row: Row) -> Row:
    """A row with the plain number that was taken for its price as its quantity."""
    form, unit = _together(row["substance"], row["form"], "")
    return {
        **row,
        **{"quantity": row["price"], "unit": unit, "form": form, "plain": False},
        **{"quantity_start": row["price_start"], "quantity_end": row["price_end"]},
        **dict.fromkeys(("price", "currency", "price_start", "price_end")),
    }


def _same(one: Row, other: Row) -> bool:
    """Whether two rows may tell of one offer: nothing that both say differs."""
    return all(
        one[name] is None or other[name] is None or one[name] == other[name]
        for name in ("substance", "quantity", "unit", "price", "currency", "strength")
    )


def filled(rows: list[Row], price: float | None, quantity: str | None, currency: str) -> None:
    """Put in what a collection files beside a post, where the post offers one thing and does not say it."""
    if len(rows) != 1:
        return
    row = rows[0]
    if row["price"] is None and price is not None and np.isfinite(price) and price > 0:
        row |= {"price": float(price), "currency": currency}
    if row["quantity"] is None and quantity:
        told = [one for one in amounts_of(quantity.lower()) if one.sort in ("quantity", "weight in mg")]
        if told:
            milli = told[0].sort == "weight in mg"
            form, unit = _together(row["substance"], row["form"], "g" if milli else told[0].unit)
            row |= {"quantity": told[0].number / (1000 if milli else 1), "unit": unit, "form": form}


def settled(rows: list[Row]) -> None:
    """Turn round the plain numbers of which either may be the price, where what others ask says so.

    `30 for 3.5` is thirty of something for 3.50, or 3.5 g for thirty pounds: the nearer to the median price
    for one that sure offers of that substance and unit ask stands.
    """
    sure: dict[tuple[str, str, str], list[float]] = {}
    for row in rows:
        if not row["unsure"] and row["quantity"] and row["price"]:
            key = row["substance"], row["unit"], row["currency"]
            sure.setdefault(key, []).append(float(np.log(row["price"] / row["quantity"])))
    usual = {key: float(np.median(told)) for key, told in sure.items() if len(told) >= ENOUGH}
    for row in rows:
        centre = usual.get((row["substance"], row["unit"], row["currency"]))
        if row["unsure"] and centre is not None and row["quantity"] and row["price"]:
            ratio = float(np.log(row["price"] / row["quantity"]))
            if abs(-ratio - centre) < abs(ratio - centre):
                row |= {"price": row["quantity"], "quantity": row["price"]}
                for edge in ("start", "end"):
                    one, other = f"quantity_{edge}", f"price_{edge}"
                    row |= {one: row[other], other: row[one]}

"""How much of what a town's adverts offer, and at what prices, is read off their texts, where the truth is
known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lippen.measured import wilson
from lippen.near_copies import near_copies
from lippen.trade.extraction import offers_in
from lippen.trade.lexicon import Lexicon
from lippen.trade.price_shifts import AROUND, price_shifts
from lippen.trade.prices import price_weeks

MEANT: Final = {
    "cannabis": ("cannabis",),
    "cocaine": ("cocaine",),
    "crack cocaine": ("crack cocaine",),
    "heroin": ("heroin",),
    "heroin with xylazine": ("heroin",),
    "MDMA powder": ("MDMA",),
    "ecstasy tablets": ("MDMA",),
    "tablets sold as Xanax": ("alprazolam",),
    "benzodiazepine tablets": ("diazepam", "other benzodiazepines"),
    "tablets with a nitazene": ("nitazenes", "diazepam"),
    "ketamine": ("ketamine",),
    "pregabalin": ("gabapentin and pregabalin",),
    "mushrooms": ("magic mushrooms",),
    "nitrous oxide": ("nitrous oxide",),
    "untaxed or counterfeit tobacco": ("tobacco and vapes",),
    "illegal or counterfeit vapes": ("tobacco and vapes",),
    "vapes with a synthetic cannabinoid": ("tobacco and vapes", "cannabis", "synthetic cannabinoids"),
}
"""The substances of the vocabulary as which each product of the sandbox counts as found."""

Row = dict[str, Any]


def posts_of(town: Path) -> pa.Table:
    """The posts of a sandbox's town that are adverts, each text once: listing_id (of its first posting),
    `text` (heading and body), `price_gbp` and `quantity` as the collection files them."""
    known: dict[str, Row] = {}
    for post in _adverts(town):
        price = post.get("Price GBP")
        told = {"listing_id": int(post["Item ID"]), "text": post["text"], "quantity": post.get("Amount")}
        known.setdefault(post["text"], {**told, "price_gbp": None if price is None else float(price)})
    return pa.Table.from_pylist(list(known.values()))


def _adverts(town: Path) -> Iterator[Row]:
    """The postings of a town that are adverts, as its collections hold them, and their whole `text`."""
    truth = _true(town, "listings")
    is_advert = dict(zip(truth["listing_id"].to_pylist(), truth["advert"].to_pylist(), strict=True))
    for path in sorted((town / "streams" / "listing").iterdir()):
        if path.suffix == ".jsonl":
            posts: Iterator[Row] = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        else:
            posts = iter(pq.read_table(path).to_pylist() if path.suffix == ".parquet" else ())
        for post in posts:
            if is_advert.get(int(post["Item ID"])):
                text = "\n".join(part for part in (post.get("Heading"), post.get("Body")) if part)
                yield {**post, "Posted": str(post["Posted"]), "text": text}


def _true(town: Path, name: str) -> pa.Table:
    """A table of what is true, one file of a town's or a folder of a nation's."""
    one = town / "truth" / f"{name}.parquet"
    return pq.read_table(one if one.exists() else town / "truth" / name)


def offers_found(town: Path, lexicon: Lexicon | None = None, filed: bool = False) -> dict[str, Row]:
    """Precision and recall of what is read off a town's adverts, by field: hits, found and true (counts), and
    precision and recall with Wilson's 95 % intervals.

    A substance is a hit where an offer of the same post has it; other fields are counted among those hits,
    each true offer being set beside the found one that agrees with it in most. What an advert does not say
    counts as missed. `filed` gives the reader the collection's own price and quantity too.
    """
    posts = posts_of(town)
    columns = {"price": posts["price_gbp"], "quantity": posts["quantity"]} if filed else {}
    found = offers_in(posts["text"], lexicon, **columns).to_pylist()
    number = {listing: row for row, listing in enumerate(posts["listing_id"].to_pylist())}
    truth: dict[int, list[Row]] = {}
    for row in _true(town, "offers").to_pylist():
        if row["listing_id"] in number:
            truth.setdefault(number[row["listing_id"]], []).append(row)
    counts = {field: [0, 0, 0] for field in ("substance", "quantity", "unit", "price")}
    by_post = {row: list(rows) for row, rows in groupby(found, key=lambda one: one["row"])}
    for row, true in truth.items():
        here = by_post.get(row, [])
        counts["substance"][1] += len(here)
        counts["substance"][2] += len(true)
        for one, other in _beside(true, here):
            counts["substance"][0] += 1
            for field, agrees in _agreeing(one, other).items():
                counts[field][0] += agrees
                counts[field][1] += other[field] is not None
                counts[field][2] += 1
    return {field: _told(*count) for field, count in counts.items()}


def _beside(true: list[Row], found: list[Row]) -> Iterator[tuple[Row, Row]]:
    """True and found offers of one substance two by two, those first that agree in most."""
    fitting = [
        (-sum(_agreeing(one, other).values()), at, beside)
        for at, one in enumerate(true)
        for beside, other in enumerate(found)
        if other["substance"] in MEANT[one["product"]]
    ]
    taken: tuple[set[int], set[int]] = set(), set()
    for _, at, beside in sorted(fitting):
        if at not in taken[0] and beside not in taken[1]:
            taken[0].add(at)
            taken[1].add(beside)
            yield true[at], found[beside]


def _agreeing(true: Row, found: Row) -> dict[str, bool]:
    return {
        "quantity": found["quantity"] is not None and abs(found["quantity"] - true["quantity"]) < 1e-9,
        "unit": found["unit"] == true["unit"],
        "price": found["price"] is not None and abs(found["price"] - true["price_gbp"]) < 0.005,
    }


def _told(hits: int, found: int, true: int) -> Row:
    return {
        "hits": hits,
        "found": found,
        "true": true,
        "precision": hits / found if found else None,
        "precision_interval": wilson(hits, found),
        "recall": hits / true if true else None,
        "recall_interval": wilson(hits, true),
    }


SOLD_AS: Final = {
    "cannabis": ("cannabis", "g"),
    "cocaine": ("cocaine", "g"),
    "crack cocaine": ("crack cocaine", "g"),
    "heroin": ("heroin", "g"),
    "MDMA powder": ("MDMA", "g"),
    "ecstasy tablets": ("MDMA", "tablets"),
    "tablets sold as Xanax": ("alprazolam", "tablets"),
    "benzodiazepine tablets": ("diazepam", "tablets"),
    "ketamine": ("ketamine", "g"),
    "pregabalin": ("gabapentin and pregabalin", "tablets"),
    "mushrooms": ("magic mushrooms", "g"),
    "nitrous oxide": ("nitrous oxide", "canisters"),
    "untaxed or counterfeit tobacco": ("tobacco and vapes", "sleeves"),
    "illegal or counterfeit vapes": ("tobacco and vapes", "vapes"),
}
"""As what each product of the sandbox is priced. New ones, which pass for others, are left out."""

PLANTED: Final = 0.1
"""How far a logarithm of a true price moves in one week where a shift was planted: drift never comes near
it."""


def prices_found(town: Path, seed: int) -> Row:
    """How far prices read off a town's adverts lie from the true ones, and which planted shifts are found.

    Returns `weeks` (compared), `median_relative_error` of a week's price
    of one unit, the shares of true ones within the 95 % band, the planted shifts (as substance and unit),
    those found (within `AROUND` weeks of the true one), those of products whose price was told too seldom to
    look, and false ones.
    """
    weeks = price_weeks(_offers_by_week(town), seed)
    truth: dict[tuple[str, str], dict[Any, float]] = {}
    for row in _true(town, "prices").to_pylist():
        if row["product"] in SOLD_AS:
            truth.setdefault(SOLD_AS[row["product"]], {})[row["week"]] = row["price_gbp"]
    errors, within = [], []
    for row in weeks.to_pylist():
        true = truth.get((row["substance"], row["unit"]), {}).get(row["week"])
        if row["enough"] and true is not None:
            errors.append(abs(row["one_pence"] / 100 / true - 1))
            within.append(row["low_pence"] <= 100 * true <= row["high_pence"])
    planted = {sold: week for sold, series in truth.items() if (week := _planted(series))}
    told = {(row["substance"], row["unit"]): row for row in price_shifts(weeks, seed).to_pylist()}
    told = {sold: row for sold, row in told.items() if sold in truth}
    shifted = {sold: row for sold, row in told.items() if row["shifted"]}
    right = [
        sold
        for sold in shifted
        if sold in planted and abs((shifted[sold]["week"] - planted[sold]).days) <= 7 * AROUND
    ]
    return {
        "weeks": len(errors),
        "median_relative_error": float(np.median(errors)),
        "within_band": float(np.mean(within)),
        "looked_at": len(told),
        "planted": sorted(planted),
        "too_few": sorted(set(planted) - set(told)),
        "found": sorted(right),
        "weeks_off": [abs((shifted[sold]["week"] - planted[sold]).days) // 7 for sold in sorted(right)],
        "false": sorted(set(shifted) - set(right)),
    }


def _planted(series: dict[Any, float]) -> Any:
    """The first week of the new level, where one was planted."""
    days = sorted(series)
    for before, after in pairwise(days):
        if abs(np.log(series[after] / series[before])) > PLANTED:
            return after
    return None


def _copy_groups(texts: list[str]) -> Any:
    """The number of the group of near-copies that each text is of."""
    pairs = near_copies(texts)
    joined = coo_array((np.ones(len(pairs.earlier)), (pairs.earlier, pairs.later)), (len(texts), len(texts)))
    return connected_components(joined, directed=False)[1]


def _offers_by_week(town: Path) -> pa.Table:
    """Offers read off every advert's text, one row a post, with its week and its text's number as its
    group."""
    posts = list(_adverts(town))
    begins = min(_true(town, "prices")["week"].to_pylist())
    texts = sorted({post["text"] for post in posts})
    number = {text: at for at, text in enumerate(texts)}
    offers, group = offers_in(texts), _copy_groups(texts)
    places: dict[int, list[int]] = {}
    for place, row in enumerate(offers["row"].to_pylist()):
        places.setdefault(row, []).append(place)
    taken: list[tuple[int, int, date]] = []
    for post in posts:
        text = number[post["text"]]
        weeks = (date.fromisoformat(post["Posted"][:10]) - begins).days // 7
        week = begins + timedelta(days=7 * weeks)
        taken += [(place, int(group[text]), week) for place in places.get(text, [])]
    rows, groups, dates = (pa.array(column) for column in zip(*taken, strict=True))
    return offers.take(rows).append_column("group", groups).append_column("week", dates)

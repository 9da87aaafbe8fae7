"""How much of what a town's adverts offer, and at what prices, is read off their texts, where the truth is
known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from lippen.measured import wilson
from lippen.trade.extraction import offers_in
from lippen.trade.lexicon import Lexicon

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
    adverts = pq.read_table(town / "truth" / "listings.parquet", columns=["listing_id", "advert"])
    is_advert = dict(zip(adverts["listing_id"].to_pylist(), adverts["advert"].to_pylist(), strict=True))
    known: dict[str, Row] = {}
    for path in sorted((town / "streams" / "listing").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            post = json.loads(line)
            text = "\n".join(part for part in (post.get("Heading"), post.get("Body")) if part)
            if is_advert.get(int(post["Item ID"])):
                known.setdefault(
                    text,
                    {
                        "listing_id": int(post["Item ID"]),
                        "text": text,
                        "price_gbp": None if post.get("Price GBP") is None else float(post["Price GBP"]),
                        "quantity": post.get("Amount"),
                    },
                )
    return pa.Table.from_pylist(list(known.values()))


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
    for row in pq.read_table(town / "truth" / "offers.parquet").to_pylist():
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

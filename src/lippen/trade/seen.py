"""What people happened to see for sale: which substance each sighting is about, and what was asked for it.

A sighting is an offer already, so a word alone counts here, which never makes an advert of a post. A proper
name counts before an everyday word, and the words of the offer before those in which it is described:
somebody who saw `small white lumps` names a colour and not cocaine, and `ket in bags` is no heroin. A sign of
the offer (a tree) counts only where no word says what it is.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from lippen.engine import Engine
from lippen.trade.extraction import offers_in
from lippen.trade.lexicon import Lexicon, Term
from lippen.trade.offers import OFFERS

NOT_NAMED: Final = "not named"
"""Stands for the substance of a sighting in which no word of the vocabulary is found."""

_COLOURS: Final = frozenset(
    ["white", "brown", "green", "blue", "black", "pink", "red", "yellow", "grey", "purple"]
)
"""Everyday words of the trade that describe what was seen."""

_HOLDS: Final = frozenset(["bag", "bags"])
"""Everyday words of the trade in which something may lie that has a name of its own."""

SEEN: Final = pa.schema(
    [
        ("group", pa.string()),
        ("day", pa.date32()),
        ("channel", pa.string()),
        ("larger_area", pa.string()),
        ("text", pa.string()),
        ("substances", pa.list_(pa.string())),
    ]
)
"""One row a sighting: its id, the day (of a week its first), the kind of channel, the larger area, what was
offered and in what words (a line break between), and the substances it is about."""


def read_seen(sightings: ibis.Table, engine: Engine, lexicon: Lexicon) -> tuple[pa.Table, pa.Table]:
    """The sightings (SEEN), and what they offer: as `extraction.OFFERS`, with `group` in place of the row.

    `sightings` has the columns of the kind `sighting`.
    """
    table = engine.collect(
        sightings.select(
            "sighting_id", "seen_on", "channel", "larger_area", "product", "words", "price_gbp", "quantity"
        ),
        "sighting_id",
    )
    text = pc.binary_join_element_wise(
        table["product"], pc.fill_null(table["words"], ""), "\n", null_handling="replace", null_replacement=""
    )
    offers = offers_in(
        text,
        lexicon,
        price=table["price_gbp"].combine_chunks(),
        quantity=table["quantity"].combine_chunks(),
    )
    substances = _substances(table, lexicon)
    seen = pa.table(
        {
            "group": table["sighting_id"],
            "day": table["seen_on"],
            "channel": table["channel"],
            "larger_area": table["larger_area"],
            "text": pc.utf8_trim_whitespace(text),
            "substances": pa.array(substances, pa.list_(pa.string())),
        }
    ).cast(SEEN)
    told = offers.filter(
        pa.array(
            [
                substance in substances[row]
                for row, substance in zip(
                    offers["row"].to_pylist(), offers["substance"].to_pylist(), strict=True
                )
            ],
            pa.bool_(),
        )
    )
    group = seen["group"].combine_chunks().take(told["row"].combine_chunks())
    fields = [("group", pa.string()), *(field for field in OFFERS if field.name != "row")]
    return seen, told.drop_columns(["row"]).add_column(0, "group", group).cast(pa.schema(fields))


def _substances(table: pa.Table, lexicon: Lexicon) -> list[list[str]]:
    described, said = (_found(table[name], lexicon) for name in ("product", "words"))
    told = []
    for row in range(len(table)):
        there, words = described.get(row, []), said.get(row, [])
        plain = [term for term in there if term.written not in _COLOURS]
        choices = (
            [term for term in there if term.sort == "name"],
            [term for term in words if term.sort == "name"],
            [term for term in words if term.sort == "slang" and term.written not in _COLOURS | _HOLDS],
            [term for term in plain if term.written not in _HOLDS],
            words,
            plain,
        )
        terms = next((terms for terms in choices if terms), [])
        told.append(sorted({term.substance for term in terms}) or [NOT_NAMED])
    return told


def _found(texts: pa.ChunkedArray, lexicon: Lexicon) -> dict[int, list[Term]]:
    found: dict[int, list[Term]] = defaultdict(list)
    matches = lexicon.find(pc.fill_null(texts, ""))
    for row, word in zip(matches.row.tolist(), matches.word.tolist(), strict=True):
        found[row].append(lexicon.terms[word])
    return found

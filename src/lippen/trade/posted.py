"""What stands in collections, read once for each wording however often it is posted.

Invariant: what is assessed and taken apart is a wording, and a posting is only counted. So a collection of
millions costs as much as the different texts in it, and what grows stays on the engine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from lippen.engine import Engine
from lippen.progress import Stages
from lippen.side_by_side import done_side_by_side
from lippen.signals.contact_ways import HASHED, HASHED_HEAD
from lippen.trade.adverts import AdvertModel
from lippen.trade.copies import find_copies
from lippen.trade.extraction import offers_in
from lippen.trade.lexicon import Lexicon, Term
from lippen.trade.offers import OFFERS

CONTACT: Final = "[contact]"
"""What stands where a contact was, in texts that are assessed and shown: which one it was is not told."""

_TOGETHER: Final = 20_000
"""Wordings that are read together. From twice as many on, another process reads beside this one."""

_FITTED_ON: Final = 20_000
"""Wordings from which the share of adverts is told: of more, every second or third."""


@dataclass(frozen=True)
class Posted:
    """What `read_posted` gives. `each` and `groups` are expressions on its engine, the rest tables.

    `each`: a row for each listing whose wording is taken for an advert: `listing_id`, `same_as` (the first
    listing in the same words), `group` (the first of its copy group), `day` (local), `channel`. `groups`: as
    in `copies.Copies`. `wordings`: a row for each wording that is an advert, in the order of `same_as`, with
    `group`, `text` (contacts as hashes), `day` (its first), `posts` (how often it was posted), `origin`,
    `destination`, `price_gbp`, `probability`. `offers`: as in `extraction.OFFERS`, with `same_as` in place of
    the row. `every`: a row for each listing, an advert or not, with `same_as` and `day`. `said`: a row for
    each wording, an advert or not, with `same_as`, `text`, `day` and `posts`.
    """

    each: ibis.Table
    groups: ibis.Table
    wordings: pa.Table
    offers: pa.Table
    every: ibis.Table
    said: pa.Table
    posts: int
    different: int
    different_wordings: int
    first_day: date
    last_day: date


def read_posted(
    listings: ibis.Table, engine: Engine, model: AdvertModel, lexicon: Lexicon, stages: Stages
) -> Posted:
    """Gather copies, tell adverts from other posts, and say what they offer in words of the lexicon.

    `listings` has the columns of the kind `listing`. The model is fitted to the share of adverts among the
    wordings (`AdvertModel.fitted_to`).
    """
    with stages.stage("gather copies"):
        copies = find_copies(listings, engine)
        known = listings.select("listing_id", "local_day", "channel")
        each = engine.keep(copies.listings.join(known, "listing_id"))
        spoken = engine.collect(
            each.aggregate(
                posts=each.count(),
                different=each.first_id.nunique(),
                first_day=each.local_day.min(),
                last_day=each.local_day.max(),
            )
        ).to_pylist()[0]
        wordings = _wordings(listings, each, engine)
    with stages.stage("tell adverts, read offers", len(wordings)) as stage:
        fitted = model.fitted_to(as_read(_every(wordings, _FITTED_ON)))
        read: list[_Read] = []
        for part in done_side_by_side(
            partial(_read_part, fitted, lexicon.terms), list(_parts(wordings)), _workers()
        ):
            read.append(part)
            stage.advance(part.rows)
        read.sort(key=lambda part: part.number)
        adverts = pa.concat_tables([part.adverts for part in read])
        taken = [part.offers for part in read]
    which = engine.table(adverts.select(["same_as"]))
    of_adverts = each.semi_join(which, "same_as").select(
        "listing_id", "same_as", "channel", group=each.first_id, day=each.local_day
    )
    return Posted(
        each=engine.keep(of_adverts),
        groups=copies.groups,
        wordings=adverts,
        offers=pa.concat_tables([_BY_WORDING.empty_table(), *taken]),
        every=each.select("same_as", day=each.local_day),
        said=wordings.select(["same_as", "text", "day", "posts"]),
        different_wordings=len(wordings),
        **spoken,
    )


_BY_WORDING: Final = pa.schema(
    [("same_as", pa.string()), *(field for field in OFFERS if field.name != "row")]
)


@dataclass(frozen=True)
class _Read:
    """What came of one part of the wordings: which part it was, how many they were, and what was found."""

    number: int
    rows: int
    adverts: pa.Table
    offers: pa.Table


def _read_part(model: AdvertModel, terms: tuple[Term, ...], part: tuple[int, pa.Table]) -> _Read:
    number, wordings = part
    assessed = model.assess(as_read(wordings))
    told = wordings.append_column("probability", assessed["probability"])
    adverts = told.filter(assessed["is_advert"]).combine_chunks()
    return _Read(number, len(wordings), adverts, _offers(adverts, Lexicon(terms)))


def _parts(wordings: pa.Table) -> Iterator[tuple[int, pa.Table]]:
    # Taken and not sliced: a slice goes to another process with all that it was cut from.
    for number, first in enumerate(range(0, max(1, len(wordings)), _TOGETHER)):
        yield number, wordings.take(pa.array(range(first, min(first + _TOGETHER, len(wordings))), pa.int64()))


def _every(table: pa.Table, most: int) -> pa.Table:
    """So many rows at most, spread over the whole."""
    step = -(-len(table) // most) or 1
    return table.take(pa.array(range(0, len(table), step), pa.int64()))


def _workers() -> int:
    return min(2, os.cpu_count() or 1)


def as_shown(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Texts with the same mark in place of each contact, whichever it was."""
    return pc.replace_substring_regex(texts, HASHED, CONTACT)


def _wordings(listings: ibis.Table, each: ibis.Table, engine: Engine) -> pa.Table:
    """The first listing of each wording, the first day on which any was posted, and how many were."""
    firsts = each.group_by("same_as").aggregate(
        group=each.first_id.min(), day=each.local_day.min(), posts=each.count()
    )
    written = listings.select(
        "title",
        "text",
        "price_gbp",
        "quantity",
        "origin",
        "destination",
        same_as=listings.listing_id,
    )
    told = engine.collect(firsts.join(written, "same_as"), "same_as")
    text = pc.binary_join_element_wise(
        told["title"], pc.fill_null(told["text"], ""), "\n", null_handling="replace", null_replacement=""
    )
    return told.drop_columns(["title", "text"]).append_column("text", pc.utf8_trim_whitespace(text))


def as_read(wordings: pa.Table) -> pa.Table:
    """The columns that a model reads of a post."""
    return pa.table(
        {
            "text": as_shown(wordings["text"]),
            "price": wordings["price_gbp"],
            "origin": wordings["origin"],
            "destination": wordings["destination"],
        }
    )


def _offers(wordings: pa.Table, lexicon: Lexicon) -> pa.Table:
    # A contact is no amount: a hash of letters and digits must not be read as one.
    offers = offers_in(
        as_shown(wordings["text"]),
        lexicon,
        price=wordings["price_gbp"].combine_chunks(),
        quantity=wordings["quantity"].combine_chunks(),
    )
    same_as = wordings["same_as"].combine_chunks().take(offers["row"].combine_chunks())
    told = offers.drop_columns(["row"]).add_column(0, "same_as", same_as)
    return told.cast(_BY_WORDING)


def first_contacts(texts: pa.ChunkedArray) -> pa.Array:
    """The hash of the first contact of each text, null where there is none: whoever has the same is the same
    seller within a month, as far as can be told, and who that is is not known here."""
    head = HASHED_HEAD.replace("[", r"\[")
    found = pc.extract_regex(texts.combine_chunks(), rf"{head}(?P<hash>[a-z0-9]+)\]")
    return pc.struct_field(found, "hash")

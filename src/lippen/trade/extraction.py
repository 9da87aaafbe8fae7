"""What posts offer: which thing, in what form, how much, how strong, at what price, and how it comes.

Invariant: every word, amount and price of a row stands in the text between the places that the row gives, so
a reader can be shown on what it rests. Nothing comes from elsewhere but a unit, a form and a currency that go
without saying, and what a collection itself files beside the text.

Words come from the lexicon, amounts from the grammar of `amounts`; `things` says which words count,
`attaching` which amounts belong to them, `offers` what they come to. Whether a text is an advert at all is
not decided here, and a thing for which there is no word in the lexicon is not seen.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import Final, TypeVar

import pyarrow as pa

from lippen.trade.amounts import amounts_of
from lippen.trade.attaching import Part, Told, parts_of, told_in
from lippen.trade.forms import delivery_words, form_words
from lippen.trade.lexicon import Lexicon
from lippen.trade.matching import Matcher, looks_like
from lippen.trade.offers import (
    OFFERS,
    Row,
    Span,
    amounts_for,
    filled,
    form_of,
    is_counted,
    of_the_whole,
    row_of,
    settled,
)
from lippen.trade.things import Thing, apart, counts, has_others, surest

LONGEST: Final = 600
"""Signs of a line that are read together."""

MOST: Final = 200
"""Offers of one post that are read."""

_HEADED: Final = ("substance_", "form_", "strength")
"""What a line with amounts alone has from the one that heads it."""


@dataclass(frozen=True)
class _Post:
    """A post's text as it is compared, and what was found in it."""

    row: int
    looks: str
    things: list[Thing]
    forms: list[Span]
    delivery: list[Span]
    priced: bool


def offers_in(
    texts: Sequence[str | None] | pa.StringArray | pa.ChunkedArray,
    lexicon: Lexicon | None = None,
    *,
    price: pa.Array | None = None,
    quantity: pa.Array | None = None,
    currency: str = "GBP",
) -> pa.Table:
    """What each of the posts offers (OFFERS); `lexicon` is that of the vocabulary if none is given.

    `price` (numbers) and `quantity` (texts such as `3.5 g`) are what a collection files beside each post;
    they fill what the text leaves out where a post offers one thing alone. `currency` is that of `price`, and
    of prices that name none. Missing texts offer nothing. Raises ValueError when a column is not as long as
    the texts.
    """
    written = texts.to_pylist() if isinstance(texts, (pa.Array, pa.ChunkedArray)) else list(texts)
    for column in (price, quantity):
        if column is not None and len(column) != len(written):
            raise ValueError(f"{len(written)} texts but {len(column)} prices or quantities")
    prices = [None] * len(written) if price is None else price.to_pylist()
    quantities = [None] * len(written) if quantity is None else quantity.to_pylist()
    rows: list[Row] = []
    for post in _posts(written, Lexicon.of_vocabulary() if lexicon is None else lexicon, prices):
        offers = of_the_whole(list(islice(_offers(post, currency), MOST)))
        filled(offers, prices[post.row], quantities[post.row], currency)
        rows += offers
    settled(rows)
    return pa.table(
        [pa.array([row[field.name] for row in rows], field.type) for field in OFFERS], schema=OFFERS
    )


def _posts(written: list[str | None], lexicon: Lexicon, prices: list[float | None]) -> Iterator[_Post]:
    """The posts in which a word of the lexicon stands."""
    found = lexicon.find(written)
    terms = [(term.written, term.substance, term.sort, term.precision, term.seen) for term in lexicon.terms]
    things: dict[int, list[Thing]] = {}
    for row, start, end, word in zip(
        found.row.tolist(), found.start.tolist(), found.end.tolist(), found.word.tolist(), strict=True
    ):
        things.setdefault(row, []).append(Thing(start, end, *terms[word]))
    texts = [written[row] or "" for row in things]
    formed, sent = _spans(texts, *form_words()), _spans(texts, *delivery_words())
    for at, (row, text) in enumerate(zip(things, texts, strict=True)):
        yield _Post(
            row, looks_like(text), things[row], formed.get(at, []), sent.get(at, []), prices[row] is not None
        )


def _spans(texts: list[str], matcher: Matcher, names: tuple[str, ...]) -> dict[int, list[Span]]:
    found = matcher.find(texts)
    spans: dict[int, list[Span]] = {}
    for row, start, end, word in zip(
        found.row.tolist(), found.start.tolist(), found.end.tolist(), found.word.tolist(), strict=True
    ):
        spans.setdefault(row, []).append(Span(start, end, names[word]))
    return spans


def _offers(post: _Post, currency: str) -> Iterator[Row]:
    """What one post offers, line by line. A thing that stands alone in its line heads those below it."""
    heading: Row | None = None
    for begin, end in _lines(post.looks):
        line = post.looks[begin:end]
        things = [
            one._replace(start=one.start - begin, end=one.end - begin)
            for one in _within(post.things, begin, end)
        ]
        rows: list[Row] = []
        if things or heading is not None:
            worded = [
                Span(one.start - begin, one.end - begin, one.name) for one in _within(post.forms, begin, end)
            ]
            if things:
                rows = list(_said(line, things, worded, post.priced, currency))
                heading = _heading(line, things, worded, rows)
                if heading is not None:
                    heading = _placed(heading, post, begin, end)
            elif heading is not None:
                rows = list(_said_beneath(line, heading, post.priced, currency))
                heading = heading if rows else None
            for row in rows:
                yield _placed(row, post, begin, end)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Where the lines of a text begin and end; those longer than `LONGEST` are cut at a blank."""
    begin = 0
    for line in text.split("\n"):
        end = begin + len(line)
        while end - begin > LONGEST:
            cut = text.rfind(" ", begin + 1, begin + LONGEST)
            cut = begin + LONGEST if cut < 0 else cut
            yield begin, cut
            begin = cut
        yield begin, end
        begin = end + 1


_Placed = TypeVar("_Placed", Thing, Span)


def _within(places: list[_Placed], begin: int, end: int) -> list[_Placed]:
    """Of places in order those that lie in a line. Words that a line break parts are none."""
    first = bisect_left(places, begin, key=attrgetter("start"))
    begun = places[first : bisect_left(places, end, lo=first, key=attrgetter("start"))]
    return [one for one in begun if one.end <= end]


def _said(line: str, found: list[Thing], worded: list[Span], priced: bool, currency: str) -> Iterator[Row]:
    """What a line with words for things offers."""
    things, amounts = apart(found, amounts_of(line))
    for part in parts_of(line, surest(line, things, amounts), amounts):
        here = [one for one in worded if part.start <= one.start < part.end]
        others = has_others(line, part.start, part.end, part.words, part.amounts)
        if counts(part.words, part.amounts, [(one.start, one.end) for one in here], others):
            yield from _rows(line, part, here, priced, currency)


def _heading(line: str, things: list[Thing], worded: list[Span], rows: list[Row]) -> Row | None:
    """What lines below may give amounts of: a thing that stands alone in its line or has its proper name
    there, and has no price; its form and strength are theirs."""
    if len({thing.substance for thing in things}) > 1 or any(row["price"] is not None for row in rows):
        return None
    if things[0].sort != "name" and has_others(line, 0, len(line), things, ()):
        return None
    if rows:
        return dict(rows[0])
    form, word = form_of(Part(0, 0, tuple(things), ()), worded)
    return row_of(Told(things[0]), form, word, "")


def _said_beneath(line: str, heading: Row, priced: bool, currency: str) -> Iterator[Row]:
    """What a line with no word for a thing offers of the one that heads it: so much, or so many, for so
    much."""
    amounts = amounts_of(line)
    if has_others(line, 0, len(line), (), amounts):
        return
    thing = Thing(0, 0, "", heading["substance"], "name", 1.0, 0)
    part = amounts_for(Part(0, len(line) + 1, (thing,), tuple(amounts)))
    for told in told_in(line, part, is_counted(heading["form"]), priced):
        if told.quantity is not None and told.price is not None:
            row = row_of(told, heading["form"], None, currency)
            row["headed"] = {name: value for name, value in heading.items() if name.startswith(_HEADED)}
            yield row


def _rows(line: str, part: Part, worded: list[Span], priced: bool, currency: str) -> Iterator[Row]:
    form, word = form_of(part, worded)
    for told in told_in(line, amounts_for(part), is_counted(form), priced):
        yield row_of(told, form, word, currency)


def _placed(row: Row, post: _Post, begin: int, end: int) -> Row:
    """A row with its places in the whole text, and how the thing comes: as its line says, else as the post
    does."""
    headed = row.pop("headed", {})
    for name in [name for name in row if name.endswith(("_start", "_end")) and row[name] is not None]:
        row[name] += begin
    row |= headed
    ways = _within(post.delivery, begin, end) or post.delivery
    if ways:
        row |= {"delivery": ways[0].name, "delivery_start": ways[0].start, "delivery_end": ways[0].end}
    return row | {"row": post.row}

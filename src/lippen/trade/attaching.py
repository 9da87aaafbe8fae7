"""Which amounts of a line belong to which of the things that it names.

A line is cut into parts, each with one thing. Amounts between two things go to the one from which nothing
parts them (a comma, a stroke, `and`); where nothing does, they go to the thing before them, or to the one
behind where the line begins with an amount. Within a part a price goes to the quantity before it, or to that
with which it is joined (`2 for 50`, `30 a g`); what a plain number is follows from where it stands.

The rules are our own. They know no grammar: in a sentence with two things and one amount they may pick the
wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from lippen.trade.amounts import Amount
from lippen.trade.things import NEAR, PARTING, Thing

_JOINING: Final = re.compile(r"\s*(?:for|/)\s*(?:just |only )?")
_BARELY: Final = re.compile(
    r"[\s\-–—=:;()\[\]@|•~>.,×]*(?:x\s)?(?:of\s+)?(?:at|for|just|only|is)?[\s\-–—=:()\[\]]*"
)
_HOLDING: Final = frozenset({"bags", "wraps", "boxes", "packs", "bottles", "vials"})
"""What things lie in: how much is in it says more."""

_ONE_OF_IT: Final = re.compile(r"an? |per |/")


class Told(NamedTuple):
    """A thing with what is said of it in one place; what is not said is None. `unsure` says that of two plain
    numbers either may be the price."""

    thing: Thing
    quantity: Amount | None = None
    price: Amount | None = None
    strength: Amount | None = None
    unsure: bool = False


@dataclass(frozen=True)
class Part:
    """One thing of a line: from where to where its part is, the words for it, and the amounts that belong to
    it."""

    start: int
    end: int
    words: tuple[Thing, ...]
    amounts: tuple[Amount, ...]


def parts_of(line: str, things: Sequence[Thing], amounts: Sequence[Amount]) -> list[Part]:
    """The line cut so that each part has one thing. Things of one substance that follow each other are
    one."""
    runs: list[list[Thing]] = []
    for thing in things:
        if runs and runs[-1][-1].substance == thing.substance:
            runs[-1].append(thing)
        else:
            runs.append([thing])
    if not runs:
        return []
    before = bool(amounts) and amounts[0].start < things[0].start
    cuts = [_cut(line, left[-1].end, right[0].start, amounts, before) for left, right in pairwise(runs)]
    edges = pairwise([0, *cuts, len(line) + 1])
    return [
        Part(first, last, tuple(run), tuple(one for one in amounts if first <= one.start < last))
        for run, (first, last) in zip(runs, edges, strict=True)
    ]


def _cut(line: str, start: int, end: int, amounts: Sequence[Amount], before: bool) -> int:
    """Where the part of one thing ends and that of the next begins."""
    between = [one for one in amounts if start <= one.start < end]
    stops = [
        match.start()
        for match in PARTING.finditer(line, start, end)
        if not any(one.start <= match.start() < one.end for one in between)
    ]
    if stops:
        return stops[0] if before else stops[-1]
    return start if before else end


def told_in(line: str, part: Part, counted: bool, priced: bool) -> list[Told]:
    """What a part offers: the thing once for each quantity or price, or alone where neither is said.

    `counted` says that the thing is sold by number (tablets, blotters), so that milligrams are a strength;
    `priced` that its price is known from elsewhere, so that a plain number is a quantity.
    """
    thing = part.words[0]
    counted = counted or _begins_with_a_number(line, part)
    number = any(one.sort == "quantity" and one.unit != "g" for one in part.amounts)
    strength = next(
        (
            one
            for one in part.amounts
            if one.sort == "strength" or (one.sort == "weight in mg" and (counted or number))
        ),
        None,
    )
    items = []
    for one in part.amounts:
        if one.sort == "weight in mg" and not (counted or number):
            items.append(one._replace(sort="quantity", number=one.number / 1000, unit="g"))
        elif one.sort not in ("strength", "weight in mg"):
            items.append(one)
    pairs = _paired(line, part, items, counted, priced)
    if not pairs:
        return [Told(thing, strength=strength)]
    return [Told(thing, quantity, price, strength, unsure) for quantity, price, unsure in pairs]


def _begins_with_a_number(line: str, part: Part) -> bool:
    """Whether a line begins with a number and gives milligrams: `50 purple doves 220mg` are fifty."""
    first = part.amounts[0] if part.amounts else None
    return (
        first is not None
        and first.sort == "number"
        and not line[: first.start].strip()
        and any(one.sort == "weight in mg" for one in part.amounts)
    )


_Pair = tuple[Amount | None, Amount | None, bool]


def _paired(line: str, part: Part, items: list[Amount], counted: bool, priced: bool) -> list[_Pair]:
    """Quantities and prices two by two, from left to right."""
    pairs: list[_Pair] = []
    waiting: Amount | None = None
    at = 0
    while at < len(items):
        one = items[at]
        following = items[at + 1] if at + 1 < len(items) else None
        last = at + 2 >= len(items)
        step = 1
        if following is not None and waiting is None and (joined := _joined(line, one, following)):
            pairs.append(joined)
            step = 2
        elif one.sort == "quantity":
            if waiting is not None:
                pairs.append((waiting, None, False))
            waiting = one
        elif one.sort == "price":
            behind = following is not None and following.sort == "quantity" and last
            if waiting is None and following is not None and behind and one.per == 0:
                pairs.append((following, one, False))
                step = 2
            else:
                pairs.append((waiting, one, False))
                waiting = None
        elif waiting is not None:
            gap = _without(line, part, waiting.end, one.start)
            if waiting.unit in _HOLDING and following is not None and following.sort == "price":
                waiting = _as_quantity(one)
            elif not one.spoken and not priced and _BARELY.fullmatch(gap):
                pairs.append((waiting, _as_price(one), False))
                waiting = None
        elif following is not None and following.sort in ("price", "number"):
            gap = _without(line, part, one.end, following.start)
            if _BARELY.fullmatch(gap) or _leads_to_word(line, part, one):
                waiting = _as_quantity(one)
        elif following is not None:
            if not priced and _ONE_OF_IT.match(line, following.start):
                pairs.append((following, _as_price(one), False))
                step = 2
        elif not pairs and (_beside_word(line, part, one) or (counted and not line[: one.start].strip())):
            first = one.start < part.words[0].start
            if priced or first or one.spoken:
                pairs.append((_as_quantity(one), None, False))
            else:
                pairs.append((None, _as_price(one), False))
        at += step
    if waiting is not None:
        pairs.append((waiting, None, False))
    return _mended(pairs)


def _joined(line: str, one: Amount, other: Amount) -> _Pair | None:
    """`2 for 50` and `3/40`: so many for so much, or so much for so many where a sign or a unit says so."""
    if not _JOINING.fullmatch(line, one.end, other.start):
        return None
    if one.sort == "price" and other.sort != "price":
        return (_as_quantity(other), one, False)
    if other.sort == "quantity":
        return (other, _as_price(one), False) if one.sort == "number" else None
    if other.sort not in ("price", "number"):
        return None
    return (_as_quantity(one), _as_price(other), one.sort == other.sort == "number")


def _as_price(one: Amount) -> Amount:
    return one if one.sort == "price" else one._replace(sort="price", unit="")


def _as_quantity(one: Amount) -> Amount:
    return one if one.sort == "quantity" else one._replace(sort="quantity", unit="")


def _without(line: str, part: Part, start: int, end: int) -> str:
    """The signs between two amounts, but for the part's own words."""
    kept = list(line[start:end])
    for word in part.words:
        for at in range(max(word.start, start), min(word.end, end)):
            kept[at - start] = " "
    return "".join(sign for sign in kept if sign.isascii() or sign.isalpha())


def _beside_word(line: str, part: Part, one: Amount) -> bool:
    """Whether hardly anything stands between a plain number and one of the part's words."""
    for word in part.words:
        gap = line[word.end : one.start] if word.end <= one.start else line[one.end : word.start]
        if len(gap) <= NEAR:
            return True
    return False


def _leads_to_word(line: str, part: Part, one: Amount) -> bool:
    """Whether nothing but other amounts and `of` stands between a plain number and one of the part's
    words."""
    for word in part.words:
        if one.end <= word.start:
            gap = line[one.end : word.start]
            for other in part.amounts:
                if one.end <= other.start and other.end <= word.start:
                    gap = gap.replace(line[other.start : other.end], "")
            return gap.strip() in ("", "of")
    return False


def _mended(pairs: list[_Pair]) -> list[_Pair]:
    """A lone quantity and a lone price are one offer; of quantities told twice in other units the first
    stands."""
    quantities = [quantity for quantity, _, _ in pairs if quantity is not None]
    prices = [price for _, price, _ in pairs if price is not None]
    if (
        len(prices) == 1
        and quantities
        and not any(one is not None and two is not None for one, two, _ in pairs)
    ):
        return [(quantities[0], prices[0], False)]
    if any(quantity is not None and price is not None for quantity, price, _ in pairs):
        return [one for one in pairs if one[1] is not None]
    kept: list[_Pair] = []
    for quantity, price, unsure in pairs:
        again = quantity is not None and any(
            other is not None and (quantity.unit != other.unit or _alike(quantity.number, other.number))
            for other, _, _ in kept
        )
        if not again:
            kept.append((quantity, price, unsure))
    return kept


def _alike(one: float, other: float) -> bool:
    """Whether two weights are one, rounded in two ways: an ounce is 28 g, or 28.35."""
    return abs(one - other) <= 0.05 * max(one, other)

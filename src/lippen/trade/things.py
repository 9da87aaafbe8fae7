"""Which words of a line name what it offers.

A proper name counts wherever it stands. A slang word or a sign counts only beside an amount or a form, or
where it has proved right alone; where it stands with a proper name it describes that (`brown sugar MDMA`). A
word that only says how something is counted (`10 tabs`) names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from lippen.trade.amounts import Amount
from lippen.trade.vocabulary import Sort

ALONE: Final = 0.8
"""The share of times that a slang word or sign must have proved right to count with nothing beside it."""

OFTEN: Final = 20
"""How often a word must have been met for what it proved to count."""

BESIDE: Final = 0.25
"""The share of times that it must have proved right, where met so often, to count beside an amount or a
form."""

NEAR: Final = 12
"""Signs between a word and an amount over which they are still beside each other."""

PARTING: Final = re.compile(r"[,;|&•~]|//| / | \+ |\band\b|\bplus\b")
"""What parts the things of one line."""

_WORTH: Final[dict[Sort, int]] = {"name": 2, "slang": 1, "sign": 0}
_COUNTED_AND_NAMED: Final = frozenset(
    {"bars", "blotter", "blotters", "trips", "pills", "balloons", "vapes", "disposables", "tenner bags"}
)
"""Words that say how much there is and what it is; of medicines, which say how much is in one, the first
alone."""


_JOINING: Final = frozenset(
    {"for", "at", "a", "an", "each", "per", "x", "just", "only", "the", "of", "and", "is"}
)


class Thing(NamedTuple):
    """A word for a substance: from where to where it stands, what it means, and what it has proved to be
    worth."""

    start: int
    end: int
    written: str
    substance: str
    sort: Sort
    precision: float
    seen: int


def apart(things: Sequence[Thing], amounts: Sequence[Amount]) -> tuple[list[Thing], list[Amount]]:
    """Words and amounts that lie over each other, told apart: a number in a name is no amount (`2C-B`), and a
    word within an amount no thing (`10 tabs`) but for some that are both (`10 bars`)."""
    kept = [thing for thing in things if not _is_unit(thing, amounts)]
    return kept, [one for one in amounts if not any(_in_a_name(one, thing) for thing in kept)]


def _is_unit(thing: Thing, amounts: Sequence[Amount]) -> bool:
    if thing.sort == "name":
        return False
    if thing.written in _COUNTED_AND_NAMED and not any(one.unit == "mg" for one in amounts):
        return False
    return any(one.start <= thing.start and thing.end <= one.end for one in amounts)


def _in_a_name(one: Amount, thing: Thing) -> bool:
    if thing.written in _COUNTED_AND_NAMED and one.end >= thing.end:
        return False
    return one.start < thing.end and thing.start < one.end


def surest(line: str, things: Sequence[Thing], amounts: Sequence[Amount]) -> list[Thing]:
    """The words that name something, of those that describe each other: proper names before slang before
    signs, of several slang words the one that proved best and then the last, of several signs the first."""
    kept: list[Thing] = []
    for heap in _heaps(line, things, amounts):
        worth = max(_WORTH[thing.sort] for thing in heap)
        best = [thing for thing in heap if _WORTH[thing.sort] == worth]
        if worth == _WORTH["slang"]:
            substance = max(enumerate(best), key=lambda one: (one[1].precision, one[0]))[1].substance
            best = [thing for thing in best if thing.substance == substance]
        elif worth == _WORTH["sign"]:
            best = [thing for thing in best if thing.substance == best[0].substance]
        kept += best
    most = max((_WORTH[thing.sort] for thing in kept), default=0)
    if most == _WORTH["name"]:
        kept = [thing for thing in kept if thing.sort == "name" or thing.written not in _COUNTED_AND_NAMED]
    if most == _WORTH["sign"]:
        return [
            thing
            for at, thing in enumerate(kept)
            if thing.substance == kept[0].substance or _is_offered_too(line, kept, at, amounts)
        ]
    return [
        thing
        for at, thing in enumerate(kept)
        if _WORTH[thing.sort] == most or _has_its_own(line, kept, at, amounts)
    ]


def _heaps(line: str, things: Sequence[Thing], amounts: Sequence[Amount]) -> list[list[Thing]]:
    """Words that follow each other with no amount between them and nothing that parts them."""
    heaps: list[list[Thing]] = []
    for thing in things:
        if heaps:
            end = heaps[-1][-1].end
            between = any(end <= one.start < thing.start for one in amounts)
            if not between and not PARTING.search(line, end, thing.start):
                heaps[-1].append(thing)
                continue
        heaps.append([thing])
    return heaps


def _has_its_own(line: str, things: Sequence[Thing], at: int, amounts: Sequence[Amount]) -> bool:
    """Whether a slang word in a line with proper names, or a sign in one with words, has amounts of its own:
    it is parted from them, or an amount follows at once and one came before. Of a sign they must follow."""
    thing = things[at]
    first = things[at - 1].end if at else 0
    last = things[at + 1].start if at + 1 < len(things) else len(line)
    behind = any(thing.end <= one.start < last for one in amounts)
    before = any(first <= one.start < thing.start for one in amounts)
    parted = (at == 0 or PARTING.search(line, first, thing.start) is not None) and (
        at + 1 == len(things) or PARTING.search(line, thing.end, last) is not None
    )
    if thing.sort == "sign":
        return parted and behind
    at_once = any(
        not line[thing.end : one.start].strip(" -–:=([") for one in amounts if thing.end <= one.start
    )
    return (before and behind and at_once) or (parted and (before or behind))


def _is_offered_too(line: str, things: Sequence[Thing], at: int, amounts: Sequence[Amount]) -> bool:
    """Whether a sign behind another names a thing of its own: it is parted from that, or how much and for how
    much follow. Else it decorates (`🐴 3.5g 🔥 £70`)."""
    last = things[at + 1].start if at + 1 < len(things) else len(line)
    following = sum(things[at].end <= one.start < last for one in amounts)
    return following > 1 or (
        following == 1 and PARTING.search(line, things[at - 1].end, things[at].start) is not None
    )


def counts(
    words: Sequence[Thing], amounts: Sequence[Amount], forms: Sequence[tuple[int, int]], others: bool
) -> bool:
    """Whether the words for one thing are enough to say that it is offered, with the amounts and the words
    for forms of its part of the line; `others` says whether any other words stand there.

    A sign that has proved nothing yet decorates more often than it names: it counts where it is repeated, or
    where nothing but amounts stands beside it.
    """
    if any(word.sort == "name" for word in words):
        return True
    best = max(words, key=lambda word: word.precision)
    if best.seen >= OFTEN and best.precision >= ALONE:
        return True
    if best.seen >= OFTEN and best.precision < BESIDE:
        return False
    if best.sort == "sign" and best.seen < OFTEN and len(words) == 1:
        first = min((one.start for one in amounts), default=best.start)
        if others or first < best.start:
            return False
    return any(one.sort != "number" or _near(words, one.start, one.end) for one in amounts) or any(
        _near(words, start, end) and not any(word.start < end and start < word.end for word in words)
        for start, end in forms
    )


def has_others(line: str, start: int, end: int, words: Sequence[Thing], amounts: Sequence[Amount]) -> bool:
    """Whether letters stand from `start` to `end` that belong to none of the words and amounts, and join
    none."""
    kept = list(line[start:end])
    taken: list[Thing | Amount] = [*words, *amounts]
    for one in taken:
        for at in range(max(one.start, start), min(one.end, end)):
            kept[at - start] = " "
    return any(any(map(str.isalpha, word)) and word not in _JOINING for word in "".join(kept).split())


def _near(words: Sequence[Thing], start: int, end: int) -> bool:
    return any(start - word.end <= NEAR and word.start - end <= NEAR for word in words)

"""Words of a sighting about which the form asks once whether they name a person or say where one lives.

First names come from the list by which notes are asked about (`insight/naming`). Many of them are words of
the trade too, and about those nobody is asked.

What it cannot see: a surname or a nickname alone, a first name that is not listed or is a word of the trade,
a street without a number, and a place that everybody knows.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from lippen.signals.folding import as_seen
from lippen.site.insight.naming import first_names_in, homes_in
from lippen.trade.vocabulary import all_words

_MOST: Final = 5
_POSTCODE: Final = re.compile(r"\b(?:[A-Z]{2}|G)\d{1,2} \d\b", re.IGNORECASE)
"""What is left of a full postcode once it was cut (`signals.identity`)."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OF_THE_TRADE: Final = _words(
    "adam alice annie barry bob bruce christina dorothy eva gary harry henry jack jane jean jill jim "
    "jimmy joe johnny juan kate lee lewis lily louis lynn maria mary mick nina norman oscar peter "
    "rosie roxanne ruth sally tam tommy tony vera victor victoria"
)
"""First names after which something is called that is sold, measured or smoked; the vocabulary has more."""


def seems_to_name(text: str) -> list[str]:
    """What in a text seems to be a first name or an address, as it stands there; none is well."""
    seen = as_seen(text)
    names = [name for name in first_names_in(seen) if name.casefold() not in _passed()]
    return [*names, *homes_in(seen), *_POSTCODE.findall(seen)][:_MOST]


@cache
def _passed() -> frozenset[str]:
    words = (word.casefold() for one in all_words() for word in re.findall(r"[^\W\d_]+", one.written))
    return _OF_THE_TRADE | frozenset(words)

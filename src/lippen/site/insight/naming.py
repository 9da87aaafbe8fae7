"""Whether a note seems to name somebody. It is asked of whoever wrote it, and never decided for them.

The patterns of telephone numbers, addresses of e-mail and the like are those that an import masks. A name is
told by a title before it, or by two words in a row that begin with a capital and are not known here as a
place, a kind of incident or a part of the calendar: that catches too much rather than too little, and whoever
wrote the note says so in one tick.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import pyarrow as pa

from lippen.signals.identity import mask_identity

_TITLED: Final = re.compile(r"\b(?:mr|mrs|ms|miss|mx|dr|rev|sgt|pc|dc|insp)\b\.?\s+[^\W\d_]", re.IGNORECASE)
_CAPITALS: Final = re.compile(r"(?<![\w'’-])([A-Z][\w'’-]*[a-z][\w'’-]*)\s+([A-Z][\w'’-]*[a-z][\w'’-]*)")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PLACES: Final = _words(
    "avenue brae close court crescent drive gardens green grove hill house lane loan park place primary road "
    "row school square station street terrace walk way wynd"
)
_CALLED: Final = _words("small larger area in")
"""What pages put before the code of a place: no name of it, and the first is a surname."""

_CALENDAR: Final = _words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july "
    "august september october november december christmas easter hogmanay new year bank guy fawkes"
)
_BEGINNINGS: Final = _words(
    "a all also an and any ask at both but everybody everyone for from he her his how if in it its look "
    "nobody none of on one only or our she some somebody that the their there these they this those to two "
    "we what when where who why with"
)
"""Words at the head of a sentence, before a word that has its capital anyway."""


def seems_to_name(text: str, known: Iterable[str] = ()) -> list[str]:
    """What of a note looks as if it named somebody, each as a phrase ("a telephone number"); none is well.

    `known` are names of places and kinds that may stand in it.
    """
    _, found = mask_identity(pa.array([text], pa.string()))
    said = list(found)
    if _TITLED.search(text):
        said.append("a name after a title")
    here = {word.casefold() for name in known for word in re.findall(r"[\w'’-]+", name)} - _CALLED
    if any(_may_be_a_name(first, second, here) for first, second in _pairs(text)):
        said.append("a name of two words")
    return said


def _pairs(text: str) -> list[tuple[str, str]]:
    """Each two words in a row that both begin with a capital, overlapping ones too."""
    found: list[tuple[str, str]] = []
    at = 0
    while (pair := _CAPITALS.search(text, at)) is not None:
        found.append((pair[1], pair[2]))
        at = pair.start(2)
    return found


def _may_be_a_name(first: str, second: str, here: set[str]) -> bool:
    low, lower = first.casefold(), second.casefold()
    return not ({low, lower} & (_CALENDAR | here) or lower in _PLACES or low in _BEGINNINGS)

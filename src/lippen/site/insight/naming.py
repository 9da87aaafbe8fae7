"""Whether a text seems to name somebody, or to say where they live. A person is asked, and decides.

The patterns of telephone numbers, addresses of e-mail and the like are those that an import masks. A name is
told by what stands before it, or by a first name that many people have before another word, in capitals or
not: so much is looked for in the texts of an export too (`signs_in`). A note is short and somebody writes it
now, so there more is asked about: two words in a row that begin with a capital and are not known here as a
place, a kind of incident or a part of the calendar, a first name alone, any other script (`seems_to_name`).
That catches too much rather than too little, and whoever wrote the note says so in one tick.

What it cannot catch: a name that is spelt as no other is, alone or without a capital; a nickname; whoever
everybody knows by what they did.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.identity import mask_identity


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PLACES: Final = _words(
    "avenue brae close court crescent drive gardens green grove hill hospital house lane loan park parade "
    "pend place primary road row school square station street terrace vale walk way wynd"
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

_AFTER_A_FIRST_NAME: Final = _BEGINNINGS | _words(
    "as back been by called calls came can could did does down gave gone got had has here into is left like "
    "lives made may might no not off out over rang reported reports said saw say says so states stated still "
    "than then thinks told up was went were will would you"
)
"""Words that follow somebody's first name and are no second one."""

_HOME: Final = re.compile(
    r"\bflat\s+\d"
    r"|\b\d{1,4}[a-z]?(?:/\d{1,2})?,?\s+(?:(?!(?:at|in|of|on|the|to|from|near|and|or|by)\b)[a-z'’-]+\s+){1,2}"
    r"(?:street|st|road|rd|avenue|ave|lane|drive|crescent|cres|place|court|terrace|gardens|gdns|grove|way"
    r"|walk|close|wynd|brae|pend|loan)\b",
    re.IGNORECASE,
)
_SIGNS: Final = (
    (
        "a name after a title",
        re.compile(r"\b(?:mr|mrs|ms|miss|mx|dr|rev|sgt|pc|dc|insp)\b\.?\s+[^\W\d_]", re.IGNORECASE),
    ),
    (
        "words that say who somebody is",
        re.compile(
            r"\b(?:named|name is|name of|known as|aka|full name)[:\s]+[^\W\d_]"
            r"|\b(?:dob|d\.o\.b|date of birth)\b",
            re.IGNORECASE,
        ),
    ),
    ("the address of a home", _HOME),
    ("an e-mail address", re.compile(r"\b(?:at|\(at\))\s+\w+\s+(?:dot|\(dot\))\s+\w", re.IGNORECASE)),
    ("what somebody is called on the net", re.compile(r"(?<![\w.@])@\w[\w.]{2,}")),
)
_FIRST_LOOK: Final = (
    r"(?i)\b(?:mr|mrs|ms|miss|mx|dr|rev|sgt|pc|dc|insp|named|name is|name of|known as|aka|full name|dob)\b"
    r"|(?i)d\.o\.b|date of birth|\bflat\s|\d[a-z]?,?\s+[a-z]|\bdot\b|\(dot\)|@\w"
)
"""Where any of these signs may stand; for the engine that looks through a hundred thousand texts at once."""

_WORD: Final = re.compile(r"[^\W\d_][\w'’-]*")
_PAIR: Final = re.compile(r"(?<![\w'’-])([^\W\d_][\w'’-]*)(\.?)\s+([^\W\d_][\w'’-]+)")
_FAMILY: Final = re.compile(r"(?<![\w'’-])the\s+([A-Z][\w'’-]*[a-z]s)\b(?!\s+[^\W\d_])")
_OTHER_SCRIPT: Final = re.compile(r"[^\W\d_\u0041-\u024f\u0300-\u036f\u1e00-\u1eff]")


@cache
def _first_names() -> frozenset[str]:
    lines = files(__package__).joinpath("forenames.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def signs_in(text: str) -> list[str]:
    """What of any text looks as if it named somebody or said where they live, each as a phrase."""
    said = [phrase for phrase, pattern in _SIGNS if pattern.search(text)]
    if any(
        _plain(first) in _first_names()
        and len(second) > 1
        and not {_plain(second)} & (_AFTER_A_FIRST_NAME | _PLACES | _CALENDAR)
        for first, second in _pairs(text)
    ):
        said.append("somebody's first and second name")
    return said


def naming(texts: pa.Array) -> pa.BooleanArray:
    """Which of many texts `signs_in` finds something in. Null counts as no."""
    first_names = _first_names()
    worth = pc.match_substring_regex(texts, _FIRST_LOOK).fill_null(False).to_pylist()
    return pa.array(
        [
            text is not None
            and (signs or not first_names.isdisjoint(_plain(text).split()))
            and bool(signs_in(text))
            for text, signs in zip(texts.to_pylist(), worth, strict=True)
        ],
        pa.bool_(),
    )


def seems_to_name(text: str, known: Iterable[str] = ()) -> list[str]:
    """What of a note looks as if it named somebody, each as a phrase ("a telephone number"); none is well.

    `known` are names of places and kinds that may stand in it.
    """
    _, found = mask_identity(pa.array([text], pa.string()))
    said = list(dict.fromkeys([*found, *signs_in(text)]))
    here = {word.casefold() for name in known for word in re.findall(r"[\w'’-]+", name)} - _CALLED
    if any(_may_be_a_name(first, second, here) for first, second in _pairs(text)):
        said.append("a name of two words")
    elif any(_plain(word) in _first_names() and word.casefold() not in here for word in _not_of_places(text)):
        said.append("a first name")
    elif any(one.casefold() not in here for one in _FAMILY.findall(text)):
        said.append("the name of a family")
    if _OTHER_SCRIPT.search(text):
        said.append("words in another script, which cannot be looked through")
    return said


def first_names_in(text: str) -> list[str]:
    """Each word of a text that is a first name, however it is written, as it stands there."""
    words = (re.sub(r"['’]s?$", "", word, flags=re.IGNORECASE) for word in _WORD.findall(text))
    return list(dict.fromkeys(word for word in words if _plain(word) in _first_names()))


def homes_in(text: str) -> list[str]:
    """Each part of a text that reads as the address of a home, as it stands there."""
    return [found[0] for found in _HOME.finditer(text)]


def _plain(text: str) -> str:
    """Without capitals and accents, as first names are listed."""
    low = text.casefold()
    if low.isascii():
        return low
    return "".join(one for one in unicodedata.normalize("NFKD", low) if not unicodedata.combining(one))


def _pairs(text: str) -> list[tuple[str, str]]:
    """Each two words in a row, overlapping ones too; the first may be an initial with its full stop."""
    found: list[tuple[str, str]] = []
    at = 0
    while (pair := _PAIR.search(text, at)) is not None:
        if not pair[2] or len(pair[1]) == 1:
            found.append((pair[1], pair[3]))
        at = pair.start(3)
    return found


def _not_of_places(text: str) -> list[str]:
    """The words that begin with a capital, but for those before a word such as "Street"."""
    words = _WORD.findall(text)
    return [
        word for word, then in pairwise([*words, ""]) if word[0].isupper() and then.casefold() not in _PLACES
    ]


def _may_be_a_name(first: str, second: str, here: set[str]) -> bool:
    if not (first[0].isupper() and second[0].isupper()) or first in ("A", "I"):
        return False
    low, lower = first.casefold(), second.casefold()
    if second.isupper():  # shouted, where capitals say nothing; or one that is shorter than any name
        if not first.isupper() or min(len(first), len(second)) < 3 or {low, lower} & _AFTER_A_FIRST_NAME:
            return False
    elif first.isupper() and len(first) > 1:
        return False
    return not ({low, lower} & (_CALENDAR | here) or lower in _PLACES or low in _BEGINNINGS)

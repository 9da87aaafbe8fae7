"""Words that may be the name of somebody or of a place: those with a capital within a sentence.

No list has the names of people and places, and none is needed: within a sentence English gives a capital to
names, and to little that an alert has to say. Whoever means no name writes it in small letters.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from lippen.alert.nobody import nobodys
from lippen.trade.vocabulary import all_words

_WORD: Final = re.compile(r"(?<![\w'/-])[A-Z][\w'-]+")
_BEGINS: Final = re.compile(r"(?:^|[.!?]\s)[\s\"'“”‘(•-]*$")
"""What stands before the first word of a sentence, which has its capital anyway."""

_STAMPED: Final = re.compile(
    r"\b(?:stamp(?:ed)?|marked|imprint(?:ed)?|embossed|printed|engraved|pressed|logo|letters?|reads?|labelled|brand(?:ed)?"
    r"|tested\sfor|contain(?:s|ed|ing)?|held|holds?)"
    r"(?:\s(?:with|as|on|one|both|the|a|an|of|side|and|or))*[\s\"'“”:]*(?:[A-Z0-9][\w'-]*[\s\"'“”,]*){0,3}$"
)
"""What stands before a word that is on a tablet or in it."""

_A_SIGN: Final = re.compile(
    r"[\s\"'”]*(?:[A-Z][\w'-]*[\s\"'”]*)?(?:logo|stamp|imprint|shapes?|brand|mark|print)\b"
)

_LIKE: Final = "which may be the name of a person or a place"


def name_within(text: str) -> str | None:
    """The first word of a text that may be a name, as a refusal quotes it, or None."""
    for found in _WORD.finditer(text):
        parts = re.split(r"[-']", found[0].casefold())
        known = all(
            len(part) <= 1 or part in nobodys()["with_a_capital"] or part in _of_the_trade() for part in parts
        )
        before = text[: found.start()]
        if known or _BEGINS.search(before) or _STAMPED.search(before) or _A_SIGN.match(text, found.end()):
            continue
        return f"“{found[0]}”, {_LIKE}"
    other = next((sign for sign in text if sign.isalpha() and not _readable(sign)), None)
    return None if other is None else f"“{other}”, a letter that no rule here can read"


def _readable(sign: str) -> bool:
    """A letter of the Latin alphabet with or without marks, or the micro of a microgram."""
    return sign < "\u0250" or "\u1e00" <= sign <= "\u1eff" or sign == "\u03bc"


@cache
def _of_the_trade() -> frozenset[str]:
    return frozenset(word.casefold() for one in all_words() for word in re.findall(r"[^\W\d_]+", one.written))

"""What an alert may not say: where, from whom, for how much, or how to get in touch.

A reminder for people who are in a hurry, and no wall. It knows contacts as collections are read for them,
numbers, addresses, prices, streets and doors, channels, praise and words of dealing, and takes a word with a
capital within a sentence for a name (`names`). A name in small letters with nothing beside it that says so it
does not see.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

import pyarrow as pa

from lippen.alert.names import name_within
from lippen.alert.pointing import advertising, pointing, sending_to
from lippen.alert.read_as import readings
from lippen.alert.spoken import MONEY, SPOKEN_NUMBER, TRADED, could_be_dialled
from lippen.alert.whereabouts import PLACE, STREET, STREET_BY_CAPITALS
from lippen.signals.contacts import remove_contacts
from lippen.signals.identity import mask_identity

_STREET: Final = "a street"
_PLACE: Final = "a place to go to"
_RULES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    *(
        (what, re.compile(pattern, re.IGNORECASE))
        for what, pattern in (
            (
                "a link",
                r"https?:|www\.|(?<![@\w-])[\w-]{2,}\.[a-z]{2,}\b|\bdot\s(?:com|org|net|uk|scot|onion|ru|shop|co|app|gg|link)\b"
                r"|\bonion\b|\btor\s?:|\bqr\b|\b0x[0-9a-f]{6,}|\b(?=\w*\d)(?=\w*[a-z])\w{18,}",
            ),
            (
                "a handle",
                r"(?:^|[\s(])@\w|\b(?:insta|snap|wickr|telegram|signal|whatsapp|session)\s*[:@]|[👻🔌📱📲📞☎]",
            ),
            ("a price", rf"{MONEY}|{TRADED}|[💰💸💷💵]"),
            ("a number in words", SPOKEN_NUMBER),
            (_STREET, STREET),
            (
                "a way to buy",
                r"\b(?:buy|buys|buying|bought|purchas\w+|sold\s+(?:by|at|in|on|from|near|outside)|sell(?:s|ing|ers?)?"
                r"|deal(?:s|t|ing|ers?)?|deliver(?:s|ed|y)?|menu|group\s?chat|snapchat|telegram|whatsapp"
                r"|instagram|facebook|dark\s?web|punt(?:s|ing|ed|ers?)?|on\s+tick|(?:to|can|they|you|people)\s+score"
                r"|hit\s+(?:me|him|her|them)\s+up|hook(?:s|ed)?\s+(?:you\s+)?up|suppli(?:ers?|ed\s+by)|stock(?:s|ed)?\s+up"
                r"|get(?:s|ting)?\s+(?:a\s+)?hold\s+of|grab(?:s|bing)?\s+(?:them|some|one|yours|it)|(?:the|your|my|a|ur)\s+plug"
                r"|order(?:s|ed|ing)?\s+(?:(?:them|it|some|yours)\s+)?(?:online|from|by|now|here|at)"
                r"|(?<!\bto\s)order(?:s|ed|ing)?\s+(?:them|some|yours)|collect(?:s|ed)?\s+(?:at|from|in|it|them)|collection\s+only"
                r"|pick(?:s|ed|ing)?\s+(?:(?:it|them|some|yours)\s+)?up\s+(?:at|from|in|by|near)|to\s+pick\s+up"
                r"|pick(?:s|ed|ing)?\s+(?:them|some|yours)\s+up|dm|inbox|hmu|(?:pm|add)\s+(?:me|us)|hit\s+up|drop[\s-]?offs?)\b"
                r"|\bknock(?:s|ing)?\b(?!\s+(?:\w+\s+)?(?:out|back|unconscious)\b)"
                r"|\bt[e3]\W?l[e3]\W?gr[a4]m\b|\bwhats\W?app\b|\binsta\W?gram\b|\bsnap\W?chat\b|\bface\W?book\b",
            ),
            (_PLACE, PLACE),
        )
    ),
    (_STREET, re.compile(STREET_BY_CAPITALS)),
)


def not_to_be_said(text: str, *, names_something: bool = False) -> str | None:
    """What in this text an alert may not say, in words, or None. Where it `names_something` by right, such as
    the area of a return, capitals are no sign of anything.
    """
    found = _found(text, of_help=False) or _in_any(text, pointing) or _in_any(text, sending_to)
    return found or (None if names_something else _in_any(text, name_within))


def not_to_be_said_of_help(text: str) -> str | None:
    """`not_to_be_said` of a place where help is, which has a name and a street, and to which people are
    sent.
    """
    return _found(text, of_help=True) or _in_any(text, lambda seen: sending_to(seen, of_help=True))


def _found(text: str, *, of_help: bool) -> str | None:
    for seen in readings(text):
        _, masked = mask_identity(pa.array([seen]))
        if set(masked) - ({"a full postcode"} if of_help else set()):
            return "a number, an address or the like of a person"
        for what, pattern in _rules(of_help=of_help):
            if pattern.search(seen):
                return what
        if could_be_dialled(seen):
            return "a number to dial"
    _, held = remove_contacts(pa.array([text, *readings(text)]))
    return "how to reach somebody" if held else _in_any(text, advertising)


def _rules(*, of_help: bool) -> Iterator[tuple[str, re.Pattern[str]]]:
    return ((what, rule) for what, rule in _RULES if not (of_help and what in (_STREET, _PLACE)))


def _in_any(text: str, sees: Callable[[str], str | None]) -> str | None:
    return next((found for seen in readings(text) if (found := sees(seen))), None)

"""What an alert may not say: where, from whom, for how much, or how to get in touch.

A reminder for people who are in a hurry, and no wall: it knows contacts as collections are read for them,
numbers, addresses, prices, streets, channels, praise and words of dealing, and does not know the names of
people and of places.
"""

from __future__ import annotations

import re
from typing import Final

import pyarrow as pa

from lippen.alert.pointing import advertising, pointing
from lippen.alert.spoken import MONEY, SPOKEN_NUMBER, TRADED
from lippen.signals.contacts import remove_contacts
from lippen.signals.folding import as_seen
from lippen.signals.identity import mask_identity

_STREET: Final = "a street"
_RULES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (what, re.compile(pattern, re.IGNORECASE))
    for what, pattern in (
        ("a link", r"https?:|www\.|\b[\w-]+\.(?:com|org|net|uk|scot|onion|me|io|to)\b"),
        ("a handle", r"(?:^|[\s(])@\w|\b(?:insta|snap|wickr|telegram|signal|whatsapp|session)\s*[:@]"),
        ("a price", rf"{MONEY}|{TRADED}"),
        ("a number in words", SPOKEN_NUMBER),
        (
            _STREET,
            r"\b\w+\s(?:street|road|avenue|lane|drive|crescent|terrace|court|close|wynd|loan|brae|gait|rd|ave)\b",
        ),
        (
            "a way to buy",
            r"\b(?:buy|buys|buying|bought|sold\s+(?:by|at|in|on|from|near|outside)|sell(?:s|ing|ers?)?"
            r"|deal(?:s|t|ing|ers?)?|deliver(?:s|ed|y)?|menu|group\s?chat|snapchat|telegram|whatsapp"
            r"|instagram|facebook|dark\s?web|punt(?:s|ing|ed|ers?)?|on\s+tick|(?:to|can|they|you|people)\s+score"
            r"|hit\s+(?:me|him|her|them)\s+up)\b",
        ),
    )
)


def not_to_be_said(text: str) -> str | None:
    """What in this text an alert may not say, in words, or None."""
    return _found(text, of_help=False) or pointing(text)


def not_to_be_said_of_help(text: str) -> str | None:
    """`not_to_be_said` of a place where help is, which has a street and to which people are sent."""
    return _found(text, of_help=True)


def _found(text: str, *, of_help: bool) -> str | None:
    seen = as_seen(text)
    _, masked = mask_identity(pa.array([seen]))
    if set(masked) - ({"a full postcode"} if of_help else set()):
        return "a number, an address or the like of a person"
    for what, pattern in _RULES:
        if pattern.search(seen) and not (of_help and what == _STREET):
            return what
    _, held = remove_contacts(pa.array([text]))
    return "how to reach somebody" if held else advertising(text)

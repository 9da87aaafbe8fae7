"""What an alert may not say: where, from whom, for how much, or how to get in touch.

A reminder for people who are in a hurry, and no wall: it knows numbers, addresses, prices, streets, channels
and words of dealing, and does not know the names of people and of places.
"""

from __future__ import annotations

import re
from typing import Final

import pyarrow as pa

from lippen.signals.folding import as_seen
from lippen.signals.identity import mask_identity

_RULES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (what, re.compile(pattern, re.IGNORECASE))
    for what, pattern in (
        ("a link", r"https?:|www\.|\b[\w-]+\.(?:com|org|net|uk|scot|onion|me|io|to)\b"),
        ("a handle", r"(?:^|[\s(])@\w|\b(?:insta|snap|wickr|telegram|signal|whatsapp|session)\s*[:@]"),
        (
            "a price",
            r"[£€$]\s?\d|\b\d+(?:\.\d+)?\s?(?:quid|pounds?|gbp|euros?|p\b|pence)|\b(?:tenner|fiver|score)\b",
        ),
        (
            "a street",
            r"\b\w+\s(?:street|road|avenue|lane|drive|crescent|terrace|court|close|wynd|loan|brae|gait|rd|ave)\b",
        ),
        (
            "a way to buy",
            r"\b(?:buy|buys|buying|bought|sold\s+(?:by|at|in|on|from|near|outside)|sell(?:s|ing|ers?)?"
            r"|deal(?:s|t|ing|ers?)?|deliver(?:s|ed|y)?|menu|group\s?chat|snapchat|telegram|whatsapp"
            r"|instagram|facebook|dark\s?web)\b",
        ),
    )
)


def not_to_be_said(text: str) -> str | None:
    """What in this text an alert may not say, in words, or None."""
    seen = as_seen(text)
    _, masked = mask_identity(pa.array([seen]))
    if masked:
        return "a number, an address or the like of a person"
    return next((what for what, pattern in _RULES if pattern.search(seen)), None)

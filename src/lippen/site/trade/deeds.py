"""What the register says was done in the room Trade, in words."""

from __future__ import annotations

from typing import Final

_SAID: Final = {
    "the trade this week": "looked at what the trade brought this week",
    "new words of the trade": "looked at words that may be new in the trade",
    "a word of the trade": "looked at a word that may be new in the trade",
    "prices of the trade": "looked at prices of the trade",
    "channels of the trade": "looked at the channels of the trade",
    "sightings by larger area": "looked at sightings by larger area",
    "an answer on a word of the trade": "said what a word of the trade is",
    "an answer on a word of the trade taken back": "took back what they had said of a word of the trade",
}


def in_words(what: str, role: str, whom: str, where: str, itself: bool) -> str:
    """The words for what the register keeps; "" where the act says it. See `register.resolvers.InWords`."""
    return _SAID.get(what, "")

"""What the register says was done with sightings that people tell, in words."""

from __future__ import annotations

from typing import Final

DEEDS: Final = {
    "own sightings that wait": "looked at what they told that still waits",
    "a sighting told": "told what they saw for sale",
    "accounts compared": "named accounts that nobody here had named this month",
    "a sighting stopped": "named an account that was named here this month already, and was stopped",
    "a sighting taken back": "took back what they had told",
    "sightings put together": "put together what people told, to bring it in",
    "sightings that nobody took": "deleted sightings that nobody took",
}


def in_words(what: str, role: str, whom: str, where: str, itself: bool) -> str:
    """The words for what the register keeps; "" where the act says it. See `register.resolvers.InWords`."""
    return DEEDS.get(what, "")

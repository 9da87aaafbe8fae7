"""What the register says was done with what was imported, in words: a dictionary for each room."""

from __future__ import annotations

from typing import Final

IMPORTS: Final = {
    "imports": "looked at the list of imports",
    "an import": "looked at an import",
    "an export uploaded": "uploaded an export",
    "an export before it is brought in": "looked into an export before bringing it in",
    "the columns of an export chosen": "chose how the columns of an export are read",
    "the bringing in of an export begun": "began to bring an export in",
    "an export brought in": "brought an export in, as it was begun",
    "an export not brought in": "could not bring an export in",
    "an import cancelled": "cancelled an import",
    "the taking back of an import begun": "began to take an import back",
    "an import taken back": "took an import back, as it was begun",
    "an import not taken back": "could not take an import back",
    "refused rows": "looked at rows of an import that were refused",
    "refused rows put right": "put rows right that were refused, and began to bring them in",
    "refused rows, taken out as a file": "took out a file of rows that were refused",
    "incidents reckoned": "put all incidents together and assessed them",
    "trade reckoned": "put all adverts and sightings together and worked out what is sold",
}

EPISODES: Final = {
    "a decision on an episode": "said what they think of an episode",
    "an episode reopened": "took back what they had said of an episode",
}

METHOD: Final = {
    "how assessment works": "looked at how assessment works",
    "the pause of assessment": "looked at the pause of assessment",
    "assessment paused": "paused assessment, so that no episode is shown",
    "lifting the pause asked for": "asked to lift the pause of assessment",
    "the pause lifted": "agreed that the pause of assessment ends",
}

INCIDENTS: Final = {
    "counts of incidents": "looked at counts of incidents",
    "counts of incidents, taken out as a file": "took out counts of incidents as a file",
    "volumes of incidents": "looked at how volumes of incidents move",
    "volumes of incidents, taken out as a file": "took out a table of how volumes of incidents move",
}

_EVERY: Final = {**IMPORTS, **EPISODES, **INCIDENTS, **METHOD}


def in_words(what: str, role: str, whom: str, where: str, itself: bool) -> str:
    """The words for what the register keeps; "" where the act says it. See `register.resolvers.InWords`."""
    return _EVERY.get(what, "")

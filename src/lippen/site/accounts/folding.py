"""Names as people compare them: without case, accents and marks."""

from __future__ import annotations

import unicodedata
from typing import Final

_NO_ACCENT: Final = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
        "ĸ": "k",
        "ə": "e",
    }
)
"""Letters that are no letter with an accent, and are written without their mark by many."""

_JOINING: Final = "'\u2019\u2018`\u02bc."
"""What stands within a word and is left out by many: O'Neil and ONeil, J.P. and JP."""


def folded(text: str) -> str:
    """`text` in lower case and without accents; words apart by one blank, and no mark in them."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(c for c in plain if not unicodedata.combining(c) and c not in _JOINING)
    kept = kept.translate(_NO_ACCENT)
    return " ".join("".join(c if c.isalnum() else " " for c in kept).split())


def holds(text: str, search: str) -> bool:
    """Whether each word of `search` stands somewhere in `text`, whatever its case and accents.

    A `search` of blanks alone asks for nothing and finds everything; one of signs that no word has finds
    nothing.
    """
    words, within = folded(search).split(), folded(text)
    return all(word in within for word in words) if words else not search.strip(" ")

"""Words as they are looked for: folded, taken apart, and how many slips lie between two."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import combinations
from typing import Final

BEGINS: Final = 4
"""Letters from which on a word also finds those that begin with it."""

JOINING: Final = "'\u2019\u2018`\u02bc"
"""Apostrophes, which join the letters beside them."""

_TWO_SLIPS: Final = 8
_LONGEST_SPELT: Final = 18
_TAKEN_OUT: Final = dict.fromkeys(map(ord, JOINING))


def folded(text: str) -> str:
    """A text as it is looked for: without case, and with letters joined that an apostrophe stands between."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_TAKEN_OUT)


def tokens(text: str) -> list[str]:
    """As the index takes a text apart: runs of letters and digits, without accents."""
    plain = (sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return "".join(sign if sign.isalnum() else " " for sign in plain).split()


def close(text: str, word: str) -> bool:
    """Whether a word is few slips away from the one asked for. See the head of `lippen.search`."""
    begins_alike = word[0] == text[0] or word[:2] == text[1::-1]
    allowed = min(slips_allowed(text), slips_allowed(word) + 1)
    # What tells most words apart costs least, and comes first.
    if not begins_alike or abs(len(text) - len(word)) > allowed or not (is_spelt(text) and is_spelt(word)):
        return False
    return distance(text, word) <= allowed


def is_spelt(word: str) -> bool:
    """Whether slips are looked for in a word: letters alone, and not too many."""
    return word.isalpha() and BEGINS <= len(word) <= _LONGEST_SPELT


def slips_allowed(word: str) -> int:
    return 2 if len(word) >= _TWO_SLIPS else 1


def left_of(word: str) -> set[str]:
    """The word, and what is left when as many letters are taken out as slips are allowed in it."""
    left = {word}
    for many in range(1, slips_allowed(word) + 1):
        for gone in combinations(range(len(word)), many):
            left.add("".join(sign for place, sign in enumerate(word) if place not in gone))
    return left


def distance(one: str, other: str) -> int:
    """How many slips lie between two words: a letter too many, too few or another, or two neighbours
    exchanged (the restricted Damerau-Levenshtein distance; Damerau 1964).
    """
    before: Sequence[int] = ()
    row: Sequence[int] = range(len(other) + 1)
    for i, sign in enumerate(one, start=1):
        this = [i]
        for j, letter in enumerate(other, start=1):
            least = min(row[j] + 1, this[j - 1] + 1, row[j - 1] + (sign != letter))
            if i > 1 and j > 1 and sign == other[j - 2] and one[i - 2] == letter:
                least = min(least, before[j - 2] + 1)
            this.append(least)
        before, row = row, this
    return row[-1]

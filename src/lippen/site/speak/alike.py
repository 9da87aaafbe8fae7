"""Whether two names would be taken for each other on a page or on paper.

Case, accents, blanks and marks do not count. Letters of other scripts and figures that are drawn as a Latin
letter count as that letter: after Unicode's confusables (UTS 39), for Greek, Cyrillic and the figures alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from lippen.site.speak.seen import UNSEEN

_DRAWN_AS: Final = str.maketrans(
    {
        **dict(zip("абвгдеѕіјкԛмнорԝстухѵһԁԍ", "a6brdesljkqmhopwctyxvhdg", strict=True)),
        **dict(zip("αβγεζηικνορτυχωϲ", "abyezhlkvoptuxwc", strict=True)),
        **dict(zip("01iı|øłđðħŧ", "ollllolddht", strict=True)),
        **{"æ": "ae", "œ": "oe", "þ": "th"},
    }
)

_NO_LETTERS: Final = UNSEEN | frozenset("\ua78b\ua78c\u4e00\u1173\u3161")
"""Letters to Unicode, and drawn as an apostrophe or a hyphen, or not at all. Those that alter another letter
(Lm), as the apostrophe of the Ukrainian alphabet, are known by their category.
"""


def looks(name: str) -> str:
    """What is left of a name when all that a hurried eye passes over is taken away."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    drawn = plain.translate(_DRAWN_AS)
    letters = "".join(one for one in drawn if _is_seen_as_letter(one))
    return letters.replace("rn", "m").replace("vv", "w")


def _is_seen_as_letter(sign: str) -> bool:
    """Whether a sign is more than an apostrophe, a hyphen, a blank or a mark, whatever Unicode calls it."""
    return sign.isalnum() and unicodedata.category(sign) != "Lm" and sign not in _NO_LETTERS


def first_alike(names: Iterable[str]) -> tuple[int, int] | None:
    """Which two names look alike, as their places from 0, the earlier first; None where no two do."""
    seen: dict[str, int] = {}
    for at, name in enumerate(names):
        before = seen.setdefault(looks(name), at)
        if before != at:
            return before, at
    return None

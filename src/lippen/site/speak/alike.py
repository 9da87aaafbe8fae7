"""Whether two names would be taken for each other on a page or on paper.

Case, accents, blanks and marks do not count. Letters of other scripts and figures that are drawn as a Latin
letter count as that letter: after Unicode's confusables (UTS 39), for Greek, Cyrillic and the figures alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

_DRAWN_AS: Final = str.maketrans(
    {
        **dict(zip("абвгдеѕіјкԛмнорԝстухѵһԁԍ", "a6brdesljkqmhopwctyxvhdg", strict=True)),
        **dict(zip("αβγεζηικνορτυχωϲ", "abyezhlkvoptuxwc", strict=True)),
        **dict(zip("01iı|øłđðħŧ", "ollllolddht", strict=True)),
        **{"æ": "ae", "œ": "oe", "þ": "th"},
    }
)


def looks(name: str) -> str:
    """What is left of a name when all that a hurried eye passes over is taken away."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    drawn = plain.translate(_DRAWN_AS)
    return "".join(one for one in drawn if one.isalnum()).replace("rn", "m").replace("vv", "w")


def first_alike(names: Iterable[str]) -> tuple[int, int] | None:
    """Which two names look alike, as their places from 0, the earlier first; None where no two do."""
    seen: dict[str, int] = {}
    for at, name in enumerate(names):
        before = seen.setdefault(looks(name), at)
        if before != at:
            return before, at
    return None

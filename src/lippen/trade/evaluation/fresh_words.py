"""Words and signs that nobody uses yet, to be written in the place of known terms."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np

_OPENS: Final = (
    "zel",
    "vri",
    "sno",
    "dre",
    "klo",
    "fla",
    "ske",
    "bru",
    "plo",
    "ge",
    "mu",
    "tar",
    "hob",
    "win",
    "qui",
)
_CLOSES: Final = (
    "vo",
    "ndie",
    "rks",
    "lter",
    "mbo",
    "ppies",
    "sk",
    "nda",
    "rto",
    "kkel",
    "fty",
    "xie",
    "ggs",
    "lma",
)
_EVERYDAY: Final = (
    "lanterns",
    "toffee",
    "postcards",
    "slippers",
    "marbles",
    "kites",
    "ribbons",
    "parcels",
    "feathers",
    "saddles",
    "whistles",
    "acorns",
    "teacakes",
    "buckets",
    "spanners",
    "mittens",
    "thistles",
    "bobbins",
    "crayons",
    "anchors",
)
_SIGNS: Final = (
    "🪁",
    "🦔",
    "🧦",
    "🪀",
    "🐌",
    "🧃",
    "🪴",
    "🧲",
    "🦜",
    "🥨",
    "🪗",
    "🧵",
    "🦩",
    "🪃",
    "🥝",
    "🦥",
    "🪐",
    "🧶",
)


def fresh_word(taken: Collection[str], draw: np.random.Generator) -> str:
    """One that is not `taken`: made up (half), an everyday word or a sign (a quarter each)."""
    while True:
        dice = draw.random()
        if dice < 0.5:
            word = _OPENS[draw.integers(len(_OPENS))] + _CLOSES[draw.integers(len(_CLOSES))]
        else:
            stock = _EVERYDAY if dice < 0.75 else _SIGNS
            word = stock[draw.integers(len(stock))]
        if word not in taken:
            return word

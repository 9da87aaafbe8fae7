"""Small made-up texts with the places where drugs are named in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa

from lippen.evaluating.labelled import SPANS

_MARK = re.compile(r"\[(.+?)\]")


def marked(texts: Sequence[str]) -> pa.Table:
    """Texts in which drugs stand in square brackets, as texts without those and marked spans."""
    rows = []
    for text in texts:
        spans, written, last = [], "", 0
        for found in _MARK.finditer(text):
            written += text[last : found.start()]
            spans.append({"start": len(written), "end": len(written) + len(found.group(1))})
            written += found.group(1)
            last = found.end()
        rows.append({"text": written + text[last:], "spans": spans})
    return pa.Table.from_pylist(rows, SPANS)


_DRUGS = ("codeine", "Xanax", "brown", "tramadol", "blues", "snow", "morphine", "valium")
_SAYS = (
    "he took some [{}] last night and slept",
    "I was on {} mg of [{}] for my back",
    "they sell [{}] behind the shop, and [{}] too",
    "nobody here is selling [{}] any more, they say",
)
_SAYS_NOTHING = (
    "the {} door of the house was open all night",
    "she wore a {} coat and waited for the bus",
    "we walked the dog over the {} hill again",
    "that is a {} song and I like it",
)
_COLOURS = ("brown", "blue", "snow white", "green", "old", "red")


def made_up(seed: int = 0, texts: int = 120) -> pa.Table:
    """Texts of which half name drugs; `brown` and `snow` are drugs in some, and none in others."""
    written = []
    for number in range(texts):
        turn = number // 2 + seed
        drug = _DRUGS[turn * 3 % len(_DRUGS)]
        other = _DRUGS[(turn * 5 + 1) % len(_DRUGS)]
        if number % 2:
            colour = _COLOURS[turn % len(_COLOURS)]
            written.append(f"{_SAYS_NOTHING[turn % len(_SAYS_NOTHING)].format(colour)} ({number})")
        else:
            says = _SAYS[turn // 8 % len(_SAYS)]
            values = (number, drug) if "mg" in says else (drug, other)
            written.append(f"{says.format(*values)} ({number + 1000 * seed})")
    return marked(written)

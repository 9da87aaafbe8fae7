"""Which posts say the same: those with the same words, and those that are near-copies of one another."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from lippen.near_copies import NearCopyRule, near_copies
from lippen.trade.matching import all_look_like

Ints = NDArray[np.int64]

_NEAR: Final = NearCopyRule(least_percent=80, least_shared=4)
"""Near-identical: four fifths of what either holds, for headings are short and share set words."""

_BETWEEN: Final = re.compile(r"[\W_]+")
_AMOUNT: Final = re.compile(r"\d+(?:[.,]\d+)*")


def plain(texts: list[str]) -> list[str]:
    """The words of each text as they are compared, one blank between: two posts with the same are exact
    copies."""
    return [_BETWEEN.sub(" ", looks).strip() for looks in all_look_like(texts)]


def same_texts(texts: list[str]) -> Ints:
    """For each text a number that it shares with its exact copies (from 0, in the order of first sight)."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(words, len(numbers)) for words in plain(texts)], np.int64)


def near_texts(texts: list[str]) -> Ints:
    """For each text a number that it shares with its copies and near-copies, and with theirs.

    Texts that differ by amounts alone, or in letters alone that are drawn alike, are near-copies.
    """
    shapes = [_AMOUNT.sub("0", looks) for looks in all_look_like(texts)]
    shape = same_texts(shapes)
    pairs = near_copies(plain(texts), rule=_NEAR)
    links = sparse.coo_matrix(
        (np.ones(len(pairs.earlier)), (shape[pairs.earlier], shape[pairs.later])),
        shape=(int(shape.max(initial=-1)) + 1,) * 2,
    )
    _, heap = connected_components(links, directed=False)
    return np.asarray(heap[shape], np.int64) if len(texts) else np.empty(0, np.int64)

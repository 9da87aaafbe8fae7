"""How much of their words two texts share, and groups that a chain of likenesses cannot join (compiled).

Invariant: a text is in one group for good, and every text of a group shares enough with the first of it. So
a group never grows into another, however many texts lie between the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numba as nb
import numpy as np
import numpy.typing as npt

from lippen.near_copies.linking import NearCopies
from lippen.near_copies.shingles import FOLDED, Texts, pieces, put_in_order, shingles_of

Ints: TypeAlias = npt.NDArray[np.int32]
Longs: TypeAlias = npt.NDArray[np.int64]
Letters: TypeAlias = npt.NDArray[np.uint8]
Numbers: TypeAlias = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class GroupRule:
    """How much of all their shingles (words and pairs of adjacent words, set phrases and all) texts of a
    group share, in percent of those that either has: `with_one` with the text by which it came in, and
    `with_first` with the first text of the group.
    """

    with_one: int = 45
    with_first: int = 25

    def __post_init__(self) -> None:
        if not 1 <= self.with_first <= self.with_one <= 100:
            raise ValueError("with_first and with_one must be from 1 to 100, and with_first no larger")


DEFAULT_GROUPS: Final = GroupRule()


def groups_of(texts: Texts, found: NearCopies, rule: GroupRule = DEFAULT_GROUPS) -> Ints:
    """The first text of the group that each text belongs to (int32; its own number where it is the first).

    `found` are the near-copies among `texts`, which stand in the order in which they came; of each pair
    `earlier` is the smaller number. Each text in turn goes into the group of the earlier text that is most
    like it, if it is like enough to that and to the first text of that group; else the next is tried, and a
    text without any begins a group. Two groups are never joined: this is leader clustering (J. Hartigan,
    Clustering Algorithms, 1975, chapter 3), where connected components would let each text pass the group on
    to the next until it holds what has nothing in common.

    Raises ValueError when a pair is not in order.
    """
    if len(found.later) and not bool((found.earlier < found.later).all()):
        raise ValueError("the texts must stand in the order in which they came")
    cut = pieces(texts)
    rows = sum(len(piece) for piece in cut)
    starts = nb.typed.List([piece.starts for piece in cut] or [np.zeros(1, np.int64)])
    letters = nb.typed.List([piece.text for piece in cut] or [np.empty(0, np.uint8)])
    piece_of = np.repeat(np.arange(len(cut), dtype=np.int32), [len(piece) for piece in cut])
    row_of = np.concatenate([np.empty(0, np.int64), *(np.arange(len(piece)) for piece in cut)])
    # The likest first, and of those that are alike the earliest: whole numbers, so that nothing hangs on
    # rounding. Both counts are below 2^31, and so is their order.
    likeness = found.shared.astype(np.int64) * 1_000_000 // np.maximum(found.either, 1)
    order = np.lexsort((found.earlier, -likeness, found.later))
    return _grouped(
        rows, starts, letters, piece_of, row_of, found.earlier[order], found.later[order], FOLDED,
        rule.with_one, rule.with_first,
    )  # fmt: skip


@nb.njit(cache=True, nogil=True)
def _grouped(
    rows: int,
    starts: nb.typed.List,
    letters: nb.typed.List,
    piece_of: Ints,
    row_of: Longs,
    earlier: Ints,
    later: Ints,
    folded: Letters,
    with_one: int,
    with_first: int,
) -> Ints:
    first = np.arange(rows).astype(np.int32)
    longest = np.int64(0)
    for piece in starts:
        for row in range(len(piece) - 1):
            longest = max(longest, piece[row + 1] - piece[row])
    mine = np.empty(longest + 1, np.uint64)
    yours = np.empty(longest + 1, np.uint64)
    at = 0
    while at < len(later):
        text = later[at]
        end = at
        while end < len(later) and later[end] == text:
            end += 1
        own = _distinct(starts[piece_of[text]], letters[piece_of[text]], folded, row_of[text], mine)
        for pair in range(at, end):
            other = earlier[pair]
            head = first[other]
            size = _distinct(starts[piece_of[other]], letters[piece_of[other]], folded, row_of[other], yours)
            if not _enough(mine[:own], yours[:size], with_one):
                continue
            if head != other:
                size = _distinct(starts[piece_of[head]], letters[piece_of[head]], folded, row_of[head], yours)
                if not _enough(mine[:own], yours[:size], with_first):
                    continue
            first[text] = head
            break
        at = end
    return first


@nb.njit(cache=True, nogil=True)
def _distinct(starts: Longs, text: Letters, folded: Letters, row: int, numbers: Numbers) -> int:
    """The shingles of one text, sorted and once each, at the head of `numbers`; returns how many."""
    found = shingles_of(starts, text, folded, row, numbers)
    put_in_order(numbers[:found])
    left = min(1, found)
    for at in range(1, found):
        if numbers[at] != numbers[at - 1]:
            numbers[left] = numbers[at]
            left += 1
    return left


@nb.njit(cache=True, nogil=True)
def _enough(mine: Numbers, yours: Numbers, percent: int) -> bool:
    """Whether two sorted sets share so much of what either has."""
    shared = 0
    left = 0
    right = 0
    while left < len(mine) and right < len(yours):
        if mine[left] == yours[right]:
            shared += 1
            left += 1
            right += 1
        elif mine[left] < yours[right]:
            left += 1
        else:
            right += 1
    return bool(shared * 100 >= percent * (len(mine) + len(yours) - shared))

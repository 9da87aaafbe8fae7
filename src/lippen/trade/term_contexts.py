"""Whether the words around a place are those that stand around known terms, the place itself unseen.

A linear model of the words on either side, learned where terms of the lexicon stand (yes) and where other
words do (no); the term is masked, so what is learned is the place and not the word. The idea is that of JEDIS
(KDD 2025, arXiv 2503.14926: a delexicalised classifier of contexts, taught by seed terms).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from lippen.trade.term_counts import Ids, Mask, Posts

Floats = NDArray[np.float64]

WINDOW: Final = 3
"""Words on either side that are looked at by their place, and twice as many whatever their place."""

_BITS: Final = 18
_OUTSIDE: Final = -1
_KNOWN: Final = -2
_MOST_PLACES: Final = 30_000
"""Places of each sort that are learned from; more are drawn from."""


@dataclass(frozen=True)
class Slots:
    """Places in texts: the first word of each (`start`), how many words it takes (`length`), its `row`."""

    start: Ids
    length: Ids
    row: Ids

    def __len__(self) -> int:
        return len(self.start)

    def take(self, which: Ids | Mask) -> Slots:
        """Some of them."""
        return Slots(self.start[which], self.length[which], self.row[which])


def around(posts: Posts, known: Mask, slots: Slots) -> tuple[NDArray[np.int64], Floats]:
    """Features of each place, as columns of a wide table, and how much each column of them weighs.

    `known` says of each place of the posts whether a known term stands there: such a one is seen as known,
    not as the word it is.
    """

    def seen(place: Ids, inside: Mask) -> Ids:
        place = np.where(inside, place, 0)
        word = np.where(known[place], _KNOWN, posts.blurred[posts.token[place]])
        return np.where(inside, word, _OUTSIDE)

    first, last = posts.starts[slots.row], posts.starts[slots.row + 1]
    sides: dict[int, Ids] = {}
    for step in range(1, 2 * WINDOW + 1):
        left, right = slots.start - step, slots.start + slots.length - 1 + step
        sides[-step], sides[step] = seen(left, left >= first), seen(right, right < last)
    columns = [_column(at, sides[at]) for at in range(-WINDOW, WINDOW + 1) if at]
    columns += [
        _column(11, sides[-1], sides[1]),
        _column(12, sides[-2], sides[-1]),
        _column(13, sides[1], sides[2]),
    ]
    columns += [_column(20, one) for one in sides.values()]
    weight = np.ones(len(columns))
    weight[-len(sides) :] = 0.5
    return np.stack(columns, axis=1), weight


def _column(sort: int, *words: Ids) -> Ids:
    mixed = np.full(len(words[0]), sort + 64, dtype=np.uint64)
    for word in words:
        mixed = (mixed * np.uint64(0x9E3779B97F4A7C15) + (word + 16).astype(np.uint64)) * np.uint64(
            0xC2B2AE3D27D4EB4F
        )
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(64 - _BITS)).astype(np.int64)


def as_table(columns: Ids, weight: Floats) -> sparse.csr_matrix:
    """Features of places (`around`) as a sparse table, a place a row."""
    rows, wide = columns.shape
    return sparse.csr_matrix(
        (np.tile(weight, rows), columns.ravel(), np.arange(0, rows * wide + 1, wide)),
        shape=(rows, 1 << _BITS),
    )


@dataclass(frozen=True)
class ContextModel:
    """What the words around a place weigh."""

    weight: Floats
    constant: float

    def fit_of(self, columns: Ids, each: Floats) -> Floats:
        """How likely a known term would be in each place, were they as common as other words (0 to 1)."""
        return np.asarray(1 / (1 + np.exp(-(self.weight[columns] @ each + self.constant))))


def learn_contexts(
    posts: Posts, known: Mask, yes: Slots, yes_term: Ids, no: Slots, no_term: Ids, seed: int
) -> ContextModel:
    """Learn what stands around known terms (`yes`) and around other words (`no`).

    `yes_term` and `no_term` number the term at each place: one met often weighs less each time (by the root
    of how often), so that no single term decides.
    """
    draw = np.random.default_rng(seed)
    parts, marks, weights = [], [], []
    for mark, slots, term in ((1, yes, yes_term), (0, no, no_term)):
        some = np.arange(len(slots))
        if len(slots) > _MOST_PLACES:
            some = np.sort(draw.choice(len(slots), _MOST_PLACES, replace=False))
        weight = 1 / np.sqrt(np.bincount(term)[term[some]])
        columns, each = around(posts, known, slots.take(some))
        parts.append(columns)
        marks.append(np.full(len(some), mark))
        weights.append(weight / weight.sum())
    told = np.concatenate(marks)
    weight = np.concatenate(weights)
    table = as_table(np.concatenate(parts), each)
    # Only where something is learned: whoever reads the tables of the trade need not wait for it.
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - see above

    model = LogisticRegression(C=0.3, solver="liblinear", tol=0.01)
    # More threads wait for one another longer than they add, and as many as there are cores would add in
    # another order on each machine: where it then stops, and so what ranks first, would differ.
    with threadpool_limits(1, "blas"):
        model.fit(table, told, sample_weight=weight * len(told) / weight.sum())
    return ContextModel(np.asarray(model.coef_[0]), float(model.intercept_[0]))

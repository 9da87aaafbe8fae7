"""Columns that are the same in every row, taken as one: what is learned from them is the same, and sooner.

Words of texts come with their pieces, and pieces with one another. Of k columns alike each has the weight
that one column of √k times their values has, over √k: what rows have in common, which is all that is learned
from under a quadratic penalty, stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


@dataclass(frozen=True)
class Merged:
    """The `columns` that are left, and for each of those before that holds anything (`held`) which it is of
    these (`place`), and by how much the weight of that is multiplied (`part`); there were `width`."""

    columns: sparse.csr_matrix
    held: NDArray[np.int64]
    place: NDArray[np.int64]
    part: NDArray[np.float64]
    width: int

    def apart(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """The weights of all columns before, from those of what is left."""
        spread = np.zeros(self.width)
        spread[self.held] = weights[self.place] * self.part
        return spread


def merge_alike(columns: sparse.csr_matrix) -> Merged:
    """Take columns that are alike as one, and leave out those that hold nothing."""
    turned = columns.astype(np.float64).tocsc()
    turned.sort_indices()
    held = np.flatnonzero(np.diff(turned.indptr))
    heaps: dict[bytes, int] = {}
    place = np.array([heaps.setdefault(_digest(turned, one), len(heaps)) for one in held.tolist()], np.int64)
    _, first, times = np.unique(place, return_index=True, return_counts=True)
    root = np.sqrt(times)
    left = turned[:, held[first]] @ sparse.diags_array(root)
    return Merged(left.tocsr(), held, place, (1 / root)[place], columns.shape[1])


def _digest(turned: sparse.csc_matrix, column: int) -> bytes:
    """What stands for what a column holds, being shorter."""
    here = slice(turned.indptr[column], turned.indptr[column + 1])
    return blake2b(turned.indices[here].tobytes() + turned.data[here].tobytes(), digest_size=16).digest()

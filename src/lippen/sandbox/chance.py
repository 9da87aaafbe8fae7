"""Where every random number of the sandbox comes from.

The invariant: a draw depends on the seed, the burgh and the names of what is drawn, and on nothing else. So
the number of workers changes no byte, and what is switched on in one stream or one area reshuffles no other:
a world that differs in one thing is drawn from the same numbers.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

YEAR = 365.25


def generator(seed: int, burgh: int, *names: str) -> np.random.Generator:
    """The random numbers of one thing (`names`, such as a stream and a column) in one burgh under one
    seed.
    """
    words = [zlib.crc32(name.encode()) for name in names]
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, burgh, *words])))


def drawn_by(weights: Floats, uniform: Floats) -> Ints:
    """For each uniform, an index drawn with chance in proportion to `weights` (one dimension)."""
    edges = np.cumsum(weights)
    return np.asarray(np.minimum(np.searchsorted(edges, uniform * edges[-1], side="right"), len(weights) - 1))


def drawn_within(groups: Ints, offsets: Ints, edges: Floats, uniform: Floats) -> Ints:
    """For each uniform, a member of its group, drawn in proportion to the members' weights.

    Members of group g lie at `offsets[g]` to `offsets[g + 1]`; `edges` is the running sum of the weights over
    all members.
    """
    low = np.where(offsets[groups] > 0, edges[offsets[groups] - 1], 0.0)
    high = edges[offsets[groups + 1] - 1]
    found = np.searchsorted(edges, low + uniform * (high - low), side="right")
    return np.clip(found, offsets[groups], offsets[groups + 1] - 1)

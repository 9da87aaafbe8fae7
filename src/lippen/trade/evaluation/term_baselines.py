"""Plain rankings of the same candidates, to hold the ranking of new terms against.

They are given what the ranking itself is given: candidates of several texts and sellers, copies counted once,
and none that the lexicon has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds

from lippen.trade.term_candidates import Candidates
from lippen.trade.term_counts import Ids, Mask, Posts
from lippen.trade.term_decisions import scored

Floats = NDArray[np.float64]

OURS: Final = "ours"
RANKINGS: Final = (OURS, "frequency", "tf_idf", "word2vec_to_seed", "burst_alone", "context_alone")
"""`word2vec_to_seed` stands for vectors near those of known terms (Zhu et al. 2021): here positive pointwise
mutual information with truncated singular value decomposition, which factors what skip-gram does (Levy and
Goldberg 2014)."""

_DIMENSIONS: Final = 64
_BESIDE: Final = 4


@dataclass(frozen=True)
class Vectors:
    """Word vectors of the past: of which words, the directions of their contexts, and the seeds' middle."""

    contexts: int
    total: float
    held: Floats
    directions: Floats
    seeds: Floats

    def of(self, posts: Posts, found: Candidates) -> Floats:
        """How near each candidate is to the middle of the known terms (cosine), by the words around it."""
        own = _beside(posts, found.slots.start, found.slots.length, found.of, len(found), self.contexts)
        return _unit(self._mutual(own) @ self.directions) @ self.seeds

    def _mutual(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        rows, columns = counts.nonzero()
        row_sum = np.asarray(counts.sum(axis=1)).ravel()
        value = np.log(counts.data * self.total / (row_sum[rows] * np.maximum(self.held[columns], 1.0)))
        return sparse.csr_matrix((np.maximum(value, 0.0), (rows, columns)), shape=counts.shape)


def learn_vectors(posts: Posts, known: Mask, begin: int, end: int) -> Vectors:
    """Vectors from the texts of rows `begin` to `end`, and the middle of those of the known terms there."""
    place = np.arange(int(posts.starts[begin]), int(posts.starts[end]))
    contexts = len(posts.words)
    counts = _beside(posts, place, np.ones(len(place), np.int64), posts.token[place], contexts, contexts)
    held = np.asarray(counts.sum(axis=0)).ravel()
    bare = Vectors(contexts, float(held.sum()), held, np.empty((0, 0)), np.empty(0))
    table = bare._mutual(counts)
    dimensions = min(_DIMENSIONS, min(table.shape) - 1)
    start = np.random.default_rng(0).standard_normal(min(table.shape))
    _, _, directions = svds(table, k=dimensions, v0=start)
    vectors = _unit(table @ directions.T)
    middle = vectors[np.unique(posts.token[place[known[place]]])].mean(axis=0)
    return Vectors(
        contexts, bare.total, held, directions.T, middle / max(float(np.linalg.norm(middle)), 1e-9)
    )


def scores(found: Candidates, posts: Posts, texts: int, vectors: Vectors) -> dict[str, Floats]:
    """Each ranking's score of each candidate; `texts` is how many different texts the window has."""
    in_texts = found.lately + found.before
    return {
        OURS: scored(found.burst, found.fit, (1.0, 1.0)),
        "frequency": found.texts.astype(np.float64),
        "tf_idf": found.texts * np.log(texts / np.maximum(in_texts, 1)),
        "word2vec_to_seed": 1.0 + vectors.of(posts, found),
        "burst_alone": np.maximum(found.burst, 0.0),
        "context_alone": found.fit,
    }


def _beside(posts: Posts, start: Ids, length: Ids, of: Ids, count: int, contexts: int) -> sparse.csr_matrix:
    row = posts.row[start]
    rows, columns = [], []
    for step in range(1, _BESIDE + 1):
        for at in (start - step, start + length - 1 + step):
            inside = (at >= posts.starts[row]) & (at < posts.starts[row + 1])
            word = posts.blurred[posts.token[at[inside]]]
            rows.append(of[inside][word < contexts])
            columns.append(word[word < contexts])
    pair = np.concatenate(rows), np.concatenate(columns)
    table = sparse.csr_matrix((np.ones(len(pair[0])), pair), shape=(count, contexts))
    table.sum_duplicates()
    return table


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))

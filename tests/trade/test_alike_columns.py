"""Columns that are alike, learned from as one: the same is learned."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from lippen.trade.alike_columns import merge_alike

DRAWN = np.random.default_rng(4)
APART = (DRAWN.random((300, 20)) < 0.2) * DRAWN.choice([0.25, 0.5], (300, 1))
TWICE = APART[:, :5] * np.where(APART[:, :5].sum(axis=1, keepdims=True) > 1, 2, 1)
"""They stand in the same rows as others, and are no more alike than that."""
ROWS = sparse.csr_matrix(np.hstack([APART, np.zeros((300, 2)), APART[:, :7], TWICE, APART[:, :3]]))
TRUTH = ROWS @ DRAWN.normal(size=ROWS.shape[1]) + DRAWN.normal(size=300) > 0


def learned(rows: sparse.csr_matrix) -> LogisticRegression:
    return LogisticRegression(C=4, solver="liblinear", dual=True, random_state=0, max_iter=5000).fit(
        rows, TRUTH
    )


def test_what_is_learned_is_the_same() -> None:
    merged = merge_alike(ROWS)
    assert merged.columns.shape == (300, 25), "20 apart, and 5 that only stand in the same rows"
    whole, sooner = learned(ROWS), learned(merged.columns)
    assert np.abs(whole.coef_).max() > 0.1
    np.testing.assert_allclose(merged.apart(sooner.coef_[0]), whole.coef_[0], atol=1e-9)
    np.testing.assert_allclose(sooner.intercept_, whole.intercept_, atol=1e-9)
    np.testing.assert_allclose(merged.columns @ sooner.coef_[0], ROWS @ whole.coef_[0], atol=1e-9)


def test_columns_that_hold_nothing_weigh_nothing() -> None:
    merged = merge_alike(sparse.csr_matrix((4, 3)))
    assert merged.columns.shape == (4, 0)
    assert merged.apart(np.empty(0)).tolist() == [0, 0, 0]

"""Draws by table and by sorted key are the very draws that a plain search and a plain sort would give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lippen.sandbox.chance import LOTS, drawn_from_row, drawn_twice, generator, in_order, lots_of, passed


@settings(max_examples=60)
@given(
    members=st.integers(1, 4000),
    spread=st.floats(0.0, 4.0),
    none=st.floats(0.0, 0.99),
    rows=st.integers(0, 9000),
    seed=st.integers(0, 2**32),
)
def test_a_guide_table_finds_what_a_search_finds(members, spread, none, rows, seed):
    draw = np.random.default_rng(seed)
    weights = np.exp(spread * draw.standard_normal(members)) * (draw.random(members) >= none)
    edges = np.cumsum(weights)
    values = draw.random(rows) * edges[-1] * 1.001
    at_edges = edges[draw.integers(0, members, rows // 3)]
    values = np.concatenate([values, at_edges, np.nextafter(at_edges, 0.0), np.nextafter(at_edges, np.inf)])
    assert (passed(edges, values) == np.searchsorted(edges, values, side="right")).all()


@given(rows=st.integers(0, 3000), days=st.integers(1, 1830), seed=st.integers(0, 2**32))
def test_rows_stand_by_day_then_by_lot_then_as_they_stood(rows, days, seed):
    draw = np.random.default_rng(seed)
    day = draw.integers(0, days, rows).astype(np.int16)
    lot = draw.integers(0, 50, rows).astype(np.uint16)
    assert (in_order(day, lot) == np.lexsort((np.arange(rows), lot, day))).all()


def test_lots_are_even_unrelated_and_the_same_whichever_are_kept():
    whole = lots_of(generator(1, 2, "lots"), 200_000)
    kept = np.arange(5, 200_000, 7)
    assert (lots_of(generator(1, 2, "lots"), 200_000, kept) == whole[:, kept]).all()
    # A mean of 200,000 even numbers has a standard error of 0.00065 of their range; a correlation, of 0.0022.
    assert whole.mean(axis=1) / LOTS == pytest.approx(0.5, abs=0.003)
    assert np.abs(np.corrcoef(whole) - np.eye(4)).max() < 0.01


def test_columns_are_drawn_in_proportion_and_none_without_weight():
    draw = np.random.default_rng(1)
    weights = np.array([[1.0, 0.0, 3.0], [0.0, 2.0, 2.0]])
    groups = draw.integers(0, 2, 200_000)
    uniform = draw.random(len(groups))
    column, left = drawn_twice(weights, groups, uniform)
    assert (column == drawn_from_row(weights, groups, uniform)).all()
    for group in (0, 1):
        found = np.bincount(column[groups == group], minlength=3) / (groups == group).sum()
        assert found == pytest.approx(weights[group] / weights[group].sum(), abs=0.006)
        assert (found[weights[group] == 0] == 0).all()
    # What is left is even whatever was drawn.
    for one in (0, 1, 2):
        assert left[column == one].mean() == pytest.approx(0.5, abs=0.01)
    assert left.min() >= 0
    assert left.max() < 1

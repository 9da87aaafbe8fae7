"""The figures that say how good a rate is, against other people's tables and programs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

from lippen.credibility.fairness import garwood
from lippen.measured import brier, calibration, calibration_error, ranking, wilson


def drawn(n: int, seed: int, decimals: int = 9) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes that follow their rates."""
    rng = np.random.default_rng(seed)
    rate = np.round(rng.beta(2, 4, n), decimals)
    return (rng.random(n) < rate).astype(np.int64), rate


@pytest.mark.parametrize("decimals", [9, 1])  # with one decimal most pairs are ties
def test_auc_is_that_of_scikit_learn(decimals: int) -> None:
    found, rate = drawn(2_000, 1, decimals)
    ranked = ranking(found, rate)
    assert ranked is not None
    assert ranked.auc == pytest.approx(roc_auc_score(found, rate), abs=1e-12)


def test_the_interval_of_auc_is_as_wide_as_a_bootstrap_says() -> None:
    found, rate = drawn(800, 2)
    ranked = ranking(found, rate)
    assert ranked is not None
    rng = np.random.default_rng(3)
    again = [rng.integers(0, 800, 800) for _ in range(1_000)]
    spread = np.std([roc_auc_score(found[rows], rate[rows]) for rows in again])
    assert (ranked.high - ranked.low) / 2 / 1.96 == pytest.approx(spread, rel=0.08)
    assert ranked.auc - ranked.low == pytest.approx(ranked.high - ranked.auc)


def test_the_interval_of_auc_by_hand() -> None:
    """Two incidents with nothing found at 0.9 and 0.4, two others at 0.5 and 0.1.

    Of the first, both others rank below it, of the second one does: shares 1 and 1/2, variance 1/8. Of the
    others, 1/2 and 1 rank above: variance 1/8. So the AUC is 3/4 and its variance 1/16 + 1/16.
    """
    ranked = ranking(np.array([1, 1, 0, 0]), np.array([0.9, 0.4, 0.5, 0.1]))
    assert ranked is not None
    assert ranked.auc == 0.75
    assert ranked.low == pytest.approx(0.75 - 1.96 * np.sqrt(1 / 8))
    assert ranked.high == 1.0  # 1.44 would be more than there is


def test_the_interval_of_auc_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    # Normal scores one standard deviation apart rank rightly 76 times in 100: Phi(1 / sqrt(2)).
    truth, held = 0.7602499, 0
    for _ in range(400):
        found = np.repeat([1, 0], [60, 90])
        ranked = ranking(found, rng.normal(found, 1.0))
        assert ranked is not None
        held += ranked.low <= truth <= ranked.high
    assert 0.92 <= held / 400 <= 0.98


def test_without_both_outcomes_nothing_is_ranked() -> None:
    assert ranking(np.zeros(50, np.int64), np.linspace(0, 1, 50)) is None
    assert ranking(np.array([1, 0, 0]), np.array([0.1, 0.2, 0.3])) is None


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        # R. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17
        # (1998), table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilsons_interval(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


def test_of_nothing_wilsons_interval_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        # the exact 95 % limits as tables of the Poisson distribution print them (E. Pearson and H. Hartley,
        # Biometrika Tables for Statisticians, table 40)
        (0, 0.0, 3.69),
        (1, 0.0253, 5.57),
        (5, 1.62, 11.67),
        (10, 4.80, 18.39),
        (50, 37.11, 65.92),
    ],
)
def test_garwoods_interval(count: int, low: float, high: float) -> None:
    assert garwood(count) == pytest.approx((low, high), abs=5e-3)


def test_calibration_error_by_hand() -> None:
    """Four incidents in two bins: 0.2 expected of 1 in 2, and 0.7 of 2 in 2; off by 0.3 in each."""
    found, rate = np.array([1, 1, 0, 1]), np.array([0.1, 0.6, 0.3, 0.8])
    assert calibration(found, rate, bins=2).select(["incidents", "expected", "observed"]).to_pylist() == [
        {"incidents": 2, "expected": pytest.approx(0.2), "observed": 0.5},
        {"incidents": 2, "expected": pytest.approx(0.7), "observed": 1.0},
    ]
    assert calibration_error(found, rate, bins=2) == pytest.approx(0.3)


def test_rates_that_are_right_have_little_error_and_wrong_ones_have_theirs() -> None:
    found, rate = drawn(60_000, 5)
    assert calibration_error(found, rate) < 0.01
    assert calibration_error(found, np.clip(rate + 0.1, 0, 1)) == pytest.approx(0.1, abs=0.01)


def test_every_incident_is_in_one_bin_and_bins_are_of_equal_size() -> None:
    found, rate = drawn(1_000, 6)
    table = calibration(found, rate)
    assert table["bin"].to_pylist() == list(range(1, 16))
    assert sum(table["incidents"].to_pylist()) == 1_000
    assert max(table["incidents"].to_pylist()) - min(table["incidents"].to_pylist()) <= 1
    assert table["expected"].to_pylist() == sorted(table["expected"].to_pylist())
    for row in table.to_pylist():
        assert row["low"] <= row["observed"] <= row["high"]


@given(st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=1, max_size=40))
def test_brier_is_that_of_scikit_learn_and_figures_stay_in_their_range(rows: list[tuple[int, float]]) -> None:
    found, rate = np.array([f for f, _ in rows]), np.array([r for _, r in rows])
    assert brier(found, rate) == pytest.approx(brier_score_loss(found, rate, pos_label=1), abs=1e-12)
    assert 0 <= calibration_error(found, rate) <= 1
    ranked = ranking(found, rate)
    assert ranked is None or 0 <= ranked.low <= ranked.auc <= ranked.high <= 1

"""From scores to probabilities, and what a collection's own share of adverts does to them."""

from __future__ import annotations

import numpy as np
import pytest

from lippen.trade.calibrating import at_share, calibrate, share_among, unlike

DRAW = np.random.default_rng(0)


def scored(posts: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Scores that are too sure of themselves by a factor of three, and what is true."""
    truth = DRAW.random(posts) < share
    return np.where(truth, 1.0, -1.0) + DRAW.standard_normal(posts), truth


def test_probabilities_hold_on_posts_that_were_not_seen() -> None:
    score, truth = scored(4000, 0.5)
    learned = calibrate(3 * score, truth, np.arange(4000) % 5, np.ones(4000))
    later, is_advert = scored(4000, 0.5)
    odds = learned.probability(3 * later)
    for low, high in ((0.1, 0.3), (0.4, 0.6), (0.7, 0.9)):
        among = (odds > low) & (odds < high)
        assert is_advert[among].mean() == pytest.approx(odds[among].mean(), abs=0.06)


def test_steps_are_kept_only_where_a_slope_does_not_hold() -> None:
    score, truth = scored(4000, 0.5)
    folds, alike = np.arange(4000) % 5, np.ones(4000)
    assert len(calibrate(score, truth, folds, alike).at) == 0
    odd = np.abs(score) < 1  # adverts lie in the middle, which no slope can say
    assert len(calibrate(score, odd, folds, alike).at) > 0


def test_the_share_is_found_where_adverts_look_the_same() -> None:
    score, truth = scored(20_000, 0.5)
    learned = calibrate(score, truth, np.arange(20_000) % 5, np.ones(20_000))
    for share in (0.1, 0.3, 0.8):
        later, _ = scored(20_000, share)
        assert share_among(learned.probability(later), 0.5) == pytest.approx(share, abs=0.03)


def test_the_same_share_changes_no_probability() -> None:
    odds = np.array([0.0, 0.01, 0.5, 0.99, 1.0])
    assert at_share(odds, 0.4, 0.4) == pytest.approx(odds)


def test_posts_of_another_sort_lie_far() -> None:
    score, truth = scored(5000, 0.5)
    later, _ = scored(5000, 0.2)
    assert unlike(later, score[truth], score[~truth], 0.2) < 0.05
    assert unlike(np.zeros(5000), score[truth], score[~truth], 0.2) > 0.4

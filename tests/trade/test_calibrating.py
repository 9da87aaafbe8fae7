"""From scores to probabilities, and what a collection's own share of adverts does to them."""

from __future__ import annotations

import numpy as np
import pytest

from lippen.trade.calibrating import at_share, calibrate, share_among, unlike


def scored(posts: int, share: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Scores of posts, so many of which are adverts, and what is true."""
    draw = np.random.default_rng(seed)
    truth = draw.random(posts) < share
    return np.where(truth, 1.0, -1.0) + draw.standard_normal(posts), truth


def test_probabilities_hold_on_posts_that_were_not_seen() -> None:
    """The scores learned from are too sure of themselves by a factor of three."""
    score, truth = scored(4000, 0.5)
    learned = calibrate(3 * score, truth, np.arange(4000) % 5)
    later, is_advert = scored(4000, 0.5, seed=1)
    odds = learned.probability(3 * later)
    for low, high in ((0.1, 0.3), (0.4, 0.6), (0.7, 0.9)):
        among = (odds > low) & (odds < high)
        assert is_advert[among].mean() == pytest.approx(odds[among].mean(), abs=0.06)


def test_steps_are_kept_only_where_a_slope_does_not_hold() -> None:
    score, truth = scored(4000, 0.5)
    folds = np.arange(4000) % 5
    assert len(calibrate(score, truth, folds).at) == 0
    odd = np.abs(score) < 1  # adverts lie in the middle, which no slope can say
    assert len(calibrate(score, odd, folds).at) > 0


def test_the_share_is_found_where_adverts_look_the_same() -> None:
    score, truth = scored(20_000, 0.5)
    learned = calibrate(score, truth, np.arange(20_000) % 5)
    for seed, share in enumerate((0.1, 0.3, 0.8), start=1):
        later, _ = scored(20_000, share, seed)
        assert share_among(learned.probability(later), 0.5) == pytest.approx(share, abs=0.03)


def test_the_same_share_changes_no_probability() -> None:
    odds = np.array([0.0, 0.01, 0.5, 0.99, 1.0])
    assert at_share(odds, 0.4, 0.4) == pytest.approx(odds)


def test_posts_of_another_sort_lie_far() -> None:
    score, truth = scored(5000, 0.5)
    later, _ = scored(5000, 0.2, seed=1)
    assert unlike(later, score[truth], score[~truth], 0.2) < 0.05
    assert unlike(np.zeros(5000), score[truth], score[~truth], 0.2) > 0.4

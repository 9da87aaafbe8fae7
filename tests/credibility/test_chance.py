"""How strong chance gets is measured, not assumed; and the budget is kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, poisson

from lippen.credibility import chance as module
from lippen.credibility.background import Background, learn_background
from lippen.credibility.chance import Chance, measure_chance
from lippen.credibility.scan import find_clusters
from lippen.credibility.stream import DAY_S, WEEK_S, Stream, make_stream

WEEKS = 6


def nothing_joins_them(seed: int, n: int = 900) -> tuple[Stream, Background]:
    """Six weeks in which nothing joins any two incidents, and what was learned from as many before."""
    rng = np.random.default_rng(seed)

    def columns() -> tuple[np.ndarray, ...]:
        at = rng.integers(0, WEEKS * WEEK_S, n)
        middle = rng.uniform(-2, 2, (8, 2))[rng.integers(0, 8, n)]
        x, y = (middle + rng.normal(0, 0.8, (n, 2))).T
        kind = rng.choice(4, n, p=[0.5, 0.3, 0.15, 0.05])
        return at, x, y, kind, at // 3600 % 168, rng.random(n) < 0.4

    at, x, y, kind, hour, _ = columns()
    background = learn_background(x, y, kind, hour, np.full(n, 0.4), 4, WEEKS)
    at, x, y, kind, hour, unfounded = columns()
    stream = make_stream(
        at, x, y, kind, hour, unfounded, np.full(n, -1), np.zeros(n), np.arange(n, dtype=np.int64)
    )
    return stream, background


def chance_for(seed: int, budget: float = 1.0, replicates: int = 39) -> tuple[Chance, int]:
    """Chance for a stream that is itself chance, and how many groups the search tells in it."""
    stream, background = nothing_joins_them(seed)
    chance = measure_chance(stream, background, 0.0, 0, budget, replicates, seed)
    found = find_clusters(stream, background)
    return chance, sum(one.score > chance.threshold for one in found)


def test_in_streams_without_groups_no_more_is_found_than_the_budget_says() -> None:
    """Ten streams of 42 days at two false episodes in 30 days: 28 in all, varying as Poisson counts do."""
    runs = [chance_for(seed, budget=2.0) for seed in range(10)]
    for chance, _ in runs:
        assert 1.8 < chance.false_per_30_days() <= 2.0
    found, expected = sum(n for _, n in runs), 10 * 2.0 * 42 / 30
    assert poisson.ppf(0.005, expected) <= found <= poisson.ppf(0.995, expected)


def test_a_larger_budget_lets_more_through() -> None:
    budgets = (0.2, 1.0, 5.0, 1000.0)
    runs = [chance_for(3, budget)[0] for budget in budgets]
    thresholds = [one.threshold for one in runs]
    assert thresholds == sorted(thresholds, reverse=True)
    assert thresholds[-1] == 0.0  # then every group there is may be told
    assert all(one.false_per_30_days() <= budget for one, budget in zip(runs, budgets, strict=True))


def test_the_same_seed_gives_the_same_whatever_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    chance, _ = chance_for(1)
    for threads in (1, 5):
        monkeypatch.setattr(module, "THREADS", threads)
        again, _ = chance_for(1)
        assert again.threshold == chance.threshold
        assert again.scores.tolist() == chance.scores.tolist()
        assert again.spots.tolist() == chance.spots.tolist()
    stream, background = nothing_joins_them(1)
    other = measure_chance(stream, background, 0.0, 0, 1.0, 39, seed=2)
    assert other.scores.tolist() != chance.scores.tolist()


def test_each_replicate_is_reported_and_the_period_is_counted_in_days() -> None:
    stream, background = nothing_joins_them(0, n=60)
    told: list[int] = []
    chance = measure_chance(stream, background, 0.0, 0, 1.0, 21, 0, told.append)
    assert told == [1] * 21
    # A day without any incident is a gap, and no quiet time in which chance did nothing.
    assert (chance.replicates, chance.days) == (21, len(set(stream.at_s // DAY_S)))
    assert chance.days < WEEKS * 7
    assert chance.starts == int((stream.unfounded & ~stream.repeat).sum())


def made(scores: list[float], starts: int = 100) -> Chance:
    ranked = np.sort(np.array(scores, dtype=np.float64))[::-1]
    return Chance(ranked, np.zeros(len(ranked), np.int64), 20, 30.0, starts, 0.0)


def test_p_is_exact_and_never_nought() -> None:
    """Twenty replicates of a hundred looks: two thousand looks in all, of which so many reached the score."""
    chance = made([9.0, 8.0, 7.0])
    assert chance.p_value(10.0) == 1 / 2001
    assert chance.p_value(9.0) == 2 / 2001  # as strong counts as reached
    assert chance.p_value(7.5) == 3 / 2001
    assert made([]).p_value(1e9) == 1 / 2001


scores = st.lists(st.floats(6, 40), max_size=30)


@given(scores, scores)
def test_p_and_q_are_shares_and_a_weaker_group_never_has_a_smaller_one(
    by_chance: list[float], found: list[float]
) -> None:
    chance, found = made(by_chance), sorted(found, reverse=True)
    p, q = [chance.p_value(score) for score in found], chance.q_values(found)
    assert len(q) == len(found)
    assert all(0 < one <= 1 for one in [*p, *q])
    assert p == sorted(p)
    assert q == sorted(q)
    assert all(mine >= its for mine, its in zip(q, p, strict=True))


@given(scores, st.lists(st.floats(6, 40), min_size=1, max_size=30))
def test_q_is_that_of_benjamini_and_hochberg(by_chance: list[float], found: list[float]) -> None:
    """Every incident is a look; those from which no group was found have a p-value of one."""
    chance, found = made(by_chance), sorted(found, reverse=True)
    looks = [chance.p_value(score) for score in found] + [1.0] * (chance.starts - len(found))
    theirs = false_discovery_control(looks, method="bh")[: len(found)]
    assert chance.q_values(found) == pytest.approx(theirs.tolist())

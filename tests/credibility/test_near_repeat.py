"""Near repeats are all pairs close in space and time, and chance is measured as Knox (1964) measured it."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lippen.credibility.near_repeat import near_repeat

WEEK_S = 7 * 86_400

Incidents = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.int64]]


def columns(rows: list[tuple[float, float, int]]) -> Incidents:
    x, y, seconds = zip(*rows, strict=True) if rows else ((), (), ())
    return np.array(x, np.float64), np.array(y, np.float64), np.array(seconds, np.int64)


def town(incidents: int, seed: int) -> Incidents:
    """Incidents around a few corners of a town over a year, whose time says nothing of their place."""
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 6, (12, 2))[rng.integers(0, 12, incidents)]
    x, y = (corner + rng.normal(0, 0.3, (incidents, 2))).T
    return x, y, rng.integers(0, 52 * WEEK_S, incidents)


def every_pair(x: Any, y: Any, seconds: Any, reach_km: float, gap: int) -> tuple[int, int, int]:
    """Near repeats, pairs close in space and pairs close in time, by comparing each two incidents."""
    near, soon, both = 0, 0, 0
    for i, j in itertools.combinations(range(len(x)), 2):
        in_space = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 <= reach_km * reach_km
        in_time = abs(int(seconds[i]) - int(seconds[j])) <= gap
        near, soon, both = near + in_space, soon + in_time, both + (in_space and in_time)
    return both, near, soon


COARSE = st.tuples(st.integers(-4, 4).map(float), st.integers(-4, 4).map(float), st.integers(-9, 9))
FINE = st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4), st.integers(-(2**30), 2**30 - 1))


@given(
    rows=st.lists(COARSE, max_size=14) | st.lists(FINE, max_size=8),
    reach=st.sampled_from([0.0, 1e-9, 1.0, 2.0, 2.5, 1e3]),
    gap=st.sampled_from([0, 1, 3, 10, 2**40]),
)
def test_every_pair_is_counted_once(rows: list[tuple[float, float, int]], reach: float, gap: int) -> None:
    found = near_repeat(*columns(rows), reach, gap, permutations=3)
    pairs, in_space, in_time = every_pair(*columns(rows), reach, gap)
    assert (found.pairs, found.close_in_space, found.close_in_time) == (pairs, in_space, in_time)


def test_pairs_on_the_limit_count_wherever_the_grid_is_cut() -> None:
    """A tenth has no exact binary form, so positions a reach apart fall on either side of a cell's edge."""
    x = np.arange(0, 60) * 0.1
    y, seconds = np.zeros(60), np.arange(60) * 60
    for reach in (0.1, 0.2, 0.3, 0.7):
        expected = every_pair(x, y, seconds, reach, 600)[0]
        assert near_repeat(x, y, seconds, reach, 600, permutations=1).pairs == expected
        assert near_repeat(y, x, seconds, reach, 600, permutations=1).pairs == expected


def test_rounding_leaves_no_pair_two_cells_apart() -> None:
    """As floats reckon, the last two are half a kilometre apart, and yet a cell as wide lies between them."""
    x, y, seconds = columns([(0.0, 0.0, 0), (np.nextafter(0.5, 0), 0.0, 0), (1.0, 0.0, 0)])
    assert (
        near_repeat(x, y, seconds, 0.5, 0, permutations=1).pairs == every_pair(x, y, seconds, 0.5, 0)[0] == 2
    )
    assert near_repeat(y, x, seconds, 0.5, 0, permutations=1).pairs == 2


def test_the_expected_number_is_the_mean_over_every_permutation() -> None:
    x, y, seconds = columns([(0, 0, 0), (0, 1, 5), (1, 0, 5), (3, 3, 30), (3, 4, 100), (9, 9, 31)])
    counts = [every_pair(x, y, list(order), 1.0, 10)[0] for order in itertools.permutations(seconds)]
    exact = sum(counts) / len(counts)
    assert near_repeat(x, y, seconds, 1.0, 10, permutations=1).expected == pytest.approx(exact, rel=1e-12)


def test_what_is_drawn_is_drawn_around_the_expected_number() -> None:
    found = near_repeat(*town(1_200, seed=3), 0.3, WEEK_S, permutations=400, seed=5)
    assert len(found.permuted) == 400
    error = found.permuted.std() / np.sqrt(400)
    assert abs(found.permuted.mean() - found.expected) < 4 * error
    as_many = int((found.permuted >= found.pairs).sum())
    assert found.p_value == (as_many + 1) / 401


def test_incidents_that_repeat_nearby_and_soon_stand_out() -> None:
    x, y, seconds = town(600, seed=1)
    rng = np.random.default_rng(2)
    again = rng.integers(0, 600, 60)
    x = np.concatenate([x, x[again] + rng.normal(0, 0.05, 60)])
    y = np.concatenate([y, y[again] + rng.normal(0, 0.05, 60)])
    seconds = np.concatenate([seconds, seconds[again] + rng.integers(0, 2 * 86_400, 60)])
    found = near_repeat(x, y, seconds, 0.3, 2 * 86_400, permutations=199)
    assert found.p_value == 1 / 200
    assert found.pairs > found.expected + 40


def test_chance_alone_is_called_telling_no_more_often_than_the_p_value_says() -> None:
    p_values = np.array(
        [
            near_repeat(*town(80, seed), 0.5, 4 * WEEK_S, permutations=19, seed=seed).p_value
            for seed in range(300)
        ]
    )
    assert p_values.min() >= 1 / 20
    for level in (0.05, 0.1, 0.25, 0.5):
        # three standard errors above the level, over 300 towns
        assert (p_values <= level).mean() <= level + 3 * np.sqrt(level * (1 - level) / 300)


@given(st.lists(COARSE, min_size=2, max_size=14), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_neither_the_order_of_the_incidents_nor_a_shift_in_time_matters(
    rows: list[tuple[float, float, int]], order: Any
) -> None:
    here = near_repeat(*columns(rows), 1.5, 4, permutations=40, seed=9)
    shuffled = list(rows)
    order.shuffle(shuffled)
    x, y, seconds = columns(shuffled)
    there = near_repeat(x, y, seconds + 5 * WEEK_S, 1.5, 4, permutations=40, seed=9)
    assert here.permuted.tolist() == there.permuted.tolist()
    assert (here.pairs, here.p_value) == (there.pairs, there.p_value)


def test_how_the_work_is_shared_out_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    incidents = town(900, seed=4)
    whole = near_repeat(*incidents, 0.3, WEEK_S, permutations=50, seed=6)
    module = sys.modules[near_repeat.__module__]
    monkeypatch.setattr(module, "SLICE_ROWS", 17)
    monkeypatch.setattr(module, "BLOCK", 7)
    assert (
        near_repeat(*incidents, 0.3, WEEK_S, permutations=50, seed=6).permuted.tolist()
        == whole.permuted.tolist()
    )
    other = near_repeat(*incidents, 0.3, WEEK_S, permutations=50, seed=7)
    assert other.permuted.tolist() != whole.permuted.tolist()


def test_a_crowd_on_one_spot_takes_no_memory_for_its_pairs() -> None:
    incidents = 6_000
    spot = np.zeros(incidents)
    found = near_repeat(spot, spot, np.arange(incidents), 0.0, 10**9, permutations=1)
    assert found.pairs == found.close_in_space == incidents * (incidents - 1) // 2


@pytest.mark.parametrize("incidents", [0, 1])
def test_too_few_incidents_have_no_pairs(incidents: int) -> None:
    found = near_repeat(*town(incidents, seed=1), 1.0, 60, permutations=9)
    assert (found.pairs, found.expected, found.p_value) == (0, 0.0, 1.0)


def test_times_do_not_leave_their_columns() -> None:
    x, y, seconds = town(50, seed=8)
    kept = (x.copy(), y.copy(), seconds.copy())
    near_repeat(x, y, seconds, 0.5, WEEK_S)
    for before, after in zip(kept, (x, y, seconds), strict=True):
        assert before.tolist() == after.tolist()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda x, y, s: (x[:2], y, s, 1.0, 60), "2 x, 3 y and 3 times"),
        (lambda x, y, s: (x, y, s[:1], 1.0, 60), "3 x, 3 y and 1 times"),
        (lambda x, y, s: (x * np.nan, y, s, 1.0, 60), "must be finite"),
        (lambda x, y, s: (x, y + np.inf, s, 1.0, 60), "must be finite"),
        (lambda x, y, s: (x, y, s, -1.0, 60), "0 or more"),
        (lambda x, y, s: (x, y, s, float("nan"), 60), "0 or more"),
        (lambda x, y, s: (x, y, s, 1.0, -1), "0 or more"),
        (lambda x, y, s: (x, y, s * 2**31, 1.0, 60), "68 years"),
    ],
)
def test_incidents_and_limits_that_make_no_sense_are_refused(
    wrong: Callable[..., tuple[Any, ...]], said: str
) -> None:
    incidents = columns([(0, 0, 0), (1, 1, 1), (2, 2, 2)])
    with pytest.raises(ValueError, match=said):
        near_repeat(*wrong(*incidents))


def test_no_permutations_are_refused() -> None:
    with pytest.raises(ValueError, match="permutations must be 1 or more"):
        near_repeat(*town(10, seed=1), 1.0, 60, permutations=0)

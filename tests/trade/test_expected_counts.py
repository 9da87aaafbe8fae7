"""Weekly counts against what the season and the trend lead one to expect."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats
from sklearn.linear_model import PoissonRegressor

from lippen.trade.errors import PostsUnusable
from lippen.trade.expected_counts import (
    COUNT_ALARMS,
    Ordinary,
    count_alarms,
    expected_counts,
    fit_quasi_poisson,
)

WEEKS = 5 * 52 + 4


def drawn(mean: float, dispersion: float, series: int, swing: float = 0.0, seed: int = 0) -> np.ndarray:
    """Weeks of a negative binomial with a yearly swing."""
    level = mean * np.exp(swing * np.cos(2 * np.pi * np.arange(WEEKS) / 52))
    return np.random.default_rng(seed).negative_binomial(
        np.tile(level / (dispersion - 1), (series, 1)), 1 / dispersion
    )


def test_the_regression_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    design = np.column_stack([np.ones(90), np.linspace(-2, 0, 90), np.arange(90) % 3 == 1])
    past, weight = rng.poisson(6, (2, 90)).astype(float), rng.uniform(0.3, 1, (2, 90))
    coefficients, mean, leverage = fit_quasi_poisson(past, design, weight)
    for one in range(2):
        other = PoissonRegressor(alpha=0, tol=1e-10, max_iter=10_000)
        other.fit(design[:, 1:], past[one], sample_weight=weight[one])
        assert coefficients[one] == pytest.approx([other.intercept_, *other.coef_], abs=1e-4)
        assert mean[one] == pytest.approx(other.predict(design[:, 1:]), abs=1e-3)
        assert leverage[one].sum() == pytest.approx(3, abs=1e-3)


def test_steady_counts_expect_themselves_and_the_bound_is_the_quantile() -> None:
    found = expected_counts(np.full((1, WEEKS), 4))
    assert found.expected[0] == pytest.approx(4, abs=1e-6)
    assert found.dispersion[0] == 1.0
    assert found.upper[0] == stats.poisson.ppf(0.95, 4) == 8
    assert not found.alarm[0]


def test_more_than_the_bound_is_an_alarm_unless_it_is_fewer_than_five_in_four_weeks() -> None:
    counts = np.full((3, WEEKS), 4)
    counts[0, -1], counts[1, -1] = 9, 8
    counts[2] = 0
    counts[2, -1] = 4
    found = expected_counts(counts)
    assert found.alarm.tolist() == [True, False, False]
    assert counts[2, -1] > found.upper[2]
    counts[2, -2] = 1
    assert expected_counts(counts).alarm[2]


def test_the_season_is_known() -> None:
    counts = np.full((1, WEEKS), 3)
    high = (np.arange(WEEKS) - (WEEKS - 1)) % 52
    counts[0, (high <= 3) | (high >= 49)] = 20
    found = expected_counts(counts)
    assert found.expected[0] == pytest.approx(20, rel=0.05)
    assert not found.alarm[0]
    flat = np.full((1, WEEKS), 3)
    flat[0, -1] = 20
    assert expected_counts(flat).alarm[0], "the same count out of season is an alarm"


def test_an_earlier_outbreak_hides_no_later_one() -> None:
    counts = drawn(6, 1.3, 1, seed=3)
    counts[0, -1 - 52 : -1 - 52 + 3] = 90
    weighed, plain = expected_counts(counts), expected_counts(counts, Ordinary(residual=np.inf))
    assert weighed.upper[0] < plain.upper[0] / 2


@pytest.mark.parametrize(("mean", "dispersion", "swing"), [(2, 1.5, 0.3), (10, 3, 0.3), (30, 2, 0.5)])
def test_ordinary_weeks_raise_some_one_in_twenty(mean: float, dispersion: float, swing: float) -> None:
    found = expected_counts(drawn(mean, dispersion, 800, swing))
    assert 0.025 < found.alarm.mean() < 0.085


def test_a_short_history_cannot_tell() -> None:
    needed = Ordinary().weeks_needed
    assert not expected_counts(np.full((2, needed), 4)).told
    found = expected_counts(np.full((2, needed), 4))
    assert np.isnan(found.expected).all()
    assert not found.alarm.any()
    assert expected_counts(np.full((2, needed + 1), 4)).told
    assert expected_counts(np.full((2, 2 * 52 + 4), 4), Ordinary(years=2)).told


@pytest.mark.parametrize(
    "counts", [np.zeros(5, dtype=int), np.zeros((2, 0), dtype=int), np.array([[-1]]), np.array([[0.5]])]
)
def test_what_are_no_counts_is_refused(counts: np.ndarray) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        expected_counts(counts)


def reports(weekly: dict[str, int], weeks: int, last: date, now: int) -> pa.Table:
    rows = []
    for substance, each in weekly.items():
        for back in range(weeks):
            count = now if back == 0 and substance == "ketamine" else each
            rows += [
                {
                    "substance": substance,
                    "larger_area": "North",
                    "day": last - timedelta(days=7 * back + n % 7),
                }
                for n in range(count)
            ]
    return pa.Table.from_pylist(rows)


def test_reports_are_counted_by_substance_area_and_week_and_said_plainly() -> None:
    last = date(2025, 6, 1)
    told = count_alarms(reports({"ketamine": 4, "heroin": 4}, WEEKS, last, now=12), last)
    assert told.schema == COUNT_ALARMS
    first, second = told.to_pylist()
    assert (first["substance"], first["reports"], first["alarm"]) == ("ketamine", 12, True)
    assert first["week"] == date(2025, 5, 26)
    assert first["says"].startswith("More than chance and season explain: 12 this week, where some 4.0")
    assert (second["substance"], second["alarm"]) == ("heroin", False)


def test_without_the_years_it_says_that_it_cannot_be_told() -> None:
    last = date(2025, 6, 1)
    row = count_alarms(reports({"ketamine": 4}, 30, last, now=12), last).to_pylist()[0]
    assert (row["reports"], row["expected"], row["upper"], row["alarm"]) == (12, None, None, None)
    assert (
        row["says"] == "It cannot be told of reports: 29 weeks before this one have any, and 263 are needed."
    )


@pytest.mark.parametrize(("gap", "told"), [(20, True), (44, False)])
def test_weeks_in_which_nobody_looked_are_no_quiet_weeks(gap: int, told: bool) -> None:
    """The town brought nothing in for so many weeks of the five years."""
    last = date(2025, 6, 1)
    given = reports({"ketamine": 4}, WEEKS, last, now=12)
    begins = last - timedelta(weeks=60) + timedelta(days=1)
    without = [row for row in given.to_pylist() if not begins <= row["day"] < begins + timedelta(weeks=gap)]
    (row,) = count_alarms(pa.Table.from_pylist(without), last).to_pylist()
    assert (row["alarm"] is not None) == told
    assert (f"{263 - gap} weeks before this one have any" in row["says"]) == (not told)


def test_reports_without_an_area_are_refused() -> None:
    with pytest.raises(PostsUnusable, match="larger_area"):
        count_alarms(pa.table({"substance": ["x"], "day": [date(2025, 1, 1)]}), date(2025, 1, 1))

"""Shifts of a price's level: found where one was planted, and hardly ever where none was."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from lippen.trade.price_shifts import EDGE, FALSE_SHARE, LEAST_WEEKS, PRICE_SHIFTS, price_shifts
from lippen.trade.prices import PRICE_WEEKS

MONDAY = dt.date(2025, 1, 6)


def weeks_of(**series: Any) -> pa.Table:
    """A table of weeks from the logarithms of prices; None where a week's price is not told."""
    rows = []
    for substance, values in series.items():
        for week, value in enumerate(values):
            row: dict[str, Any] = dict.fromkeys(PRICE_WEEKS.names)
            row |= {
                "substance": substance,
                "unit": "g",
                "week": MONDAY + dt.timedelta(weeks=week),
                "groups": 9,
            }
            row |= {"enough": value is not None, "one_pence": None if value is None else 100 * np.exp(value)}
            rows.append(row)
    return pa.Table.from_pylist(rows, PRICE_WEEKS)


def noise(seed: int, weeks: int = 52, spread: float = 0.04) -> Any:
    return np.random.default_rng(seed).normal(0, spread, weeks)


@pytest.mark.parametrize("size", [0.18, 0.4, -0.25])
def test_a_planted_shift_is_found_where_it_is(size: float) -> None:
    level = np.where(np.arange(52) >= 30, np.log1p(size), 0)
    told = price_shifts(weeks_of(a=noise(1) + level, b=noise(2), c=noise(3)), seed=1)
    assert told.schema == PRICE_SHIFTS
    first, *others = told.to_pylist()
    assert first["shifted"]
    assert abs((first["week"] - MONDAY).days / 7 - 30) <= 1
    assert first["change"] == pytest.approx(size, abs=0.06)
    assert not any(row["shifted"] for row in others)


def test_a_small_shift_is_not_told_however_sure() -> None:
    (row,) = price_shifts(
        weeks_of(a=noise(1, spread=0.005) + 0.05 * (np.arange(52) >= 30)), seed=1
    ).to_pylist()
    assert row["q"] <= FALSE_SHARE
    assert not row["shifted"]


def test_drift_is_not_told() -> None:
    walks = {f"s{at}": np.cumsum(noise(at, spread=0.006)) + noise(at + 50, spread=0.02) for at in range(20)}
    assert not any(price_shifts(weeks_of(**walks), seed=1)["shifted"].to_pylist())


def test_chance_is_hardly_ever_told() -> None:
    """Weeks that hang together over some weeks, as adverts that stay up make them: of 25 markets of eight
    things none of which shifts, with noise wide enough to pass the least change, few tell any."""
    false = 0
    for market in range(25):
        series = {}
        for at in range(8):
            steps = noise(1_000 * market + at, 60, 0.12)
            series[f"s{at}"] = np.convolve(steps, [0.5, 0.35, 0.25, 0.15], "valid")[:52]
        false += any(price_shifts(weeks_of(**series), seed=market)["shifted"].to_pylist())
    assert false <= 4  # at 5 % one is expected


def test_weeks_without_a_price_are_passed_over_and_too_few_are_not_looked_at() -> None:
    gaps = [
        None if week % 5 == 2 else value for week, value in enumerate(noise(1) + 0.3 * (np.arange(52) >= 30))
    ]
    short = noise(2, LEAST_WEEKS - 1)
    (row,) = price_shifts(weeks_of(a=gaps, b=short), seed=1).to_pylist()
    assert (row["substance"], row["weeks"], row["shifted"]) == ("a", 42, True)
    assert price_shifts(weeks_of(b=short), seed=1).equals(PRICE_SHIFTS.empty_table())


def test_one_week_s_price_is_no_shift() -> None:
    spike = noise(1)
    spike[20] += 2.0
    (row,) = price_shifts(weeks_of(a=spike), seed=1).to_pylist()
    assert not row["shifted"]


def test_weeks_at_the_ends_are_no_shift() -> None:
    level = np.where(np.arange(52) >= 52 - EDGE + 1, 1.0, 0)
    (row,) = price_shifts(weeks_of(a=noise(1, spread=0.01) + level), seed=1).to_pylist()
    assert (row["week"] - MONDAY).days / 7 <= 52 - EDGE


def test_a_flat_price_is_no_shift_and_the_same_seed_gives_the_same() -> None:
    flat = weeks_of(a=np.zeros(30), b=noise(1, 30))
    told = price_shifts(flat, seed=3)
    assert told["p"].to_pylist()[0] == 1.0
    assert told.equals(price_shifts(flat, seed=3))

"""When what was learned no longer holds, assessment suspends itself and says why."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from towns import SINCE, Row, assess_town, incidents, ordinary_rows

from lippen.credibility.drift import LEAST_IN_MONTH, months_table, why_suspended
from lippen.credibility.features import day_number
from lippen.engine import Engine


def stable(n: int, seed: int, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days of March and April 2024, outcomes, and rates that are `shift` too low."""
    rng = np.random.default_rng(seed)
    day = np.sort(
        rng.integers(day_number(SINCE.replace(day=1)), day_number(SINCE.replace(month=4, day=30)) + 1, n)
    )
    truth = rng.beta(3, 6, n)
    return day, (rng.random(n) < truth).astype(np.int64), np.clip(truth - shift, 0.001, 0.999)


def suspended(day: np.ndarray, found: np.ndarray, rate: np.ndarray) -> str | None:
    months = months_table(day, found, rate).to_pylist()
    return why_suspended(months, found, rate, np.full(len(found), found.mean()))


def test_a_month_has_its_share_its_error_and_its_incidents() -> None:
    day, found, rate = stable(4_000, 1)
    table = months_table(day, found, rate)
    assert table["month"].to_pylist() == ["2024-03", "2024-04"]
    assert sum(table["incidents"].to_pylist()) == 4_000
    april = day >= day_number(SINCE.replace(month=4, day=1))
    row = table.to_pylist()[1]
    assert row["incidents"] == april.sum()
    assert row["expected"] == pytest.approx(rate[april].mean(), abs=1e-4)
    assert row["observed"] == pytest.approx(found[april].mean())
    assert 0 < row["ece"] < 0.05


@pytest.mark.parametrize("n", [200, 1_000, 20_000])
def test_rates_that_hold_suspend_nothing(n: int) -> None:
    """However few incidents there are: what they are off by chance is allowed for."""
    assert [suspended(*stable(n, seed)) for seed in range(20)] == [None] * 20


def test_a_latest_month_that_went_another_way_suspends() -> None:
    day, found, rate = stable(6_000, 2)
    april = day >= day_number(SINCE.replace(month=4, day=1))
    turned = np.where(april & (np.arange(6_000) % 4 == 0), 1, found)
    said = suspended(day, turned, rate)
    assert said is not None
    assert said.startswith("In 2024-04 the model expected 34 in 100 incidents to end with nothing found")
    assert "and 50 did" in said
    assert "choose a later --since" in said


def test_an_earlier_month_that_went_another_way_is_past() -> None:
    day, found, rate = stable(40_000, 3)
    first = day < day_number(SINCE.replace(day=8))
    turned = np.where(first & (np.arange(40_000) % 3 == 0), 1, found)
    assert suspended(day, turned, rate) is None


def test_a_month_with_few_incidents_tells_nothing_of_drift() -> None:
    day, found, rate = stable(6_000, 4)
    last = day >= day_number(SINCE.replace(month=4, day=1))
    keep = ~last | (np.cumsum(last) <= LEAST_IN_MONTH - 1)
    turned = np.where(last, 1, found)
    months = months_table(day[keep], turned[keep], rate[keep]).to_pylist()
    assert months[-1]["incidents"] == LEAST_IN_MONTH - 1
    assert why_suspended(months, found[keep], rate[keep], rate[keep]) is None


def test_rates_that_are_off_all_over_suspend() -> None:
    """Right on average and wrong at both ends: low rates too low, high ones too high."""
    day, found, rate = stable(20_000, 5)
    steep = np.clip((rate - 0.33) * 2.5 + 0.33, 0.001, 0.999)
    said = suspended(day, found, steep)
    assert said is not None
    assert said.startswith("Expected and observed shares lie ")
    assert "5 would be allowed" in said


def test_outcomes_that_are_known_beforehand_suspend() -> None:
    day, found, rate = stable(2_000, 6)
    knows = np.where(found == 1, 0.9, 0.1) + np.linspace(0, 0.01, 2_000)
    months = months_table(day, found, knows).to_pylist()
    assert str(why_suspended(months, found, knows, rate)).startswith("From what was known at the call alone")
    assert str(why_suspended(months, found, rate, knows)).startswith("From the kind of incident alone")


def test_a_force_that_starts_to_close_its_incidents_otherwise_is_noticed(duck: Engine) -> None:
    """From the first day assessed, half of what was founded before is closed as unfounded."""
    rows: list[Row] = ordinary_rows(seed=9, per_day=60)
    turned = [
        {**row, "outcome": "unfounded"}
        if row["reported_at"].date() >= SINCE and row["outcome"] == "founded" and n % 2
        else row
        for n, row in enumerate(rows)
    ]
    holds, drifted = (assess_town(incidents(some), duck) for some in (rows, turned))
    assert holds.facts["suspended"] is None
    assert "In 2024-04 the model expected" in drifted.facts["suspended"]
    assert drifted.facts["episodes"]["why_none"] == drifted.facts["suspended"]
    assert drifted.facts["model"]["ece"] > 0.1
    assert drifted.tables["episodes"].num_rows == 0
    assert isinstance(drifted.tables["calibration_month"], pa.Table)
    assert drifted.tables["calibration_month"].num_rows == 2

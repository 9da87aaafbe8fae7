"""What is found in a town whose truth is known: texts, units and purposes are there, and all is scored."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from lippen.credibility import Settings
from lippen.credibility.scored import AgainstTruth
from lippen.evaluating.credibility import evaluate_sandbox
from lippen.progress import Stages
from lippen.sandbox import load_scenario, write_sandbox

SINCE = dt.date(2025, 4, 1)


def scored(folder: Path, scenario: str, seed: int) -> AgainstTruth:
    write_sandbox(folder, days=365, seed=seed, scenario=load_scenario(scenario))
    return evaluate_sandbox(folder, None, Settings(since=SINCE, seed=0), Stages(quiet=True))


@pytest.fixture(scope="module")
def bogus_calls(tmp_path_factory: pytest.TempPathFactory) -> AgainstTruth:
    return scored(tmp_path_factory.mktemp("town") / "town", "bogus-calls", 1)


@pytest.fixture(scope="module")
def quiet_year(tmp_path_factory: pytest.TempPathFactory) -> AgainstTruth:
    return scored(tmp_path_factory.mktemp("quiet") / "town", "quiet-year", 1)


def test_most_episodes_that_can_be_found_are(bogus_calls: AgainstTruth) -> None:
    assert bogus_calls.facts["true"] >= 10
    assert bogus_calls.facts["recall"] >= 0.6


def test_false_episodes_stay_within_what_the_budget_explains(
    bogus_calls: AgainstTruth, quiet_year: AgainstTruth
) -> None:
    for found in (bogus_calls, quiet_year):
        # The budget is one in thirty days: 9.2 in 275, and sixteen or more only once in forty runs.
        assert found.facts["false_per_30_days"] * 275 / 30 < 16
    assert quiet_year.facts["true"] == 0


def test_diversions_are_named_where_they_were_and_hardly_elsewhere(bogus_calls: AgainstTruth) -> None:
    table = {row["group"]: row for row in bogus_calls.tables["diversion"].to_pylist()}
    assert table["with a target"]["said"] >= 1
    said = table["no target at all"]
    assert said["said"] <= max(1, 0.2 * said["episodes"])


def test_the_false_trends_do_not_fire(bogus_calls: AgainstTruth, quiet_year: AgainstTruth) -> None:
    for found in (bogus_calls, quiet_year):
        trends = found.tables["false_trends"].to_pylist()
        assert {row["kind"] for row in trends} == {"reporting_drive", "school_term"}
        assert not any(row["fired"] for row in trends)

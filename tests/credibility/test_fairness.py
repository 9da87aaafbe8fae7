"""Is the search wrong more often in some places? Told where the count allows it, and only there."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from lippen.credibility.chance import Chance
from lippen.credibility.fairness import LEAST_EXPECTED, area_groups, fairness_table, garwood

REPLICATES = 40


def chance(false: list[int], weaker: list[int] = []) -> Chance:  # noqa: B006 - never changed
    """Chance whose false episodes begin at these rows of the feature table, beyond the threshold or not."""
    scores = np.array([9.0] * len(false) + [5.0] * len(weaker))
    return Chance(scores, np.array([*false, *weaker], dtype=np.int64), REPLICATES, 30.0, 100, 6.0)


def table(groups: list[str], false: list[int], weaker: list[int] = []) -> dict[str, dict[str, object]]:  # noqa: B006
    found = fairness_table(groups, np.arange(len(groups)), chance(false, weaker))
    return {row["area_group"]: row for row in found.to_pylist()}


def test_a_group_that_is_wrong_more_often_is_called_so() -> None:
    """Two halves, and of 120 false episodes 100 in one of them."""
    rows = table(["north"] * 500 + ["south"] * 500, [3] * 100 + [700] * 20)
    assert rows["north"]["verdict"] == "higher"
    assert rows["south"]["verdict"] == "ok"
    assert rows["north"]["false_episodes"] == 100
    assert rows["north"]["rate"] == 100 / (500 * REPLICATES)
    low, high = garwood(100)
    assert (rows["north"]["low"], rows["north"]["high"]) == (low / 20_000, high / 20_000)


def test_an_even_share_is_fair() -> None:
    rows = table(["north"] * 500 + ["south"] * 500, [3] * 28 + [700] * 32)
    assert [row["verdict"] for row in rows.values()] == ["ok", "ok"]


def test_small_counts_cannot_tell_however_they_fall() -> None:
    """Six incidents in a thousand should have had 0.36 of 60 false episodes; 3 of them prove nothing."""
    rows = table(["north"] * 994 + ["isle"] * 6, [3] * 57 + [999] * 3)
    assert rows["isle"]["verdict"] == "cannot tell"
    few = table(["north"] * 500 + ["south"] * 500, [3] * int(2 * LEAST_EXPECTED - 1))
    assert [row["verdict"] for row in few.values()] == ["cannot tell", "cannot tell"]


def test_groups_of_a_handful_are_counted_together() -> None:
    rows = table(["north"] * 994 + ["12 Kirkgait"] * 4 + ["13 Kirkgait"] * 2, [3] * 10 + [999])
    assert {name: row["incidents"] for name, row in rows.items()} == {"north": 994, "other areas": 6}
    assert rows["other areas"]["false_episodes"] == 1


def test_groups_below_the_threshold_are_no_false_episodes() -> None:
    rows = table(["north"] * 500 + ["south"] * 500, [3] * 20 + [700] * 20, weaker=[3] * 500)
    assert rows["north"]["false_episodes"] == 20


def test_without_false_episodes_nothing_can_be_told() -> None:
    rows = table(["north"] * 10, [])
    assert rows["north"]["verdict"] == "cannot tell"
    assert (rows["north"]["rate"], rows["north"]["low"]) == (0.0, 0.0)
    assert fairness_table([], np.array([], dtype=np.int64), chance([])).num_rows == 0


def test_even_chance_is_seldom_called_unfair() -> None:
    """Four equal groups share 200 false episodes by lot, a hundred times over."""
    rng = np.random.default_rng(7)
    groups = [name for name in "abcd" for _ in range(250)]
    verdicts = [
        row["verdict"]
        for _ in range(100)
        for row in table(groups, rng.integers(0, 1000, 200).tolist()).values()
    ]
    assert verdicts.count("cannot tell") == 0
    assert verdicts.count("higher") <= 4


def names(*values: str | None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, pa.string())])


def test_groups_are_the_larger_areas_that_the_export_names() -> None:
    groups = area_groups(names("A", "B", None, "A"), names("1", "2", "3", "4"))
    assert groups == ["A", "B", "other areas", "A"]


def test_the_commonest_larger_areas_keep_their_names() -> None:
    many = [f"L{n:02d}" for n in range(30) for _ in range(30 - n)]
    groups = area_groups(names(*many), names(*many))
    assert len(set(groups)) == 25
    assert groups.count("other areas") == sum(range(1, 7))


@pytest.mark.parametrize("areas", [9, 10])
def test_without_larger_areas_small_ones_are_grouped_by_how_busy_they_are(areas: int) -> None:
    small: list[str | None] = [f"S{n}" for n in range(areas) for _ in range(3 * (areas - n))]
    groups = area_groups(names(*[None] * len(small), None), names(*small, None))
    third = dict(zip(small, groups, strict=False))
    assert third["S0"] == "busiest third of areas"
    assert third[f"S{areas - 1}"] == "quietest third of areas"
    assert groups[-1] == "no area given"
    assert len(set(groups)) == 4

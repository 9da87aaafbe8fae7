"""The random sample of what was looked at and not flagged: drawn, small, of its own, and never a home."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from towns import Row, assess_town, at, campaign, found_ids, incidents, ordinary_rows

from lippen.credibility import Assessment
from lippen.credibility.sampled import MOST_IN_30_DAYS
from lippen.engine import Engine
from lippen.results import SAMPLE

CORNERS = [(14, 0), (14, 2), (14, 4), (14, 6), (14, 8), (15, 3)]
GROUP = campaign("group", at(95, 21), CORNERS)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    ordinary = ordinary_rows(seed=6, per_day=60)
    return [*({**row, "incident_id": f"o{n:05d}"} for n, row in enumerate(ordinary)), *GROUP]


@pytest.fixture(scope="module")
def usual(rows: list[Row], duck: Engine) -> Assessment:
    return assess_town(incidents(rows), duck)


def sampled(assessment: Assessment) -> list[set[str]]:
    """The incidents of each group of the sample."""
    members: dict[str, set[str]] = {}
    for row in assessment.sample["unflagged_incidents"].to_pylist():
        members.setdefault(row["episode_id"], set()).add(row["incident_id"])
    return list(members.values())


def test_some_unflagged_groups_are_drawn_and_no_more_than_a_person_can_look_at(usual: Assessment) -> None:
    days = usual.facts["episodes"]["days"]
    assert 1 <= usual.sample["unflagged_sample"].num_rows <= MOST_IN_30_DAYS * (days // 30 + 1)


def test_they_are_none_of_the_episodes_and_share_no_incident_with_one(usual: Assessment) -> None:
    flagged = set().union(*found_ids(usual))
    assert flagged
    for group in sampled(usual):
        assert len(group) >= 3
        assert not group & flagged


def test_their_tables_are_made_as_those_of_episodes_are(usual: Assessment) -> None:
    for name, of in SAMPLE.items():
        assert usual.sample[of].schema == usual.tables[name].schema
        assert of not in usual.tables, "no briefing shows them"
    for row in usual.sample["unflagged_sample"].to_pylist():
        assert row["episode_id"].startswith("ep-")
        assert row["reasons"]
        assert row["innocent"]
        assert row["diversion"] == "cannot tell"
        assert (row["p_value"], row["q_value"]) == (None, None)


def test_the_same_incidents_draw_the_same_groups_whatever_their_order(
    rows: list[Row], usual: Assessment, duck: Engine
) -> None:
    order = np.random.default_rng(1).permutation(len(rows))
    again = assess_town(incidents([rows[int(i)] for i in order]), duck)
    assert sampled(again) == sampled(usual)


def test_another_seed_draws_others(rows: list[Row], usual: Assessment, duck: Engine) -> None:
    # One that does is enough, and the first mostly does.
    assert any(sampled(assess_town(incidents(rows), duck, seed=seed)) != sampled(usual) for seed in (1, 2, 3))


def test_a_home_that_calls_often_is_never_drawn(duck: Engine) -> None:
    homes = [
        row for n in range(24) for row in campaign(f"home{n:02d}", at(85 + n, 1), [(n, 3)] * 8, gap_min=25)
    ]
    ordinary = ordinary_rows(seed=6, per_day=60)
    for seed in range(3):
        for group in sampled(assess_town(incidents([*ordinary, *homes]), duck, seed=seed)):
            assert len({one[:6] for one in group}) >= 3


def test_what_cannot_be_assessed_has_an_empty_sample(duck: Engine) -> None:
    few = assess_town(incidents(ordinary_rows(per_day=1)), duck, since=dt.date(2024, 4, 10))
    assert set(few.sample) == set(SAMPLE.values())
    assert {table.num_rows for table in few.sample.values()} == {0}

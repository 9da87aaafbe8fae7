"""A sandbox's own truth is counted right: what was found of a whole town, and what the plain rules found."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from towns import LARGER, SINCE, found_ids
from truths import QUIET, Planted, true_ids, truth_tables

from lippen.credibility import Settings
from lippen.credibility.against_truth import evaluate_against_truth, score
from lippen.credibility.planting import LEAST_HELD, held_by
from lippen.credibility.stream import make_stream
from lippen.credibility.truth import TRUTH, collect_accepted, held_in, lay_beside
from lippen.engine import Engine
from lippen.measured import wilson

MOMENTS = [(name, pa.timestamp("us")) for name in ("first_at", "last_at")]


def test_planted_campaigns_are_counted_as_a_briefing_finds_them(planted: Planted) -> None:
    """Counted once more from the ids alone: three of a campaign in one episode, and half of it."""
    told, facts = found_ids(planted.assessment), planted.scored.facts
    own = true_ids(planted.truth)
    holds = {
        number: [one for one in told if len(one & ids) >= LEAST_HELD and 2 * len(one & ids) >= len(one)]
        for number, ids in own.items()
    }
    stealth = {row["episode"]: row["stealth"] for row in planted.truth["episodes"].to_pylist()}
    seen = [number for number in own if stealth[number] != "S4"]
    assert facts["episodes"] == len(seen) >= 8
    assert facts["found"] == sum(bool(holds[number]) for number in seen)
    assert facts["recall"] == facts["found"] / len(seen) > 0.5
    assert (facts["recall_low"], facts["recall_high"]) == wilson(facts["found"], len(seen))
    assert facts["told"] == len(told)
    assert facts["false"] == sum(not any(one in held for held in holds.values()) for one in told)
    assert facts["false_per_30_days"] == pytest.approx(facts["false"] / 28 * 30)
    found = {row["episode"]: row["found"] for row in planted.scored.tables["true_episodes"].to_pylist()}
    assert found == {number: bool(held) for number, held in holds.items()}


def test_every_breakdown_adds_up(planted: Planted) -> None:
    facts, rows = planted.scored.facts, planted.scored.tables["recall"].to_pylist()
    for by in ("stealth", "purpose"):
        mine = [row for row in rows if row["by"] == by and row["value"] != "S4"]
        assert sum(row["episodes"] for row in mine) == facts["episodes"]
        assert sum(row["found"] for row in mine) == facts["found"]
    assert [row["value"] for row in rows if row["by"] == "stealth"] == ["S0", "S1", "S2", "S3", "S4"]
    assert {row["value"] for row in rows if row["by"] == "larger area"} <= set(LARGER)
    by_area = planted.scored.tables["false_areas"].to_pylist()
    assert {row["area_group"] for row in by_area} == set(LARGER)
    assert sum(row["false_episodes"] for row in by_area) == facts["false"]
    # With a handful of false episodes in all, no area can be said to have more than its share.
    assert {row["verdict"] for row in by_area} == {"cannot tell"}


def test_every_rule_keeps_to_the_budget_and_is_judged_alike(planted: Planted) -> None:
    facts, rows = planted.scored.facts, planted.scored.tables["rules"].to_pylist()
    assert {row["rule"] for row in rows} >= {"any kind, counted", "EWMA by area", "exact text"}
    assert all(row["false_per_30_days"] <= facts["budget"] for row in rows)
    assert facts["best_rule_recall"] == max(row["recall"] for row in rows) > 0
    by_rule = sum(
        row["found_by_rule"]
        for row in planted.scored.tables["recall"].to_pylist()
        if row["by"] == "stealth" and row["value"] != "S4"
    )
    assert facts["best_rule_recall"] == by_rule / facts["episodes"]
    # Only copied texts are found by their being the same.
    copied = next(row for row in rows if row["rule"] == "exact text")
    stealths = planted.truth["episodes"]["stealth"].to_pylist()
    assert 0 < copied["found"] <= stealths.count("S0") + stealths.count("S4")


def test_other_campaigns_are_not_found(planted: Planted, duck: Engine) -> None:
    """The same assessment, scored against campaigns that were drawn by lot from the same incidents."""
    ids = planted.truth["incidents"]["incident_id"].to_pylist()
    lot = np.random.default_rng(2).permutation(len(ids))
    names = [(name, pa.nulls(planted.truth["episodes"].num_rows, kind)) for name, kind in MOMENTS]
    by_lot = pa.array([ids[i] for i in lot], pa.string())
    other = planted.truth | {
        "incidents": planted.truth["incidents"].set_column(0, "incident_id", by_lot),
        "episodes": pa.table(
            {**dict(zip(TRUTH["episodes"].names, planted.truth["episodes"], strict=True)), **dict(names)}
        ),
    }
    accepted = lay_beside(collect_accepted(duck.table(planted.table), duck), other, SINCE, 0)
    scored = score(planted.assessment, other, accepted, [], Settings(since=SINCE))
    assert scored.facts["found"] == scored.facts["true"] == 0
    assert scored.facts["precision"] == 0
    assert scored.facts["false"] == planted.scored.facts["told"]


def test_the_text_says_what_the_figures_say(planted: Planted) -> None:
    said, facts = planted.scored.as_text(), planted.scored.facts
    assert f"recall at 1 false episode in 30 days: {facts['recall']:.3f}" in said
    assert f"episodes told: {facts['told']}, of which {facts['true']} hold a true one" in said
    assert f"({facts['best_rule']}: {facts['best_rule_setting']})" in said
    assert "school term, 2024-03-25 to 2024-04-07: quiet" in said
    assert all(f"\n{row['rule']}: " in said for row in planted.scored.tables["rules"].to_pylist())


def test_a_quiet_year_has_no_recall_and_its_false_episodes_are_counted(
    planted: Planted, duck: Engine
) -> None:
    """Nothing is true: no share of nothing is given, and no rule can be tuned with hindsight."""
    ids = planted.truth["incidents"].select(["incident_id"]).to_pylist()
    quiet = truth_tables(incidents=[{**row, "cause": "ordinary", "episode": None} for row in ids])
    scored = evaluate_against_truth(duck.table(planted.table), duck, Settings(since=SINCE), QUIET, quiet)
    assert (scored.facts["episodes"], scored.facts["recall"], scored.facts["best_rule"]) == (0, None, None)
    assert scored.facts["false"] == scored.facts["told"] > 0
    assert scored.tables["rules"].num_rows == 0
    assert "recall" not in scored.as_text()


@given(st.lists(st.integers(-1, 3), min_size=1, max_size=12))
def test_a_group_holds_what_it_would_hold_of_planted_campaigns(numbers: list[int]) -> None:
    """The measure of the sandbox is that of `held_by`: the same group, its campaigns planted instead."""
    n = len(numbers)

    @dataclass(frozen=True)
    class Sized:
        size: int = 12

    rows = np.array([-1 - number * 1000 - i if number >= 0 else i for i, number in enumerate(numbers)])
    zeros = np.zeros(n, dtype=np.int64)
    stream = make_stream(
        np.arange(n), zeros * 1.0, zeros * 1.0, zeros, zeros, zeros == 0, zeros - 1, zeros * 1.0, rows
    )
    held = held_by(stream, [np.arange(n)], [Sized()] * 4)  # type: ignore[list-item]
    assert set(held_in(np.array(numbers, dtype=np.int64))) == held


def test_settings_of_the_score_are_those_that_were_asked_for(planted: Planted, duck: Engine) -> None:
    accepted = lay_beside(collect_accepted(duck.table(planted.table), duck), planted.truth, SINCE, 0)
    settings = replace(Settings(since=SINCE), budget=4.0, seed=9)
    scored = score(planted.assessment, planted.truth, accepted, [], settings)
    assert (scored.facts["budget"], scored.facts["seed"], scored.facts["since"]) == (4.0, 9, "2024-03-25")
    (trend,) = scored.tables["false_trends"].to_pylist()
    assert trend["episodes_expected"] == pytest.approx(4.0 * 14 / 30)

"""What the briefing says of its own doubt: budget, ranking, calibration, fairness and what it would miss."""

from __future__ import annotations

from typing import Any, cast

import pytest
from given_facts import NOTHING, SUSPENDED, counts, credibility_of, model_of
from sample import sample

from lippen.brief import fairness, words
from lippen.brief.schema import Credibility, FairnessGroup
from lippen.credibility import drift
from lippen.credibility import fairness as measured_fairness


def test_the_budget_for_a_chief_inspector() -> None:
    shuffled = (
        "We shuffled the incidents so that nothing joined them, and looked again: chance alone brings about "
    )
    assert words.budget(counts(0)) == (
        "This run allows at most 1 false episode in 30 days. "
        + shuffled
        + "0.9 false episodes in 30 days. Over the 75 days that were assessed, chance alone would bring "
        "about 2.2; none was found."
    )
    assert (
        words.budget(counts(2, false=1.0, budget=None, days=None)) == shuffled + "1 false episode in 30 days."
    )
    assert words.budget(counts(2, budget=2.5)).startswith(
        "This run allows at most 2.5 false episodes in 30 days."
    )
    assert words.budget(counts(1, false=0.0)).endswith(
        "so this is more than chance usually brings. It may be chance all the same."
    )


@pytest.mark.parametrize("credibility", [None, credibility_of(NOTHING), counts(0, false=None)])
def test_without_a_rate_there_is_no_promise(credibility: Credibility | None) -> None:
    assert words.budget(credibility) == (
        "We cannot tell how many false episodes to expect, because none could be looked for."
    )


def test_a_suspended_assessment_promises_no_rate() -> None:
    assert words.budget(credibility_of(SUSPENDED)) == (
        "Assessment is suspended, so we promise no error rate. Below is what was measured before."
    )


def test_ranking_in_the_words_of_a_game() -> None:
    assert words.ranking(model_of()) == (
        "Take one incident that ended with nothing found and one that did not. The model tells which "
        "is which "
        "80 times in 100. Coin tossing would be right 50 times. Knowing only the kind of incident is "
        "right 76 times; "
        "hour, area and what else was happening add 4."
    )


def test_no_skill_is_called_no_skill() -> None:
    """With outcomes shuffled the interval includes coin tossing, and the page must not sell that as "
    "ranking."""
    said = words.ranking(model_of(auc=0.51, auc_low=0.48, auc_high=0.54))
    assert said.endswith(
        "Coin tossing would be right 50 times. So far as we can tell, it knows no more than that."
    )
    said = words.ranking(model_of(auc=0.758))
    assert said.endswith("That is no better than knowing only the kind of incident.")


def test_ranking_without_figures() -> None:
    assert words.ranking(model_of(auc=None)) == (
        "We cannot tell how well the model ranks incidents: too few had a known outcome."
    )
    assert words.ranking(model_of(baselines=None)).endswith("Coin tossing would be right 50 times.")


def test_the_ladder_rises_from_the_simplest_rule_to_lippen() -> None:
    rungs = words.ladder(model_of())
    assert [name for name, _, _ in rungs] == [
        "One rate for everything",
        "A rate for each kind",
        "A rate for each kind and hour",
        "Logistic model",
        "Boosted trees",
        "Lippen",
    ]
    assert rungs[1][1:] == (0.7581, {"low": 0.748, "high": 0.768})
    assert rungs[2][2] is None
    assert words.ladder(model_of(baselines=None, auc=None)) == []
    assert [rung[0] for rung in words.ladder(model_of(baselines={"kind": 0.7}))] == [
        "A rate for each kind",
        "Lippen",
    ]


def test_calibration_in_incidents_out_of_a_hundred() -> None:
    assert words.calibration(model_of()).endswith(
        "Over all, it is off by about 0.8 in 100. That is within what we allow: up to about 5 in 100, beside "
        "what chance brings when incidents are few."
    )
    assert "off by about 6.1 in 100. That is much: up to about 5 in" in words.calibration(model_of(ece=0.061))
    assert words.calibration(model_of(ece=None)) == "We cannot tell how far the expected shares are off."


def test_the_limits_on_the_page_are_those_of_the_assessment() -> None:
    assert words.MOST_ERROR == drift.MOST_ERROR
    assert fairness.WORST_RATIO == measured_fairness.WORST_RATIO


def test_months_that_are_all_off_to_one_side_are_said_to_be() -> None:
    more: dict[str, float | None] = {"expected": 0.2, "observed": 0.21}
    fewer: dict[str, float | None] = {"expected": 0.2, "observed": 0.19}
    unknown: dict[str, float | None] = {"expected": None, "observed": 0.3}
    said = "In every month more ended with nothing found than expected."
    assert words.months([more, more, unknown]) == said
    assert words.months([fewer, fewer]) == said.replace("more", "fewer")
    mixed: list[list[dict[str, float | None]]] = [[], [more], [more, fewer], [more, unknown]]
    for rows in mixed:
        assert words.months(rows) == ""


def test_a_group_whose_interval_reaches_beyond_the_limit_is_not_said_to_be_no_worse() -> None:
    """Over all, 60 false episodes in 10 copies of 3,000 incidents: 20 in 10,000, and 25 would be worse."""
    few: dict[str, Any] = {"area_group": "a", "incidents": 1_000, "false_episodes": 20, "rate": 0.002}
    groups: Any = [
        {**few, "verdict": "ok", "low": 0.0012, "high": 0.0031},
        {**few, "verdict": "ok", "low": 0.0016, "high": 0.0024},
        {**few, "verdict": "higher", "low": 0.0026, "high": 0.0031},
    ]
    assert [row[-1] for row in fairness.rows(groups, 10)] == [
        "cannot tell: the likely range reaches beyond what would be worse",
        "no sign that it is worse here",
        "more often wrong here",
    ]


def test_fairness_states_its_yardstick_and_its_rule() -> None:
    """1,329 false episodes in 39 copies of 22,950 incidents are 14.8 in 10,000; 1.25 times that is 18.6."""
    groups = credibility_of(sample(0)[0])["fairness"] or []
    assert fairness.note(groups, 39) == (
        "Counted over 39 shuffled copies of these days, in which every episode is false. Over all areas the "
        "rate is 14.8. A group is called more often wrong when even the lower end of its interval lies above "
        "1.25 times that, 18.6."
    )
    bare = "Counted over shuffled copies of these days, in which every episode is false."
    assert fairness.note(groups, None) == bare
    assert fairness.note([], 39) == bare.replace("shuffled", "39 shuffled")


def test_groups_where_it_is_more_often_wrong_are_named() -> None:
    groups = credibility_of(sample(0)[0])["fairness"] or []
    said = "It is more often wrong in some areas than over all: <bdi>least deprived third</bdi>."
    assert fairness.worse(groups) == said
    assert fairness.worse([one for one in groups if one["verdict"] != "higher"]) is None
    hostile = [{**groups[0], "verdict": "higher", "area_group": f"<b>{i}"} for i in range(6)]
    assert fairness.worse(cast(list[FairnessGroup], hostile)) == (
        "It is more often wrong in some areas than over all: <bdi>&lt;b&gt;0</bdi>, <bdi>&lt;b&gt;1</bdi>, "
        "<bdi>&lt;b&gt;2</bdi>, <bdi>&lt;b&gt;3</bdi> and 2 more."
    )


def test_what_planted_campaigns_showed() -> None:
    credibility = credibility_of(sample(0)[0])
    assert words.planted(credibility["planted"]) == (
        "We planted 480 made-up campaigns among these incidents to see how many come to light. 52% "
        "did (interval 47% "
        "to 56%); the rest stayed hidden. The best plain counting rule found 39%."
    )
    alone = credibility_of(sample(0)[0], planted={"campaigns": 1, "recall": 0.0})
    assert words.planted(alone["planted"]) == (
        "We planted 1 made-up campaign among these incidents to see how many come to light. 0% did; "
        "the rest stayed "
        "hidden."
    )


def test_without_planted_campaigns_the_command_that_plants_some_is_named_in_full() -> None:
    start = (
        "This run planted no campaigns, so it cannot say how many true episodes it would miss. "
        "Measure it on these incidents, and give the evaluation.json that it writes to lippen brief "
        "--evaluation: lippen evaluate credibility "
    )
    end = " --out evaluation"
    assert words.planted(None) == start + "FOLDER --mapping FILE" + end
    assert words.planted(None, "lippen brief calls --mapping m.toml --budget 1 --seed 7") == (
        start + "calls --mapping m.toml --budget 1 --seed 7" + end
    )

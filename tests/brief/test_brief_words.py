"""What the briefing says in sentences: for none found, one, many, when it cannot tell, when suspended."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample import nothing_known, sample, suspended

from lippen.brief import words
from lippen.brief.checking import accept_facts
from lippen.brief.schema import Credibility, Facts, Model


def facts_of(made: dict[str, Any], **changes: Any) -> Facts:
    """Facts with some fields of `credibility` replaced."""
    made = copy.deepcopy(made)
    made["credibility"] |= changes
    return accept_facts(made)


def credibility_of(made: dict[str, Any], **changes: Any) -> Credibility:
    credibility = facts_of(made, **changes)["credibility"]
    assert credibility is not None
    return credibility


def model_of(**changes: Any) -> Model:
    made = sample(0)[0]["credibility"]["model"] | changes
    model = credibility_of(sample(0)[0], model=made)["model"]
    assert model is not None
    return model


NOTHING, SUSPENDED = nothing_known()[0], suspended()[0]


def counts(
    found: int,
    false: float | None = 0.9,
    days: int | None = 75,
    budget: float | None = 1.0,
    strong: int | None = None,
) -> Credibility:
    made = {
        "found": found,
        "strong": strong,
        "expected_false_per_30_days": false,
        "budget": budget,
        "days": days,
    }
    return credibility_of(sample(0)[0], episodes=made)


def files(*rows: tuple[int, int, int]) -> Facts:
    """Facts with files of so many rows accepted, duplicate and quarantined."""
    inputs = [
        {"file": f"{i}.csv", "rows": a + d + q, "accepted": a, "duplicates": d, "quarantined": q}
        for i, (a, d, q) in enumerate(rows)
    ]
    return accept_facts({"inputs": inputs})


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (accept_facts({}), "No file was read, so there is nothing to tell."),
        (files((0, 0, 0)), "1 file held no rows at all."),
        (files((0, 0, 0), (0, 0, 0)), "2 files held no rows at all."),
        (files((1, 0, 0)), "1 row came in. 1 was taken as an incident; none was refused."),
        (
            files((900, 0, 0), (100, 0, 0)),
            "1,000 rows came in. 1,000 were taken as incidents; none was refused.",
        ),
        (
            files((7, 1, 0)),
            "8 rows came in. 7 were taken as incidents; 1 row repeated one already taken.",
        ),
        (files((7, 0, 1)), "8 rows came in. 7 were taken as incidents; 1 was put aside with a reason."),
        (
            files((5, 2, 3)),
            "10 rows came in. 5 were taken as incidents; 2 rows repeated one already taken and 3 "
            "were put aside "
            "with a reason.",
        ),
    ],
)
def test_what_came_in(facts: Facts, said: str) -> None:
    assert words.came_in(facts) == said


@pytest.mark.parametrize(
    ("weekly", "rising", "falling", "compared", "said"),
    [
        ([], 0, 0, 0, "There is no whole week to count, so we cannot tell how volumes move."),
        (
            [10],
            0,
            0,
            0,
            "A usual week has about 10 incidents. There is no earlier time to compare with, so we "
            "cannot tell what "
            "rises or falls.",
        ),
        (
            [1],
            0,
            0,
            4,
            "A usual week has about 1 incident. No kind rose or fell by more than chance would explain.",
        ),
        (
            [9, 10, 1000],
            1,
            0,
            4,
            "A usual week has about 10 incidents. One kind rose by more than chance would explain.",
        ),
        (
            [9, 10, 11],
            12,
            2,
            20,
            "A usual week has about 10 incidents. 12 kinds rose and two kinds fell by more than "
            "chance would explain.",
        ),
    ],
)
def test_how_volumes_move(weekly: list[int], rising: int, falling: int, compared: int, said: str) -> None:
    assert words.volumes(weekly, rising, falling, compared) == said


def test_no_episode_is_a_good_answer() -> None:
    assert words.episodes(counts(0)) == (
        "No episode was found. That is a good answer: no group of incidents belonged together more "
        "than chance allows."
    )


def test_one_episode_that_may_be_chance() -> None:
    assert words.episodes(counts(1)) == (
        "One episode was found: a group of incidents that came closer together than is usual here. "
        "Over these "
        "75 days, chance alone would bring about 2.2, so it may be chance."
    )


def test_a_few_episodes_that_may_all_be_chance() -> None:
    assert words.episodes(counts(3)) == (
        "Three episodes were found: groups of incidents that came closer together than is usual "
        "here. Over these "
        "75 days, chance alone would bring about 2.2, so all of them may be chance."
    )


def test_more_episodes_than_chance_usually_brings() -> None:
    assert words.episodes(counts(12)).endswith(
        "chance alone would bring about 2.2, so this is more than chance usually brings. Some may be "
        "chance all "
        "the same."
    )
    assert words.episodes(counts(1, false=0.01)).endswith(
        "so this is more than chance usually brings. It may be chance all the same."
    )


@pytest.mark.parametrize(
    ("found", "strong", "ends"),
    [
        (3, 0, "bring about 2.2, so all of them may be chance."),
        (
            3,
            1,
            "One is stronger than that: at most 1 in 20 like it would be chance. The others may be chance.",
        ),
        (3, 2, "Two are stronger than that: at most 1 in 20 like them would be chance. The other may be."),
        (3, 3, "All of them are stronger than that: at most 1 in 20 like them would be chance."),
        (1, 1, "It is stronger than that: at most 1 in 20 like it would be chance."),
    ],
)
def test_episodes_that_stand_out_are_told_from_those_that_may_be_chance(
    found: int, strong: int, ends: str
) -> None:
    assert words.episodes(counts(found, strong=strong)).endswith(ends)


@pytest.mark.parametrize(
    ("found", "false_in_period", "beyond"),
    [(5, 2.25, False), (6, 2.25, True), (1, 0.05, True), (1, 0.06, False), (17, 10, True), (15, 10, False)],
)
def test_the_line_between_chance_and_more_is_one_in_twenty(
    found: int, false_in_period: float, beyond: bool
) -> None:
    """Poisson tails P(X >= found): 0.078, 0.027 (mean 2.25), 0.049, 0.058 (0.05, 0.06), 0.027, 0.083 (10)."""
    said = words.episodes(counts(found, false=false_in_period, days=30))
    assert ("more than chance usually brings" in said) is beyond


def test_without_a_number_of_days_episodes_are_not_set_beside_chance() -> None:
    said = words.episodes(counts(2, days=None))
    assert (
        said == "Two episodes were found: groups of incidents that came closer together than is usual here."
    )


@pytest.mark.parametrize(
    ("credibility", "said"),
    [
        (None, "We did not look for episodes. No assessment was made in this run."),
        (
            credibility_of(NOTHING),
            "We did not look for episodes. Without outcomes there is nothing to look for.",
        ),
        (
            credibility_of(NOTHING, episodes=None),
            "We did not look for episodes. The export has no outcomes: the mapping names no column for them.",
        ),
        (
            credibility_of(NOTHING, episodes=None, why_no_model=None),
            "We did not look for episodes. The export holds too few incidents with a known outcome "
            "to learn what is "
            "normal.",
        ),
        (
            credibility_of(SUSPENDED),
            "Assessment has suspended itself, so no episode is shown. The reason heads this page.",
        ),
    ],
)
def test_why_there_are_no_episodes(credibility: Credibility | None, said: str) -> None:
    assert words.episodes(credibility) == said


@pytest.mark.parametrize(
    ("credibility", "said"),
    [
        (
            counts(0),
            "Chance alone brings about 0.9 false episodes in 30 days. Shown one incident that ended "
            "with nothing "
            "found and one that did not, the model tells which is which 80 times in 100.",
        ),
        (
            credibility_of(sample(0)[0], model=None),
            "Chance alone brings about 0.9 false episodes in 30 days.",
        ),
        (
            credibility_of(NOTHING),
            "We cannot tell. The export has no outcomes: the mapping names no column for them.",
        ),
        (None, "We cannot tell. No assessment was made in this run."),
        (credibility_of(SUSPENDED), "More often than we allow. Until that is mended, no error rate holds."),
    ],
)
def test_how_often_it_is_wrong_in_a_line(credibility: Credibility | None, said: str) -> None:
    assert words.how_often_wrong(credibility) == said


def test_the_budget_for_a_chief_inspector() -> None:
    shuffled = (
        "We shuffled the incidents so that nothing joined them, and looked again: chance alone brings about "
    )
    assert words.budget(counts(0)) == (
        "This run allows at most 1 false episode in 30 days. "
        + shuffled
        + "0.9 false episodes in 30 days. Over these 75 days, chance alone would bring about 2.2; "
        "none was found."
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
    assert words.calibration(model_of()).endswith("Over all, it is off by about 0.8 in 100.")
    assert words.calibration(model_of(ece=None)) == "We cannot tell how far the expected shares are off."


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
    assert words.planted(None).startswith("This run planted no campaigns, so it cannot say how many")


def test_what_is_never_known_is_said_every_time() -> None:
    whole = words.unknowns(accept_facts(sample(0)[0]))
    assert len(whole) == 4
    assert words.unknowns(accept_facts({})) == whole
    nothing = words.unknowns(accept_facts(NOTHING))
    assert nothing[:4] == whole
    assert nothing[4:] == [
        "What is normal here. The export has no outcomes: the mapping names no column for them.",
        "Whether an episode drew response away. The export has no unit times.",
        "How many true episodes it missed. This run planted no campaigns to find out.",
    ]


def test_reasons_for_leaving_out_are_those_of_the_assessment_in_its_order() -> None:
    assert list(words.EXCLUDED) == ["protected", "own_activity", "sensor", "no_outcome", "no_place"]
    assert words.excluded_words("protected")[1].endswith("They are never assessed: see below.")
    assert words.excluded_words("late_report") == ("Late report", "")


ACCUSING = re.compile(
    r"\b(hoax|liar|lie|lying|fake|fraud|suspect|offender|culprit|guilty|criminal|culpable|prank|caller is)\b",
    re.I,
)


@given(
    st.integers(0, 40),
    st.none() | st.floats(0, 50),
    st.none() | st.integers(1, 400),
    st.none() | st.floats(0.1, 100),
)
def test_no_sentence_accuses_anyone_and_each_ends(
    found: int, false: float | None, days: int | None, budget: float | None
) -> None:
    credibility = counts(found, false, days, budget)
    facts = accept_facts(sample(0)[0])
    said = [words.episodes(credibility), words.budget(credibility), words.how_often_wrong(credibility)]
    for sentence in [*said, *words.unknowns(facts), words.STANDING_LINE, words.NEVER_ASSESSED]:
        assert not ACCUSING.search(sentence)
        assert sentence.rstrip()[-1] in ".?"
        assert "None" not in sentence
        assert "nan" not in sentence
    assert "bad faith" in words.STANDING_LINE

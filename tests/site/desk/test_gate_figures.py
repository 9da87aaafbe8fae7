"""How often the release gate and the band are right, over what a made-up town's desks hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from gate_scores import (
    ENGLISH,
    LEAST,
    OTHERS,
    PLAIN,
    WEB,
    band_table,
    gate_table,
    judged,
    language_table,
    tasking_table,
)

from lippen.sandbox.desk import HALVES, planted_kinds

PAGE = Path(__file__).parents[3] / "docs/explanation/gate.md"
SPOKEN = [kind for kind in planted_kinds() if kind not in ("verbatim", "several")]


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("kind", planted_kinds())
def test_of_each_kind_of_giving_away_nineteen_in_twenty_logs_are_caught(kind: str, half: str) -> None:
    score = judged().scores[half][kind]
    assert score.logs >= 50
    assert score.found >= 0.95 * score.logs, score


@pytest.mark.parametrize("half", HALVES)
def test_nine_in_ten_logs_that_give_nobody_away_pass_without_a_finding(half: str) -> None:
    score = judged().scores[half][PLAIN]
    assert score.logs >= 500
    assert score.found <= 0.1 * score.logs, score


def test_copied_words_are_caught_each_time() -> None:
    for half in HALVES:
        score = judged().scores[half]["verbatim"]
        assert score.by_its_rule == score.logs


def test_what_is_in_another_language_is_said_to_be_unread_and_english_and_scots_are_read() -> None:
    for name in OTHERS:
        found, of = judged().unread[name]
        assert found >= 0.95 * of, name
    for name in ENGLISH:
        assert judged().unread[name][0] == 0, name
    found, of = judged().unread["logs"]
    assert found <= 0.005 * of


def test_the_band_never_names_more_people_than_could_have_known() -> None:
    over = [one for one in judged().bands if LEAST[one[1]] > one[2]]
    assert over == []
    assert len(judged().bands) >= 600
    assert {band for _, band, _ in judged().bands} >= {"few", "some", "more"}


def test_a_band_that_knew_no_caps_would_overstate() -> None:
    """So the test above can fail: residents of the area alone are too many for most that few could know."""
    assert sum(count < LEAST["more"] for *_, count in judged().bands) >= 100


def test_what_the_page_says_is_what_comes_out() -> None:
    page = PAGE.read_text("utf-8")
    tables = {"gate": gate_table(), "band": band_table(), "tasking": tasking_table()}
    for name, table in (tables | {"languages": language_table()}).items():
        found = re.search(rf"<!-- made: {name} -->\n(.*?)<!-- end -->", page, re.DOTALL)
        assert found, f"no table {name} in docs/explanation/gate.md"
        assert found[1] == table, f"docs/explanation/gate.md should say:\n{table}"


def test_the_rules_hold_no_sentence_that_they_are_tried_on() -> None:
    """No planted sentence stands in a rule as it is: five words on end of it would."""
    from lippen.sandbox.naming import words

    rules = " ".join(
        one.read_text("utf-8") for one in sorted(WEB.glob("desk/*.ts")) if "test" not in one.name
    )
    for kind in words("desk.toml")["kind"]:
        for line in kind["first"] + kind["second"]:
            said = re.findall(r"[\w'{}]+", line)
            for at in range(len(said) - 4):
                assert " ".join(said[at : at + 5]) not in rules, line

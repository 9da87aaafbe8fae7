"""What is said of diversion: only ever that times fall together, or that it cannot tell."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from sample import nothing_known, sample, suspended, table

from lippen.brief import diversion
from lippen.brief.checking import accept_facts, accept_tables
from lippen.credibility.diversion import WORTH_SAYING

THRESHOLD = "we call it consistent with diversion when at most 1 in 10 would be."


def card(verdict: str | None, **changes: Any) -> str:
    """The first sample episode's box, its row of table `diversion` changed."""
    (row,) = sample(1)[1]["diversion"].to_pylist()
    said = " ".join(diversion.sentences(verdict, {**row, **changes}))
    return f"{diversion.verdict(verdict)}: {said}".replace("<bdi>", "").replace("</bdi>", "")


def in_short(made: dict[str, Any], episodes: int = 0, **verdicts: Any) -> str:
    """The line for the head of the page; `verdicts` may replace those of the sample episodes."""
    tables = accept_tables(sample(episodes)[1])
    if "verdicts" in verdicts:
        rows = tables["episodes"].to_pylist()
        tables["episodes"] = table(
            "episodes", [{**row, "diversion": v} for row, v in zip(rows, verdicts["verdicts"], strict=True)]
        )
    said = diversion.in_short(accept_facts(made)["credibility"], tables)
    return said.replace("<bdi>", "").replace("</bdi>", "")


def test_the_threshold_on_the_page_is_that_of_the_assessment() -> None:
    assert diversion.WORTH_SAYING == WORTH_SAYING


def test_times_that_fall_together_are_told_with_place_window_and_what_is_usual() -> None:
    assert card("consistent with", area="Gowanlaw", observed=4.0, expected=0.1, matched_controls=125) == (
        "Consistent with diversion: Within two hours of its start, 4 incidents with something found came in "
        "from Gowanlaw; 0.1 is usual (125 matched windows: same hour of the week, about as many units busy). "
        "Of findings as strong as this, about 1 in 30 will be chance; "
        f"{THRESHOLD} Times that fall together do not show that it was meant. "
        "At its end 7 units were out, where 4.1 is usual for such an hour. "
        "It drew about 3 h 32 min of units' time in all."
    )


def test_no_sign_names_no_area_that_stood_out() -> None:
    said = card(
        "no sign", area="Gowanlaw", statement=None, q_value=1.0, matched_controls=1, unit_minutes=None
    )
    assert said == (
        "No sign of diversion: Within two hours of its start, no larger area elsewhere had more incidents "
        "with something found than chance explains (1 matched window: same hour of the week, about as many "
        f"units busy). Of findings as strong as this, nearly all will be chance; {THRESHOLD}"
    )


def test_an_area_that_is_not_given_and_a_count_that_is_not_known() -> None:
    said = card("consistent with", area=None, observed=1.0, expected=0.0)
    assert "1 incident with something found came in from one larger area elsewhere; 0 is usual" in said
    said = card("consistent with", observed=None)
    assert "Compared with 38 matched windows: same hour of the week, about as many units busy." in said
    assert card("consistent with", area="<b>").count("&lt;b&gt;") == 1


@pytest.mark.parametrize("verdict", ["cannot tell", None, "certainly"])
def test_where_it_cannot_tell_no_comparison_is_printed(verdict: str | None) -> None:
    """Even when figures came along: a verdict that is none of ours is no finding."""
    said = card(verdict, statement="Unit times are missing.", unit_minutes=None)
    assert said == "Diversion: cannot tell: Unit times are missing."
    too_little = "There is too little to compare with."
    assert card(verdict, statement=None, unit_minutes=None).endswith(too_little)
    assert diversion.sentences(verdict, None) == [too_little]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (nothing_known()[0], "We cannot tell. The export has no unit times."),
        (suspended()[0], "Assessment has suspended itself, so nothing is said of diversion."),
        ({}, "We cannot tell, because no episode was looked for."),
        (sample(0)[0], "No episode was found, so there is nothing to compare."),
    ],
)
def test_in_short_says_why_it_cannot_tell(made: dict[str, Any], said: str) -> None:
    assert in_short(copy.deepcopy(made)) == said


CONSISTENT, NO_SIGN, UNSURE = "consistent with", "no sign", "cannot tell"
FOUND = (
    "the times are consistent with diversion: within two hours of the start, more incidents with something "
    "found than usual came in from Invermarrow East. Times that fall together do not show that it was meant."
)


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ([CONSISTENT], f"For the one episode found {FOUND}"),
        ([NO_SIGN], "There is no sign of it in the one episode found."),
        ([NO_SIGN, NO_SIGN], "There is no sign of it in any of 2 episodes."),
        ([UNSURE, None], "We cannot tell for any of 2 episodes; the cards say why."),
        ([NO_SIGN, UNSURE], "For 1 there is no sign of it. For 1 we cannot tell."),
        (
            [CONSISTENT, NO_SIGN, UNSURE, CONSISTENT],
            f"For 2 of 4 episodes {FOUND} For 1 there is no sign of it. For 1 we cannot tell.",
        ),
    ],
)
def test_in_short_counts_what_was_found(verdicts: list[str | None], said: str) -> None:
    assert in_short(sample(len(verdicts))[0], len(verdicts), verdicts=verdicts) == said

"""Truth and incidents of two sandboxes are told apart, and refused."""

from __future__ import annotations

import datetime as dt

import pytest
from towns import SINCE
from truths import accepted_row, accepted_rows, known, truth_tables

from lippen.credibility import AssessmentError
from lippen.credibility.truth import lay_beside


def test_incidents_that_the_truth_does_not_know_are_refused() -> None:
    rows = accepted_rows(*(accepted_row(f"a{n}") for n in range(1, 41)))
    truth = truth_tables(incidents=known(**{f"a{n}": None for n in range(1, 41) if n not in (7, 8, 9)}))
    with pytest.raises(AssessmentError, match=r"does not know 3 of 40 incidents \(such as a7\)"):
        lay_beside(rows, truth, SINCE, 0)
    two_less = truth_tables(incidents=known(**{f"a{n}": None for n in range(1, 41) if n not in (7, 8)}))
    accepted = lay_beside(rows, two_less, SINCE, 0)
    assert accepted.unknown == 2
    assert accepted.cause.to_pylist()[6] == "unknown"
    assert accepted.episode.tolist() == [-1] * 40


def test_no_more_may_be_missing_than_was_refused() -> None:
    rows = accepted_rows(accepted_row("a1"))
    truth = truth_tables(incidents=known(a1=None, a2=None, a3=None))
    assert lay_beside(rows, truth, SINCE, 2).unknown == 0
    with pytest.raises(AssessmentError, match="lacks 2 of the truth's 3 incidents, and refused only 1 row"):
        lay_beside(rows, truth, SINCE, 1)


def test_an_episode_that_nothing_is_told_of_is_refused() -> None:
    rows = accepted_rows(accepted_row("a1"), accepted_row("a2"))
    truth = truth_tables(incidents=known(a1=4, a2=5), episodes=[{"episode": 4, "stealth": "S0"}])
    with pytest.raises(AssessmentError, match="nothing of the episode 5"):
        lay_beside(rows, truth, SINCE, 0)


@pytest.mark.parametrize(
    ("minutes", "alike"), [(-61, False), (-60, True), (0, True), (62, True), (63, False)]
)
def test_incidents_of_another_time_are_of_another_sandbox(minutes: int, alike: bool) -> None:
    """Every sandbox numbers its incidents from the same number on. An hour may be due to a clock put back."""
    start = dt.datetime(2024, 4, 10) + dt.timedelta(minutes=10)
    episode = {"episode": 4, "stealth": "S0", "first_at": start, "last_at": start + dt.timedelta(minutes=2)}
    truth = truth_tables(incidents=known(a1=4), episodes=[episode])
    rows = accepted_rows(
        accepted_row("a1", at_s=int(start.replace(tzinfo=dt.UTC).timestamp()) + 60 * minutes)
    )
    if alike:
        assert lay_beside(rows, truth, SINCE, 0).judged() == [4]
        return
    with pytest.raises(AssessmentError, match="incident a1 came in before or after the episode 4"):
        lay_beside(rows, truth, SINCE, 0)

"""What a reader is told who takes what the streams show for what is true."""

from __future__ import annotations

from typing import Any

import pytest

from lippen.brief import comparison_words as words
from lippen.sandbox.compare import READ_AS
from lippen.sandbox.scenario import FALSE_TRENDS, INTERVENTIONS


def row(
    measure: str,
    per_cent: float,
    looks_like: str | None = None,
    swing: float | None = None,
    counts: tuple[float, float] | None = None,
) -> Any:
    with_it, without = counts or (None, None)
    return {
        "variant": "police_drive", "side": "streams" if looks_like else "truth", "measure": measure,
        "where": "whole town", "before": 100.0, "without": 100.0, "with": 100.0 + per_cent,
        "difference": per_cent, "per_cent": per_cent, "weeks_vary_by": swing,
        "count_before": None, "count_without": without, "count_with": with_it, "too_little": bool(counts),
        "read_as": READ_AS.get(measure), "looks_like": looks_like,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "true", "says"),
    [
        (row("report", 9, "moves alone", 2), row("activity", 0), "as if groups had become more active"),
        (row("report", -9, "moves alone", 2), row("activity", 0), "as if groups had become less active"),
        (row("report", 9, "other way", 2), row("activity", -5), "goes the other way (−5.0%)"),
        (row("listing", -30, "same way", 2), row("activity", -6), "It looks 5 times as large as it is."),
        (row("record", 0.0, "not seen", 2), row("homes_taken_over", -40), "tells of homes taken over −40.0%"),
        (row("answer_good_police", 3, "moves alone"), row("trust", 0.2), "next to no change (+0.2%)"),
        (
            row("report", -7, "too little to say", 2, (54, 58)),
            row("activity", 0),
            "Reports to the desk 54 against 58: too little to say.",
        ),
        (
            row("record", 0.0, "not seen"),
            row("homes_taken_over", -48, counts=(1.59, 3.04)),
            "1.6 against 3.0",
        ),
        (row("incident", 3, "same way", 9), row("activity", 3), "less than weeks differ by themselves"),
    ],
)
def test_each_way_of_being_fooled_has_its_sentence(shown: Any, true: Any, says: str) -> None:
    (said, *more) = words.misled([shown], {true["measure"]: true}, 0.5)
    assert says in said
    assert more == []


def test_who_reads_rightly_is_told_nothing_else() -> None:
    shown, true = row("incident", 3, "same way", 1), row("activity", 3)
    assert words.misled([shown], {"activity": true}, 0.5) == []


@pytest.mark.parametrize(
    ("measure", "without", "with_it", "says"),
    [
        ("homes_taken_over", 3.04, 1.66, "−1.3"),  # 3.0 and 1.7 are shown, and 1.38 is what lies between
        ("homes_taken_over", 3.04, 3.01, "almost none"),
        ("trust", 0.5004, 0.5106, "+1.1%"),  # 50.0% and 51.1%
        ("homes_taken_over", 2.0, 5.0, "+3"),
    ],
)
def test_a_difference_of_few_is_that_of_the_values_as_they_are_shown(
    measure: str, without: float, with_it: float, says: str
) -> None:
    few = row(measure, 100 * (with_it - without) / without, counts=(with_it, without))
    few |= {"without": without, "with": with_it, "difference": with_it - without}
    assert words.change(few) == says


def test_everything_that_can_be_compared_has_words() -> None:
    assert set(words.INTERVENTIONS) == set(INTERVENTIONS)
    assert set(words.FALSE_TRENDS) == set(FALSE_TRENDS)
    assert set(READ_AS) | set(READ_AS.values()) <= set(words.MEASURES)

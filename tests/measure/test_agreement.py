"""Agreement between people: the figure that its author publishes, and no figure where too few have judged."""

from __future__ import annotations

import numpy as np
import pytest

from lippen.measure import agreement

CODERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
"""Krippendorff's own example (2011, section C): four people, twelve things, eleven of them judged twice."""


def judged() -> dict[str, list[str]]:
    columns = zip(*(line.split() for line in CODERS), strict=True)
    return {f"u{n}": [one for one in column if one != "."] for n, column in enumerate(columns)}


def test_the_published_example_has_its_published_figure() -> None:
    found = agreement(judged())
    assert found.alpha == pytest.approx(0.743, abs=0.0005)
    assert (found.units, found.agreed) == (11, 8)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.743 < found.high <= 1
    assert found.why == ""


def test_neither_the_order_of_things_nor_of_people_changes_anything() -> None:
    given = list(judged().items())[::-1]
    assert agreement({name: answers[::-1] for name, answers in given}) == agreement(judged())


def test_perfect_agreement_is_one_and_answers_at_random_are_about_nought() -> None:
    same = agreement({str(n): ["real" if n % 2 else "innocent"] * 3 for n in range(20)})
    assert (same.alpha, same.low, same.high, same.share) == (1.0, 1.0, 1.0, 1.0)
    tossed = np.random.default_rng(1).choice(["real", "innocent"], (400, 2)).tolist()
    guessed = agreement({str(n): pair for n, pair in enumerate(tossed)})
    assert guessed.low is not None
    assert guessed.high is not None
    assert guessed.low < 0 < guessed.high


def test_people_who_always_differ_agree_less_than_chance() -> None:
    found = agreement({str(n): ["real", "innocent"] for n in range(12)})
    assert found.alpha is not None
    assert found.alpha < 0
    assert found.share == 0


@pytest.mark.parametrize("few", [0, 1, 9])
def test_of_few_nothing_is_said_but_how_many_agree(few: int) -> None:
    found = agreement({str(n): ["real", "real"] for n in range(few)} | {"alone": ["real"], "none": []})
    assert (found.units, found.agreed, found.alpha) == (few, few, None)
    assert "Fewer than 10" in found.why
    assert found.share == (1.0 if few else None)


def test_where_everybody_says_one_thing_agreement_cannot_be_told_from_habit() -> None:
    found = agreement({str(n): ["innocent", "innocent"] for n in range(30)})
    assert found.alpha is None
    assert found.low is None
    assert "the same" in found.why

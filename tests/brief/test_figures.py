"""Figures as the page prints them. Null is always "cannot tell"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lippen.brief import figures


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "cannot tell"), (0, "0"), (999, "999"), (12345, "12,345"), (1_500_000, "1,500,000")],
)
def test_counts(value: int | None, shown: str) -> None:
    assert figures.count(value) == shown


def test_counts_with_their_noun() -> None:
    assert figures.plural(1, "incident") == "1 incident"
    assert figures.plural(0, "incident") == "0 incidents"
    assert figures.plural(2000, "day") == "2,000 days"
    assert figures.plural(3, "party", "parties") == "3 parties"
    assert figures.plural(0, "kind", in_words=True) == "no kinds"
    assert figures.plural(1, "kind", in_words=True) == "one kind"
    assert figures.plural(10, "kind", in_words=True) == "ten kinds"
    assert figures.plural(11, "kind", in_words=True) == "11 kinds"


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (None, 1, "cannot tell"),
        (0.0, 1, "0"),
        (2.0, 1, "2"),
        (1.5, 1, "1.5"),
        (1234.56, 0, "1,235"),
        (0.04, 1, "0.04"),  # a small number is not rounded away
        (0.0123, 1, "0.01"),
        (0.00001, 1, "almost 0"),
        (0.05, 1, "0.1"),
        (100.0, 0, "100"),
    ],
)
def test_decimals(value: float | None, places: int, shown: str) -> None:
    assert figures.decimal(value, places) == shown


def test_shares_and_fixed_places() -> None:
    assert figures.percent(0.254) == "25%"
    assert figures.percent(0.254, 1) == "25.4%"
    assert figures.percent(None) == "cannot tell"
    assert figures.fixed(0.8, 3) == "0.800"
    assert figures.fixed(None) == "cannot tell"


@pytest.mark.parametrize(
    ("relative", "shown"),
    [(None, "cannot tell"), (0.12, "+12%"), (-0.28, "−28%"), (0.0, "0%"), (0.004, "0%"), (2.2, "3.2 times")],
)
def test_changes(relative: float | None, shown: str) -> None:
    assert figures.change(relative) == shown


def test_spans_of_change() -> None:
    assert figures.change_span(0.23, 0.39) == "+23% to +39%"
    assert figures.change_span(-0.42, 0.02) == "−42% to +2%"
    assert figures.change_span(0.003, 0.42) == "+0.3% to +42%"
    assert figures.change_span(-0.42, -0.0004) == "−42% to −0.04%"
    assert figures.change_span(-0.2, 0.0) == "−20% to 0%"
    assert figures.change_span(0.5, 2.5) == "+50% to 3.5 times"
    assert figures.change_span(3.1, 3.7) == "4.1 to 4.7 times"


@pytest.mark.parametrize(
    ("probability", "shown"),
    [
        (None, "cannot tell"),
        (1.0, "nearly all"),
        (0.95, "nearly all"),
        (0.94, "about 9 in 10"),
        (0.75, "about 8 in 10"),
        (0.3, "about 3 in 10"),
        (0.25, "about 1 in 4"),
        (0.025, "about 1 in 40"),
        (1 / 2345, "about 1 in 2,300"),
        (1e-6, "about 1 in 1,000,000"),
        (1e-10, "less than 1 in a thousand million"),
        (0.0, "less than 1 in a thousand million"),
    ],
)
def test_odds(probability: float | None, shown: str) -> None:
    assert figures.odds(probability) == shown


@given(st.floats(1e-9, 0.949))
def test_odds_are_within_a_fifth_of_what_they_stand_for(probability: float) -> None:
    few, many = figures.odds(probability).removeprefix("about ").replace(",", "").split(" in ")
    assert int(few) / int(many) == pytest.approx(probability, rel=0.2)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (7, "7"),
        (999, "999"),
        (1000, "1.0k"),
        (9_960, "10k"),
        (12_345, "12k"),
        (2_500_000, "2.5m"),
    ],
)
def test_counts_on_the_map(value: int, shown: str) -> None:
    assert figures.short_count(value) == shown


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        (lambda: figures.day("2019-01-15"), "15 January 2019"),
        (lambda: figures.day(date(2019, 1, 5)), "5 January 2019"),
        (lambda: figures.day("2019-01-15", weekday=True, year=False), "Tuesday 15 January"),
        (lambda: figures.day("next week"), "next week"),
        (lambda: figures.day(None), "cannot tell"),
        (lambda: figures.month("2019-01"), "January 2019"),
        (lambda: figures.month("soon"), "soon"),
        (lambda: figures.span("2019-01-15", "2019-02-28"), "15 January to 28 February 2019"),
        (lambda: figures.span("2018-12-30", "2019-01-02"), "30 December 2018 to 2 January 2019"),
        (lambda: figures.span("2019-01-15", "2019-01-15"), "15 January 2019"),
        (lambda: figures.span(None, "2019-01-15"), "cannot tell"),
        (
            lambda: figures.moments("2019-01-18T21:04:00", "2019-01-18T22:10:00"),
            "Friday 18 January 2019, 21:04 to 22:10",
        ),
        (
            lambda: figures.moments("2019-01-18T23:04:00", "2019-01-19T00:10:00"),
            "Friday 18 January 2019, 23:04 to 19 January, 00:10",
        ),
        (lambda: figures.moments("2019-01-18T21:04:00", None), "Friday 18 January 2019, 21:04"),
        (lambda: figures.moments(None, None), "time not known"),
        (lambda: figures.moments("evening", "night"), "evening to night"),
        (lambda: str(figures.clock_minutes("2019-01-18T22:05:50", "2019-01-18T23:17:10")), "72"),
        (lambda: str(figures.clock_minutes("2019-01-18T22:05:50", "night")), "None"),
        (lambda: figures.minutes(42.4), "42 min"),
        (lambda: figures.minutes(60), "1 h"),
        (lambda: figures.minutes(75), "1 h 15 min"),
        (lambda: figures.minutes(3 * 1440), "3 days"),
        (lambda: figures.minutes(None), "cannot tell"),
        (lambda: figures.seconds(3.04), "3.0 s"),
        (lambda: figures.seconds(125), "2 min 5 s"),
        (lambda: figures.seconds(None), "cannot tell"),
        (lambda: figures.listing(["A"]), "A"),
        (lambda: figures.listing(["A", "B", "C"]), "A, B and C"),
        (lambda: figures.listing(list("ABCDEFGH"), 4), "A, B, C, D and 4 more"),
    ],
)
def test_days_spans_and_lists(call: Callable[[], str], shown: str) -> None:
    assert call() == shown

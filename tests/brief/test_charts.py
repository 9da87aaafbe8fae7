"""The charts, read back from their SVG: what is drawn lies where the figures say; no figures, no picture."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from lippen.brief.charts import (
    CalibrationBin,
    Week,
    axis_top,
    calibration,
    change_whisker,
    ladder,
    monthly,
    outside,
    weekly,
)
from lippen.brief.schema import Interval

MONDAY = date(2025, 1, 6)


def svg(drawn: Markup | None) -> ET.Element:
    assert drawn is not None
    return ET.fromstring(drawn)  # noqa: S314 - our own drawing


def week(nth: int, incidents: int | None, low: float | None = None, high: float | None = None) -> Week:
    middle = None if low is None or high is None else (low + high) / 2
    return {
        "week": MONDAY + timedelta(weeks=nth),
        "incidents": incidents,
        "expected": middle,
        "low": low,
        "high": high,
        "unfounded": None,
    }


def share(text: str) -> float:
    """A place given as a percentage, as a number from 0 to 1."""
    assert text.endswith("%")
    return float(text[:-1]) / 100


def marks(drawn: ET.Element) -> list[tuple[str, float, float]]:
    return [(u.get("href", ""), share(u.get("x", "")), float(u.get("y", ""))) for u in drawn.iter("use")]


def texts(drawn: ET.Element) -> list[str]:
    return [one.text or "" for one in drawn.iter("text")]


@given(st.floats(1e-3, 1e9))
def test_an_axis_ends_at_a_round_figure_not_far_above_the_largest(largest: float) -> None:
    top, step = axis_top(largest)
    assert largest <= top * (1 + 1e-9)
    assert top <= largest + step * (1 + 1e-9)
    assert round(top / step) * step == pytest.approx(top)
    assert 1 <= round(top / step) <= 5


@pytest.mark.parametrize(
    ("largest", "axis"),
    [(7312, (8000, 2000)), (95, (100, 25)), (3, (3, 1)), (0, (1, 1)), (float("nan"), (1, 1))],
)
def test_axes(largest: float, axis: tuple[float, float]) -> None:
    assert axis_top(largest) == axis


@pytest.mark.parametrize("rows", [[], [week(0, 5)], [week(0, 5), week(1, None)]])
def test_fewer_than_two_weeks_draw_nothing(rows: list[Week]) -> None:
    assert weekly(rows) is None


def test_weeks_lie_where_their_dates_and_counts_say() -> None:
    """A gap of three weeks is three times as wide as a step of one, not one point beside the next."""
    drawn = svg(weekly([week(0, 0), week(1, 50), week(4, 100)]))
    places = marks(drawn)
    xs = [x for _, x, _ in places]
    assert xs[2] - xs[1] == pytest.approx(3 * (xs[1] - xs[0]), abs=2e-4)
    (bottom,) = {float(one.get("y1", "")) for one in drawn.iter("line") if one.get("class") == "base"}
    assert [y for _, _, y in places] == pytest.approx([bottom, bottom - 110, bottom - 220], abs=0.01)
    assert texts(drawn)[:5] == ["0", "25", "50", "75", "100"]


def test_weeks_without_data_are_a_gap_with_words_and_no_line_to_nought() -> None:
    told = [week(nth, 50, 40, 60) for nth in (0, 1, 8, 9)]
    drawn = svg(weekly([*told[:2], *(week(nth, None) for nth in range(2, 8)), *told[2:]]))
    lines = [one for one in drawn.iter("path") if one.get("class") == "line"]
    assert len(lines) == 2
    assert len([one for one in drawn.iter("path") if one.get("class") == "band"]) == 2
    assert "no data" in texts(drawn)
    assert [one.get("class") for one in drawn.iter("rect")] == ["gap"]
    assert len(marks(drawn)) == 4
    assert "The line breaks off for 6 weeks without data." in drawn.get("aria-label", "")


def test_a_week_outside_the_band_has_another_shape_and_is_counted_in_words() -> None:
    drawn = svg(weekly([week(0, 50, 40, 60), week(1, 61, 40, 60), week(2, 39, 40, 60), week(3, 60, 40, 60)]))
    assert [mark for mark, _, _ in marks(drawn)] == ["#m-in", "#m-out", "#m-out", "#m-in"]
    assert drawn.get("aria-label") == (
        "Line chart of incidents in each of 4 weeks, from 39 to 61. 2 weeks outside the expected band."
    )


def test_a_week_without_a_band_is_not_outside_it() -> None:
    assert not outside(week(0, 5))
    assert not outside(week(0, None, 1, 2))
    drawn = svg(weekly([week(0, 5), week(1, 6)]))
    assert [one.get("class") for one in drawn.iter("path")] == ["line"]


def test_the_band_is_one_closed_shape_from_high_to_low() -> None:
    drawn = svg(weekly([week(0, 50, 40, 60), week(1, 50, 20, 80), week(2, 50)]))
    band, expected, line = drawn.iter("path")
    assert band.get("d") == "M0.8 25 L50 0 L50 75 L0.8 50Z"
    assert expected.get("d") == "M0.8 37.5 L50 37.5"
    assert line.get("d") == "M0.8 37.5 L50 37.5 L99.2 37.5"


@pytest.mark.parametrize(
    ("since", "said"), [(None, False), (MONDAY, False), (date(2025, 2, 3), True), (date(2026, 1, 1), False)]
)
def test_where_assessment_begins_is_marked_when_it_lies_within(since: date | None, said: bool) -> None:
    drawn = svg(weekly([week(nth, 5) for nth in range(9)], since))
    assert ("assessed from here" in texts(drawn)) is said
    if said:
        (line,) = [one for one in drawn.iter("line") if one.get("class") == "since"]
        assert share(line.get("x1", "")) == pytest.approx(0.5)


def test_five_dates_at_most_stand_below_and_the_ends_carry_the_year() -> None:
    drawn = svg(weekly([week(nth, 5) for nth in range(30)]))
    below = [one for one in drawn.iter("text") if one.text and one.text[-1].isalnum() and " " in one.text]
    assert [one.text for one in below] == ["6 Jan 2025", "24 Feb", "14 Apr", "9 Jun", "28 Jul 2025"]
    assert ["wide" in one.get("class", "") for one in below] == [False, True, False, True, False]


def interval(low: float, high: float) -> Interval:
    return {"low": low, "high": high}


def test_rungs_stand_in_order_of_their_skill_and_only_lippen_is_picked_out() -> None:
    drawn = svg(ladder([("Coin", 0.5, None), ("Kind", 0.75, interval(0.74, 0.76)), ("Lippen", 0.8, None)]))
    dots = list(drawn.iter("circle"))
    assert [one.get("class") for one in dots] == ["dot", "dot", "dot own"]
    xs = [share(one.get("cx", "")) for one in dots]
    assert (xs[1] - xs[0]) / (xs[2] - xs[0]) == pytest.approx(0.25 / 0.3, abs=1e-3)
    (bar,) = drawn.iter("rect")
    assert share(bar.get("x", "")) + share(bar.get("width", "")) / 2 == pytest.approx(xs[1], abs=1e-3)
    (coin,) = [one for one in drawn.iter("line") if one.get("class") == "coin"]
    assert share(coin.get("x1", "")) == pytest.approx(xs[0], abs=1e-4)
    assert drawn.get("aria-label", "").endswith(": Coin 0.500; Kind 0.750; Lippen 0.800")
    assert [text for text in texts(drawn) if text.startswith("0.") and len(text) == 5] == [
        "0.500",
        "0.750",
        "0.800",
    ]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_every_rung_is_inside_the_picture(aucs: list[float]) -> None:
    drawn = svg(ladder([(f"rule {i}", auc, interval(auc - 0.01, auc + 0.01)) for i, auc in enumerate(aucs)]))
    assert all(0 <= share(one.get("cx", "")) <= 1 for one in drawn.iter("circle"))


def test_no_rung_draws_nothing() -> None:
    assert ladder([]) is None


def bins(*pairs: tuple[float, float]) -> list[CalibrationBin]:
    return [
        {"bin": i, "incidents": 9, "expected": e, "observed": o, "low": max(0.0, o - 0.1), "high": o + 0.1}
        for i, (e, o) in enumerate(pairs)
    ]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=15))
def test_a_perfect_model_lies_on_the_slanting_line(shares: list[float]) -> None:
    drawn = svg(calibration(bins(*((value, value) for value in shares))))
    (line,) = [one for one in drawn.iter("line") if one.get("class") == "expected"]
    x1, x2 = (share(line.get(name, "")) for name in ("x1", "x2"))
    y1, y2 = (float(line.get(name, "")) for name in ("y1", "y2"))
    for dot in drawn.iter("circle"):
        along = (share(dot.get("cx", "")) - x1) / (x2 - x1)
        assert float(dot.get("cy", "")) == pytest.approx(y1 + along * (y2 - y1), abs=0.1)


def test_more_found_than_expected_lies_above_and_the_interval_around_it() -> None:
    drawn = svg(calibration(bins((0.2, 0.4), (0.4, 0.4))))
    above, on = (float(one.get("cy", "")) for one in drawn.iter("circle"))
    assert above == on
    (line,) = [one for one in drawn.iter("line") if one.get("class") == "expected"]
    assert above < float(line.get("y1", ""))
    for whisker in [one for one in drawn.iter("line") if one.get("class") == "whisker"]:
        assert float(whisker.get("y2", "")) < above < float(whisker.get("y1", ""))


def test_bins_without_figures_draw_nothing() -> None:
    assert calibration([]) is None
    empty: CalibrationBin = {
        "bin": 1, "incidents": 0, "expected": None, "observed": None, "low": None, "high": None,
    }  # fmt: skip
    assert calibration([empty]) is None


@pytest.mark.parametrize(
    ("low", "high", "change", "ends", "dot"),
    [(-0.5, 0.5, 0.1, (0.25, 0.75), 0.55), (-2.0, 3.0, 2.0, (0, 1), 1.0), (0.0, 0.2, None, (0.5, 0.6), None)],
)
def test_a_change_lies_between_halved_and_doubled(
    low: float, high: float, change: float | None, ends: tuple[float, float], dot: float | None
) -> None:
    drawn = svg(change_whisker(low, high, change))
    (line,) = [one for one in drawn.iter("line") if one.get("class") == "whisker"]
    assert (share(line.get("x1", "")), share(line.get("x2", ""))) == pytest.approx(ends)
    assert [share(one.get("cx", "")) for one in drawn.iter("circle")] == ([] if dot is None else [dot])
    assert drawn.get("aria-hidden") == "true"


def test_a_change_beyond_the_scale_is_an_arrow_and_an_unknown_one_is_nothing() -> None:
    drawn = svg(change_whisker(3.1, 3.7, 3.4))
    assert len(list(drawn.iter("path"))) == 1
    assert not list(drawn.iter("circle"))
    assert change_whisker(None, None, 0.1) == ""


def test_months_are_two_lines_and_say_what_they_compare() -> None:
    rows = [
        {"month": f"2025-0{n}", "expected": 0.2, "observed": 0.2 + n / 100, "ece": 0.0} for n in (1, 2, 3)
    ]
    drawing = monthly(rows)
    assert drawing is not None
    assert drawing.count('class="expected"') == drawing.count('class="line"') == 1
    assert drawing.count("#m-in") == 3
    assert "January 2025" in drawing
    assert "March 2025" in drawing
    assert "over 3 months" in drawing


def test_one_month_or_none_that_can_tell_is_no_line() -> None:
    one = {"month": "2025-01", "expected": 0.2, "observed": 0.3, "ece": None}
    assert monthly([]) is None
    assert monthly([one]) is None
    assert monthly([one, {**one, "month": "2025-02", "observed": None}]) is None


def test_months_that_are_missing_keep_their_room_and_break_the_lines() -> None:
    """A gap of a year is no step from one month to the next."""
    months = ("2023-11", "2023-12", "2025-01", "2025-02")
    drawing = monthly([{"month": one, "expected": 0.2, "observed": 0.3, "ece": 0.0} for one in months])
    drawn = svg(drawing)
    assert [one.get("class") for one in drawn.iter("path")] == ["expected", "line"] * 2
    places = [across for _, across, _ in marks(drawn)]
    assert places[2] - places[1] == pytest.approx(13 * (places[1] - places[0]), abs=0.002)
    assert "no figure" in texts(drawn)
    assert "The lines break off where a month has no figure: 12 in all." in str(drawing)

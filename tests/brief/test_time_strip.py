"""The time strip: a row for each kind, a mark for each incident, its shape telling how it ended."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from lippen.brief.schema import OUTCOMES
from lippen.brief.time_strip import StripRow, mark_and_words, time_strip


def row(minute: int | None, kind: str | None = "FIGHT", outcome: str | None = "unfounded") -> StripRow:
    return {"minute": minute, "kind": kind, "area": "X01", "outcome": outcome}


def svg(drawn: Markup | None) -> ET.Element:
    assert drawn is not None
    return ET.fromstring(drawn)  # noqa: S314 - our own drawing


def marks(drawn: ET.Element) -> list[tuple[str, float, float]]:
    """Each mark with its place: across from 0 to 1 between the first and the last incident, and down."""
    return [
        (one.get("href", ""), (float(one.get("x", "")[:-1]) / 100 - 0.02) / 0.96, float(one.get("y", "")))
        for one in drawn.iter("use")
    ]


def texts(drawn: ET.Element, css: str) -> list[str]:
    return [one.text or "" for one in drawn.iter("text") if one.get("class", "").startswith(css)]


@pytest.mark.parametrize("rows", [[], [row(None)]])
def test_without_times_nothing_is_drawn(rows: list[StripRow]) -> None:
    assert time_strip(rows, "2025-01-17T21:04:00") is None


def test_marks_lie_in_time_whenever_the_first_minute_is() -> None:
    for begin in (0, -5, 1000):
        drawn = svg(time_strip([row(begin), row(begin + 30), row(begin + 120)], None))
        assert [across for _, across, _ in marks(drawn)] == pytest.approx([0, 0.25, 1], abs=1e-3)


def test_each_kind_has_a_row_the_most_frequent_first_and_each_outcome_a_shape() -> None:
    rows = [
        row(0, "B", "unfounded"),
        row(1, "A", "founded"),
        row(2, "B", "unknown"),
        row(3, "A"),
        row(4, "B", "?"),
    ]
    drawn = svg(time_strip(rows, None))
    assert texts(drawn, "name") == ["B", "A"]
    upper = min(down for _, _, down in marks(drawn))
    assert [mark for mark, _, down in marks(drawn) if down == upper] == ["#m-u", "#m-n", "#m-n"]
    assert [mark for mark, _, down in marks(drawn) if down != upper] == ["#m-f", "#m-u"]
    assert drawn.get("aria-label") == "Time strip of 5 incidents over 4 min: B 3; A 2"


def test_outcomes_are_told_apart_by_shape_and_in_words() -> None:
    assert [mark_and_words(outcome) for outcome in OUTCOMES] == [
        ("#m-u", "nothing found"),
        ("#m-f", "something found"),
        ("#m-n", "outcome not known"),
    ]
    assert mark_and_words(None) == mark_and_words("anything") == ("#m-n", "outcome not known")


def test_kinds_beyond_the_fifth_share_a_row() -> None:
    rows = [row(minute, f"K{minute}") for minute in range(8)]
    drawn = svg(time_strip(rows, None))
    assert texts(drawn, "name") == ["K0", "K1", "K2", "K3", "4 other kinds"]
    assert len({down for _, _, down in marks(drawn)}) == 5
    assert texts(svg(time_strip(rows[:5], None)), "name") == ["K0", "K1", "K2", "K3", "K4"]


def test_a_kind_that_is_not_given_is_said_to_be_so() -> None:
    assert texts(svg(time_strip([row(0, None)], None)), "name") == ["kind not given"]


@given(
    st.lists(
        st.builds(row, st.integers(0, 5000), st.sampled_from("ABCDEFG"), st.sampled_from(OUTCOMES)),
        min_size=1,
        max_size=400,
    )
)
def test_a_crowded_strip_is_thinned_in_time_but_loses_no_kind_and_no_outcome(rows: list[StripRow]) -> None:
    drawn = svg(time_strip(rows, None))
    shown = marks(drawn)
    assert len(shown) <= 120
    assert {mark for mark, _, _ in shown} == {mark_and_words(one["outcome"])[0] for one in rows}
    assert len({down for _, _, down in shown}) == min(5, len({one["kind"] for one in rows}))
    assert all(-1e-3 <= across <= 1 + 1e-3 for _, across, _ in shown)


@pytest.mark.parametrize(
    ("first", "last", "clock"),
    [
        ("2025-01-17T21:04:00", 120, ["21:04", "21:34", "22:04", "22:34", "23:04"]),
        (
            "2025-01-17T21:00:00",
            2880,
            ["17 Jan 21:00", "18 Jan 09:00", "18 Jan 21:00", "19 Jan 09:00", "19 Jan 21:00"],
        ),
        (None, 120, ["0 min", "30 min", "1 h", "1 h 30 min", "2 h"]),
        ("this evening", 120, ["0 min", "30 min", "1 h", "1 h 30 min", "2 h"]),
    ],
)
def test_the_clock_below_is_local_time_or_minutes(first: str | None, last: int, clock: list[str]) -> None:
    assert texts(svg(time_strip([row(0), row(last)], first)), "tick") == clock


def test_the_clock_ends_when_the_title_of_the_card_does() -> None:
    """71 whole minutes from 22:05:50 end at 23:16, but the last incident came in at 23:17:10."""
    drawn = svg(time_strip([row(0), row(71)], "2025-01-17T22:05:50", "2025-01-17T23:17:10"))
    assert texts(drawn, "tick")[0] == "22:05"
    assert texts(drawn, "tick")[-1] == "23:17"

"""Two worlds in one chart: no line where nothing is known, and an axis that says where it begins."""

from __future__ import annotations

import datetime as dt
from typing import Any
from xml.etree import ElementTree as ET

from html_tree import read

from lippen.brief.twin_lines import Week, twin_lines

WEEKS = [dt.date(2025, 1, 1) + dt.timedelta(days=7 * one) for one in range(8)]


def chart(values: list[float | None], **given: Any) -> ET.Element:
    rows = [Week(day, value, value) for day, value in zip(WEEKS, values, strict=True)]
    drawn = twin_lines(rows, given.pop("since", WEEKS[3]), given.pop("until", None), str, "A chart", **given)
    assert drawn is not None
    return read(str(drawn))


def test_where_nothing_is_known_no_line_is_drawn() -> None:
    drawn = chart([1, 2, None, 4, None, None, 7, 8], from_nought=True)
    paths = [one.get("d", "") for one in drawn.iter("path")]
    assert [one.count("M") + one.count("L") for one in paths] == [2, 2, 2, 2]
    assert len(list(drawn.iter("circle"))) == 2, "a single week is a dot, in both worlds"
    assert (
        twin_lines([Week(day, None, None) for day in WEEKS], WEEKS[0], None, str, "", from_nought=True)
        is None
    )
    assert twin_lines([Week(WEEKS[0], 1, 1)], WEEKS[0], None, str, "", from_nought=True) is None


def test_an_axis_of_counts_begins_at_nought_and_holds_every_value() -> None:
    counts = [100.0, 104, 101, 103, 109, 102, 100, 108]
    ticks = [one.text for one in chart(counts, from_nought=True).iter("text")]
    assert ticks[0] == "0.0"
    low, high = (float(one.text or "") for one in list(chart(counts, from_nought=False).iter("text"))[:2])
    assert 90 < low <= 100
    assert 109 <= high < 120
    for level in (0.0, 3.0):
        assert next(one.text for one in chart([level] * 8, from_nought=False).iter("text")) == "0.0"


def test_an_axis_that_does_not_begin_at_nought_says_so_beneath_and_to_those_who_cannot_see() -> None:
    counts = [100.0, 104, 101, 103, 109, 102, 100, 108]
    for from_nought in (True, False):
        drawn = chart(counts, from_nought=from_nought)
        assert ("axis does not begin at 0" in [one.text for one in drawn.iter("text")]) is not from_nought
        assert ("axis does not begin at 0" in drawn.get("aria-label", "")) is not from_nought


def test_two_marks_turn_away_from_each_other() -> None:
    drawn = chart([1.0] * 8, from_nought=True, until=WEEKS[4])
    marks = {one.text: one.get("text-anchor") for one in drawn.iter("text")}
    assert (marks["begins"], marks["ends"]) == ("end", "start")
    assert "ends" not in [one.text for one in chart([1.0] * 8, from_nought=True).iter("text")]

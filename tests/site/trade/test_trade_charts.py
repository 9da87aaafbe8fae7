"""The charts of the room Trade: what they draw, and that they draw nothing where there is nothing to draw."""

from __future__ import annotations

import re
from datetime import date, timedelta

from lippen.site.trade.charts import Point, bars, line

FIRST = date(2025, 6, 1)


def week(nth: int) -> date:
    return FIRST + timedelta(weeks=nth)


def test_a_bar_a_week_with_the_newest_darker_and_none_for_nothing() -> None:
    drawn = str(bars([4, 0, 2]))
    heights = [float(one) for one in re.findall(r'<rect [^>]*height="([\d.]+)"', drawn)]
    assert heights == [26.0, 13.0]
    assert drawn.index('class="t2"') < drawn.index('class="t4"')
    assert 'class="t4"' not in str(bars([4, 2, 0]))
    assert "<rect" not in str(bars([0, 0]))
    assert "<rect" not in str(bars([]))


def test_a_line_breaks_off_where_weeks_are_missing() -> None:
    whole = str(line([Point(week(one), 1.0 + one) for one in range(6)], "x"))
    broken = str(line([Point(week(one), 1.0 + one) for one in (0, 1, 4, 5)], "x"))
    untold = str(line([Point(week(one), None if one in {2, 3} else 1.0 + one) for one in range(6)], "x"))
    assert [one.count('class="line"') for one in (whole, broken, untold)] == [1, 2, 2]
    assert [one.count("<circle") for one in (whole, broken, untold)] == [6, 4, 4]


def test_a_band_is_drawn_only_where_it_is_known() -> None:
    known = [Point(week(one), 2.0, 1.0, 3.0) for one in range(3)]
    assert 'class="band"' in str(line(known, "x"))
    assert 'class="band"' not in str(line([Point(week(one), 2.0) for one in range(3)], "x"))


def test_there_is_no_line_of_fewer_than_two_weeks() -> None:
    assert line([], "x") is None
    assert line([Point(week(0), 1.0), Point(week(1), None)], "x") is None


def test_an_axis_of_counts_has_no_half_a_text_and_one_of_money_has_pence() -> None:
    points = [Point(week(one), 1.0) for one in range(3)]
    assert re.findall(r'class="tick" dx="-8" text-anchor="end">([^<]+)', str(line(points, "x"))) == ["0", "1"]
    assert "£0.25" in str(line(points, "x", "£"))


def test_what_cannot_be_seen_is_said_and_escaped() -> None:
    drawn = str(line([Point(week(one), 1.0) for one in range(2)], '"><script>'))
    assert 'role="img"' in drawn
    assert "<script>" not in drawn

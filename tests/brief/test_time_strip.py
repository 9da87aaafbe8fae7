"""The time strip: a row for each kind, every incident to be counted, its shape telling how it ended."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lippen.brief.schema import OUTCOMES
from lippen.brief.time_strip import Strip, StripRow, mark_and_words, time_strip


def row(minute: int | None, kind: str | None = "FIGHT", outcome: str | None = "unfounded") -> StripRow:
    return {"minute": minute, "kind": kind, "area": "X01", "outcome": outcome}


def svg(strip: Strip | None) -> ET.Element:
    assert strip is not None
    return ET.fromstring(strip.drawing)  # noqa: S314 - our own drawing


@dataclass(frozen=True)
class Mark:
    """A mark as it is drawn: `across` from 0 to 1 between the first and the last incident, `lane` from the
    top, `down` in pixels, `many` as its number says."""

    shape: str
    across: float
    lane: int
    down: float
    many: int


def marks(drawn: ET.Element) -> list[Mark]:
    tracks = sorted(float(one.get("y1", "")) for one in drawn.iter("line"))
    numbers = {
        (one.get("x"), float(one.get("y", "")) - 5): int((one.text or "").removeprefix("×"))
        for one in drawn.iter("text")
        if one.get("class") == "many"
    }
    found = []
    for one in drawn.iter("use"):
        x, y = one.get("x", ""), float(one.get("y", ""))
        lane = next(at for at, track in enumerate(tracks) if y <= track)
        across = (float(x[:-1]) / 100 - 0.02) / 0.96
        found.append(Mark(one.get("href", ""), across, lane, y, numbers.pop((x, y), 1)))
    assert not numbers, "a number without its mark"
    return found


def counted(drawn: ET.Element) -> Counter[tuple[int, str]]:
    """How many incidents can be counted on a strip, by lane and shape."""
    found: Counter[tuple[int, str]] = Counter()
    for one in marks(drawn):
        found[one.lane, one.shape] += one.many
    return found


def texts(drawn: ET.Element, css: str) -> list[str]:
    return [one.text or "" for one in drawn.iter("text") if one.get("class", "").startswith(css)]


@pytest.mark.parametrize("rows", [[], [row(None)]])
def test_without_times_nothing_is_drawn(rows: list[StripRow]) -> None:
    assert time_strip(rows, "2025-01-17T21:04:00") is None


def test_marks_lie_in_time_whenever_the_first_minute_is() -> None:
    for begin in (0, -5, 1000):
        drawn = svg(time_strip([row(begin), row(begin + 30), row(begin + 120)], None))
        assert [one.across for one in marks(drawn)] == pytest.approx([0, 0.25, 1], abs=1e-3)


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
    assert [one.shape for one in marks(drawn) if one.lane == 0] == ["#m-u", "#m-n", "#m-n"]
    assert [one.shape for one in marks(drawn) if one.lane == 1] == ["#m-f", "#m-u"]
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
    assert {one.lane for one in marks(drawn)} == {0, 1, 2, 3, 4}
    assert texts(svg(time_strip(rows[:5], None)), "name") == ["K0", "K1", "K2", "K3", "K4"]


def test_a_kind_that_is_not_given_is_said_to_be_so() -> None:
    assert texts(svg(time_strip([row(0, None)], None)), "name") == ["kind not given"]


def test_incidents_that_came_in_together_are_piled_up_and_not_drawn_over_each_other() -> None:
    """Five calls, two and two of them within seconds: five rings, and no number."""
    strip = time_strip([row(minute) for minute in (0, 0, 1, 1, 90)], None)
    assert strip is not None
    assert not strip.numbered
    drawn = marks(svg(strip))
    assert [one.across for one in drawn] == pytest.approx([0, 0, 1 / 90, 1 / 90, 1], abs=1e-3)
    assert len({(one.across, one.down) for one in drawn}) == 5
    assert len({one.down for one in drawn}) == 4


def test_a_pile_that_would_be_too_high_has_a_number_instead() -> None:
    strip = time_strip([row(0)] * 6 + [row(0, outcome="founded")] * 2 + [row(30)], None)
    assert strip is not None
    assert strip.numbered
    assert [(one.shape, one.many) for one in marks(svg(strip))] == [("#m-f", 2), ("#m-u", 6), ("#m-u", 1)]
    assert texts(svg(strip), "many") == ["×2", "×6"]


CROWDS = st.lists(
    st.builds(row, st.integers(0, 5000), st.sampled_from("ABCDEFG"), st.sampled_from(OUTCOMES)),
    min_size=1,
    max_size=400,
)


@given(CROWDS | st.lists(st.builds(row, st.integers(0, 40)), min_size=1, max_size=40))
def test_every_incident_of_a_strip_can_be_counted_however_crowded_it_is(rows: list[StripRow]) -> None:
    strip = time_strip(rows, None)
    drawn = svg(strip)
    names = texts(drawn, "name")
    told: Counter[tuple[int, str]] = Counter()
    for one in rows:
        lane = names.index(one["kind"]) if one["kind"] in names else len(names) - 1
        told[lane, mark_and_words(one["outcome"])[0]] += 1
    assert counted(drawn) == told
    shown = marks(drawn)
    assert len(shown) <= 24 * 5
    assert strip is not None
    assert strip.numbered == any(one.many > 1 for one in shown)
    assert all(-1e-3 <= one.across <= 1 + 1e-3 for one in shown)


@given(CROWDS)
def test_no_mark_touches_another_on_a_phone(rows: list[StripRow]) -> None:
    """At 254 pixels, the width of a strip at 320, marks of 14 by 14 pixels and numbers beside them."""
    shown = marks(svg(time_strip(rows, None)))
    boxes = []
    for one in shown:
        middle = 254 * (0.02 + 0.96 * one.across)
        number = 8 + 7 * len(str(one.many)) if one.many > 1 else 0
        before, after = (number, 0) if one.across > 0.85 else (0, number)
        boxes.append((middle - 7 - before, middle + 7 + after, one.down - 7, one.down + 7))
    for (left, right, top, bottom), other in itertools.combinations(boxes, 2):
        assert right <= other[0] + 0.5 or other[1] <= left + 0.5 or bottom <= other[2] or other[3] <= top


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

"""The stream that is searched: one spot counts once, and shuffling breaks nothing but what fell together."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from lippen.credibility.stream import (
    DAY_S,
    SAME_SPOT_KM,
    SAME_SPOT_S,
    WEEK_S,
    Stream,
    covered_days,
    make_stream,
    part,
    shuffled,
)

ROWS = st.lists(
    st.tuples(
        st.integers(0, 8 * WEEK_S // 1800 - 1),  # half hours
        st.integers(0, 6),  # tenths of a km
        st.booleans(),
    ),
    min_size=1,
    max_size=40,
)


def stream_of(rows: list[tuple[int, int, bool]]) -> Stream:
    half_hours, x, unfounded = (np.array(column) for column in zip(*rows, strict=True))
    n = len(rows)
    at = half_hours.astype(np.int64) * 1800
    return make_stream(
        at, x / 10, np.zeros(n), np.arange(n) % 4, at // 3600 % 168, unfounded.astype(np.bool_),
        np.arange(n) % 3 - 1, np.linspace(0, 1, n), np.arange(n),
    )  # fmt: skip


@given(ROWS)
def test_a_further_report_from_a_spot_within_three_hours_repeats(
    rows: list[tuple[int, int, bool]],
) -> None:
    s = stream_of(rows)
    assert s.at_s.tolist() == sorted(s.at_s.tolist())
    for i in range(len(s)):
        earlier = [
            j
            for j in range(i)
            if s.unfounded[i]
            and s.unfounded[j]
            and s.at_s[i] - s.at_s[j] <= SAME_SPOT_S
            and (s.x_km[i] - s.x_km[j]) ** 2 <= SAME_SPOT_KM**2
        ]
        assert s.repeat[i] == bool(earlier)


@given(ROWS, st.integers(0, 2**32 - 1), st.integers(1, 8))
@examples(max_examples=60)
def test_shuffling_moves_incidents_by_whole_weeks_and_keeps_all_else(
    rows: list[tuple[int, int, bool]], seed: int, weeks: int
) -> None:
    """With less than four weeks there are too few to move in, and days take their place."""
    s = stream_of([row for row in rows if row[0] * 1800 < weeks * WEEK_S] or [(0, 0, True)])
    moved = shuffled(s, 0, np.random.default_rng(seed))
    kept = part(s, ~s.repeat)
    days = covered_days(s, 0)
    by_row, step = np.argsort(moved.row), WEEK_S if days[-1] - days[0] >= 27 else DAY_S
    order = np.argsort(kept.row)
    for name in ("x_km", "y_km", "kind", "unfounded", "copies", "evidence", "row"):
        assert getattr(moved, name)[by_row].tolist() == getattr(kept, name)[order].tolist(), name
    away = moved.at_s[by_row] - kept.at_s[order]
    assert (away % step == 0).all()
    assert set(moved.at_s // DAY_S) <= set(days)
    assert (moved.hour_of_week == moved.at_s // 3600 % 168).all()
    again = shuffled(s, 0, np.random.default_rng(seed))
    assert again.at_s.tolist() == moved.at_s.tolist()


def test_the_night_the_clocks_go_back_makes_no_day_more() -> None:
    """Four weeks, an incident each local hour; from the 15th day on the local clock is an hour behind."""
    hours = np.arange(28 * 24)
    at = hours * 3600 + np.where(hours >= 14 * 24, 3600, 0)
    n = len(hours)
    s = make_stream(
        at, np.zeros(n), np.arange(n) * 1.0, np.zeros(n, np.int64), hours % 168, np.ones(n, np.bool_),
        np.full(n, -1), np.zeros(n), np.arange(n),
    )  # fmt: skip
    assert covered_days(s, 0).tolist() == list(range(28))
    assert set(covered_days(shuffled(s, 0, np.random.default_rng(2)), 0)) <= set(range(28))


def test_nothing_is_moved_into_a_gap() -> None:
    """A month without incidents is a hole in the export: false episodes there would make the budget a lie."""
    rows: list[Any] = [(48 * day + 20, 0, True) for day in (*range(28), *range(60, 88)) for _ in range(3)]
    moved = shuffled(stream_of(rows), 0, np.random.default_rng(1))
    days = moved.at_s // DAY_S
    assert not ((days >= 28) & (days < 60)).any()


def test_every_week_is_as_likely() -> None:
    rows: list[Any] = [(5 + 336 * (n % 8), 0, False) for n in range(4_000)]
    weeks = shuffled(stream_of(rows), 0, np.random.default_rng(3)).at_s // WEEK_S
    counts = np.bincount(weeks, minlength=8)
    assert abs(counts - 500).max() < 4 * np.sqrt(500)

"""Shares of channels count different posts; a change is told only where there is enough to tell it from."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from lippen.engine import Engine
from lippen.trade.channels import (
    CHANNEL_CHANGES,
    CHANNEL_WEEKS,
    HALF_WEEKS,
    LEAST_POSTS,
    channel_changes,
    channel_weeks,
)

MONDAY = dt.date(2025, 6, 2)


def posts(rows: list[tuple[dt.date, str | None, str]]) -> pa.Table:
    schema = pa.schema([("week", pa.date32()), ("channel", pa.string()), ("group", pa.string())])
    return pa.Table.from_pylist(
        [{"week": week, "channel": channel, "group": group} for week, channel, group in rows], schema
    )


def weeks(counts: dict[str, tuple[int, int]]) -> pa.Table:
    """Each channel's posts a week in the first half and in the last one."""
    rows = []
    for number in range(2 * HALF_WEEKS):
        half = number // HALF_WEEKS
        of = sum(count[half] for count in counts.values())
        week = MONDAY + dt.timedelta(weeks=number)
        rows += [
            {"week": week, "channel": channel, "posts": count[half], "of_posts": of}
            for channel, count in counts.items()
            if count[half]
        ]
    return pa.Table.from_pylist(rows, CHANNEL_WEEKS)


LAST = MONDAY + dt.timedelta(weeks=2 * HALF_WEEKS - 1)


def test_an_advert_counts_once_a_week_in_each_channel_however_often_it_is_posted(engine: Engine) -> None:
    copies = [(MONDAY, "social", "one") for _ in range(1_000)]
    told = [*copies, (MONDAY, "phone", "one"), (MONDAY, "phone", "two"), (MONDAY, None, "three")]
    told.append((MONDAY + dt.timedelta(days=7), "social", "one"))
    assert channel_weeks(engine.table(posts(told)), engine).to_pylist() == [
        {"week": MONDAY, "channel": "phone", "posts": 2, "of_posts": 3},
        {"week": MONDAY, "channel": "social", "posts": 1, "of_posts": 3},
        {"week": MONDAY + dt.timedelta(days=7), "channel": "social", "posts": 1, "of_posts": 1},
    ]


def test_a_channel_that_gains_comes_first_and_one_that_stays_does_not_move() -> None:
    gains, stays, loses = channel_changes(
        weeks({"phone": (20, 20), "social": (5, 15), "street": (15, 5)}), LAST
    ).to_pylist()
    assert [gains["channel"], stays["channel"], loses["channel"]] == ["social", "phone", "street"]
    assert (gains["before"], gains["of_before"], gains["after"]) == (40, 320, 120)
    assert gains["change"] == pytest.approx(0.25)
    assert (gains["moves"], stays["moves"], loses["moves"]) == (True, False, True)
    assert gains["low"] < gains["change"] < gains["high"]


def two_weeks(before: int, of_before: int, after: int, of_after: int) -> dict[str, Any]:
    """What is told of one channel, from a week in each half."""
    later = MONDAY + dt.timedelta(weeks=HALF_WEEKS)
    rows = [(MONDAY, before, of_before), (later, after, of_after)]
    table = pa.Table.from_pylist(
        [{"week": week, "channel": "a", "posts": posts, "of_posts": of} for week, posts, of in rows],
        CHANNEL_WEEKS,
    )
    (row,) = channel_changes(table, LAST).to_pylist()
    return dict(row)


def test_the_interval_is_newcombes() -> None:
    """R. G. Newcombe 1998, table II, case (a): 56 of 70 and 48 of 80 give 0.0524 to 0.3339 by method 10."""
    row = two_weeks(48, 80, 56, 70)
    assert (row["low"], row["high"]) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))


def test_of_too_few_posts_nothing_is_said() -> None:
    few = weeks({"phone": (1, 2), "social": (1, 0)})
    assert LEAST_POSTS > 2 * HALF_WEEKS
    for row in channel_changes(few, LAST).to_pylist():
        assert (row["change"], row["low"], row["high"], row["moves"]) == (None, None, None, None)
    nothing = channel_changes(CHANNEL_WEEKS.empty_table(), LAST)
    assert (len(nothing), nothing.schema) == (0, CHANNEL_CHANGES)


def test_where_nothing_changes_some_one_in_twenty_is_told_to_move() -> None:
    draws = np.random.default_rng(7).binomial(200, 0.3, (1_000, 2)).tolist()
    told = [two_weeks(before, 200, after, 200)["moves"] for before, after in draws]
    assert 0.02 <= sum(told) / len(told) <= 0.07

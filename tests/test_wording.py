"""A count agrees with its noun, and what others wrote does nothing to whoever reads it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lippen.wording import (
    OLD_DAYS,
    counted,
    for_one,
    how_old,
    how_old_its_parts,
    is_news,
    last_days,
    not_over,
    not_whole,
    plain,
)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((0, "row"), "0 rows"),
        ((1, "row"), "1 row"),
        ((2000, "row"), "2,000 rows"),
        ((1, "row has", "rows have"), "1 row has"),
        ((3, "row has", "rows have"), "3 rows have"),
        ((1.0, "false episode"), "1 false episode"),
        ((0.5, "false episode"), "0.5 false episodes"),
        ((-1, "day"), "-1 days"),
    ],
)
def test_a_count_agrees_with_its_noun(args, said):
    assert counted(*args) == said


def test_what_a_terminal_would_act_on_is_shown_as_a_mark() -> None:
    assert plain("a\x1b[2Jb\x9b\u202ec\u2066\r\n\u2028d") == "a\ufffd[2Jb\ufffd\ufffdc" + "\ufffd" * 4 + "d"
    assert plain("Zoë Ní Dhónaill “…” 学校 €") == "Zoë Ní Dhónaill “…” 学校 €"


def test_a_newest_week_says_that_it_is_old_once_two_weeks_have_passed() -> None:
    today = date(2026, 11, 29)
    assert how_old(date(2025, 12, 31), today) == ("This is the newest week there is. It ended 333 days ago.")
    assert how_old(today - timedelta(OLD_DAYS), today) == ""
    assert "15 days ago" in how_old(today - timedelta(OLD_DAYS + 1), today)
    assert how_old(today + timedelta(1), today) == ""


def test_of_a_newest_week_that_is_not_old_it_says_what_in_it_is() -> None:
    today = date(2026, 11, 29)
    last = last_days({"listings": {"last_day": "2025-12-31"}, "sightings": {"last_day": "2026-11-28"}})
    assert how_old_its_parts(today, last, today) == "The newest advert is of 31 December 2025, 333 days ago."
    assert how_old_its_parts(today, last_days({"listings": None, "sightings": None}), today) == ""
    assert how_old_its_parts(date(2025, 12, 31), last, today) == how_old(date(2025, 12, 31), today)


def test_a_price_that_shifted_is_news_for_eight_weeks() -> None:
    week = date(2026, 11, 23)
    assert is_news(week - timedelta(weeks=7), week)
    assert not is_news(week - timedelta(weeks=8), week)


@pytest.mark.parametrize(
    ("unit", "said"), [("g", "for 1 g"), ("tablets", "a tablet"), ("patches", "a patch")]
)
def test_a_price_is_for_one(unit: str, said: str) -> None:
    assert for_one(unit) == said


def test_of_a_week_that_is_not_over_its_end_is_told() -> None:
    said = "This week is not over: it ends on Sunday 29 November, and more may come."
    assert not_over(date(2026, 11, 29), date(2026, 11, 25)) == said
    assert not_over(date(2026, 11, 29), date(2026, 11, 29)) == said
    assert not_over(date(2026, 11, 29), date(2026, 11, 30)) == ""


def test_where_adverts_end_before_their_week_does_the_day_is_told() -> None:
    sunday = date(2026, 1, 4)
    said = "The adverts reach up to Wednesday 31 December. Later days of this week are not counted."
    assert not_whole(sunday, date(2025, 12, 31)) == said
    assert not_whole(sunday, date(2025, 12, 29))
    for last in (sunday, date(2025, 12, 28), None):
        assert not_whole(sunday, last) == ""

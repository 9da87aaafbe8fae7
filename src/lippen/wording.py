"""Counts and ages as a sentence says them, and what others wrote as a terminal shows it."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from typing import Final

OLD_DAYS: Final = 14
"""For so many days after its end the newest week needs no warning: exports come weekly, and some late."""


def counted(count: float, noun: str, many: str | None = None) -> str:
    """A count with its noun: `1 row`, `2,000 rows`, `0.5 episodes`; `many` is the plural where it is not the
    noun with an s.
    """
    number = f"{count:g}" if isinstance(count, float) else f"{count:,}"
    return f"{number} {noun if count == 1 else many or noun + 's'}"


def how_old(until: date, today: date) -> str:
    """That the newest week, whose last day is `until`, ended long ago; "" where it did not."""
    ago = (today - until).days
    return f"This is the newest week there is. It ended {counted(ago, 'day')} ago." if ago > OLD_DAYS else ""


def not_over(until: date, today: date) -> str:
    """That the newest week, whose last day is `until`, is not over; "" where it is. What is told of such a
    week says too little, and never too much.
    """
    if until < today:
        return ""
    return f"This week is not over: it ends on {_day(until)}, and more may come."


def not_whole(until: date, last: date | None) -> str:
    """That the adverts of the newest week, which ends with `until`, reach up to the earlier day `last`; ""
    where they reach its end, or lie before it. Such a week has fewer for that alone.
    """
    if last is None or not until - timedelta(days=7) < last < until:
        return ""
    return f"The adverts reach up to {_day(last)}. Later days of this week are not counted."


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def plain(text: str) -> str:
    """The same text without signs that a terminal or a page acts on instead of showing them: controls, line
    breaks, and what turns the direction of writing. In the place of each stands U+FFFD.
    """
    return "".join("\ufffd" if _acts(sign) else sign for sign in text)


def _acts(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category.startswith("C") or category in ("Zl", "Zp")

"""Counts and ages as a sentence says them, and what others wrote as a terminal shows it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

OLD_DAYS: Final = 14
"""For so many days after its end the newest week needs no warning: exports come weekly, and some late."""


SHIFT_WEEKS: Final = 8
"""For so many weeks a shift of a price is news."""


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


def how_old_its_parts(until: date, last: Mapping[str, str | None], today: date) -> str:
    """The same, or where only what came of one sort is old, which: `last` has the last day (ISO 8601) of each
    by its name, such as `advert`. "" where neither is so.
    """
    return how_old(until, today) or " ".join(
        f"The newest {what} is of {on.day} {on:%B} {on.year}, {ago:,} days ago."
        for what, written in last.items()
        if written and (ago := (today - (on := date.fromisoformat(written))).days) > OLD_DAYS
    )


def for_one(unit: str) -> str:
    """For what a price is asked: "a tablet" of tablets, "a patch" of patches, "for 1 g" of g."""
    if not unit.endswith("s"):
        return f"for 1 {unit}"
    return f"a {unit[: -2 if unit.endswith(('ches', 'xes')) else -1]}"


def last_days(facts: Mapping[str, Any]) -> dict[str, str | None]:
    """The last day of each sort in facts of the trade, for `how_old_its_parts`."""
    sorts = {"advert": facts["listings"], "sighting": facts["sightings"]}
    return {what: came and came["last_day"] for what, came in sorts.items()}


def is_news(shifted: date, week: date) -> bool:
    """Whether a price that shifted in the week `shifted` is news in the week that begins on `week`."""
    return shifted > week - timedelta(weeks=SHIFT_WEEKS)


def why_untold(alarms: Iterable[Mapping[str, Any]]) -> str:
    """Why it cannot be told of any count whether it is ordinary, each source by itself; "" where it can of
    one, or there is none. `alarms` are rows of TRADE_ALARMS.
    """
    rows = list(alarms)
    if any(row["alarm"] is not None for row in rows):
        return ""
    return " ".join(sorted({row["says"] for row in rows}))


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

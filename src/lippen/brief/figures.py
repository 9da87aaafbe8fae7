"""Figures as people read them: counts, shares, spans, days, and odds. Null is always "cannot tell"."""

import math
from datetime import date, datetime

CANNOT_TELL = "cannot tell"
_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def count(value: int | None) -> str:
    """12345 as "12,345"."""
    return CANNOT_TELL if value is None else f"{value:,}"


def spelled(value: int | None) -> str:
    """Counts to ten in words, as prose has them; "no" for nought."""
    return _WORDS[value] if value is not None and 0 <= value < len(_WORDS) else count(value)


def plural(value: int | None, one: str, many: str | None = None, *, in_words: bool = False) -> str:
    """A count with its noun: "1 incident", "2 incidents"."""
    number = spelled(value) if in_words else count(value)
    return f"{number} {one if value == 1 else many or one + 's'}"


def decimal(value: float | None, places: int = 1) -> str:
    """1.50 as "1.5", 2.0 as "2"; a small number keeps one digit that is not nought."""
    if value is None:
        return CANNOT_TELL
    if value and abs(value) < 10**-places / 2:
        return f"{value:.1g}" if abs(value) >= 1e-4 else "almost 0"
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def fixed(value: float | None, places: int = 2) -> str:
    """Always so many places, for columns that are compared by eye."""
    return CANNOT_TELL if value is None else f"{value:.{places}f}"


def percent(share: float | None, places: int = 0) -> str:
    """0.254 as "25%"."""
    return CANNOT_TELL if share is None else f"{share * 100:.{places}f}%"


def change(relative: float | None) -> str:
    """0.12 as "+12%", with a true minus sign; threefold and more as "3.2 times"."""
    if relative is None:
        return CANNOT_TELL
    if relative >= 2:
        return f"{relative + 1:,.1f} times"
    whole = round(relative * 100)
    return f"{'+' if whole > 0 else '−' if whole < 0 else ''}{abs(whole)}%"


def change_span(low: float, high: float) -> str:
    """An interval of change: "+23% to +39%", or "4.1 to 4.7 times". An end is nought only when it is."""
    if low >= 2:
        return f"{low + 1:,.1f} to {change(high)}"
    return f"{_end(low)} to {_end(high)}"


def _end(relative: float) -> str:
    if relative == 0 or round(relative * 100):
        return change(relative)
    return f"{'+' if relative > 0 else '−'}{decimal(abs(relative) * 100)}%"


def odds(probability: float | None) -> str:
    """A chance as "about 1 in 2,000", a denominator of two figures; from 0.95 on "nearly all"."""
    if probability is None:
        return CANNOT_TELL
    if probability >= 0.95:
        return "nearly all"
    if probability > 0.25:
        return f"about {round(probability * 10)} in 10"
    if probability < 1e-9:
        return "less than 1 in a thousand million"
    whole = 1 / probability
    step = 10 ** max(0, math.floor(math.log10(whole)) - 1)
    return f"about 1 in {round(whole / step) * step:,}"


def short_count(value: int) -> str:
    """For a square of the map: 12,345 as "12k"."""
    for size, letter in ((1_000_000, "m"), (1_000, "k")):
        if value >= size:
            shown = value / size
            return f"{shown:.1f}{letter}" if shown < 9.95 else f"{shown:.0f}{letter}"
    return str(value)


def day(text: str | date | None, *, weekday: bool = False, year: bool = True) -> str:
    """2019-01-15 as "15 January 2019"; what is no ISO date comes back as it is."""
    if text is None:
        return CANNOT_TELL
    try:
        value = text if isinstance(text, date) else datetime.fromisoformat(text)
    except ValueError:
        return str(text)
    before = f"{value:%A} " if weekday else ""
    after = f" {value.year}" if year else ""
    return f"{before}{value.day} {value:%B}{after}"


def month(text: str) -> str:
    """2019-01 as "January 2019"; what is no month comes back as it is."""
    try:
        return f"{date.fromisoformat(f'{text}-01'):%B %Y}"
    except ValueError:
        return text


def span(first: str | None, last: str | None) -> str:
    """Two days as "15 January to 28 February 2019"."""
    if first is None or last is None:
        return CANNOT_TELL
    same_year = first[:4] == last[:4]
    return day(first) if first == last else f"{day(first, year=not same_year)} to {day(last)}"


def moments(first: str | None, last: str | None) -> str:
    """Two local times as "Friday 18 January 2019, 21:04 to 22:10"."""
    if first is None:
        return "time not known"
    start = moment(first)
    end = moment(last) if last is not None else start
    if start is None or end is None:
        return f"{first} to {last}" if last else first
    text = f"{day(start, weekday=True)}, {start:%H:%M}"
    if end == start:
        return text
    return (
        f"{text} to {end:%H:%M}"
        if end.date() == start.date()
        else f"{text} to {day(end, year=False)}, {end:%H:%M}"
    )


def moment(text: str | None) -> datetime | None:
    """A local time, or None when it is none."""
    try:
        return datetime.fromisoformat(text) if text is not None else None
    except ValueError:
        return None


def clock_minutes(first: str | None, last: str | None) -> int | None:
    """Minutes between two local times as `moments` prints them, without their seconds."""
    start, end = (
        at.replace(second=0, microsecond=0, tzinfo=None) if at is not None else None
        for at in (moment(first), moment(last))
    )
    return None if start is None or end is None else round((end - start).total_seconds() / 60)


def minutes(value: float | None) -> str:
    """A length of time: 75 as "1 h 15 min"."""
    if value is None:
        return CANNOT_TELL
    whole = round(value)
    if whole < 60:
        return f"{whole} min"
    if whole < 48 * 60:
        hours, rest = divmod(whole, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{decimal(whole / 1440)} days"


def seconds(value: float | None) -> str:
    """The time a stage took."""
    if value is None:
        return CANNOT_TELL
    return f"{value:.1f} s" if value < 60 else f"{int(value // 60)} min {int(value % 60)} s"


def listing(items: list[str], most: int = 6) -> str:
    """["A", "B", "C"] as "A, B and C"; beyond `most`, "and 4 more"."""
    if len(items) > most:
        return f"{', '.join(items[:most])} and {len(items) - most:,} more"
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"

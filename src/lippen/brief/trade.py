"""The section on the trade: what was seen and held, in what words, at what price, and what is new.

On paper it is one page, so each part shows a few rows and names the file that has the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypedDict

import pyarrow as pa
from markupsafe import Markup

from lippen.brief import figures, trade_words
from lippen.brief.plain_text import isolated, plain
from lippen.brief.schema import Clock, Facts
from lippen.brief.svg import element
from lippen.brief.trade_facts import Trade
from lippen.wording import SHIFT_WEEKS, not_whole

WEEKS_SHOWN = 8
_MOST_ALARMS = 4
_MOST_SUBSTANCES = 6
_MOST_WORDS = 3
_MOST_SHIFTS = 2
_MOST_CHANNELS = 2
_MOST_AREAS = 3

Row = Mapping[str, Any]


class TradeSection(TypedDict):
    """The trade, as the page shows it. A list is empty where there is nothing to show, and a sentence beside
    it then says why.
    """

    in_short: Markup
    until: str
    of_the_week: str
    this_week: str
    alarms: list[Markup]
    alarms_left_out: int
    substances: list[tuple[Markup, str, Markup, str, str]]
    substances_left_out: int
    shifts: list[Markup]
    shifts_left_out: int
    no_shift: str
    words_sentence: str
    words: list[tuple[Markup, Markup, str, str, str]]
    words_left_out: int
    channels: list[Markup]
    channels_left_out: int
    areas: list[tuple[Markup, Markup, str]]
    areas_left_out: int
    louder: str
    wrong: str
    standing: str


def trade_section(facts: Facts, tables: Mapping[str, pa.Table]) -> TradeSection | None:
    """The section's figures and sentences; None where the facts say nothing of the trade."""
    trade = facts["trade"]
    if trade is None:
        return None
    rows = {name: tables[name].to_pylist() for name in tables if name.startswith("trade_")}
    lines = _substances(trade, rows["trade_weeks"])
    alarms = trade_words.raised(rows["trade_alarms"])
    shifts = sorted(
        trade_words.shifted_lately(trade, rows["trade_price_shifts"]),
        key=lambda row: -abs(row["change"] or 0),
    )
    moved = [said for row in rows["trade_channels"] if (said := trade_words.channel(row)) is not None]
    areas = sorted(rows["trade_areas"], key=lambda row: -row["sightings"])
    words = sorted(rows["trade_confirmed"], key=lambda row: (-row["decided"].toordinal(), row["term"]))
    return {
        "in_short": trade_words.in_short(trade, rows),
        "until": figures.span(trade["week"], trade["until"]),
        "of_the_week": _of_the_week(facts["clock"], trade),
        "this_week": trade_words.this_week(trade, rows["trade_alarms"]),
        "alarms": [trade_words.alarm(row) for row in alarms[:_MOST_ALARMS]],
        "alarms_left_out": max(0, len(alarms) - _MOST_ALARMS),
        "substances": lines[:_MOST_SUBSTANCES],
        "substances_left_out": max(0, len(lines) - _MOST_SUBSTANCES),
        "shifts": [trade_words.shift(row, trade["currency"]) for row in shifts[:_MOST_SHIFTS]],
        "shifts_left_out": max(0, len(shifts) - _MOST_SHIFTS),
        "no_shift": _no_shift(rows["trade_price_shifts"]),
        "words_sentence": trade_words.new_words(trade["words"], len(words)),
        "words": [_word(row) for row in words[:_MOST_WORDS]],
        "words_left_out": max(0, len(words) - _MOST_WORDS),
        "channels": moved[:_MOST_CHANNELS],
        "channels_left_out": max(0, len(moved) - _MOST_CHANNELS),
        "areas": [
            (
                isolated(row["larger_area"], 48),
                isolated(row["substance"], 48),
                figures.count(row["sightings"]),
            )
            for row in areas[:_MOST_AREAS]
        ],
        "areas_left_out": max(0, len(areas) - _MOST_AREAS),
        "louder": trade_words.louder(trade["listings"]),
        "wrong": trade_words.wrong(trade["model"]),
        "standing": trade_words.STANDING,
    }


def _of_the_week(clock: Clock | None, trade: Trade) -> str:
    """That the newest week was not over, or what in it was old, when this was written; and up to which day
    its adverts reach."""
    short = not_whole(date.fromisoformat(trade["until"]), _last_advert(trade))
    then = (clock and clock["trade_week"]) or []
    return " ".join([*(plain(one, 200) for one in then), *([short] if short else [])])


def _last_advert(trade: Trade) -> date | None:
    came = trade["listings"]
    return date.fromisoformat(came["last_day"]) if came and came["last_day"] else None


def _substances(trade: Trade, weeks: Sequence[Row]) -> list[tuple[Markup, str, Markup, str, str]]:
    """A line each substance and source of the last weeks: name, source, bars, this week, the weeks before."""
    last = date.fromisoformat(trade["week"])
    shown = [last - timedelta(weeks=back) for back in reversed(range(WEEKS_SHOWN))]
    counts: dict[tuple[str, str], dict[date, int]] = {}
    for row in weeks:
        if row["week"] in shown:
            counts.setdefault((row["source"], row["substance"]), {})[row["week"]] = row["different"]
    lines = []
    ordered = sorted(
        counts.items(), key=lambda one: (-one[1].get(last, 0), -sum(one[1].values()), one[0][1], one[0][0])
    )
    for (source, substance), by_week in ordered:
        told = [by_week.get(week) for week in shown]
        lines.append(
            (
                isolated(substance, 48),
                trade_words.SOURCES.get(source, plain(source, 20)),
                _bars(told),
                _or_few(told[-1]),
                _before(told[:-1]),
            )
        )
    return lines


def _or_few(count: int | None) -> str:
    return "under 5" if count is None else figures.count(count)


def _before(told: Sequence[int | None]) -> str:
    """The range of the weeks before, in which a week that is not told counts as under five."""
    known = [count for count in told if count is not None]
    if not known:
        return "under 5"
    low = "under 5" if len(known) < len(told) else figures.count(min(known))
    high = figures.count(max(known))
    return low if low == high else f"{low} to {high}"


def _bars(told: Sequence[int | None]) -> Markup:
    """A bar for each week, the last one darker; a week under five has a dot at its foot."""
    top = max(count for count in told if count is not None)
    wide = 100 / len(told)
    parts = []
    for at, count in enumerate(told):
        left, last = f"{at * wide + 1:.1f}%", at == len(told) - 1
        if count is None:
            parts.append(element("circle", cx=f"{(at + 0.5) * wide:.1f}%", cy=14, r=1.5, class_="few"))
            continue
        height = max(2.0, 15 * count / top)
        css = "bar last" if last else "bar"
        parts.append(
            element("rect", x=left, width=f"{wide - 2:.1f}%", y=16 - height, height=height, class_=css)
        )
    return element("svg", *parts, class_="chart spark weeks", width="100%", height=16, aria_hidden="true")


def _no_shift(shifts: Sequence[Row]) -> str:
    if not shifts:
        return "There are too few prices, over too few weeks, to tell whether any level shifted."
    return (
        f"No level shifted in the last {figures.spelled(SHIFT_WEEKS)} weeks by more than chance explains, of"
        f" {figures.plural(len(shifts), 'price')} with weeks enough to say."
    )


def _word(row: Row) -> tuple[Markup, Markup, str, str, str]:
    """A confirmed word: itself, what it means, what it was met in, since when, and when it was confirmed."""
    met = figures.plural(row["texts"], "text")
    if row["posts"] != row["texts"]:
        met += f", {figures.plural(row['posts'], 'post')}"
    means = isolated(row["substance"], 40) if row["substance"] else Markup("not known yet")
    return (
        isolated(row["term"], 60),
        means,
        met,
        figures.day(row["first_seen"]),
        figures.day(row["decided"]),
    )

"""The reader of channels: through what things are offered, week by week, and which gain and lose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup

from lippen.brief import figures
from lippen.brief.charts import change_whisker
from lippen.brief.plain_text import plain
from lippen.results import TRADE_CHANNEL_WEEKS, TRADE_CHANNELS
from lippen.site.accounts.acting import Acting
from lippen.site.trade import charts
from lippen.site.trade.entering import enter_look
from lippen.site.trade.found import LONGEST_NAME, SOURCES, Row, ask, facts, named, rows_of, weeks_until
from lippen.site.trade.sight import check

WEEKS_DRAWN: Final = 26
FEW: Final = "too few to say"


@dataclass(frozen=True)
class ChannelLine:
    """How a channel's share of what was seen changed. `bars` are its posts week by week, `latest` those of
    the newest week; both are empty where weeks were not asked for.
    """

    source: str
    channel: Markup
    before: str
    after: str
    change: str
    interval: str
    whisker: Markup
    word: str
    moves: bool
    bars: Markup
    latest: str


@dataclass(frozen=True)
class ChannelsSeen:
    """Channels by source: what pages call it, its rows, how many weeks its bars show, and the weeks as a
    table (a week, and each channel's posts in it).
    """

    sources: tuple[tuple[str, tuple[ChannelLine, ...], int, WeekTable], ...]
    until: str


@dataclass(frozen=True)
class WeekTable:
    """Different posts by week and channel: the channels as headings, and a row a week, the newest first."""

    channels: str
    rows: tuple[tuple[date, tuple[str, ...]], ...]


def channels(acting: Acting) -> ChannelsSeen | None:
    """Every channel, entered; None where nothing was reckoned yet.

    Raises PermissionError, and RegisterUnavailable.
    """
    check(acting)
    told = facts()
    enter_look(acting, "channels of the trade")
    if told is None:
        return None
    changes, days = rows_of(TRADE_CHANNELS), weeks_until(date.fromisoformat(told["week"]), WEEKS_DRAWN)
    weeks, begun = _weeks(days[0]), _begun()
    return ChannelsSeen(
        sources=tuple(
            _source(
                source,
                changes,
                [row for row in weeks if row["source"] == source],
                [day for day in days if day >= begun.get(source, days[-1])] or days[-1:],
            )
            for source in SOURCES
            if any(row["source"] == source for row in changes)
        ),
        until=told["until"],
    )


def moving(rows: Sequence[Row]) -> tuple[ChannelLine, ...]:
    """Those of TRADE_CHANNELS that gain or lose more than chance explains."""
    return tuple(_line(row) for row in rows if row["moves"])


def _weeks(since: date) -> list[Row]:
    """The posts of each channel, by week, in the weeks from `since` on."""
    return ask(
        f"SELECT source, week, channel, posts FROM {TRADE_CHANNEL_WEEKS} WHERE week >= $since"  # noqa: S608 - a name of the library
        " ORDER BY source, week, channel",
        {"since": since},
    )


def _begun() -> dict[str, date]:
    """The first week of each source. Nothing was brought in of the weeks before it."""
    found = ask(f"SELECT source, min(week) AS week FROM {TRADE_CHANNEL_WEEKS} GROUP BY source")  # noqa: S608 - a name of the library
    return {row["source"]: row["week"] for row in found}


def _source(
    source: str, changes: Sequence[Row], weeks: Sequence[Row], days: Sequence[date]
) -> tuple[str, tuple[ChannelLine, ...], int, WeekTable]:
    """`days`: the weeks that are told, the newest last; one in which nothing was met stands as none."""
    posts = {(row["channel"], row["week"]): row["posts"] for row in weeks}
    own = [row for row in changes if row["source"] == source]
    lines = tuple(_line(row, [posts.get((row["channel"], day), 0) for day in days]) for row in own)
    # A heading is split where it has a bar, and one that ends in "#" is set as a number: none may say so.
    names = [plain(row["channel"], LONGEST_NAME).replace("|", "¦").rstrip("#") for row in own]
    table = WeekTable(
        channels="|".join(["Week from", *(f"{name}#" for name in names)]),
        rows=tuple(
            (day, tuple(figures.count(posts.get((row["channel"], day), 0)) for row in own))
            for day in days[::-1]
        ),
    )
    return SOURCES[source], lines, len(days), table


def _line(row: Row, weeks: Sequence[int] = ()) -> ChannelLine:
    low, high, change = row["low"], row["high"], row["change"]
    known = change is not None and low is not None and high is not None
    return ChannelLine(
        source=SOURCES[row["source"]],
        channel=named(row["channel"]),
        before=_share(row["before"], row["of_before"]),
        after=_share(row["after"], row["of_after"]),
        change=_points(change) if known else FEW,
        interval=f"{_points(low)} to {_points(high)}" if known else "",
        whisker=change_whisker(low, high, change),
        word=_word(row),
        moves=bool(row["moves"]),
        bars=charts.bars(weeks) if weeks else Markup(""),
        latest=figures.count(weeks[-1]) if weeks else "",
    )


def _share(part: int, whole: int) -> str:
    """A share with what it is of: a share alone would hide how few there are."""
    if not whole:
        return "none"
    return f"{figures.percent(part / whole)} ({part:,} of {whole:,})"


def _points(change: float) -> str:
    """A change of a share in points of a hundred, with a true minus sign."""
    whole = round(change * 100, 1)
    sign = "+" if whole > 0 else "−" if whole < 0 else ""
    return f"{sign}{figures.decimal(abs(whole))}"


def _word(row: Row) -> str:
    if row["moves"] is None:
        return FEW
    if not row["moves"]:
        return "may be chance"
    return "gains" if row["change"] > 0 else "loses"

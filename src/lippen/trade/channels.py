"""Through what things are offered, week by week, and which channels gain and lose.

Shares are of different posts: an advert that is posted a thousand times counts once a week in each channel.
What moves are shares of what was *seen*: a reporting drive in schools raises what the young see, and no more.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import ibis
import pyarrow as pa

from lippen.engine import Engine
from lippen.measured import wilson

LEAST_POSTS: Final = 20
"""Posts in all that each half of a comparison must have; with fewer nothing is said of a change."""

HALF_WEEKS: Final = 8
"""Weeks that are compared with as many before them."""

CHANNEL_WEEKS: Final = pa.schema(
    [
        ("week", pa.date32()),
        ("channel", pa.string()),
        ("posts", pa.int64()),
        ("of_posts", pa.int64()),
    ]
)
"""One row a week (its first day) and channel: different posts in it, and in all channels of that week."""

CHANNEL_CHANGES: Final = pa.schema(
    [
        ("channel", pa.string()),
        ("before", pa.int64()),
        ("of_before", pa.int64()),
        ("after", pa.int64()),
        ("of_after", pa.int64()),
        ("change", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("moves", pa.bool_()),
    ]
)
"""One row a channel: different posts by week in it and in all, in the weeks before and in the last ones; the
change of its share with its 95 % interval (-1 to 1; null where there are too few posts), and whether that
leaves out nothing having changed (null with it)."""


def channel_weeks(posts: ibis.Table, engine: Engine) -> pa.Table:
    """Count different posts by week and channel (CHANNEL_WEEKS), in the order of both.

    `posts` has `week` (the date of its first day), `channel` (string; a null is left out) and `group`
    (whatever tells different posts apart: the copy group of a listing, the id of a sighting).
    """
    known = posts.filter(posts.channel.notnull())
    each = known.select("week", "channel", "group")
    counted = each.distinct().group_by(["week", "channel"]).aggregate(posts=lambda of: of.count())
    in_all = counted.group_by("week").aggregate(of_posts=counted.posts.sum())
    joined = counted.join(in_all, "week").select("week", "channel", "posts", "of_posts")
    return engine.collect(joined, ["week", "channel"]).cast(CHANNEL_WEEKS)


def channel_changes(weeks: pa.Table, last: dt.date) -> pa.Table:
    """Compare the HALF_WEEKS up to the week that begins on `last` with as many before (CHANNEL_CHANGES),
    gains first.

    `weeks` is CHANNEL_WEEKS. The interval is Newcombe's of a difference of two shares (1998, Statistics in
    Medicine 17, method 10), from Wilson's of each. Posts of one seller are no independent draws, so the
    interval is too narrow where few sellers write much.
    """
    begins = last - dt.timedelta(weeks=HALF_WEEKS - 1)
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    of_before: dict[dt.date, int] = {}
    of_after: dict[dt.date, int] = {}
    for row in weeks.to_pylist():
        if not begins - dt.timedelta(weeks=HALF_WEEKS) <= row["week"] <= last:
            continue
        counts, of = (after, of_after) if row["week"] >= begins else (before, of_before)
        counts[row["channel"]] = counts.get(row["channel"], 0) + row["posts"]
        of[row["week"]] = row["of_posts"]
    all_before, all_after = sum(of_before.values()), sum(of_after.values())
    rows = [
        change_of_share(channel, before.get(channel, 0), all_before, after.get(channel, 0), all_after)
        for channel in sorted({*before, *after})
    ]
    rows.sort(key=lambda row: (row["change"] is None, -(row["change"] or 0.0), row["channel"]))
    return pa.Table.from_pylist(rows, CHANNEL_CHANGES)


def change_of_share(channel: str, before: int, of_before: int, after: int, of_after: int) -> dict[str, Any]:
    """One row of CHANNEL_CHANGES, from so many posts of so many before and after."""
    told: dict[str, Any] = {
        "channel": channel,
        "before": before,
        "of_before": of_before,
        "after": after,
        "of_after": of_after,
        "change": None,
        "low": None,
        "high": None,
        "moves": None,
    }
    if min(of_before, of_after) < LEAST_POSTS:
        return told
    earlier, later = before / of_before, after / of_after
    (least_earlier, most_earlier), (least_later, most_later) = (
        wilson(before, of_before),
        wilson(after, of_after),
    )
    change = later - earlier
    low = change - ((later - least_later) ** 2 + (most_earlier - earlier) ** 2) ** 0.5
    high = change + ((most_later - later) ** 2 + (earlier - least_earlier) ** 2) ** 0.5
    return told | {"change": change, "low": low, "high": high, "moves": low > 0 or high < 0}

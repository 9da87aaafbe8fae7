"""What changed in a week, in a few plain lines: for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import pyarrow as pa

from lippen.results import (
    TRADE_ADVERTS,
    TRADE_ALARMS,
    TRADE_CHANNELS,
    TRADE_PRICE_SHIFTS,
    TRADE_TERMS,
)
from lippen.trade.tables import TradeFacts
from lippen.wording import SHIFT_WEEKS, counted, for_one, is_news, plain, why_untold

_MOST: Final = 5
_SIGNS: Final = 60


def in_plain_words(facts: TradeFacts, tables: Mapping[str, pa.Table]) -> str:
    """A paragraph each on what came, alarms, new words, prices, channels and the loudest adverts, and on how
    often adverts are told wrongly. What posts say in it can hold no sign that a terminal acts on."""
    paragraphs = [
        list(_came(facts)),
        list(_alarms(_rows(tables, TRADE_ALARMS))),
        list(_words(facts, _rows(tables, TRADE_TERMS))),
        list(_prices(facts, _rows(tables, TRADE_PRICE_SHIFTS))),
        list(_channels(_rows(tables, TRADE_CHANNELS))),
        list(_loudest(_rows(tables, TRADE_ADVERTS))),
        list(_model(facts)),
    ]
    return "\n".join("\n".join(map(plain, lines)) + "\n" for lines in paragraphs if lines)


def _rows(tables: Mapping[str, pa.Table], name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tables[name].to_pylist()
    return rows


def _came(facts: TradeFacts) -> Iterator[str]:
    yield f"The week from {_day(facts['week'])} to {_day(facts['until'])}"
    posted, seen = facts["listings"], facts["sightings"]
    if posted is not None:
        different = counted(posted["different"], "different one")
        yield (
            f"{counted(posted['posts'], 'post')} of collections since {_day(posted['first_day'])}:"
            f" {different}, {posted['adverts']:,} of them adverts of drugs."
        )
    if seen is not None:
        yield f"{counted(seen['posts'], 'sighting')} since {_day(seen['first_day'])}."


def _alarms(rows: list[dict[str, Any]]) -> Iterator[str]:
    raised = [row for row in rows if row["alarm"]]
    if raised:
        yield "More than chance and season explain:"
        for row in raised:
            yield f"- {row['substance']}, {row['larger_area']}: {row['says']}"
    elif any(row["alarm"] is not None for row in rows):
        yield "No count is higher than chance and season explain."
    elif rows:
        yield f"Whether any count is unusual: {why_untold(rows)}"


def _words(facts: TradeFacts, rows: list[dict[str, Any]]) -> Iterator[str]:
    why, as_of = facts["new_terms"]["why_none"], facts["new_terms"]["until"]
    if as_of < facts["week"]:
        yield f"Words were ranked as of {_day(as_of)}: no newer advert was brought in."
    if why is not None:
        yield f"No new word was looked for: {why}"
        return
    raised = [row for row in rows if row["raised"]]
    yield (
        f"Words that may be new: {len(raised)} of {len(rows)} are worth a look. A word here is no finding:"
        " it is for somebody who knows the town to answer."
    )
    if len(raised) > 2 * _MOST:
        yield f"{2 * _MOST} of them:"
    for row in raised[: 2 * _MOST]:
        like = f", in the places of {', '.join(row['nearest'])}" if row["nearest"] else ""
        since = f"{counted(row['texts'], 'text')} lately, first on {row['first_seen']}"
        other = " ".join(row["may_be"])
        yield f"- {row['term']}: {since}{like}. {other}".rstrip()


def _prices(facts: TradeFacts, rows: list[dict[str, Any]]) -> Iterator[str]:
    week = date.fromisoformat(facts["week"])
    shifted = [row for row in rows if row["shifted"] and is_news(row["week"], week)]
    lately = f"in the last {SHIFT_WEEKS} weeks"
    yield f"Prices that shifted {lately}:" if shifted else f"No price shifted {lately} beyond chance."
    for row in shifted:
        before, after = row["before_pence"] / 100, row["after_pence"] / 100
        yield (
            f"- {row['substance']}, {for_one(row['unit'])}, in {row['source']}: from £{before:.2f} to"
            f" £{after:.2f} about the week of {row['week']}."
        )


def _channels(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        if row["moves"]:
            change, low, high = (100 * row[name] for name in ("change", "low", "high"))
            yield (
                f"{row['channel']} moves, in {row['source']}: its share changed by {change:+.0f} points"
                f" ({low:+.0f} to {high:+.0f}) in eight weeks."
            )


def _loudest(rows: list[dict[str, Any]]) -> Iterator[str]:
    if rows:
        yield "The loudest adverts of the week (how much louder, not how many more):"
    for row in rows[:_MOST]:
        said = " ".join(row["text"].split())[:_SIGNS]
        days = counted(row["days_seen"], "day")
        yield f"- {counted(row['listings'], 'post')} of one advert on {days}: {said}"


def _model(facts: TradeFacts) -> Iterator[str]:
    model = facts["model"]
    if model is not None:
        yield (
            f"How often adverts are told wrongly: on {model['n']:,} {model['measured_on']}, F1"
            f" {model['f1']:.3f}; of {model['harmless']} harmless posts {model['harmless_wrong']}"
            f" {'was' if model['harmless_wrong'] == 1 else 'were'} taken for adverts. {model['says']}"
        )


def _day(written: str) -> str:
    return f"{date.fromisoformat(written):%-d %B %Y}"

"""Episodes as the page shows them: the strongest as cards, the rest in a compact table."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pyarrow as pa
import pyarrow.compute as pc
from markupsafe import Markup

from lippen.brief import diversion, figures, words
from lippen.brief.plain_text import isolated
from lippen.brief.schema import OUTCOMES
from lippen.brief.time_strip import StripRow, mark_and_words, time_strip

_MOST_CARDS = 25
_MOST_LINES = 500
_MOST_STRIP_ROWS = 30
_MOST_IDS = 20


class Card(TypedDict):
    """One episode in full."""

    number: int
    strength: str
    when: str
    where: Markup
    kinds: Markup
    size: str
    facts: list[tuple[str, str]]
    strip: Markup | None
    strip_numbered: bool
    strip_rows: list[tuple[str, Markup, Markup, str]]
    strip_left_out: int
    ids: list[Markup]
    ids_left_out: int
    reasons: list[Markup]
    innocent: list[Markup]
    checks: list[Markup]
    verdict: str
    diversion: list[str | Markup]


class Line(TypedDict):
    """One episode in a row of the compact table."""

    number: int
    when: str
    where: Markup
    kinds: Markup
    found: str
    odds: str


class Shown(TypedDict):
    """The page's episodes: some in full, the rest in short, and the marks that their strips use."""

    cards: list[Card]
    lines: list[Line]
    left_out: int
    legend: list[tuple[str, str]]
    numbered: bool


def shown(tables: Mapping[str, pa.Table]) -> Shown:
    """Episodes in the order of their table, the strongest first: up to 25 cards, then up to 500 lines."""
    episodes = tables["episodes"].slice(0, _MOST_CARDS + _MOST_LINES).to_pylist()
    carded = {row["episode_id"] for row in episodes[:_MOST_CARDS]}
    strips: dict[str, list[StripRow]] = {episode: [] for episode in carded}
    for row in tables["episode_strip"].to_pylist():
        if row["episode_id"] in carded:
            strips[row["episode_id"]].append(row)
    ids: dict[str, list[str]] = {episode: [] for episode in carded}
    for row in tables["episode_incidents"].to_pylist():
        if row["episode_id"] in carded:
            ids[row["episode_id"]].append(row["incident_id"])
    drawn = {row["episode_id"]: row for row in tables["diversion"].to_pylist()}
    cards = [
        _card(i, row, strips[row["episode_id"]], ids[row["episode_id"]], drawn.get(row["episode_id"]))
        for i, row in enumerate(episodes[:_MOST_CARDS], 1)
    ]
    return {
        "cards": cards,
        "lines": [_line(i, row) for i, row in enumerate(episodes[_MOST_CARDS:], _MOST_CARDS + 1)],
        "left_out": tables["episodes"].num_rows - len(episodes),
        "numbered": any(card["strip_numbered"] for card in cards),
        "legend": legend_of([row for strip in strips.values() for row in strip]),
    }


def card_of(tables: Mapping[str, pa.Table], episode_id: str) -> Card | None:
    """One episode in full, numbered as in `shown`; None where the tables hold no such episode."""
    named = pc.index(tables["episodes"]["episode_id"], episode_id).as_py()
    if named < 0:
        return None
    (row,) = tables["episodes"].slice(named, 1).to_pylist()
    strip, ids, drawn = (
        tables[name].filter(pc.equal(tables[name]["episode_id"], episode_id)).to_pylist()
        for name in ("episode_strip", "episode_incidents", "diversion")
    )
    return _card(named + 1, row, strip, [one["incident_id"] for one in ids], drawn[0] if drawn else None)


def lines_of(episodes: pa.Table, places: Sequence[int]) -> list[Line]:
    """Some episodes in a row each, by their places in the table, from 0; numbered as in `shown`."""
    rows = episodes.take(pa.array(places, pa.int64())).to_pylist()
    return [_line(place + 1, row) for place, row in zip(places, rows, strict=True)]


def legend_of(rows: Sequence[StripRow]) -> list[tuple[str, str]]:
    """The marks that the strip of these incidents uses, each with what it means."""
    used = {mark_and_words(row["outcome"]) for row in rows}
    return [mark for mark in map(mark_and_words, OUTCOMES) if mark in used]


def _card(
    number: int,
    row: Mapping[str, Any],
    strip: Sequence[StripRow],
    ids: Sequence[str],
    drawn: Mapping[str, Any] | None,
) -> Card:
    timed = [s for s in strip if s["minute"] is not None]
    times = [s["minute"] or 0 for s in timed]
    begin = min(times, default=0)
    length = max(times) - begin if times else 0
    by_clock = figures.clock_minutes(row["first_local"], row["last_local"])
    if by_clock is not None and abs(by_clock - length) <= 1:  # else clocks were changed meanwhile
        length = by_clock
    drawing = time_strip(strip, row["first_local"], row["last_local"])
    lasts = f" over {figures.minutes(length)}" if length else ""
    return {
        "number": number,
        "strength": words.strength(row["q_value"]),
        "when": figures.moments(row["first_local"], row["last_local"]),
        "where": _names(row["areas"], "areas not given"),
        "kinds": _names(row["kinds"], "kinds not given"),
        "size": f"{_size(row['incidents'])}{lasts}",
        "facts": [
            words.found_words(row["incidents"], row["found_unfounded"], row["expected_unfounded"]),
            words.q_words(row["q_value"]),
        ],
        "strip": drawing.drawing if drawing else None,
        "strip_numbered": drawing is not None and drawing.numbered,
        "strip_rows": [
            (
                figures.minutes(minute - begin),
                isolated(s["kind"], 40),
                isolated(s["area"], 40),
                mark_and_words(s["outcome"])[1],
            )
            for s, minute in zip(timed[:_MOST_STRIP_ROWS], times, strict=False)
        ],
        "strip_left_out": max(0, len(timed) - _MOST_STRIP_ROWS),
        "ids": [isolated(one, 40) for one in ids[:_MOST_IDS]],
        "ids_left_out": max(0, len(ids) - _MOST_IDS),
        "reasons": _sentences(row["reasons"]),
        "innocent": _sentences(row["innocent"]),
        "checks": _sentences(row["checks"]),
        "verdict": diversion.verdict(row["diversion"]),
        "diversion": diversion.sentences(row["diversion"], drawn),
    }


def _size(incidents: int | None) -> str:
    return "number of incidents not known" if incidents is None else figures.plural(incidents, "incident")


def _line(number: int, row: Mapping[str, Any]) -> Line:
    return {
        "number": number,
        "when": figures.moments(row["first_local"], row["last_local"]),
        "where": _names(row["areas"], "not given", 2),
        "kinds": _names(row["kinds"], "not given", 2),
        "found": words.found_words(row["incidents"], row["found_unfounded"], None)[0],
        "odds": figures.odds(row["q_value"]),
    }


def _names(values: Sequence[str | None] | None, none: str, most: int = 5) -> Markup:
    """Names from the data, each kept apart from its neighbours."""
    given = [value for value in values or [] if value]
    if not given:
        return Markup("{}").format(none)
    between = Markup("; ") if any("," in value for value in given) else Markup(", ")
    shown = between.join(isolated(value, 40) for value in given[:most])
    return shown + (f" and {len(given) - most:,} more" if len(given) > most else "")


def _sentences(values: Sequence[str | None] | None) -> list[Markup]:
    return [isolated(value, 320) for value in (values or [])[:8] if value]

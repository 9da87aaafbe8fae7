"""Episodes as the page shows them: the strongest as cards, the rest in a compact table."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import pyarrow as pa
from markupsafe import Markup

from lippen.brief import figures, words
from lippen.brief.plain_text import isolated
from lippen.brief.time_strip import OUTCOME_WORDS, StripRow, time_strip

MOST_CARDS = 25
MOST_LINES = 500
_MOST_STRIP_ROWS = 30
_VERDICTS = {
    "consistent with": "Consistent with diversion",
    "no sign": "No sign of diversion",
    "cannot tell": "Diversion: cannot tell",
}


class Card(TypedDict):
    """One episode in full."""

    number: int
    when: str
    where: Markup
    kinds: Markup
    size: str
    facts: list[tuple[str, str]]
    strip: Markup | None
    strip_rows: list[tuple[str, Markup, Markup, str]]
    strip_left_out: int
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


def cards_and_lines(tables: Mapping[str, pa.Table]) -> tuple[list[Card], list[Line]]:
    """Episodes in the order of their table (q-value, then time): up to 25 cards, then up to 500 lines."""
    episodes = tables["episodes"].slice(0, MOST_CARDS + MOST_LINES).to_pylist()
    carded = {row["episode_id"] for row in episodes[:MOST_CARDS]}
    strips: dict[str, list[Any]] = {episode: [] for episode in carded}
    for row in tables["episode_strip"].to_pylist():
        if row["episode_id"] in carded:
            strips[row["episode_id"]].append(row)
    drawn = {row["episode_id"]: row for row in tables["diversion"].to_pylist()}
    cards = [
        _card(i, row, strips[row["episode_id"]], drawn.get(row["episode_id"]))
        for i, row in enumerate(episodes[:MOST_CARDS], 1)
    ]
    return cards, [_line(i, row) for i, row in enumerate(episodes[MOST_CARDS:], MOST_CARDS + 1)]


def _card(
    number: int, row: Mapping[str, Any], strip: Sequence[StripRow], drawn: Mapping[str, Any] | None
) -> Card:
    times = [s["minute"] for s in strip if s["minute"] is not None]
    begin = min(times, default=0)
    lasts = f" over {figures.minutes(max(times) - begin)}" if times and max(times) > begin else ""
    timed = [s for s in strip if s["minute"] is not None]
    return {
        "number": number,
        "when": figures.moments(row["first_local"], row["last_local"]),
        "where": _names(row["areas"], "areas not given"),
        "kinds": _names(row["kinds"], "kinds not given"),
        "size": f"{figures.plural(row['incidents'], 'incident')}{lasts}",
        "facts": [
            words.found_words(row["incidents"], row["found_unfounded"], row["expected_unfounded"]),
            words.p_words(row["p_value"]),
            words.q_words(row["q_value"]),
        ],
        "strip": time_strip(strip, row["first_local"]),
        "strip_rows": [
            (
                figures.minutes((s["minute"] or 0) - begin),
                isolated(s["kind"], 40),
                isolated(s["area"], 40),
                OUTCOME_WORDS.get(s["outcome"] or "unknown", OUTCOME_WORDS["unknown"]),
            )
            for s in timed[:_MOST_STRIP_ROWS]
        ],
        "strip_left_out": max(0, len(timed) - _MOST_STRIP_ROWS),
        "reasons": _sentences(row["reasons"]),
        "innocent": _sentences(row["innocent"]),
        "checks": _sentences(row["checks"]),
        "verdict": _VERDICTS.get(row["diversion"] or "cannot tell", _VERDICTS["cannot tell"]),
        "diversion": _diversion(row["diversion"], drawn),
    }


def _diversion(verdict: str | None, drawn: Mapping[str, Any] | None) -> list[str | Markup]:
    """The diversion statement with its matched controls, sentence by sentence."""
    if drawn is None:
        return [words.diversion_words(None, None, None, None)]
    said: list[str | Markup] = []
    if drawn["statement"]:
        said.append(isolated(drawn["statement"], 400))
    said.append(
        words.diversion_words(verdict, drawn["matched_controls"], drawn["observed"], drawn["expected"])
    )
    if drawn["unit_minutes"] is not None:
        said.append(f"It drew about {figures.minutes(drawn['unit_minutes'])} of units' time in all.")
    if drawn["q_value"] is not None:
        said.append(f"Of findings as strong as this, {figures.odds(drawn['q_value'])} is chance.")
    return said


def _line(number: int, row: Mapping[str, Any]) -> Line:
    return {
        "number": number,
        "when": figures.moments(row["first_local"], row["last_local"]),
        "where": _names(row["areas"], "not given", 2),
        "kinds": _names(row["kinds"], "not given", 2),
        "found": f"{figures.count(row['found_unfounded'])} of {figures.count(row['incidents'])}",
        "odds": figures.odds(row["q_value"]),
    }


def _names(values: Sequence[str | None] | None, none: str, most: int = 5) -> Markup:
    """Names from the data, each kept apart from its neighbours."""
    given = [value for value in values or [] if value]
    if not given:
        return Markup("{}").format(none)
    shown = Markup(", ").join(isolated(value, 40) for value in given[:most])
    return shown + (f" and {len(given) - most:,} more" if len(given) > most else "")


def _sentences(values: Sequence[str | None] | None) -> list[Markup]:
    return [isolated(value, 320) for value in (values or [])[:8] if value]

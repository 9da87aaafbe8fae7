"""How volumes move: weeks against what was expected, kinds that rise or fall, areas."""

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Any, TypedDict, cast

import pyarrow as pa
from markupsafe import Markup

from lippen.brief import figures, words
from lippen.brief.area_map import AreaVolume, area_bars, area_map, map_key, suppressed
from lippen.brief.charts import Week, change_whisker, outside, weekly
from lippen.brief.plain_text import isolated
from lippen.brief.schema import Period

_MOST_MOVED = 12
_MOST_KINDS = 120
_MOST_AREAS = 150
_YEAR = 365
_MOST_NAMED = 3
_DIRECTIONS = {
    "new": "▲ new: not seen earlier",
    "rising": "▲ rising",
    "falling": "▼ falling",
    "steady": "no clear change",
    "unknown": "cannot tell",
}


class KindRow(TypedDict):
    """One kind, earlier and later."""

    kind: Markup
    incidents: str
    earlier: str
    later: str
    change: str
    interval: str
    direction: str
    word: str
    whisker: Markup


class Volumes(TypedDict):
    """How volumes move, as the page shows it."""

    sentence: Markup
    caution: str
    chart: Markup | None
    without_data: str
    outside: int
    counted: int
    weeks: list[tuple[str, str, str, str, str, str]]
    moved: list[KindRow]
    moved_title: str
    kinds: list[KindRow]
    kinds_left_out: int
    map: Markup | None
    map_key: Markup
    bars: Markup | None
    areas: list[tuple[Markup, str, str, str]]
    areas_left_out: int
    assessed: str


def volumes(tables: Mapping[str, pa.Table], period: Period | None) -> Volumes:
    """The section's figures and pictures, from tables `volumes_week`, `volumes_kind` and `volumes_area`."""
    since = _as_day(period["since"]) if period else None
    weeks = cast(list[Week], tables["volumes_week"].to_pylist())
    kinds = tables["volumes_kind"].to_pylist()
    areas = cast(list[AreaVolume], tables["volumes_area"].to_pylist())
    directions = [_direction(row) for row in kinds]
    moved = [row for row, way in zip(kinds, directions, strict=True) if way in ("rising", "falling")]
    moved.sort(
        key=lambda row: (-abs((row["later_per_week"] or 0) - (row["earlier_per_week"] or 0)), row["kind"])
    )
    largest = sorted(kinds, key=lambda row: (-(row["incidents"] or 0), row["kind"]))
    gaps = _gaps(weeks)
    drawn_map = area_map(areas)
    known = _outcomes_known(kinds)
    compared = len(directions) - directions.count("unknown") - directions.count("new")
    counted = words.volumes(
        [week["incidents"] for week in weeks if week["incidents"] is not None],
        directions.count("rising"),
        directions.count("falling"),
        compared,
    )
    return {
        "sentence": Markup(" ").join(
            [
                Markup("{}").format(counted),
                *_most_moved(moved),
                *_season(period if compared else None, gaps),
            ]
        ),
        "caution": words.WRITTEN_DOWN,
        "chart": weekly(weeks, since),
        "without_data": words.without_data(gaps),
        "outside": sum(outside(week) for week in weeks),
        "counted": sum(week["incidents"] is not None for week in weeks),
        "weeks": [_week(week, known) for week in weeks],
        "moved": [_kind(row) for row in (moved or largest)[:_MOST_MOVED]],
        "moved_title": _title(len(moved), len(kinds)),
        "kinds": [_kind(row) for row in largest[:_MOST_KINDS]],
        "kinds_left_out": max(0, len(kinds) - _MOST_KINDS),
        "map": drawn_map,
        "map_key": map_key(areas),
        "bars": None if drawn_map is not None else area_bars(areas),
        "areas": [_area(area) for area in areas[:_MOST_AREAS]],
        "areas_left_out": max(0, len(areas) - _MOST_AREAS),
        "assessed": figures.span(period["since"], period["last_day"])
        if period and period["since"] and period["last_day"]
        else "",
    }


def _as_day(text: str | None) -> date | None:
    moment = figures.moment(text)
    return moment.date() if moment is not None else None


def _title(moved: int, kinds: int) -> str:
    what, many = ("Kinds that rose or fell", moved) if moved else ("The largest kinds", kinds)
    return f"{what}: the {_MOST_MOVED} largest of {many:,}" if many > _MOST_MOVED else what


def _most_moved(moved: list[dict[str, Any]]) -> list[Markup]:
    """The kinds that changed most, by incidents a week."""
    named = [
        Markup("{} ({})").format(
            isolated(row["kind"], 48), figures.change(row["later_per_week"] / row["earlier_per_week"] - 1)
        )
        for row in moved[:_MOST_NAMED]
        if row["earlier_per_week"] and row["later_per_week"] is not None
    ]
    if not named:
        return []
    return [Markup("Most of all, by incidents a week: {}.").format(Markup("; ").join(named))]


def _gaps(weeks: list[Week]) -> list[tuple[date, date]]:
    """The first and the last Monday of each run of weeks without data."""
    runs = groupby(weeks, lambda week: week["incidents"] is None)
    missing = [[week["week"] for week in held] for without, held in runs if without]
    return [(run[0], run[-1]) for run in missing]


def _season(period: Period | None, gaps: list[tuple[date, date]]) -> list[Markup]:
    """A warning where the earlier time is too short to tell a season from a change."""
    first, since = (_as_day(period[key]) for key in ("first_day", "since")) if period else (None, None)
    if first is None or since is None:
        return []
    missing = sum((last - begun).days + 7 for begun, last in gaps if last < since)
    if (since - first).days - missing >= _YEAR:
        return []
    return [Markup("The earlier time is under a year, so season is not told from change.")]


def _outcomes_known(kinds: list[dict[str, Any]]) -> bool:
    """Whether any incident has an outcome: without one, "0 with nothing found" would say too much."""
    return not kinds or any(
        row["unknown"] is None or row["unknown"] < (row["incidents"] or 0) for row in kinds
    )


def _week(week: Week, outcomes: bool) -> tuple[str, str, str, str, str, str]:
    if week["incidents"] is None:
        return (figures.day(week["week"]), "no data", "", "", "", "")
    band = (
        figures.CANNOT_TELL
        if week["low"] is None or week["high"] is None
        else f"{figures.decimal(week['low'], 0)} to {figures.decimal(week['high'], 0)}"
    )
    return (
        figures.day(week["week"]),
        figures.count(week["incidents"]),
        figures.decimal(week["expected"], 0),
        band,
        "outside" if outside(week) else "inside" if week["low"] is not None else figures.CANNOT_TELL,
        figures.count(week["unfounded"] if outcomes else None),
    )


def _direction(row: Mapping[str, Any]) -> str:
    low, high = row["change_low"], row["change_high"]
    if row["earlier_per_week"] == 0 and row["later_per_week"]:
        return "new"
    if low is None or high is None:
        return "unknown"
    return "rising" if low > 0 else "falling" if high < 0 else "steady"


def _kind(row: Mapping[str, Any]) -> KindRow:
    earlier, later = row["earlier_per_week"], row["later_per_week"]
    change = later / earlier - 1 if earlier and later is not None else None
    direction = _direction(row)
    known = direction not in ("unknown", "new")
    return {
        "kind": isolated(row["kind"], 48),
        "incidents": figures.count(row["incidents"]),
        "earlier": figures.decimal(earlier),
        "later": figures.decimal(later),
        "change": "new" if direction == "new" else figures.change(change),
        "interval": figures.change_span(row["change_low"], row["change_high"]) if known else "",
        "direction": direction,
        "word": _DIRECTIONS[direction],
        "whisker": change_whisker(row["change_low"], row["change_high"], change),
    }


def _area(area: AreaVolume) -> tuple[Markup, str, str, str]:
    return (
        isolated(area["area"], 48),
        suppressed(area["incidents"]),
        suppressed(area["unfounded"]),
        figures.decimal(area["expected_unfounded"]),
    )

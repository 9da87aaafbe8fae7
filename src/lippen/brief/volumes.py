"""How volumes move: weeks against what was expected, kinds that rise or fall, areas."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypedDict, cast

import pyarrow as pa
from markupsafe import Markup

from lippen.brief import figures, words
from lippen.brief.area_map import AreaVolume, area_bars, area_map, suppressed
from lippen.brief.charts import Week, change_whisker, outside, weekly
from lippen.brief.plain_text import isolated

_MOST_MOVED = 12
_MOST_KINDS = 120
_MOST_AREAS = 150
_DIRECTIONS = {
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
    """Section 3 of the page."""

    sentence: str
    chart: Markup | None
    outside: int
    weeks: list[tuple[str, str, str, str, str, str]]
    moved: list[KindRow]
    moved_title: str
    kinds: list[KindRow]
    kinds_left_out: int
    map: Markup | None
    bars: Markup | None
    areas: list[tuple[Markup, str, str, str]]
    areas_left_out: int


def volumes(tables: Mapping[str, pa.Table], since: date | None) -> Volumes:
    """The section's figures and pictures, from tables `volumes_week`, `volumes_kind` and `volumes_area`."""
    weeks = cast(list[Week], tables["volumes_week"].to_pylist())
    kinds = tables["volumes_kind"].to_pylist()
    areas = cast(list[AreaVolume], tables["volumes_area"].to_pylist())
    directions = [_direction(row) for row in kinds]
    moved = [row for row, way in zip(kinds, directions, strict=True) if way in ("rising", "falling")]
    moved.sort(
        key=lambda row: (-abs((row["later_per_week"] or 0) - (row["earlier_per_week"] or 0)), row["kind"])
    )
    largest = sorted(kinds, key=lambda row: (-(row["incidents"] or 0), row["kind"]))
    drawn_map = area_map(areas)
    return {
        "sentence": words.volumes(
            [week["incidents"] for week in weeks if week["incidents"] is not None],
            directions.count("rising"),
            directions.count("falling"),
            len(directions) - directions.count("unknown"),
        ),
        "chart": weekly(weeks, since),
        "outside": sum(outside(week) for week in weeks),
        "weeks": [_week(week) for week in weeks],
        "moved": [_kind(row) for row in (moved or largest)[:_MOST_MOVED]],
        "moved_title": "Kinds that rose or fell" if moved else "The largest kinds",
        "kinds": [_kind(row) for row in largest[:_MOST_KINDS]],
        "kinds_left_out": max(0, len(kinds) - _MOST_KINDS),
        "map": drawn_map,
        "bars": None if drawn_map is not None else area_bars(areas),
        "areas": [_area(area) for area in areas[:_MOST_AREAS]],
        "areas_left_out": max(0, len(areas) - _MOST_AREAS),
    }


def _week(week: Week) -> tuple[str, str, str, str, str, str]:
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
        figures.count(week["unfounded"]),
    )


def _direction(row: Mapping[str, Any]) -> str:
    low, high = row["change_low"], row["change_high"]
    if low is None or high is None:
        return "unknown"
    return "rising" if low > 0 else "falling" if high < 0 else "steady"


def _kind(row: Mapping[str, Any]) -> KindRow:
    earlier, later = row["earlier_per_week"], row["later_per_week"]
    change = later / earlier - 1 if earlier and later is not None else None
    direction = _direction(row)
    known = direction != "unknown"
    return {
        "kind": isolated(row["kind"], 48),
        "incidents": figures.count(row["incidents"]),
        "earlier": figures.decimal(earlier),
        "later": figures.decimal(later),
        "change": figures.change(change),
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

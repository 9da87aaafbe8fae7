"""How many incidents there are by kind, area and time, beside what earlier weeks lead one to expect.

Figures come from the weekly rollups and never from single incidents. Without a limit they are those of the
briefing; with one they are counted anew over whole weeks, by the same method. What was made from one state of
the lake is kept for as long as that state lasts.

Whoever calls this has seen that the reader may see incidents, and enters the reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from lippen.brief.area_map import AreaVolume
from lippen.brief.schema import Facts, Period
from lippen.earlier import OfKind, kinds_beside_earlier, weeks_beside_earlier
from lippen.results import AREAS, KIND_WEEKS, WEEKS, WEEKS_BY_KIND
from lippen.site.insight.lake import lake

_WEEK: Final = timedelta(weeks=1)
_LIMITS: Final = {
    "kind": "kind = $kind",
    "larger": "larger_area = $larger",
    "area": "area = $area",
}
_BRIEFED: Final = ("volumes_week", "volumes_kind")
_LARGER: Final = pa.schema(
    [("larger_area", pa.string()), ("incidents", pa.int64()), ("unfounded", pa.int64())]
)
_KEPT: Final = 256
"""Answers that are kept: fifty people who each look at a few places and kinds have their own again."""


@dataclass(frozen=True)
class Asked:
    """What limits the figures; nothing where all are empty. Days are local, and both are included."""

    kind: str = ""
    larger: str = ""
    area: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def narrowed(self) -> bool:
        return self != Asked()

    @property
    def places(self) -> bool:
        return bool(self.larger or self.area)

    @property
    def expects_by_area(self) -> bool:
        """Whether it is known what is expected of each small area: for all kinds together, in the days that
        were assessed.
        """
        return not (self.kind or self.since or self.until)


@dataclass(frozen=True)
class Place:
    """A small area: the larger one it lies in, and the middle of its incidents (degrees)."""

    larger: str | None
    lat: float | None
    lon: float | None


@dataclass(frozen=True)
class Figures:
    """Figures for a page. `tables` are those of a briefing (`volumes_week`, `volumes_kind`); `larger` counts
    each larger area (larger_area, incidents, unfounded), none where one place was asked for. `period` says
    which days are compared with those before, `weeks` (the first Monday, and the one after the last week)
    which whole weeks of them `larger` counts, and the rows of small areas where they say nothing of what is
    expected. `small_areas` is how many small areas have such an incident, `not_placed` how many incidents
    name none. `stamp` tells the state of the lake.
    """

    stamp: tuple[int, int]
    asked: Asked
    tables: Mapping[str, pa.Table]
    larger: pa.Table
    period: Period
    weeks: tuple[date, date]
    small_areas: int
    not_placed: int
    facts: Facts


def figures_of(asked: Asked) -> Figures | None:
    """The figures; None where nothing was brought in and reckoned yet."""
    return _figures(lake().state().stamp, asked)


def small_areas_of(found: Figures) -> pa.Table:
    """A row for each small area, as in `volumes_area`."""
    return _small_areas(found.stamp, found.asked, *found.weeks)


def larger_areas_of(found: Figures) -> list[AreaVolume]:
    """A row for each larger area, by name; none where one place was asked for."""
    middles = _larger_middles(found.stamp)
    return [
        {
            "area": row["larger_area"],
            "lat": lat,
            "lon": lon,
            "incidents": row["incidents"],
            "unfounded": row["unfounded"],
            "expected_unfounded": None,
        }
        for row in found.larger.to_pylist()
        for lat, lon in [middles.get(row["larger_area"], (None, None))]
    ]


def kinds_known() -> tuple[str, ...]:
    """Every kind of which an incident is counted, by name."""
    return _kinds(lake().state().stamp)


def places_known() -> Mapping[str, Place]:
    """Every small area by its name."""
    return _places(lake().state().stamp)


def larger_known() -> tuple[str, ...]:
    """Every larger area that a small one lies in, by name."""
    return _larger(lake().state().stamp)


@lru_cache(maxsize=_KEPT)
def _figures(stamp: tuple[int, int], asked: Asked) -> Figures | None:
    facts = lake().facts()
    if facts is None or (period := facts["period"]) is None:
        return None
    weeks = _whole_weeks(period)
    if weeks is None or period["since"] is None:
        return None
    first, end = weeks
    since, end_asked = _weeks_asked(asked, period["since"], first, end)
    if asked.narrowed:
        tables = {
            "volumes_week": _week_table(asked, first, end, end_asked),
            "volumes_kind": _kind_table(asked, first, since, end_asked),
        }
    else:
        tables = {name: _result(name) for name in _BRIEFED}
    if asked.places:
        larger, not_placed, small = (
            _LARGER.empty_table(),
            0,
            _small_areas(stamp, asked, since, end_asked).num_rows,
        )
    else:
        larger, not_placed, small = _placed(asked, since, end_asked)
    compared = _compared(period, since, end_asked) if asked.narrowed else period
    return Figures(stamp, asked, tables, larger, compared, (since, end_asked), small, not_placed, facts)


def _weeks_asked(asked: Asked, assessed: str, first: date, end: date) -> tuple[date, date]:
    """The Monday of the first week to be counted, and the one after the last. `assessed` is the first day
    that was assessed, from which weeks are counted where no days were asked for.
    """
    if not (asked.since or asked.until):
        return _monday_from(date.fromisoformat(assessed)), end
    return (
        max(first, _monday_from(asked.since)) if asked.since else first,
        min(end, _monday(asked.until + timedelta(days=1))) if asked.until else end,
    )


def _compared(period: Period, since: date, end: date) -> Period:
    compared: Period = {
        **period,
        "since": since.isoformat(),
        "last_day": (end - timedelta(days=1)).isoformat(),
    }
    return compared


def _whole_weeks(period: Period) -> tuple[date, date] | None:
    """The Monday of the first whole week, and the one after the last; None where there is no whole week."""
    if period["first_day"] is None or period["last_day"] is None:
        return None
    first = _monday_from(date.fromisoformat(period["first_day"]))
    end = _monday(date.fromisoformat(period["last_day"]) + timedelta(days=1))
    return (first, end) if first < end else None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _monday_from(day: date) -> date:
    """The first Monday from this day on."""
    return _monday(day + timedelta(days=6))


def _limits(asked: Asked, *, before: bool = False) -> tuple[str, dict[str, Any]]:
    """What a question's WHERE says, and its values. The text is put together from this file alone."""
    values = {name: value for name in _LIMITS if (value := getattr(asked, name))}
    said = [_LIMITS[name] for name in values]
    return " AND ".join(["week < $end" if before else "week >= $since AND week < $end", *said]), values


def _rollup(asked: Asked) -> str:
    """The smallest table that knows the weeks and kinds of what was asked."""
    return WEEKS if asked.places else KIND_WEEKS


def _by_place(asked: Asked) -> str:
    """The table that knows the places of what was asked, in the order that has them together."""
    return WEEKS if asked.places else WEEKS_BY_KIND


def _rows(statement: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    answer = lake().ask(statement, values)
    return [] if answer is None else answer.to_pylist()


def _result(name: str) -> pa.Table:
    found = lake().result(name)
    if found is None:
        raise LookupError(f"the facts are there, and their table {name} is not")
    return found


def _week_table(asked: Asked, first: date, end: date, end_asked: date) -> pa.Table:
    """The weeks asked for, each beside those before it, also where those were not asked for."""
    where, values = _limits(asked, before=True)
    counted = _rows(
        "SELECT week, sum(incidents)::BIGINT AS n, sum(unfounded)::BIGINT AS unfounded,"  # noqa: S608 - names of this file
        f" sum(founded)::BIGINT AS founded FROM {_rollup(asked)} WHERE {where} GROUP BY week",
        {**values, "end": end},
    )
    by_week = {row["week"]: row for row in counted}
    weeks = [first + _WEEK * number for number in range((end - first).days // 7)]
    nothing, missing = {"n": 0, "unfounded": 0}, _without_data(lake().state().stamp)
    known = any(row["unfounded"] or row["founded"] for row in counted)
    table = weeks_beside_earlier(
        {week: None if week in missing else by_week.get(week, nothing)["n"] for week in weeks},
        {week: by_week.get(week, nothing)["unfounded"] for week in weeks} if known else None,
    )
    begin = max(first, _monday_from(asked.since)) if asked.since else first
    kept = [begin <= week < end_asked for week in weeks]
    return table.filter(pa.array(kept, pa.bool_()))


def _kind_table(asked: Asked, first: date, since: date, end: date) -> pa.Table:
    """The kinds, in the weeks compared beside the weeks before them."""
    where, values = _limits(asked, before=True)
    missing = [week for week in _without_data(lake().state().stamp) if first <= week < end]
    lost_before = sum(week < since for week in missing)
    weeks_before = (since - first).days // 7 - lost_before
    weeks_after = max(0, (end - since).days // 7 - len(missing) + lost_before)
    counted = _rows(
        "SELECT kind, (sum(n) FILTER (week < $since))::BIGINT AS before,"  # noqa: S608 - names of this file
        " (sum(n) FILTER (week >= $since))::BIGINT AS after,"
        " (sum(founded) FILTER (week >= $since))::BIGINT AS founded,"
        " (sum(unfounded) FILTER (week >= $since))::BIGINT AS unfounded,"
        " sum(n)::BIGINT AS whole, sum(n * n)::BIGINT AS squares"
        " FROM (SELECT kind, week, sum(incidents) AS n, sum(founded) AS founded, sum(unfounded) AS unfounded"
        f" FROM {_rollup(asked)} WHERE {where} AND week >= $first"
        " AND NOT list_contains($missing::DATE[], week) GROUP BY kind, week)"
        " GROUP BY kind ORDER BY kind",
        {**values, "first": first, "since": since, "end": end, "missing": missing},
    )
    kinds = [
        OfKind(
            row["kind"],
            row["before"] or 0,
            row["after"] or 0,
            row["founded"] or 0,
            row["unfounded"] or 0,
            _dispersion(row["whole"], row["squares"], weeks_before + weeks_after),
        )
        for row in counted
    ]
    return kinds_beside_earlier(kinds, weeks_before, weeks_after)


def _dispersion(whole: int, squares: int, weeks: int) -> float:
    """Variance of the weekly counts over their mean, at least 1. Weeks without an incident count as well."""
    if weeks < 2 or whole == 0:
        return 1.0
    return max(1.0, (squares - whole**2 / weeks) / (weeks - 1) / (whole / weeks))


@lru_cache(maxsize=16)
def _small_areas(stamp: tuple[int, int], asked: Asked, since: date, end: date) -> pa.Table:
    briefed = _result("volumes_area")
    if asked.expects_by_area:
        kept = briefed
        if asked.larger:
            within = [name for name, place in _places(stamp).items() if place.larger == asked.larger]
            kept = kept.filter(pc.is_in(kept["area"], pa.array(within, pa.string())))
        return kept.filter(pc.equal(kept["area"], asked.area)) if asked.area else kept
    where, values = _limits(asked)
    counted = _rows(
        "SELECT area, sum(incidents)::BIGINT AS incidents, sum(unfounded)::BIGINT AS unfounded"  # noqa: S608 - names of this file
        f" FROM {_by_place(asked)} WHERE area IS NOT NULL AND {where} GROUP BY area ORDER BY area",
        {**values, "since": since, "end": end},
    )
    places = _places(stamp)
    rows = [
        {**row, "lat": places[row["area"]].lat, "lon": places[row["area"]].lon, "expected_unfounded": None}
        for row in counted
        if row["area"] in places
    ]
    return pa.Table.from_pylist(rows, briefed.schema)


def _placed(asked: Asked, since: date, end: date) -> tuple[pa.Table, int, int]:
    """Counts of each larger area, how many incidents name no small area, how many small areas have one."""
    where, values = _limits(asked)
    counted = lake().ask(
        "SELECT larger_area, sum(incidents)::BIGINT AS incidents, sum(unfounded)::BIGINT AS unfounded,"  # noqa: S608 - names of this file
        " (sum(incidents) FILTER (area IS NULL))::BIGINT AS not_placed, count(DISTINCT area) AS small"
        f" FROM {_by_place(asked)} WHERE {where} GROUP BY larger_area ORDER BY larger_area",
        {**values, "since": since, "end": end},
    )
    if counted is None:
        return _LARGER.empty_table(), 0, 0
    nowhere, small = pc.sum(counted["not_placed"]).as_py() or 0, pc.sum(counted["small"]).as_py() or 0
    larger = counted.filter(pc.is_valid(counted["larger_area"])).select(_LARGER.names).cast(_LARGER)
    return larger, nowhere, small


@lru_cache(maxsize=2)
def _without_data(_stamp: tuple[int, int]) -> frozenset[date]:
    """The Mondays of the weeks without data, which are so whatever is asked for."""
    weeks = _result("volumes_week")
    return frozenset(weeks.filter(pc.is_null(weeks["incidents"]))["week"].to_pylist())


@lru_cache(maxsize=2)
def _places(_stamp: tuple[int, int]) -> Mapping[str, Place]:
    table = lake().result(AREAS)
    rows = [] if table is None else table.to_pylist()
    return {row["area"]: Place(row["larger_area"], row["lat"], row["lon"]) for row in rows}


@lru_cache(maxsize=2)
def _kinds(_stamp: tuple[int, int]) -> tuple[str, ...]:
    table = lake().result(KIND_WEEKS)
    return () if table is None else tuple(sorted(pc.unique(table["kind"]).to_pylist()))


@lru_cache(maxsize=2)
def _larger(stamp: tuple[int, int]) -> tuple[str, ...]:
    return tuple(sorted({one.larger for one in _places(stamp).values() if one.larger is not None}))


@lru_cache(maxsize=2)
def _larger_middles(stamp: tuple[int, int]) -> Mapping[str, tuple[float, float]]:
    """The middle of the small areas of each larger one."""
    found: dict[str, list[tuple[float, float]]] = {}
    for one in _places(stamp).values():
        if one.larger is not None and one.lat is not None and one.lon is not None:
            found.setdefault(one.larger, []).append((one.lat, one.lon))
    return {
        name: (sum(lat for lat, _ in laid) / len(laid), sum(lon for _, lon in laid) / len(laid))
        for name, laid in found.items()
    }

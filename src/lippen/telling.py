"""Which counts everybody may see, and that each of them is told once.

The gate (`measure.published_cells`) makes one table safe. Two tables made at two moments are not safe
together: an import that came between them shows as their difference, and a difference may be of one incident.
So a quarter is counted once, when it is complete, and told from then on as it was counted then, whatever
comes in or is taken back later. Whoever looks a hundred times sees parts of one table.

The invariant: of any two states of a workspace, a cell that both tell has the same count; and what is told at
all follows from cells that are told. Two histories that differ in small cells only, or in anything that
happened to a quarter after it was counted, are told alike.

A quarter is complete when the days of incidents in its shown cells leave no gap of more than a week in it,
and those of later ones reach four weeks beyond its end, by when what comes in late and what was brought in
wrongly has mostly been put right. When an import that it was counted from is taken back, the quarter is not
shown any more, and never counted anew: the new count beside the old one would tell their difference. The
same import brought in again shows it again, as it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from lippen.manifest import Import
from lippen.measure import LEAST_SHOWN, published_cells
from lippen.workspace import Workspace

if TYPE_CHECKING:
    import ibis

    from lippen.engine import Engine

COUNTS: Final = "told_counts"
"""Counts by larger area, kind and quarter (its first day) that passed the disclosure gate."""

QUARTERS: Final = "told_quarters"
"""The quarters that were counted, each with the imports that it was counted from."""

MIDDLES: Final = "told_middles"
"""Where larger areas lie: the middle of the incidents that were counted when the area was first told."""

NOT_PLACED: Final = "not placed"
"""The larger area, in COUNTS, of incidents that name none."""

WAITS: Final = dt.timedelta(days=28)
LONGEST_GAP: Final = dt.timedelta(days=7)

BY: Final = ("larger_area", "quarter", "kind")
SCHEMAS: Final[Mapping[str, pa.Schema]] = {
    COUNTS: pa.schema(
        [
            ("larger_area", pa.string()),
            ("quarter", pa.date32()),
            ("kind", pa.string()),
            ("incidents", pa.int64()),
        ]
    ),
    QUARTERS: pa.schema([("quarter", pa.date32()), ("imports", pa.list_(pa.string()))]),
    MIDDLES: pa.schema([("larger_area", pa.string()), ("lat", pa.float64()), ("lon", pa.float64())]),
}


def tell(workspace: Workspace) -> dict[str, pa.Table]:
    """The tables COUNTS, QUARTERS and MIDDLES as they are to be written: those of before, and the quarters
    that are complete now and were never counted.

    Hold `workspace.writing()` from before this until they are written, or two runs could count one quarter
    twice. Raises WorkspaceError when there are no incidents.
    """
    engine = workspace.engine
    before = {name: _before(workspace, name) for name in SCHEMAS}
    reported = _reported(workspace.signals("incident"))
    counted = reported.group_by(*BY).aggregate(incidents=reported.count())
    cells = published_cells(engine.collect(counted), BY, "incidents").cast(SCHEMAS[COUNTS])
    shown = engine.table(cells.select(list(BY)))
    days = engine.collect(reported.semi_join(shown, BY).select("local_day").distinct())
    new = sorted(set(complete(days["local_day"].to_pylist())) - set(before[QUARTERS]["quarter"].to_pylist()))
    if not new:
        return before
    told = cells.filter(pc.is_in(cells["quarter"], pa.array(new, pa.date32())))
    added = {
        COUNTS: told,
        QUARTERS: _counted_from(workspace.imports(), workspace, told, new),
        MIDDLES: _middles(reported, engine, told, before[MIDDLES]["larger_area"].to_pylist()),
    }
    return {
        name: pa.concat_tables([before[name], added[name].cast(schema)]).combine_chunks()
        for name, schema in SCHEMAS.items()
    }


def told_now(counts: pa.Table, quarters: pa.Table, imports: Iterable[str]) -> pa.Table:
    """The cells of COUNTS that may be shown: those of quarters of which every import is still there, sorted.

    `counts` and `quarters` are the tables COUNTS and QUARTERS, `imports` the ids of those that count now.
    """
    there = set(imports)
    shown = [one["quarter"] for one in quarters.to_pylist() if there.issuperset(one["imports"])]
    kept = counts.filter(pc.is_in(counts["quarter"], pa.array(shown, pa.date32())))
    return kept.sort_by([(name, "ascending") for name in BY])


def complete(days: Collection[dt.date]) -> list[dt.date]:
    """The first days of the quarters that these days fill, in order. See the head of this file."""
    last = max(days, default=dt.date.min)
    found = []
    for first in sorted({first_of_quarter(day) for day in days}):
        then = quarter_after(first)
        within = sorted(day for day in days if first <= day < then)
        edges = [first - dt.timedelta(days=1), *within, then]
        gaps = (later - earlier for earlier, later in pairwise(edges))
        if last - then + dt.timedelta(days=1) >= WAITS and max(gaps) <= LONGEST_GAP:
            found.append(first)
    return found


def first_of_quarter(day: dt.date) -> dt.date:
    """The first day of the quarter that this day lies in."""
    return dt.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def quarter_after(first: dt.date) -> dt.date:
    """The first day of the quarter after the one that begins on `first`."""
    return first_of_quarter(first + dt.timedelta(days=100))


def _before(workspace: Workspace, name: str) -> pa.Table:
    if name not in workspace.results():
        return SCHEMAS[name].empty_table()
    return workspace.engine.collect(workspace.result(name)).cast(SCHEMAS[name])


def _reported(incidents: ibis.Table) -> ibis.Table:
    """Incidents that may be counted, reported to the control room and of no protected kind, with the columns
    of a cell.
    """
    return incidents.filter(~incidents.own_activity, ~incidents.protected).mutate(
        larger_area=incidents.larger_area.coalesce(NOT_PLACED),
        quarter=incidents.local_day.truncate("Q").cast("date"),
    )


def _counted_from(
    imports: Sequence[Import], workspace: Workspace, told: pa.Table, quarters: Sequence[dt.date]
) -> pa.Table:
    """Each of these quarters with the ids of the imports that incidents of its shown cells came with."""
    engine = workspace.engine
    cells = engine.table(told.select(list(BY)))
    found: dict[dt.date, list[str]] = {quarter: [] for quarter in quarters}
    for one in imports:
        if one.kind == "incident" and one.signals:
            own = _reported(engine.read([workspace.lake / name for name in one.signals]))
            for row in engine.collect(own.semi_join(cells, BY).select("quarter").distinct()).to_pylist():
                found[row["quarter"]].append(one.import_id)
    rows = [{"quarter": quarter, "imports": sorted(ids)} for quarter, ids in found.items()]
    return pa.Table.from_pylist(rows, SCHEMAS[QUARTERS])


def _middles(reported: ibis.Table, engine: Engine, told: pa.Table, known: Collection[str]) -> pa.Table:
    """Middles of larger areas that were not told before, to a thousandth: of incidents in shown cells.

    Of LEAST_SHOWN that have a place at least: the middle of one or two would be where these happened.
    """
    inside = reported.semi_join(engine.table(told.select(list(BY))), BY)
    placed = inside.filter(inside.lat.notnull(), inside.lon.notnull(), inside.larger_area != NOT_PLACED)
    # Sums of whole millionths, so that the middle is the same on every engine and in every run.
    summed = placed.group_by("larger_area").aggregate(
        placed=placed.count(),
        lat=(placed.lat * 1_000_000).round().cast("int64").sum(),
        lon=(placed.lon * 1_000_000).round().cast("int64").sum(),
    )
    rows: list[dict[str, Any]] = [
        {
            "larger_area": one["larger_area"],
            "lat": round(int(one["lat"]) / one["placed"] / 1_000_000, 3),
            "lon": round(int(one["lon"]) / one["placed"] / 1_000_000, 3),
        }
        for one in engine.collect(summed, order_by="larger_area").to_pylist()
        if one["placed"] >= LEAST_SHOWN and one["larger_area"] not in known
    ]
    return pa.Table.from_pylist(rows, SCHEMAS[MIDDLES])

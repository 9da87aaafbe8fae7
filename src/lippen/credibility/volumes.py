"""How many incidents come in, by week, kind and area, beside what earlier time leads one to expect.

Counted by the engine over every accepted incident but the protected ones and the police's own activity; what
is expected is reckoned over those counts (`lippen.earlier`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from lippen.earlier import OfKind, dispersion, kinds_beside_earlier, weeks_beside_earlier
from lippen.engine import Engine

LEAST_IN_AREA = 5
"""Areas with fewer incidents are left out: a count this small points at somebody (design, promise 8). Where
fewer than this were assessed, what was expected of them is left out too: the sum of a few expected rates is
nearly the rate of one incident (promise 1)."""

LEAST_IN_USUAL_WEEK = 7
"""From so many incidents in a usual week on (one a day), a whole week without any is one without data: by
chance it would come once in a thousand weeks."""

LEAST_OF_KIND = 5
RARE_KINDS = "(kinds with fewer than 5 incidents)"


def volume_tables(
    incidents: ibis.Table, engine: Engine, since: date, expected: pa.Table
) -> dict[str, pa.Table]:
    """The result tables `volumes_week`, `volumes_kind` and `volumes_area`.

    `incidents` has the columns of the kind `incident`; `since` is the first local day assessed. `expected`
    has area, assessed (incidents), unfounded (of these) and expected_unfounded (the sum of their expected
    rates).
    """
    reported = incidents.filter(~incidents.own_activity, ~incidents.protected)
    daily = engine.collect(
        reported.group_by("kind", "local_day").aggregate(
            n=ibis._.count(),
            unfounded=(reported.outcome == "unfounded").sum().cast("int64"),
            founded=(reported.outcome == "founded").sum().cast("int64"),
        ),
        order_by=["kind", "local_day"],
    )
    rows = _pooled(daily.to_pylist())
    missing = _without_data(rows)
    return {
        "volumes_week": _weeks(rows, missing),
        "volumes_kind": _kinds(rows, since, missing),
        "volumes_area": _areas(reported, engine, since, expected),
    }


def _pooled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with all kinds of fewer than five incidents put together: a kind that rare may be a name."""
    total: Counter[str] = Counter()
    for row in rows:
        total[row["kind"]] += row["n"]
    return [row if total[row["kind"]] >= LEAST_OF_KIND else {**row, "kind": RARE_KINDS} for row in rows]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weekly(rows: list[dict[str, Any]], value: Callable[[dict[str, Any]], int]) -> dict[date, int]:
    """Sums of whole weeks, Monday to Sunday; a week that the incidents begin or end within is left out."""
    if not rows:
        return {}
    days = [row["local_day"] for row in rows]
    first, last = min(days), max(days)
    start = _monday(first + timedelta(days=6))
    weeks = {start + timedelta(weeks=i): 0 for i in range(max(0, ((last - start).days + 1) // 7))}
    for row in rows:
        week = _monday(row["local_day"])
        if week in weeks:
            weeks[week] += value(row)
    return weeks


def _without_data(rows: list[dict[str, Any]]) -> set[date]:
    """The days of gaps between two stretches of data: days in a row without an incident of any kind, a whole
    week from Monday among them.

    Where few incidents come in a usual week, one without any may be quiet and is no gap.
    """
    weekly = _weekly(rows, lambda row: int(row["n"]))
    some = [many for many in weekly.values() if many]
    if not some or median(some) < LEAST_IN_USUAL_WEEK:
        return set()
    days = sorted({row["local_day"] for row in rows})
    missing: set[date] = set()
    for before, after in pairwise(days):
        between = [before + timedelta(days=n) for n in range(1, (after - before).days)]
        if any(weekly.get(day) == 0 for day in between):
            missing.update(between)
    return missing


def _weeks(rows: list[dict[str, Any]], missing: set[date]) -> pa.Table:
    counts = _weekly(rows, lambda row: int(row["n"]))
    unfounded = _weekly(rows, lambda row: int(row["unfounded"]))
    known = any(row["unfounded"] or row["founded"] for row in rows)
    gaps = {_monday(day) for day in missing}
    return weeks_beside_earlier(
        {week: None if week in gaps else many for week, many in counts.items()}, unfounded if known else None
    )


def _kinds(rows: list[dict[str, Any]], since: date, missing: set[date]) -> pa.Table:
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).append(row)
    days = [row["local_day"] for row in rows]
    first, last = (min(days), max(days)) if days else (since, since)
    lost_before = sum(day < since for day in missing)
    lost_after = len(missing) - lost_before
    gaps = {_monday(day) for day in missing}
    counted = []
    for kind in sorted(by_kind):
        mine = by_kind[kind]
        later = [row for row in mine if row["local_day"] >= since]
        after = sum(row["n"] for row in later)
        weekly = _weekly(mine, lambda row: int(row["n"]))
        counted.append(
            OfKind(
                kind,
                sum(row["n"] for row in mine) - after,
                after,
                sum(row["founded"] for row in later),
                sum(row["unfounded"] for row in later),
                dispersion(np.array([n for week, n in weekly.items() if week not in gaps], dtype=np.float64)),
            )
        )
    return kinds_beside_earlier(
        counted,
        ((since - first).days - lost_before) / 7,
        ((last - since).days + 1 - lost_after) / 7,
    )


def _areas(reported: ibis.Table, engine: Engine, since: date, expected: pa.Table) -> pa.Table:
    later = reported.filter(reported.local_day >= ibis.date(since.isoformat()), reported.area.notnull())
    # Degrees are summed as whole millionths: sums of floats differ from run to run.
    located = later.mutate(
        lat_ppm=(later.lat * 1_000_000).round().cast("int64"),
        lon_ppm=(later.lon * 1_000_000).round().cast("int64"),
    )
    rows = engine.collect(
        located.group_by("area").aggregate(
            n=ibis._.count(),
            placed=located.lat_ppm.count(),
            lat_ppm=located.lat_ppm.sum().cast("int64"),
            lon_ppm=located.lon_ppm.sum().cast("int64"),
        ),
        order_by="area",
    ).to_pylist()
    usual = {row["area"]: row for row in expected.to_pylist() if row["assessed"] >= LEAST_IN_AREA}
    kept = [row for row in rows if row["n"] >= LEAST_IN_AREA]

    def middle(row: dict[str, Any], name: str) -> float | None:
        return row[name] / row["placed"] / 1_000_000 if row["placed"] else None

    def expectation(row: dict[str, Any], name: str) -> Any:
        return round(usual[row["area"]][name], 1) if row["area"] in usual else None

    return pa.table(
        {
            "area": pa.array([row["area"] for row in kept], pa.string()),
            "lat": pa.array([middle(row, "lat_ppm") for row in kept], pa.float64()),
            "lon": pa.array([middle(row, "lon_ppm") for row in kept], pa.float64()),
            "incidents": pa.array([row["n"] for row in kept], pa.int64()),
            "unfounded": pa.array([expectation(row, "unfounded") for row in kept], pa.int64()),
            "expected_unfounded": pa.array(
                [expectation(row, "expected_unfounded") for row in kept], pa.float64()
            ),
        }
    )

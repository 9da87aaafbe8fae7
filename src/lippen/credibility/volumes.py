"""How many incidents come in, by week, kind and area, beside what earlier time leads one to expect.

Counted by the engine over every accepted incident but the protected ones and the police's own activity; what
is computed here runs over those counts. Intervals allow for counts that vary more than Poisson counts do
(quasi-Poisson: the spread from week to week is measured and widens them).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.stats import norm

from lippen.engine import Engine

Floats = NDArray[np.float64]

EARLIER_WEEKS = 8
LEAST_EARLIER_WEEKS = 4
LEAST_IN_AREA = 5
"""Areas with fewer incidents are left out: a count this small points at somebody (design, promise 8). Where
fewer than this were assessed, what was expected of them is left out too: the sum of a few expected rates is
nearly the rate of one incident (promise 1)."""

LEAST_OF_KIND = 5
RARE_KINDS = "(kinds with fewer than 5 incidents)"

Z = float(norm.ppf(0.975))


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
    return {
        "volumes_week": _weeks(rows),
        "volumes_kind": _kinds(rows, since),
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


def _weeks(rows: list[dict[str, Any]]) -> pa.Table:
    counts = _weekly(rows, lambda row: int(row["n"]))
    unfounded = _weekly(rows, lambda row: int(row["unfounded"]))
    known = any(row["unfounded"] or row["founded"] for row in rows)
    return weeks_beside_earlier(counts, unfounded if known else None)


def weeks_beside_earlier(counts: Mapping[date, int], unfounded: Mapping[date, int] | None) -> pa.Table:
    """The result table `volumes_week` of these weeks, which are whole, follow each other and stand in order.

    `counts` has incidents by Monday; `unfounded`, of the same weeks, is null where no outcome is known.
    """
    expected: list[float | None] = []
    low: list[float | None] = []
    high: list[float | None] = []
    seen: list[int] = []
    for n in counts.values():
        earlier = np.array(seen[-EARLIER_WEEKS:], dtype=np.float64)
        if len(earlier) < LEAST_EARLIER_WEEKS:
            for column in (expected, low, high):
                column.append(None)
        else:
            middle = float(earlier.mean())
            # The mean of k weeks is itself unsure, so a new week varies (1 + 1/k) times as much as one week.
            spread = np.sqrt(middle * _dispersion(earlier) * (1 + 1 / len(earlier)))
            expected.append(middle)
            low.append(max(0.0, middle - Z * spread))
            high.append(middle + Z * spread)
        seen.append(n)
    return pa.table(
        {
            "week": pa.array(list(counts), pa.date32()),
            "incidents": pa.array(list(counts.values()), pa.int64()),
            "expected": pa.array(expected, pa.float64()),
            "low": pa.array(low, pa.float64()),
            "high": pa.array(high, pa.float64()),
            "unfounded": pa.array([unfounded[one] if unfounded else None for one in counts], pa.int64()),
        }
    )


def _dispersion(counts: Floats) -> float:
    """Variance over mean, at least 1."""
    if len(counts) < 2 or counts.mean() == 0:
        return 1.0
    return max(1.0, float(counts.var(ddof=1) / counts.mean()))


@dataclass(frozen=True)
class OfKind:
    """Incidents of one kind, before the days compared and in them; `dispersion` is the variance of its weekly
    counts over their mean, at least 1.
    """

    kind: str
    before: int
    after: int
    founded: int
    unfounded: int
    dispersion: float


def _kinds(rows: list[dict[str, Any]], since: date) -> pa.Table:
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).append(row)
    days = [row["local_day"] for row in rows]
    first, last = (min(days), max(days)) if days else (since, since)
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
                _dispersion(np.array(list(weekly.values()), dtype=np.float64)),
            )
        )
    return kinds_beside_earlier(counted, (since - first).days / 7, ((last - since).days + 1) / 7)


def kinds_beside_earlier(counted: Sequence[OfKind], weeks_before: float, weeks_after: float) -> pa.Table:
    """The result table `volumes_kind` of kinds that were counted over so many weeks, before and after."""
    # All kinds are looked at together: intervals are wide enough for all to hold at once (C. Bonferroni).
    z = float(norm.ppf(1 - 0.025 / max(1, len(counted))))
    out: list[dict[str, Any]] = []
    for one in counted:
        low, high = _change(one, weeks_before, weeks_after, z)
        out.append(
            {
                "kind": one.kind,
                "incidents": one.after,
                "unfounded": one.unfounded,
                "founded": one.founded,
                "unknown": one.after - one.founded - one.unfounded,
                "earlier_per_week": one.before / weeks_before if weeks_before > 0 else None,
                "later_per_week": one.after / weeks_after if weeks_after > 0 else None,
                "change_low": low,
                "change_high": high,
            }
        )
    types = [pa.string(), *[pa.int64()] * 4, *[pa.float64()] * 4]
    names = (
        "kind", "incidents", "unfounded", "founded", "unknown", "earlier_per_week", "later_per_week",
        "change_low", "change_high",
    )  # fmt: skip
    return pa.table(
        {name: pa.array([row[name] for row in out], kind) for name, kind in zip(names, types, strict=True)}
    )


def _change(
    one: OfKind, weeks_before: float, weeks_after: float, z: float
) -> tuple[float | None, float | None]:
    """Interval of later over earlier rate, less 1; on the log scale, as is usual for ratios of rates."""
    if one.before == 0 or one.after == 0 or weeks_before <= 0 or weeks_after <= 0:
        return None, None
    spread = np.sqrt((1 / one.before + 1 / one.after) * one.dispersion)
    ratio = np.log(one.after / weeks_after) - np.log(one.before / weeks_before)
    return float(np.exp(ratio - z * spread) - 1), float(np.exp(ratio + z * spread) - 1)


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

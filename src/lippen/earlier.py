"""Counts beside what earlier weeks lead one to expect.

Intervals allow for counts that vary more than Poisson counts do (quasi-Poisson: the spread from week to week
is measured and widens them).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EARLIER_WEEKS = 8
LEAST_EARLIER_WEEKS = 4

Z = NormalDist().inv_cdf(0.975)


def weeks_beside_earlier(counts: Mapping[date, int | None], unfounded: Mapping[date, int] | None) -> pa.Table:
    """The result table `volumes_week` of these weeks, which are whole, follow each other and stand in order.

    `counts` has incidents by Monday, None for a week without data: it is beside nothing, and no later week is
    beside it. `unfounded`, of the same weeks, is null where no outcome is known.
    """
    expected: list[float | None] = []
    low: list[float | None] = []
    high: list[float | None] = []
    seen: list[int | None] = []
    for n in counts.values():
        earlier = np.array([one for one in seen[-EARLIER_WEEKS:] if one is not None], dtype=np.float64)
        if n is None or len(earlier) < LEAST_EARLIER_WEEKS:
            for column in (expected, low, high):
                column.append(None)
        else:
            middle = float(earlier.mean())
            # The mean of k weeks is itself unsure, so a new week varies (1 + 1/k) times as much as one week.
            spread = np.sqrt(middle * dispersion(earlier) * (1 + 1 / len(earlier)))
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
            "unfounded": pa.array(
                [unfounded[one] if unfounded and counts[one] is not None else None for one in counts],
                pa.int64(),
            ),
        }
    )


def dispersion(counts: Floats) -> float:
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


def kinds_beside_earlier(counted: Sequence[OfKind], weeks_before: float, weeks_after: float) -> pa.Table:
    """The result table `volumes_kind` of kinds that were counted over so many weeks, before and after."""
    # All kinds are looked at together: intervals are wide enough for all to hold at once (C. Bonferroni).
    z = NormalDist().inv_cdf(1 - 0.025 / max(1, len(counted)))
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

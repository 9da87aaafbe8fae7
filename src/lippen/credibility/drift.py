"""Does the expected rate still hold? And when it does not, assessment suspends itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lippen.measured import BINS, SUMS_TO, calibration_error, ranking, wilson

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAK_AUC = 0.97
"""Whatever ranks outcomes better than this was written down after the visit, not before it."""

LEAST_IN_MONTH = 500
MOST_GAP = 0.08
"""How far expected and observed share of a month may lie apart before nothing is assessed."""

LEAST_SHOWN = 30
"""A month with fewer incidents is not shown: the mean of a few rates is nearly the rate of one incident."""

MONTHS = pa.schema(
    [
        ("month", pa.string()),
        ("incidents", pa.int64()),
        ("expected", pa.float64()),
        ("observed", pa.float64()),
        ("ece", pa.float64()),
    ]
)

MOST_ERROR = 0.05
"""The calibration error that is allowed over all, beside what so few incidents would show by chance."""


def months_table(day: Ints, found: Ints, rate: Floats) -> pa.Table:
    """Calibration by month: the result table `calibration_month`, over the incidents given.

    `day` is in local days since 1970, `found` 0 or 1, `rate` the expected rate.
    """
    month_of = np.datetime_as_string(day.astype("datetime64[D]"), unit="M")
    rows = []
    for month in np.unique(month_of):
        at = month_of == month
        if at.sum() < LEAST_SHOWN:
            continue
        rows.append(
            {
                "month": str(month),
                "incidents": int(at.sum()),
                "expected": round(float(rate[at].mean()), SUMS_TO),
                "observed": float(found[at].mean()),
                "ece": calibration_error(found[at], rate[at]),
            }
        )
    return pa.Table.from_pylist(rows, MONTHS)


def why_suspended(
    months: Sequence[dict[str, Any]], found: Ints, rate: Floats, kind_rate: Floats
) -> str | None:
    """Why nothing may be assessed; None when it may.

    `months` are rows of `months_table`; `found`, `rate` and `kind_rate` (that of the kind alone) have one
    value an incident of the days assessed. Three reasons: outcomes can be told almost surely from what was
    known at the call, so something was written down after the visit; expected and observed share lie more
    than 8 in 100 apart in the latest month that can tell; or they lie more than 5 in 100 apart on average
    over bins of equal size, beyond what so few incidents show by chance.
    """
    for name, rates in (("the kind of incident", kind_rate), ("what was known at the call", rate)):
        ranked = ranking(found, rates)
        if ranked is not None and ranked.auc > LEAK_AUC:
            return (
                f"From {name} alone the outcome can be told {round(100 * ranked.auc)} times in 100. That "
                "cannot be known beforehand: a column was filled in after the visit. Map the kind "
                "that was recorded first."
            )
    month = next((one for one in reversed(months) if one["incidents"] >= LEAST_IN_MONTH), None)
    if month is not None:
        low, high = wilson(round(month["observed"] * month["incidents"]), month["incidents"])
        if abs(month["expected"] - month["observed"]) > MOST_GAP and not low <= month["expected"] <= high:
            return (
                f"In {month['month']} the model expected {100 * month['expected']:.0f} in 100 incidents to "
                f"end with nothing found, and {100 * month['observed']:.0f} did. What was learned no longer "
                "holds: choose a later --since, so that newer days are learned from."
            )
    error = calibration_error(found, rate)
    if error > MOST_ERROR + _error_by_chance(rate):
        return (
            f"Expected and observed shares lie {100 * error:.0f} in 100 apart on average over the days "
            f"assessed; {100 * MOST_ERROR:.0f} would be allowed. Learn from more days, or from newer ones."
        )
    return None


def _error_by_chance(rate: Floats) -> float:
    """What the calibration error comes to when the rates are right: the mean deviation of a bin's share."""
    spread = np.sqrt(float(np.mean(rate * (1 - rate))) / max(1.0, len(rate) / BINS))
    return float(np.sqrt(2 / np.pi) * spread)

"""How good the expected rate is: how well it ranks, and how well it counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BINS = 15
SUMS_TO = 4
"""Digits that a published mean of expected rates keeps: with more, sums over different groups of incidents
would differ by the rate of the one that is in only one of them (promise 1)."""

CALIBRATION = pa.schema(
    [
        ("bin", pa.int64()),
        ("incidents", pa.int64()),
        ("expected", pa.float64()),
        ("observed", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
    ]
)


@dataclass(frozen=True)
class Ranking:
    """Area under the ROC curve with a 95 % interval, all in [0, 1]."""

    auc: float
    low: float
    high: float


def ranking(found: Ints, rate: Floats) -> Ranking | None:
    """How often an incident with nothing found has the higher rate of a pair: AUC with DeLong's interval.

    `found` is 0 or 1, `rate` the expected rate. None when all outcomes are the same. Method: E. DeLong,
    D. DeLong and D. Clarke-Pearson 1988, by midranks after X. Sun and W. Xu 2014.
    """
    one, zero = rate[found == 1], rate[found == 0]
    m, n = len(one), len(zero)
    if m < 2 or n < 2:
        return None
    together = _midranks(np.concatenate([one, zero]))
    above = (together[:m] - _midranks(one)) / n
    below = 1 - (together[m:] - _midranks(zero)) / m
    auc = float(above.mean())
    spread = float(np.sqrt(above.var(ddof=1) / m + below.var(ddof=1) / n))
    return Ranking(auc, max(0.0, auc - 1.96 * spread), min(1.0, auc + 1.96 * spread))


def _midranks(values: Floats) -> Floats:
    # From one up, those that are alike sharing the middle of theirs.
    _, at, alike = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(alike)
    return np.asarray((last - (alike - 1) / 2)[at], dtype=np.float64)


def calibration(found: Ints, rate: Floats, bins: int = BINS) -> pa.Table:
    """Expected against observed in bins of equal size, from the lowest rate to the highest.

    Returns bin (from 1), incidents, expected and observed (shares), low and high (Wilson's 95 % interval of
    observed). Ties in the rate keep the order of the rows.
    """
    order = np.argsort(rate, kind="stable")
    rows = []
    for number, part in enumerate(np.array_split(order, min(bins, len(order))), start=1):
        low, high = wilson(int(found[part].sum()), len(part))
        rows.append(
            {
                "bin": number,
                "incidents": len(part),
                "expected": round(float(rate[part].mean()), SUMS_TO),
                "observed": float(found[part].mean()),
                "low": low,
                "high": high,
            }
        )
    return pa.Table.from_pylist(rows, CALIBRATION)


def calibration_error(found: Ints, rate: Floats, bins: int = BINS) -> float:
    """Mean distance between expected and observed share over bins of equal size (ECE), in [0, 1].

    Bins hold equally many incidents, after M. Naeini, G. Cooper and M. Hauskrecht 2015.
    """
    table = calibration(found, rate, bins)
    gap = np.abs(table["expected"].to_numpy() - table["observed"].to_numpy())
    return float(np.average(gap, weights=table["incidents"].to_numpy()))


def brier(found: Ints, rate: Floats) -> float:
    """Mean squared distance between rate and outcome (G. Brier 1950), in [0, 1]; lower is better."""
    return float(np.mean((found - rate) ** 2))


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval (1927) for a share of `hits` in `n`; (0, 1) when n is 0."""
    if n == 0:
        return 0.0, 1.0
    p = hits / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return float(max(0.0, centre - half)), float(min(1.0, centre + half))

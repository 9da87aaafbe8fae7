"""Near-repeat pairs beside the Knox class of pointpats: the identical statistic, 99 permutations each."""

from __future__ import annotations

import os
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
from pointpats import Knox

from benchmarks.interleaved import interleaved
from benchmarks.report import Finding, Row
from lippen.credibility.near_repeat import near_repeat

INCIDENTS: Final = (5_000, 20_000)
PERMUTATIONS: Final = 99
REACH_KM: Final = 0.2
LONGEST_GAP_S: Final = 7 * 86_400

Incidents = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.int64]]


def town(incidents: int, seed: int) -> Incidents:
    """A year of incidents around street corners, one for every twenty, with time and place unrelated."""
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 20, (incidents // 20, 2))
    x, y = (corners[rng.integers(0, len(corners), incidents)] + rng.normal(0, 0.3, (incidents, 2))).T
    return x.copy(), y.copy(), rng.integers(0, 365 * 86_400, incidents)


def by_pointpats(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], seconds: npt.NDArray[np.int64]
) -> Knox:
    return Knox(
        np.column_stack([x, y]),
        seconds[:, None].astype(float),
        REACH_KM,
        LONGEST_GAP_S,
        PERMUTATIONS,
        keep=True,
    )


def run(repeats: int, sizes: tuple[int, ...] = INCIDENTS) -> Finding:
    """Time both at each size. Raises ValueError when the statistic or the expected number is not the same."""
    near_repeat(*town(100, seed=0), REACH_KM, LONGEST_GAP_S)  # compiled before the clock runs
    rows: list[Row] = []
    for incidents in sizes:
        year = town(incidents, seed=1)
        timed = interleaved(
            {
                "Lippen": partial(near_repeat, *year, REACH_KM, LONGEST_GAP_S, PERMUTATIONS),
                "pointpats": partial(by_pointpats, *year),
            },
            repeats,
        )
        ours, theirs = timed["Lippen"].result, timed["pointpats"].result
        if ours.pairs != theirs.nst or not np.isclose(ours.expected, theirs.expected[0, 0], rtol=1e-12):
            raise ValueError(f"{ours.pairs} near repeats by Lippen, {theirs.nst} by pointpats")
        rows += [
            {
                "incidents": incidents,
                "program": "Lippen",
                "seconds": timed["Lippen"].median,
                "times Lippen's": 1.0,
                "near repeats": ours.pairs,
                "expected": ours.expected,
                "mean of those drawn": float(ours.permuted.mean()),
            },
            {
                "incidents": incidents,
                "program": "pointpats",
                "seconds": timed["pointpats"].median,
                "times Lippen's": timed["pointpats"].median / timed["Lippen"].median,
                "near repeats": theirs.nst,
                "expected": float(theirs.expected[0, 0]),
                "mean of those drawn": float(theirs.sim.mean()),
            },
        ]
    return Finding(
        title="Near repeats in space and time",
        what=f"Pairs within {REACH_KM * 1000:.0f} m and {LONGEST_GAP_S // 86_400} days of each other in a "
        f"made-up year of incidents (Knox 1964), and {PERMUTATIONS} permutations of the times. Both count "
        "the same pairs, or the benchmark stops.",
        columns={
            "incidents": ",",
            "program": "",
            "seconds": ".3f",
            "times Lippen's": ",.1f",
            "near repeats": ",",
            "expected": ",.1f",
            "mean of those drawn": ",.1f",
        },
        rows=rows,
        repeats=repeats,
        packages=["pointpats"],
        notes=[
            f"Lippen counts on every core ({os.cpu_count()} here); pointpats runs on one.",
            "Each draws its own permutations, so the means differ by chance.",
        ],
    )

"""Where the level of a price shifts: one week in a series after which things cost more, or less.

The largest difference between the weeks before and after any week, over all weeks, is set against the same of
the series with its weeks shuffled (J. Antoch and M. Hušková 2001, *Permutation tests in change point
analysis*), in blocks of `BLOCK` weeks that stay together, since what one advert asks this week it asks next
week (C. Kirch 2007, *Block permutation principles for the change analysis of dependent data*). Over all
substances the share of false shifts is held at `FALSE_SHARE` (Y. Benjamini and Y. Hochberg 1995). A shift
smaller than `LEAST` is none that anybody needs to hear of, however sure it is: prices drift.

It finds one shift a series. A slow rise that goes on all year looks like one; who reads it sees the weeks.
"""

from __future__ import annotations

import zlib
from itertools import groupby
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PRICE_SHIFTS: Final = pa.schema(
    [
        ("substance", pa.string()),
        ("unit", pa.string()),
        ("weeks", pa.int64()),
        ("week", pa.date32()),
        ("before_pence", pa.float64()),
        ("after_pence", pa.float64()),
        ("change", pa.float64()),
        ("p", pa.float64()),
        ("q", pa.float64()),
        ("shifted", pa.bool_()),
    ]
)
"""A row for each substance and unit with weeks enough to say. `week` is the first of the new level where it
may have shifted, `before_pence` and `after_pence` the medians of up to `AROUND` weeks on either side, for one
unit, `change` the share by which the price rose or fell. `p` and `q` are those of chance; `shifted` says that
q is at most `FALSE_SHARE` and the change at least `LEAST`."""

LEAST_WEEKS: Final = 16
"""Weeks with a price below which there are too few to say."""

EDGE: Final = 4
"""Weeks that must lie on either side of a shift."""

AROUND: Final = 8
"""Weeks on either side that say how large it is."""

BLOCK: Final = 5
"""Weeks that stay together when they are shuffled."""

SHUFFLES: Final = 1999
"""How often they are."""

LEAST: Final = 0.10
"""The least share by which a price must change."""

FALSE_SHARE: Final = 0.05
"""The share of false shifts to expect among those told."""


def price_shifts(weeks: pa.Table, seed: int) -> pa.Table:
    """Where the prices of a table of weeks (`prices.PRICE_WEEKS`) shift (PRICE_SHIFTS), in the order of
    names.

    The same seed gives the same table.
    """
    rows: list[dict[str, Any]] = []
    told = [row for row in weeks.to_pylist() if row["enough"]]
    told.sort(key=lambda row: (row["substance"], row["unit"], row["week"]))
    for (substance, unit), here in groupby(told, key=lambda row: (row["substance"], row["unit"])):
        series = list(here)
        if len(series) >= LEAST_WEEKS:
            own = np.random.SeedSequence([seed, zlib.crc32(f"{substance}/{unit}".encode())])
            rows.append({"substance": substance, "unit": unit, **_shift(series, own)})
    for row, q in zip(rows, _q_values([row["p"] for row in rows]), strict=True):
        row |= {"q": q, "shifted": q <= FALSE_SHARE and _large(row)}
    return pa.Table.from_pylist(rows, PRICE_SHIFTS)


def _large(row: dict[str, Any]) -> bool:
    return bool(abs(np.log1p(row["change"])) >= np.log1p(LEAST))


def _shift(series: list[dict[str, Any]], seed: np.random.SeedSequence) -> dict[str, Any]:
    price = np.log([row["one_pence"] for row in series])
    strength, at = _strongest(price[None])
    draw = np.random.default_rng(seed)
    # Where the blocks begin is drawn too: few whole blocks have few orders, and none would be rare.
    block = (np.arange(len(price)) + draw.integers(0, BLOCK, (SHUFFLES, 1))) // BLOCK
    places = draw.permuted(np.tile(np.arange(block.max() + 1), (SHUFFLES, 1)), axis=1)
    shuffled = price[np.argsort(np.take_along_axis(places, block, axis=1), axis=1, kind="stable")]
    reached = int((_strongest(shuffled)[0] >= strength[0] - 1e-12).sum())
    week = int(at[0])
    before, after = (
        np.median(part) for part in (price[max(0, week - AROUND) : week], price[week : week + AROUND])
    )
    return {
        "weeks": len(price),
        "week": series[week]["week"],
        "before_pence": float(np.exp(before)),
        "after_pence": float(np.exp(after)),
        "change": float(np.expm1(after - before)),
        "p": (reached + 1) / (SHUFFLES + 1),
    }


def _strongest(price: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Of each row the largest difference between the means before and after a week, weighed by how many weeks
    lie on either side, and that week's place."""
    n = price.shape[1]
    at = np.arange(EDGE, n - EDGE + 1)
    sums = np.cumsum(price, axis=1)
    before = sums[:, at - 1] / at
    after = (sums[:, -1:] - sums[:, at - 1]) / (n - at)
    strength = np.abs(after - before) * np.sqrt(at * (n - at) / n)
    best = np.argmax(strength, axis=1)
    return strength[np.arange(len(price)), best], at[best]


def _q_values(p: list[float]) -> list[float]:
    """The share of chance among those at least as sure (Benjamini and Hochberg)."""
    values = np.array(p)
    order = np.argsort(values)
    q = values[order] * len(values) / np.arange(1, len(values) + 1)
    told = np.empty(len(values))
    told[order] = np.minimum(1.0, np.minimum.accumulate(q[::-1])[::-1])
    return [float(one) for one in told]

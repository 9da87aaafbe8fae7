"""How many reports a week ordinarily brings, by substance and larger area, and when a week brings more.

The method is *Farrington flexible* (Noufaily, Enki, Farrington, Garthwaite, Andrews and Charlett 2013,
Statistics in Medicine 32(7), 1206-1222, after Farrington, Andrews, Beale and Catchpole 1996), written from
its description:

* the weeks of the last five years are the baseline, the latest 26 apart, so that what is building up is not
  its own yardstick;
* a quasi-Poisson regression has a level, a trend, and a factor of ten seasons, of which the first is the
  seven weeks around this one in every year. Where the trend would expect more than was ever counted, it is
  left out;
* weeks whose standardised Anscombe residual is above 2.58 weigh the inverse of its square, and the regression
  is made again, so that an earlier outbreak hides no later one;
* the bound is the 95 % quantile of the negative binomial with that mean and dispersion (Poisson where the
  counts are not over-dispersed);
* no alarm is raised on fewer than five reports in four weeks.

Where the years are not there, it says that it cannot tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import betainc, nbdtrik, pdtr, pdtrik

from lippen.trade.errors import PostsUnusable
from lippen.wording import counted

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]

YEAR: Final = 52
"""Weeks that are taken for a year: over five years that is six days too few, which the seven weeks cover."""
_SEASONS: Final = 10
_RIDGE: Final = 1e-4
"""Holds the factor of a season that never had a report; too little to move any other."""
_ROUNDS: Final = 25

MOST_UNSEEN: Final = 0.1
"""The share of the weeks needed in which nothing at all may have been reported: a gap is no quiet time."""

COUNT_ALARMS: Final = pa.schema(
    [
        ("substance", pa.string()),
        ("larger_area", pa.string()),
        ("week", pa.date32()),
        ("reports", pa.int64()),
        ("expected", pa.float64()),
        ("upper", pa.float64()),
        ("alarm", pa.bool_()),
        ("says", pa.string()),
    ]
)
"""One row a substance and larger area, for one week (its first day). `expected` and `upper` (the most that is
ordinary, 95 %) and `alarm` are null where it cannot be told; `says` is one plain sentence."""


@dataclass(frozen=True)
class Ordinary:
    """The published defaults: five `years` back, half a window of three weeks, the latest 26 weeks left out,
    weights from residuals above 2.58, the 95 % bound, and five reports in four weeks."""

    years: int = 5
    half_window: int = 3
    left_out: int = 26
    residual: float = 2.58
    alpha: float = 0.05
    least: int = 5
    least_weeks: int = 4

    @property
    def weeks_needed(self) -> int:
        """Weeks before this one without which it cannot be told."""
        return self.years * YEAR + self.half_window


@dataclass(frozen=True)
class Expected:
    """For each series its `expected` count this week, the `upper` bound of what is ordinary, whether there is
    an `alarm`, and the `dispersion` (1 is that of chance). All NaN, and no alarm, where it was not `told`."""

    expected: Floats
    upper: Floats
    alarm: Mask
    dispersion: Floats
    told: bool


def expected_counts(counts: Counts, settings: Ordinary | None = None) -> Expected:
    """What the last week of each series should have brought.

    `counts`: series by week, whole numbers from 0 up, the last column being this week, without a gap. Raises
    ValueError where it is not such a table.
    """
    chosen = settings or Ordinary()
    counts = np.asarray(counts)
    if counts.ndim != 2 or not counts.shape[1] or counts.dtype.kind not in "iu" or (counts < 0).any():
        raise ValueError("counts must be whole numbers from 0 up, series by week")
    series, weeks = counts.shape
    if weeks - 1 < chosen.weeks_needed:
        unknown = np.full(series, np.nan)
        return Expected(unknown, unknown, np.zeros(series, dtype=np.bool_), unknown, told=False)
    back = np.arange(chosen.left_out + 1, chosen.weeks_needed + 1)[::-1]
    past = counts[:, weeks - 1 - back].astype(np.float64)
    design = _design(back, chosen.half_window)
    now = np.zeros(design.shape[1])
    now[0] = 1.0
    mean, dispersion = _robust(past, design, now, chosen.residual)
    # The trend is the second column.
    too_much = mean > past.max(axis=1)
    if too_much.any():
        level = np.delete(design, 1, axis=1)
        mean[too_much], dispersion[too_much] = _robust(
            past[too_much], level, np.delete(now, 1), chosen.residual
        )
    upper = _bound(mean, dispersion, chosen.alpha)
    lately = counts[:, -chosen.least_weeks :].sum(axis=1)
    return Expected(mean, upper, (counts[:, -1] > upper) & (lately >= chosen.least), dispersion, told=True)


def _design(back: Counts, half_window: int) -> Floats:
    """Level, trend (0 this week), and seasons but the first, which is the one of this week."""
    within = (-back + half_window) % YEAR
    wide = 2 * half_window + 1
    rest = (within - wide) * (_SEASONS - 1) // (YEAR - wide) + 1
    season = np.where(within < wide, 0, rest)
    trend = -back / YEAR
    factors = (season[:, None] == np.arange(1, _SEASONS)).astype(np.float64)
    return np.column_stack([np.ones(len(back)), trend, factors])


def _robust(past: Floats, design: Floats, now: Floats, residual: float) -> tuple[Floats, Floats]:
    """This week's mean and the dispersion, after earlier outbreaks are weighed down."""
    weight = np.ones_like(past)
    coefficients, mean, leverage = fit_quasi_poisson(past, design, weight)
    dispersion = _dispersion(past, mean, weight, design.shape[1])
    anscombe = 1.5 * (past ** (2 / 3) * mean ** (-1 / 6) - np.sqrt(mean))
    anscombe /= np.sqrt(dispersion[:, None] * np.maximum(1 - leverage, 1e-6))
    weight = np.where(anscombe > residual, np.maximum(anscombe, residual) ** -2.0, 1.0)
    weight *= past.shape[1] / weight.sum(axis=1, keepdims=True)
    coefficients, mean, _ = fit_quasi_poisson(past, design, weight)
    dispersion = _dispersion(past, mean, weight, design.shape[1])
    return np.exp(np.clip(coefficients @ now, -20, 20)), dispersion


def fit_quasi_poisson(past: Floats, design: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Poisson regressions with a logarithmic link, all series at once, by iteratively reweighted least
    squares.

    `past` and `weight`: series by week; `design`: week by column. Returns the coefficients (series by
    column), the means and the leverages (series by week).
    """
    hold = np.full(design.shape[1], _RIDGE)
    hold[0] = 1e-9
    mean = past + 0.5
    for _ in range(_ROUNDS):
        linear = np.log(mean)
        working = weight * mean
        cross = np.einsum("kn,ni,nj->kij", working, design, design, optimize=True) + np.diag(hold)
        right = (working * (linear + (past - mean) / mean)) @ design
        coefficients = np.linalg.solve(cross, right[:, :, None])[:, :, 0]
        new = np.exp(np.clip(coefficients @ design.T, -20, 20))
        if np.abs(new - mean).max(initial=0.0) < 1e-8 * max(1.0, mean.max(initial=0.0)):
            mean = new
            break
        mean = new
    working = weight * mean
    cross = np.einsum("kn,ni,nj->kij", working, design, design, optimize=True) + np.diag(hold)
    spread = np.einsum("ni,kij,nj->kn", design, np.linalg.inv(cross), design, optimize=True)
    return coefficients, mean, working * spread


def _dispersion(past: Floats, mean: Floats, weight: Floats, columns: int) -> Floats:
    pearson = (weight * (past - mean) ** 2 / mean).sum(axis=1) / (past.shape[1] - columns)
    return np.asarray(np.maximum(1.0, pearson))


def _bound(mean: Floats, dispersion: Floats, alpha: float) -> Floats:
    # The quantiles of scipy.stats, which takes as long to load as all else that reads the trade's tables: the
    # special functions may be one count above.
    share, over = 1 - alpha, dispersion > 1 + 1e-6
    size = mean / np.where(over, dispersion - 1, 1.0)
    spread, plain = (np.ceil(found) for found in (nbdtrik(share, size, 1 / dispersion), pdtrik(share, mean)))
    spread -= betainc(size, np.maximum(spread, 1), 1 / dispersion) >= share
    plain -= pdtr(np.maximum(plain - 1, 0), mean) >= share
    return np.asarray(np.maximum(np.where(over, spread, plain), 0))


def count_alarms(
    reports: pa.Table, until: date, settings: Ordinary | None = None, what: str = "reports"
) -> pa.Table:
    """Counts of one week against what is ordinary (COUNT_ALARMS), the alarms first.

    `reports`: columns substance, larger_area and day, a row a report; those after `until` are left out. The
    week is the seven days that end with `until`, and the weeks before it are counted back from there, as far
    as the first report. A week without any report is one in which nobody looked: where these are more than
    `MOST_UNSEEN` of the weeks needed, nothing is told, and why is said of `what` was counted. Raises
    PostsUnusable where a column is missing.
    """
    chosen = settings or Ordinary()
    needed = {"substance", "larger_area", "day"}
    if missing := sorted(needed - set(reports.column_names)):
        raise PostsUnusable(
            f"the reports have no column {', '.join(missing)}",
            remedy="Give each report its substance, its larger area and its day.",
        )
    rows = [
        row
        for row in reports.select(sorted(needed)).to_pylist()
        if row["day"] is not None and row["substance"] and row["larger_area"] and row["day"] <= until
    ]
    if not rows:
        return COUNT_ALARMS.empty_table()
    keys = sorted({(row["substance"], row["larger_area"]) for row in rows})
    number = {key: at for at, key in enumerate(keys)}
    back = np.array([(until - row["day"]).days // 7 for row in rows])
    weeks = min(int(back.max()), chosen.weeks_needed) + 1
    counts = np.zeros((len(keys), weeks), dtype=np.int64)
    at = np.array([number[row["substance"], row["larger_area"]] for row in rows])
    np.add.at(counts, (at[back < weeks], weeks - 1 - back[back < weeks]), 1)
    found = expected_counts(counts, chosen)
    needs = chosen.weeks_needed
    looked = int(counts[:, :-1].any(axis=0).sum())
    known = found.told and looked >= (1 - MOST_UNSEEN) * needs
    unknown = (
        f"It cannot be told of {what}: {counted(looked, 'week')} before this one"
        f" {'has' if looked == 1 else 'have'} any, and {needs} are needed."
    )
    told: list[dict[str, Any]] = []
    for key, where in number.items():
        seen = int(counts[where, -1])
        expected, upper = float(found.expected[where]), float(found.upper[where])
        told.append(
            {
                "substance": key[0],
                "larger_area": key[1],
                "week": until - timedelta(days=6),
                "reports": seen,
                "expected": round(expected, 3) if known else None,
                "upper": upper if known else None,
                "alarm": bool(found.alarm[where]) if known else None,
                "says": _says(seen, expected, upper, bool(found.alarm[where])) if known else unknown,
            }
        )
    told.sort(key=lambda row: (not row["alarm"], -row["reports"], row["substance"], row["larger_area"]))
    return pa.Table.from_pylist(told, COUNT_ALARMS)


def _says(seen: int, expected: float, upper: float, alarm: bool) -> str:
    both = f"{seen} this week, where some {expected:.1f} are ordinary and up to {upper:.0f} are no surprise."
    if alarm:
        return f"More than chance and season explain: {both}"
    return both if seen <= upper else f"{both} It is too few in four weeks to speak of."

"""Do people who judge the same things apart come to the same answer?

Krippendorff's alpha for answers without an order (K. Krippendorff, "Computing Krippendorff's
Alpha-Reliability", 2011): 1 when all agree, 0 when they agree as often as chance would have it, below 0 when
less often. It takes any number of people, of whom not each has judged everything. The interval is by drawing
the things anew with replacement (B. Efron 1979), since another month would bring others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_UNITS = 10
"""Of fewer things that two or more have judged, nothing is said but how many agree."""

REPLICATES = 2_000


@dataclass(frozen=True)
class Agreement:
    """`units` things were judged by two people or more, on which all agree for `agreed` of them.

    `alpha` with its 95 % interval is None where `why` says why it cannot be told.
    """

    units: int
    agreed: int
    alpha: float | None
    low: float | None
    high: float | None
    why: str

    @property
    def share(self) -> float | None:
        """The share of them on which all agree; None where nothing was judged twice."""
        return self.agreed / self.units if self.units else None


def agreement(judged: Mapping[str, Sequence[str]], seed: int = 0) -> Agreement:
    """How far people agree. `judged` holds for each thing the answers given, one a person, in any order.

    The result depends on the answers, not on the order of things or people.
    """
    pairable = sorted(tuple(sorted(answers)) for answers in judged.values() if len(answers) > 1)
    agreed = sum(len(set(answers)) == 1 for answers in pairable)
    if len(pairable) < LEAST_UNITS:
        why = f"Fewer than {LEAST_UNITS} were judged by two people or more."
        return Agreement(len(pairable), agreed, None, None, None, why)
    kinds = sorted({answer for answers in pairable for answer in answers})
    if len(kinds) == 1:
        why = "All answers are the same, so nothing tells agreement from habit."
        return Agreement(len(pairable), agreed, None, None, None, why)
    counts = np.array([[answers.count(kind) for kind in kinds] for answers in pairable], dtype=np.float64)
    once = np.ones((1, len(counts)))
    weights = np.random.default_rng(seed).multinomial(
        len(counts), np.full(len(counts), 1 / len(counts)), REPLICATES
    )
    (alpha,) = _alphas(counts, once)
    # A drawing in which all answers are the same has no disagreement to expect, and tells nothing.
    drawn = _alphas(counts, weights.astype(np.float64))
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return Agreement(len(pairable), agreed, float(alpha), float(low), float(high), "")


def _alphas(counts: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Alpha for each row of `weights`, which says how often each thing (row of `counts`) is taken."""
    answers = counts.sum(axis=1)
    disagreeing = (answers**2 - (counts**2).sum(axis=1)) / (answers - 1)
    n = weights @ answers
    totals = weights @ counts
    observed = weights @ disagreeing / n
    expected = (n**2 - (totals**2).sum(axis=1)) / (n * (n - 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected > 0, 1 - observed / expected, np.nan)

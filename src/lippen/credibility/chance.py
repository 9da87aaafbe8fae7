"""How strong groups of incidents get by chance alone, measured on shuffled streams.

Each replicate moves every incident by its own whole number of weeks: kind, place, words and hour of the week
stay, and only which incidents fall together is left to chance. The search runs on each replicate exactly as
on the real stream, so what it finds there are false episodes, and their number at every strength is the
error rate that the page states.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lippen.credibility.background import Background
from lippen.credibility.scan import Cluster, find_clusters
from lippen.credibility.stream import Stream, covered_days, shuffled

Floats = NDArray[np.float64]

THREADS = 2


@dataclass(frozen=True)
class Chance:
    """What chance alone brings.

    `scores` are those of every cluster of every replicate, strongest first; `spots` gives for each the row of
    the feature table of its first incident. `replicates` streams of `days` days with `starts` searched
    incidents each were shuffled. `threshold` is the least score whose expected number of false episodes is
    within the budget.
    """

    scores: Floats
    spots: NDArray[np.int64]
    replicates: int
    days: float
    starts: int
    threshold: float

    def false_per_30_days(self) -> float:
        """False episodes to expect in 30 days, at the threshold."""
        return float((self.scores > self.threshold).sum() / self.replicates / self.days * 30)

    def p_value(self, score: float) -> float:
        """How often a look from one incident finds chance this strong: (b + 1) / (m + 1), never 0.

        b of m looks on the shuffled streams reached the score (B. Phipson and G. Smyth 2010).
        """
        reached = int((self.scores >= score).sum())
        return (reached + 1) / (self.replicates * self.starts + 1)

    def q_values(self, scores: list[float]) -> list[float]:
        """The share of chance among episodes at least as strong (Y. Benjamini and Y. Hochberg 1995).

        Over all looks of the real stream; `scores` are those of its clusters, strongest first.
        """
        q = [min(1.0, self.p_value(score) * self.starts / rank) for rank, score in enumerate(scores, start=1)]
        return [float(one) for one in np.minimum.accumulate(q[::-1])[::-1]]


def measure_chance(
    stream: Stream,
    background: Background,
    copy_evidence: float,
    start_s: int,
    budget: float,
    replicates: int,
    seed: int,
    advance: Callable[[int], None] = lambda _: None,
) -> Chance:
    """Shuffle `stream` over the days it covers, counted from `start_s`, and search it, `replicates` times.

    `budget` is the number of false episodes allowed in 30 days; `advance` is told of each replicate done. The
    result depends on `seed` and not on the number of threads.
    """
    seeds = np.random.SeedSequence(seed).spawn(replicates)

    def one(number: int) -> list[Cluster]:
        rng = np.random.default_rng(seeds[number])
        return find_clusters(shuffled(stream, start_s, rng), background, copy_evidence)

    scores: list[float] = []
    spots: list[int] = []
    with ThreadPoolExecutor(THREADS) as pool:
        for clusters in pool.map(one, range(replicates)):
            scores += [cluster.score for cluster in clusters]
            spots += [cluster.first_row for cluster in clusters]
            advance(1)
    order = np.argsort(-np.array(scores), kind="stable")
    ranked = np.array(scores)[order]
    days = float(len(covered_days(stream, start_s)))
    allowed = int(budget * replicates * days / 30)
    threshold = float(ranked[allowed]) if allowed < len(ranked) else 0.0
    starts = int((stream.unfounded & ~stream.repeat).sum())
    return Chance(ranked, np.array(spots, dtype=np.int64)[order], replicates, days, starts, threshold)

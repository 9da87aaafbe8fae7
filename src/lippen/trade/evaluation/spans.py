"""How often drugs are found in texts where somebody marked them, and nowhere else.

A find counts when both its ends are those of a mark. Without texts kept apart, each fifth of them is searched
by what was learned from the other four; texts that are alike to the letter lie in one fifth.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lippen.progress import Stages
from lippen.trade.errors import EvaluationRefused
from lippen.trade.evaluation.span_baselines import BASELINES, Place, places_marked
from lippen.trade.spans import learn, parted

FOLDS: Final = 5
DRAWS: Final = 2000
"""How often texts are drawn anew for the interval of F1."""

Counts = NDArray[np.int64]
"""A row for each text: finds that are right, finds, marks."""

_MODEL: Final = "model"


def evaluate_spans(train: pa.Table, test: pa.Table | None, seed: int, stages: Stages) -> dict[str, Any]:
    """Learn from `train` where drugs are named, and count what is found in `test`.

    Both hold texts and the spans marked in each (`lippen.evaluating.labelled.SPANS`). Returns `n` (marks) and
    `texts` that it was measured on, `precision`, `recall` and `f1` over all marks together, `f1_low` and
    `f1_high` (95 % of a bootstrap over texts), `baselines` (each with precision, recall and f1) and, without
    `test`, `folds` (f1 of each fifth). Shares are in [0, 1], to four digits.

    Raises EvaluationRefused where too few texts are marked to learn from, and where `test` has no mark.
    """
    parts = _fifths(train, seed) if test is None else [(train, test)]
    if test is not None and not places_marked(test):
        raise EvaluationRefused(
            "none of the texts to measure on has a marked span",
            remedy="Measure on texts in which somebody marked where drugs are named.",
        )
    counts: dict[str, list[Counts]] = {name: [] for name in (_MODEL, *BASELINES)}
    with stages.stage("spans", total=sum(len(kept) for _, kept in parts)) as stage:
        for learned, kept in parts:
            model = learn(learned["text"], learned["spans"], seed)
            table = model.find(kept["text"])
            places = set(zip(*(table[name].to_pylist() for name in ("row", "start", "end")), strict=True))
            counts[_MODEL].append(_counted(places, kept))
            for name, way in BASELINES.items():
                counts[name].append(_counted(way(learned)(kept["text"]), kept))
            stage.advance(len(kept))
    together = {name: np.concatenate(part) for name, part in counts.items()}
    low, high = _interval(together[_MODEL], seed)
    facts = {
        "n": int(together[_MODEL][:, 2].sum()),
        "texts": len(together[_MODEL]),
        **_measures(together[_MODEL]),
        "f1_low": low,
        "f1_high": high,
        "baselines": {name: _measures(together[name]) for name in BASELINES},
    }
    return (
        facts if test is not None else facts | {"folds": [_measures(part)["f1"] for part in counts[_MODEL]]}
    )


def _fifths(texts: pa.Table, seed: int) -> list[tuple[pa.Table, pa.Table]]:
    """What is learned from and what is kept apart, five times."""
    if len(texts) == 0:
        return [(texts, texts)]
    part = parted(texts["text"], FOLDS, seed)
    return [
        (texts.filter(pa.array(part != fold)), texts.filter(pa.array(part == fold))) for fold in range(FOLDS)
    ]


def _counted(found: set[Place], kept: pa.Table) -> Counts:
    truth = places_marked(kept)
    counts = np.zeros((len(kept), 3), dtype=np.int64)
    for column, places in enumerate((found & truth, found, truth)):
        np.add.at(counts[:, column], [row for row, _, _ in places], 1)
    return counts


def _measures(counts: Counts) -> dict[str, float]:
    right, found, true = (float(total) for total in counts.sum(axis=0))
    return {
        "precision": round(right / max(1, found), 4),
        "recall": round(right / max(1, true), 4),
        "f1": round(2 * right / max(1, found + true), 4),
    }


def _interval(counts: Counts, seed: int) -> tuple[float, float]:
    """F1 when the same number of texts is drawn again and again: where 95 % of it lies (Efron 1979)."""
    rng = np.random.default_rng(seed)
    drawn = [counts[rng.integers(0, len(counts), len(counts))].sum(axis=0) for _ in range(DRAWS)]
    right, found, true = np.array(drawn).T
    low, high = np.percentile(2 * right / np.maximum(1, found + true), (2.5, 97.5))
    return round(float(low), 4), round(float(high), 4)

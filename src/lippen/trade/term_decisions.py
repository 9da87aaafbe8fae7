"""What people said of candidates, and what the next ranking learns from it.

A candidate is *right* when a person says that it is a term of the trade: a new one, or one that they knew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lippen.measured import wilson
from lippen.trade.errors import DecisionsUnusable
from lippen.trade.lexicon import Term

Floats = NDArray[np.float64]

ANSWERS: Final = ("new term", "known", "not this")
"""What a person can say: it is new and a term, it is a term that was known, it is none."""

DECISIONS: Final = pa.schema(
    [
        ("term", pa.string()),
        ("answer", pa.string()),
        ("decided", pa.date32()),
        ("substance", pa.string()),
        ("burst", pa.float64()),
        ("context_fit", pa.float64()),
        ("contexts", pa.list_(pa.string())),
    ]
)
"""One row an answer. `substance` is what a person says that it means (null where they do not know); the last
three are those of the candidate as it was shown (NEW_TERMS). The latest answer to a term counts."""

CHANGED_BELOW: Final = 0.34
"""A candidate that was answered returns when less than this share of its contexts are those it had then."""

_TAUGHT_BY: Final = 8
"""Answers of each sort (right, not right) from which on the weights move."""
_HOLD: Final = 4.0
"""How hard the weights are held to one: so many answers' worth."""
_ALIKE: Final = 1.5
"""Scores are alike when one is no more than so many times the other."""
_LEAST_ALIKE: Final = 5


@dataclass(frozen=True)
class Taught:
    """What answers taught: `weight` of burst and of context fit in the score, the `scores` of what was
    answered and whether it was `right`, the last answer to each term with its contexts, and the `seeds` that
    were accepted."""

    weight: tuple[float, float]
    scores: Floats
    right: NDArray[np.bool_]
    contexts: dict[str, frozenset[str]]
    seeds: tuple[Term, ...]

    @classmethod
    def by(cls, decisions: pa.Table | None) -> Self:
        """Learn from a table of answers (DECISIONS); None is a table with none. Raises DecisionsUnusable."""
        rows = [] if decisions is None else _rows(decisions)
        burst = np.array([row["burst"] for row in rows], dtype=np.float64)
        fit = np.array([row["context_fit"] for row in rows], dtype=np.float64)
        right = np.array([row["answer"] != "not this" for row in rows], dtype=np.bool_)
        weight = _weights(burst, fit, right)
        last = {row["term"]: row for row in rows}
        return cls(
            weight=weight,
            scores=scored(burst, fit, weight),
            right=right,
            contexts={term: frozenset(row["contexts"] or ()) for term, row in last.items()},
            seeds=tuple(
                Term(term, row["substance"] or "", "slang")
                for term, row in last.items()
                if row["answer"] == "new term"
            ),
        )

    def silenced(self, term: str, contexts: list[str]) -> bool:
        """Whether the term was answered, and stands in the same contexts as then."""
        if term not in self.contexts:
            return False
        before = self.contexts[term]
        if not before or not contexts:
            return True
        return len(before.intersection(contexts)) / len(contexts) >= CHANGED_BELOW

    def alike(self, score: float) -> tuple[int, int, float | None, float | None]:
        """How many answered candidates had such a score, how many were right, and Wilson's 95 % interval of
        that share: None while too few were answered."""
        near = (self.scores >= score / _ALIKE) & (self.scores <= score * _ALIKE)
        seen, hits = int(near.sum()), int(self.right[near].sum())
        low, high = wilson(hits, seen) if seen >= _LEAST_ALIKE else (None, None)
        return seen, hits, low, high


def last_answers(decisions: pa.Table | None, answer: str) -> list[dict[str, Any]]:
    """The last answer to each term of `decisions` (DECISIONS), where it is this one. Raises
    DecisionsUnusable."""
    last = {row["term"]: row for row in ([] if decisions is None else _rows(decisions))}
    return [row for row in last.values() if row["answer"] == answer]


def scored(burst: Floats, fit: Floats, weight: tuple[float, float]) -> Floats:
    """Burst × context fit, each to the power of its weight; 0 where there is no burst."""
    return np.asarray(np.maximum(burst, 0.0) ** weight[0] * np.maximum(fit, 0.0) ** weight[1])


def _weights(burst: Floats, fit: Floats, right: NDArray[np.bool_]) -> tuple[float, float]:
    """Logistic regression of right on the logarithms of both, held to weights of one (a Gaussian prior)."""
    if min(int(right.sum()), int((~right).sum())) < _TAUGHT_BY:
        return 1.0, 1.0
    parts = np.log(np.maximum(np.stack([burst, fit]), 0.01))
    sign = np.where(right, 1.0, -1.0)

    def loss(at: Floats) -> float:
        margin = sign * (at[0] + at[1:] @ parts)
        return float(np.logaddexp(0, -margin).sum() + _HOLD * ((at[1:] - 1) ** 2).sum())

    from scipy.optimize import minimize  # noqa: PLC0415 - as in `term_contexts`

    found = minimize(
        loss, np.array([0.0, 1.0, 1.0]), method="L-BFGS-B", bounds=[(-30, 30), (0.2, 3), (0.2, 3)]
    )
    return round(float(found.x[1]), 3), round(float(found.x[2]), 3)


def _rows(decisions: pa.Table) -> list[dict[str, Any]]:
    missing = [name for name in DECISIONS.names if name not in decisions.column_names]
    if missing:
        raise DecisionsUnusable(
            f"the decisions have no column {', '.join(missing)}",
            remedy=f"Give each the columns {', '.join(DECISIONS.names)}.",
        )
    strange = set(pc.unique(decisions["answer"]).to_pylist()) - set(ANSWERS)
    if strange:
        raise DecisionsUnusable(
            f"{sorted(map(str, strange))[0]!r} is no answer", remedy=f"Write one of: {', '.join(ANSWERS)}."
        )
    needed = ["term", "decided", "burst", "context_fit"]
    if any(decisions[name].null_count for name in needed):
        raise DecisionsUnusable(
            "a decision lacks its term, its day, or the burst and context fit that were shown",
            remedy="Keep those of the candidate's row with its answer.",
        )
    return sorted(
        decisions.select(DECISIONS.names).to_pylist(),
        key=lambda row: (row["decided"], row["term"], row["answer"]),
    )

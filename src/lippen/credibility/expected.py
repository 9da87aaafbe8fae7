"""How often nothing is found, normally, for a call like this one: a calibrated rate and its ladder.

The rate exists to say what is normal here. It is used inside an assessment to reckon how many incidents with
nothing found a place and an hour should bring, and is never stored or shown for one incident.

Invariant: every rung is learned on incidents before `since` and measured on incidents from `since` on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit, logit

from lippen.credibility.features import HISTORIES, MILLION, SURROUNDINGS, ints
from lippen.credibility.settings import AssessmentError
from lippen.wording import counted

if TYPE_CHECKING:
    # Loaded where something is learned: it takes as long to load as all else, and little teaches nothing.
    from sklearn.ensemble import HistGradientBoostingClassifier

Floats = NDArray[np.float64]

LEAST_LEARNED = 500
LEAST_MEASURED = 200
MOST_TREES = 100
SCALE_WEIGHT = 1000.0
"""Incidents to be outweighed before rates are scaled: a few hundred say little of how far they are off."""

KNOWN_KINDS = 200
"""Kinds with a category of their own; rarer ones are told apart by their rate alone."""

PRIOR_WEIGHT = {"area": 20.0, "area_kind": 5.0, "larger": 50.0, "larger_kind": 10.0, "kind": 20.0}
"""Incidents of pretended normal history that each history starts with, so that little history says little."""


@dataclass(frozen=True)
class Rates:
    """What was learned: a rate in [0, 1] for every row of the feature table.

    `learning` and `later` are masks over the same rows.
    """

    rate: Floats
    learning: NDArray[np.bool_]
    later: NDArray[np.bool_]


def learn_rates(features: pa.Table, since_day: int, seed: int) -> Rates:
    """Learn the rate of "nothing found" on the days before `since_day` (local days since 1970).

    `features` has the columns of `feature_table`. The model is gradient boosting on all that is known around
    a call: kind, hour and larger area, the history of the small area and the surroundings within the hour.
    Its number of trees, slope and level are set on the last 15 % of the days it learns from (Platt scaling on
    later time than the first fit saw).

    Raises AssessmentError when there are too few incidents to learn from or to measure on.
    """
    day = ints(features, "day_n")
    found = ints(features, "unfounded")
    learning = day < since_day
    later = ~learning
    if not len(found):
        raise AssessmentError(
            "this export names no outcome, so how its incidents end cannot be told; only volumes are shown",
            remedy="If it has closing codes, map their column as `disposal` and list them under [outcomes].",
        )
    if learning.sum() < LEAST_LEARNED or later.sum() < LEAST_MEASURED:
        raise AssessmentError(
            f"{counted(int(learning.sum()), 'incident')} with an outcome before the days assessed, and "
            f"{later.sum():,} in them, are too few to learn from",
            remedy=f"At least {LEAST_LEARNED} and {LEAST_MEASURED} are needed: bring a longer export, "
            "or choose another --since.",
        )
    if len(np.unique(found[learning])) < 2:
        raise AssessmentError(
            "every incident before the assessed days ended the same way",
            remedy="Look at [outcomes] in the mapping: which codes mean that nothing was found?",
        )
    rate = _model_rate(_columns(features, learning), found, learning, day, seed)
    return Rates(rate, learning, later)


def learn_ladder(features: pa.Table, learning: NDArray[np.bool_], seed: int) -> dict[str, Floats]:
    """The simpler rates that the model is held against, each learned on the rows under the mask `learning`.

    Rungs, from the lowest: `global`, the overall rate; `kind`, the rate of the kind; `kind_hour`, kind by
    hour of week, drawn towards the kind (empirical Bayes, weight 40); `logistic`, logistic regression on all
    that the model sees; `boosted`, gradient boosting on kind, hour and larger area. Each has one value in
    [0, 1] a row of `features`.
    """
    columns, found = _columns(features, learning), ints(features, "unfounded")
    overall = float(found[learning].mean())
    kind_rate = columns.values["kind_rate"]
    plain = _boosting(columns, columns.plain, seed)
    plain.fit(columns.matrix(columns.plain, learning), found[learning])
    boosted = plain.predict_proba(columns.matrix(columns.plain, np.ones_like(learning)))[:, 1]
    return {
        "global": np.full(len(found), overall),
        "kind": kind_rate,
        "kind_hour": _kind_hour(features, found, learning, kind_rate),
        "logistic": _logistic(columns, found, learning),
        "boosted": np.asarray(boosted, dtype=np.float64),
    }


@dataclass(frozen=True)
class _Columns:
    """The numbers a model sees; `plain` and `full` name the columns of `values`, `categories` marks codes."""

    values: dict[str, Floats]
    plain: tuple[str, ...] = ("kind_code", "kind_rate", "hour", "weekday", "larger_code")
    categories: tuple[str, ...] = ("kind_code", "larger_code")

    @property
    def full(self) -> tuple[str, ...]:
        return tuple(self.values)

    def matrix(self, names: tuple[str, ...], rows: NDArray[Any]) -> Floats:
        return np.column_stack([self.values[name][rows] for name in names])


def _columns(features: pa.Table, learning: NDArray[np.bool_]) -> _Columns:
    values: dict[str, Floats] = {
        "kind_code": _codes(features["kind"], learning, KNOWN_KINDS),
        "kind_rate": ints(features, "rate_ppm") / MILLION,
        "hour": ints(features, "local_hour").astype(np.float64),
        "weekday": ints(features, "weekday").astype(np.float64),
        "larger_code": _codes(features["larger_area"], learning, 100),
        "place_form": ints(features, "place_form").astype(np.float64),
    }
    for name in HISTORIES:
        n = ints(features, f"{name}_n").astype(np.float64)
        excess = ints(features, f"{name}_found") - ints(features, f"{name}_expected_ppm") / MILLION
        values[f"{name}_excess"] = excess / (n + PRIOR_WEIGHT[name])
    for name in ("area_n", "area_kind_n", *SURROUNDINGS):
        values[name] = ints(features, name).astype(np.float64)
    return _Columns(values)


def _codes(column: pa.ChunkedArray, learning: NDArray[np.bool_], most: int) -> Floats:
    """A number for each of the commonest values while learning (ties by name); NaN for the others."""
    encoded = column.combine_chunks().dictionary_encode()
    names = encoded.dictionary.to_pylist()
    index = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    counts = np.bincount(index[learning & (index >= 0)], minlength=len(names))
    ranked = sorted(
        (-int(n), str(name), i) for i, (n, name) in enumerate(zip(counts, names, strict=True)) if n
    )
    code = np.full(len(names) + 1, np.nan)
    for rank, (_, _, i) in enumerate(ranked[:most]):
        code[i] = rank
    return np.asarray(code[index], dtype=np.float64)


def _boosting(
    columns: _Columns, names: tuple[str, ...], seed: int, trees: int = MOST_TREES
) -> HistGradientBoostingClassifier:
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - see the head of this file

    return HistGradientBoostingClassifier(
        learning_rate=0.1,
        max_iter=trees,
        max_leaf_nodes=12,
        min_samples_leaf=100,
        l2_regularization=10.0,
        categorical_features=[name in columns.categories for name in names],
        early_stopping=False,
        random_state=seed,
    )


def _model_rate(
    columns: _Columns,
    found: NDArray[np.int64],
    learning: NDArray[np.bool_],
    day: NDArray[np.int64],
    seed: int,
) -> Floats:
    """The model: fitted to all learned days, with what a trial on the earlier ones says of the later ones.

    The trial says how many trees help, and what slope and level its rates need; how far that is believed goes
    by how many incidents say so.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - see the head of this file

    names = columns.full
    cut = int(np.quantile(day[learning], 0.85))
    first, last = learning & (day < cut), learning & (day >= cut)
    trees, slope, level = MOST_TREES, 1.0, 0.0
    if len(np.unique(found[first])) == len(np.unique(found[last])) == 2:
        trial = _boosting(columns, names, seed).fit(columns.matrix(names, first), found[first])
        grown = [rates[:, 1] for rates in trial.staged_predict_proba(columns.matrix(names, last))]
        trees = 1 + int(np.argmin([_log_loss(found[last], rates) for rates in grown]))
        scale = LogisticRegression(C=1e6).fit(_logit(grown[trees - 1])[:, None], found[last])
        trust = float(last.sum() / (last.sum() + SCALE_WEIGHT))
        slope = 1 + trust * (float(scale.coef_[0, 0]) - 1)
        level = trust * float(scale.intercept_[0])
    model = _boosting(columns, names, seed, trees).fit(columns.matrix(names, learning), found[learning])
    rate = model.predict_proba(columns.matrix(names, np.ones_like(learning)))[:, 1]
    return np.asarray(expit(slope * _logit(rate) + level), dtype=np.float64)


def _log_loss(found: NDArray[np.int64], rate: Floats) -> float:
    # As in sklearn.metrics, whose checks of what it is given took half of all the time of learning.
    least = np.finfo(np.float64).eps
    said = np.where(found == 1, rate, 1 - rate)
    return -float(np.log(np.clip(said, least, 1 - least)).mean())


def _logit(rate: Floats) -> Floats:
    return np.asarray(logit(np.clip(rate, 1e-5, 1 - 1e-5)), dtype=np.float64)


def _kind_hour(
    features: pa.Table, found: NDArray[np.int64], learning: NDArray[np.bool_], kind_rate: Floats
) -> Floats:
    kind = features["kind"].combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    hour = ints(features, "weekday") * 24 + ints(features, "local_hour")
    cell = kind.astype(np.int64) * 168 + hour
    size = int(cell.max()) + 1
    n = np.bincount(cell[learning], minlength=size)
    u = np.bincount(cell[learning], weights=found[learning], minlength=size)
    return np.asarray((u[cell] + 40 * kind_rate) / (n[cell] + 40), dtype=np.float64)


def _logistic(columns: _Columns, found: NDArray[np.int64], learning: NDArray[np.bool_]) -> Floats:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - see the head of this file
    from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: PLC0415 - see the head of this file

    everything = np.ones_like(learning)
    coded = ("kind_code", "larger_code", "hour", "weekday", "place_form")
    numbers = tuple(name for name in columns.full if name not in coded)
    codes = np.nan_to_num(columns.matrix(coded, everything), nan=-1)
    counts = np.nan_to_num(columns.matrix(numbers, everything))
    one_hot = OneHotEncoder(handle_unknown="ignore", min_frequency=20).fit(codes[learning])
    scaler = StandardScaler().fit(counts[learning])
    x = sparse.hstack([one_hot.transform(codes), sparse.csr_matrix(scaler.transform(counts))]).tocsr()
    model = LogisticRegression(C=0.05, max_iter=200).fit(x[learning], found[learning])
    return np.asarray(model.predict_proba(x)[:, 1], dtype=np.float64)

"""From a score to a probability: the way that held best on sellers who were not learned from.

Two ways are tried: a slope and a level (J. Platt 1999), and steps that rise (isotonic regression,
B. Zadrozny and C. Elkan 2002). Each is learned on some sellers and tried on others. Steps are kept where
their log loss is lower by more than its standard error over the folds (L. Breiman, J. Friedman, R. Olshen and
C. Stone 1984): of two that hold as well the plainer is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]

_ROUNDS: Final = 500
"""So often at most a share is reckoned anew; a tenth of it is enough for most collections."""

_STEPS_END: Final = 1e-3
"""Steps say no probability nearer to 0 or 1: a step that met one kind alone proves little."""


@dataclass(frozen=True)
class Calibration:
    """A slope and a level on the log-odds; and, where steps held better, the scores and probabilities between
    which is drawn straight (`at`, `odds`: both empty where they did not)."""

    slope: float
    level: float
    at: Floats
    odds: Floats

    def probability(self, score: Floats) -> Floats:
        """The probability that belongs to each score."""
        if len(self.at):
            return np.interp(score, self.at, self.odds)
        return np.asarray(1 / (1 + np.exp(-np.clip(self.slope * score + self.level, -30, 30))))


def calibrate(score: Floats, truth: NDArray[np.bool_], fold: NDArray[np.int64]) -> Calibration:
    """Learn from scores, each given by what was learned on other folds, and what is true of each.

    Each post counts once, whoever posts much: a probability is told of a post, and its error is measured over
    posts as they come.
    """
    gains = []
    for one in np.unique(fold):
        out = fold == one
        if len(np.unique(truth[~out])) < 2:
            continue
        slope, steps = (
            _loss(truth[out], learn(score[~out], truth[~out]).probability(score[out]))
            for learn in (_sloped, _stepped)
        )
        gains.append(slope - steps)
    if len(gains) < 2 or np.mean(gains) <= np.std(gains, ddof=1) / np.sqrt(len(gains)):
        return _sloped(score, truth)
    return _stepped(score, truth)


def share_among(odds: Floats, share: float) -> float:
    """The share of adverts among posts that nobody marked, from how likely each is one where `share` are.

    By expectation and maximisation (M. Saerens, P. Latinne and C. Decaestecker 2002): what an advert looks
    like is taken to stay the same, and how many there are to change.
    """
    found = share
    for _ in range(_ROUNDS):
        before = found
        found = float(at_share(odds, share, before).mean())
        if abs(found - before) < 1e-6:
            break
    return found


def unlike(score: Floats, adverts: Floats, others: Floats, share: float) -> float:
    """How far the scores of posts lie from a mixture of those of adverts and of others, in [0, 1].

    The largest distance between the two distribution functions (A. Kolmogorov 1933), `share` of the mixture
    being adverts. Where it is large, these are posts of another sort than those learned from.
    """
    at = np.unique(np.concatenate([score, adverts, others]))
    seen, advert, other = (
        np.searchsorted(np.sort(one), at, "right") / len(one) for one in (score, adverts, others)
    )
    return float(np.abs(seen - share * advert - (1 - share) * other).max())


def at_share(odds: Floats, share: float, other: float) -> Floats:
    """How likely each post is an advert where `other` of all are, if it is so likely where `share` are."""
    advert, none = odds * (other / share), (1 - odds) * ((1 - other) / (1 - share))
    return np.asarray(advert / (advert + none))


def _sloped(score: Floats, truth: NDArray[np.bool_]) -> Calibration:
    fitted = LogisticRegression(C=1e6).fit(score[:, None], truth)
    none = np.empty(0)
    return Calibration(float(fitted.coef_[0, 0]), float(fitted.intercept_[0]), none, none)


def _stepped(score: Floats, truth: NDArray[np.bool_]) -> Calibration:
    sloped = _sloped(score, truth)
    fitted = IsotonicRegression(y_min=_STEPS_END, y_max=1 - _STEPS_END, out_of_bounds="clip").fit(
        score, truth
    )
    return Calibration(sloped.slope, sloped.level, fitted.X_thresholds_, fitted.y_thresholds_)


def _loss(truth: NDArray[np.bool_], odds: Floats) -> float:
    safe = np.clip(odds, 1e-6, 1 - 1e-6)
    return float(-np.log(np.where(truth, safe, 1 - safe)).sum())

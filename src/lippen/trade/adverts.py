"""Advert or not: how likely a post offers drugs, whether it is taken for an advert, and why.

A linear model over hashed words and the traits of `traits`, calibrated on sellers that it had not learned
from. Invariant: **a slang word alone never makes an advert.** A post that shows no sign of an offer (`offer`)
is none, whatever it weighs; and no word of the lexicon is part of such a sign.

What is assessed is a post and never who wrote it: no column that stands for a seller is read by `assess`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from lippen.trade.alike_columns import merge_alike
from lippen.trade.calibrating import Calibration, at_share, calibrate, share_among, unlike
from lippen.trade.errors import EvaluationRefused
from lippen.trade.explaining import Reason, reasons_of
from lippen.trade.families import FamilyModel, family_of, learn_families
from lippen.trade.made_up import made_up
from lippen.trade.same_posts import same_texts
from lippen.trade.traits import Posts, posts_of

ASSESSED: Final = pa.schema(
    [("probability", pa.float64()), ("is_advert", pa.bool_()), ("offer", pa.bool_()), ("family", pa.string())]
)
"""One row a post, in the order given: how likely it offers drugs, whether it is taken for an advert (at one
half), whether it shows any sign of an offer, and the family of what it offers (null where it is no
advert)."""

EXPLAINED: Final = pa.schema(
    [("row", pa.int64()), ("what", pa.string()), ("weight", pa.float64()), ("side", pa.string())]
)
"""What weighed most in each post: its number, what it was in plain words, how much it weighs (log-odds), and
which way, `for` or `against` its being an advert."""

FOLDS: Final = 5
LEAST: Final = 20
"""Different adverts, and as many other posts, that are needed to learn."""

UNOFFERED: Final = 0.49
"""The most that a post may reach which offers nothing: less than one half."""

_PENALTIES: Final = (0.25, 1.0, 4.0)
"""Of these inverse penalties the one that holds best on other sellers is taken."""

_MADE_UP_WEIGHS: Final = 6.0
"""How much a made-up post weighs in learning beside one that was given."""

_NO_FOLD: Final = -1
"""Made-up posts are learned from whichever fold is kept apart."""

_ALIKE: Final = 0.5
"""Posts of one seller are alike. Each weighs as one over the number of them to this power, or those who post
most would decide what a post of somebody new is like."""

_ENOUGH: Final = 100
"""So many posts a collection needs for its share of adverts to be told from them."""

_FURTHEST: Final = 1 / 5
"""The least by which the odds of a collection are multiplied; the most is its inverse. Whoever floods one
turns them no further."""

_UNLIKE: Final = 0.15
"""Posts whose scores lie further from those learned from are of another sort. Other crawls of one market lay
within 0.09, another kind of collection beyond 0.2."""

_SKETCH: Final = 512
"""So many quantiles of the scores learned from are kept."""

_TOGETHER: Final = 20_000
"""Posts that are assessed at once."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class AdvertModel:
    """What was learned: a weight for each column of `Posts.columns`, the level, how scores become
    probabilities, the share of adverts for which they hold and the share that is reckoned with, the scores of
    the adverts and of the others that it was learned from (each by what was learned on other sellers), and
    what tells families apart (None where none was learned)."""

    weights: Floats
    level: float
    calibration: Calibration
    learned_share: float
    share: float
    advert_scores: Floats
    other_scores: Floats
    family: FamilyModel | None

    def assess(self, table: pa.Table) -> pa.Table:
        """How likely each post offers drugs (ASSESSED). Read: `text`, and `price`, `origin` and `destination`
        where there are such columns; a price or a way that is recorded is an offer."""
        parts = [self._assessed(posts) for posts in _in_parts(table)]
        return pa.concat_tables([ASSESSED.empty_table(), *parts])

    def explain(self, table: pa.Table, most: int = 5) -> pa.Table:
        """What weighed most in each post (EXPLAINED): at most so many things for its being an advert and so
        many against, the weightiest first. Where nothing is offered, that stands first."""
        reasons: list[Reason] = []
        first = 0
        for posts in _in_parts(table):
            scores = self._scores(posts.columns())
            odds = self._odds(scores)
            reasons += reasons_of(posts, self.weights, odds, self.calibration.slope, UNOFFERED, first, most)
            first += len(posts.texts)
        return pa.Table.from_pylist(
            [{"row": one.row, "what": one.what, "weight": one.weight, "side": one.side} for one in reasons],
            EXPLAINED,
        )

    def fitted_to(self, table: pa.Table) -> Self:
        """This model, reckoning with the share of adverts in a collection, which is told from its posts
        without a mark (`share_among`). Copies count once; the odds are turned by a factor of 5 at most. It
        stays as it is with fewer than 100 different posts, and where the posts are of another sort than those
        it learned from (`unlike`): how many there seem to be tells nothing then.
        """
        texts = same_texts([text or "" for text in table["text"].to_pylist()])
        _, first = np.unique(texts, return_index=True)
        if len(first) < _ENOUGH:
            return self
        scores = np.concatenate(
            [self._scores(posts.columns()) for posts in _in_parts(table.take(pa.array(first)))]
        )
        odds = np.clip(self.calibration.probability(scores), 1e-6, 1 - 1e-6)
        share = share_among(odds, self.learned_share)
        if unlike(scores, self.advert_scores, self.other_scores, share) > _UNLIKE:
            return self
        before = self.learned_share / (1 - self.learned_share)
        most = np.clip(share / max(1e-9, 1 - share), before * _FURTHEST, before / _FURTHEST)
        return replace(self, share=float(most / (1 + most)))

    def weighed(self, table: pa.Table) -> NDArray[np.float64]:
        """How likely each post offers drugs by its weights alone, before the rule that it must offer: for
        saying what that rule costs, and for no verdict."""
        parts = [self._odds(self._scores(posts.columns())) for posts in _in_parts(table)]
        return np.concatenate([np.empty(0), *parts])

    def _assessed(self, posts: Posts) -> pa.Table:
        columns = posts.columns()
        offer = posts.offers.any(axis=1)
        probability = self._odds(self._scores(columns))
        probability = np.where(offer, probability, np.minimum(probability, UNOFFERED))
        is_advert = probability >= 0.5
        family = np.full(len(probability), None, dtype=object)
        if self.family is not None and is_advert.any():
            family[is_advert] = self.family.families(columns[is_advert])
        return pa.table(
            [pa.array(probability), pa.array(is_advert), pa.array(offer), pa.array(family, pa.string())],
            schema=ASSESSED,
        )

    def _odds(self, scores: Floats) -> Floats:
        return at_share(self.calibration.probability(scores), self.learned_share, self.share)

    def _scores(self, columns: sparse.csr_matrix) -> Floats:
        return np.asarray(columns @ self.weights + self.level, dtype=np.float64)


def learn_adverts(table: pa.Table, seed: int, made: pa.Table | None = None) -> AdvertModel:
    """Learn from marked posts: columns as `lippen.evaluating.labelled.ADVERTS`.

    Copies are learned from once, marked as most of them are. Learned beside them are `made` (MADE_UP; without
    it every made-up post of the package), so that a harmless post with words of the trade is known for what
    it is. Which penalty and which calibration, is decided on the sellers given, a fifth of them kept apart in
    turn. Raises EvaluationRefused where there are fewer than LEAST different adverts, or other posts.
    """
    if made is None:
        halves = made_up(seed)
        made = pa.concat_tables([halves.learned, halves.measured])
    once = one_of_each(table)
    truth = np.array(once["is_advert"].to_pylist(), np.bool_)
    for marked, what in ((truth, "adverts of drugs"), (~truth, "posts that are none")):
        if marked.sum() < LEAST:
            raise EvaluationRefused(
                f"{int(marked.sum())} different {what} are too few to learn from",
                remedy=f"Give at least {LEAST} of each.",
            )
    given = posts_of(once).columns()
    merged = merge_alike(sparse.vstack([given, posts_of(made).columns()], "csr"))
    beside = np.array(made["is_advert"].to_pylist(), np.bool_)
    fold, weight = _folds(once, seed)
    learned = _Learned(
        merged.columns,
        np.concatenate([truth, beside]),
        np.concatenate([weight, np.full(len(beside), _MADE_UP_WEIGHS)]),
        np.concatenate([fold, np.full(len(beside), _NO_FOLD)]),
    )
    scored = [learned.out_of_fold(penalty)[: len(truth)] for penalty in _PENALTIES]
    best = int(np.argmin([_loss(truth, score, weight) for score in scored]))
    weights, level = learned.fitted(_PENALTIES[best])
    share = float(truth.mean())
    return AdvertModel(
        merged.apart(weights),
        level,
        calibrate(scored[best], truth, fold),
        share,
        share,
        _sketch(scored[best][truth]),
        _sketch(scored[best][~truth]),
        learn_families(given[truth], [family_of(kind) for kind in _kinds(once, truth)]),
    )


def one_of_each(table: pa.Table) -> pa.Table:
    """The first of each post and its exact copies, marked as most of them are (an advert where as many are as
    are not), with `copies`, how many they are."""
    number = same_texts([text or "" for text in table["text"].to_pylist()])
    _, first, copies = np.unique(number, return_index=True, return_counts=True)
    adverts = np.bincount(number, np.array(table["is_advert"].to_pylist(), np.float64), len(first))
    once = table.take(pa.array(first))
    marked = once.set_column(
        once.column_names.index("is_advert"), "is_advert", pa.array(2 * adverts >= copies)
    )
    return marked.append_column("copies", pa.array(copies))


def _in_parts(table: pa.Table) -> Iterator[Posts]:
    for first in range(0, len(table), _TOGETHER):
        yield posts_of(table.slice(first, _TOGETHER))


def _kinds(table: pa.Table, which: Flags) -> list[str | None]:
    if "kind" not in table.column_names:
        return [None] * int(which.sum())
    return [kind for kind, advert in zip(table["kind"].to_pylist(), which, strict=True) if advert]


def _folds(table: pa.Table, seed: int) -> tuple[NDArray[np.int64], Floats]:
    """The fold of each post, all of one seller in one, and what each weighs (1 in the mean). Posts of no
    known seller are each by itself."""
    named = table["seller"].to_pylist() if "seller" in table.column_names else [None] * len(table)
    sellers: dict[object, int] = {}
    number = np.array(
        [
            sellers.setdefault(("post", row) if name is None else name, len(sellers))
            for row, name in enumerate(named)
        ]
    )
    of_seller = np.random.default_rng([seed, 0x464F4C44]).permutation(len(sellers)) % FOLDS
    weight = np.bincount(number)[number] ** -_ALIKE
    return np.asarray(of_seller[number], np.int64), weight / weight.mean()


@dataclass(frozen=True)
class _Learned:
    """What is learned from, a row a post: its columns, whether it is an advert, what it weighs, its fold."""

    columns: sparse.csr_matrix
    truth: Flags
    weight: Floats
    fold: NDArray[np.int64]

    def out_of_fold(self, penalty: float) -> Floats:
        """The score of each post by what was learned without its fold; 0 where it has none."""
        score = np.zeros(len(self.truth))
        for one in range(FOLDS):
            out = self.fold == one
            if not out.any():
                continue
            kept = _Learned(self.columns[~out], self.truth[~out], self.weight[~out], self.fold[~out])
            weights, level = kept.fitted(penalty)
            score[out] = self.columns[out] @ weights + level
        return score

    def fitted(self, penalty: float) -> tuple[Floats, float]:
        model = LogisticRegression(C=penalty, solver="liblinear", dual=True, max_iter=1000, random_state=0)
        model.fit(self.columns, self.truth, sample_weight=self.weight)
        return np.asarray(model.coef_[0], np.float64), float(model.intercept_[0])


def _sketch(scores: Floats) -> Floats:
    return np.asarray(np.quantile(scores, np.linspace(0, 1, min(_SKETCH, len(scores)))), np.float64)


def _loss(truth: Flags, score: Floats, weight: Floats) -> float:
    return float((weight * np.logaddexp(0, np.where(truth, -score, score))).sum())

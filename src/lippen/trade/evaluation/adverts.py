"""How often adverts are told from other posts, how true the probabilities are, and whom it wrongs.

Measured on posts, never on who wrote them, with the same posts for the model and what stands beside it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lippen.measured import calibration_error, ranking, wilson
from lippen.progress import Stages
from lippen.trade.adverts import AdvertModel, learn_adverts, one_of_each
from lippen.trade.errors import EvaluationRefused
from lippen.trade.evaluation.adverts_baselines import BASELINES, baseline, baseline_families
from lippen.trade.evaluation.adverts_splits import own_splits, unseen_of
from lippen.trade.families import family_of
from lippen.trade.made_up import DIALECTS, MadeUp, made_up

DIGITS: Final = 4

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Facts = dict[str, Any]


def evaluate_adverts(train: pa.Table, test: pa.Table | None, seed: int, stages: Stages) -> Facts:
    """Learn from `train` and measure (both as `lippen.evaluating.labelled.ADVERTS`).

    Without `test`: on later posts of other sellers of `train`, and in `splits` on later ones of any (`time`)
    and on other sellers' of any day (`seller`), each learned anew. With it: on posts of `test` that are no
    copies and no near-copies of any of `train`, and in `splits` on `all`, and on `other_sellers`. A post is
    measured once for each seller who posts it.

    The model is fitted to the share of adverts among what is measured, without a mark of it
    (`AdvertModel.fitted_to`); `as_learned` says how well it does without that, and `share` how near it came.

    Returns `n`, `auc` with DeLong's interval, `f1`, `precision`, `recall` (at one half), `ece` (15 bins of
    equal size); `baselines`; `family`; `rule`, what it costs that a post without an offer is no advert,
    with and without what is recorded beside the texts; `harmless` and `dialect`, on made-up posts, each half
    by what was learned beside the other; `splits`. Figures have four digits. Raises EvaluationRefused where
    there is too little to learn from or to measure.
    """
    made = made_up(seed)
    if test is None:
        parts = own_splits(train, seed)
        learned, measured = parts["both"].learned, parts["both"].measured
        model = _learn(learned, made, seed, stages)
        splits = {}
        for name in ("time", "seller"):
            other = _learn(parts[name].learned, made, seed, stages)
            splits[name] = _told(parts[name].measured, other.fitted_to(parts[name].measured))
    else:
        tables = unseen_of(train, test)
        learned, measured = train, tables["unseen"]
        model = _learn(train, made, seed, stages)
        splits = {
            name: _told(tables[name], model.fitted_to(tables[name])) for name in ("all", "other_sellers")
        }
    # Each half of the made-up posts by what was learned beside the other half.
    turned = _learn(learned, MadeUp(made.measured, made.learned), seed, stages)
    with stages.stage("measure", len(measured)):
        tried = pa.concat_tables([_tried(made.measured, model), _tried(made.learned, turned)])
        fitted = model.fitted_to(measured)
        facts = _told(measured, fitted)
        if "auc" not in facts:
            raise EvaluationRefused(
                "there are too few posts to measure on, or all are marked alike",
                remedy="Give more posts that are not learned from, adverts and others.",
            )
        once = one_of_each(learned)
        truth = _truth(measured)
        return facts | {
            "baselines": {
                name: _measures(truth, odds, odds >= 0.5)
                for name in BASELINES
                for odds in (baseline(name, once, measured),)
            },
            "as_learned": _told(measured, model),
            "share": {
                "learned": _round(model.share),
                "reckoned": _round(fitted.share),
                "true": _round(truth.mean()),
            },
            "family": _family(once, measured, fitted),
            "rule": _rule(measured, fitted),
            "harmless": _harmless(tried),
            "dialect": _dialect(tried),
            "splits": splits,
        }


def _learn(table: pa.Table, made: MadeUp, seed: int, stages: Stages) -> AdvertModel:
    with stages.stage("learn", len(table)):
        return learn_adverts(table, seed, made.learned)


def _told(table: pa.Table, model: AdvertModel) -> Facts:
    """What the model is worth on posts: `n`, and the rest where both marks are among them."""
    assessed = model.assess(table)
    return _measures(_truth(table), assessed["probability"].to_numpy(), _flags(assessed["is_advert"]))


def _measures(truth: Flags, odds: Floats, verdict: Flags) -> Facts:
    ranked = ranking(truth.astype(np.int64), odds)
    if ranked is None:
        return {"n": len(truth)}
    hits = int((truth & verdict).sum())
    precision, recall = hits / max(1, int(verdict.sum())), hits / int(truth.sum())
    return {
        "n": len(truth),
        "auc": _round(ranked.auc),
        "auc_low": _round(ranked.low),
        "auc_high": _round(ranked.high),
        "f1": _f1(truth, verdict),
        "precision": _round(precision),
        "recall": _round(recall),
        "ece": _round(calibration_error(truth.astype(np.int64), odds)),
    }


def _f1(truth: Flags, verdict: Flags) -> float:
    return _round(2 * int((truth & verdict).sum()) / max(1, int(truth.sum()) + int(verdict.sum())))


def _family(learned: pa.Table, measured: pa.Table, model: AdvertModel) -> Facts:
    """How often an advert's family is right; one that is not taken for an advert counts as wrong."""
    family = [family_of(kind) for kind in measured["kind"].to_pylist()]
    known = _truth(measured) & np.array([one is not None for one in family], np.bool_)
    if not known.any():
        return {"n": 0}
    adverts = measured.filter(pa.array(known))
    right = [one for one, kept in zip(family, known, strict=True) if kept]
    ours = model.assess(adverts)["family"].to_pylist()
    theirs = baseline_families(learned, adverts)
    return {
        "n": len(right),
        "accuracy": _round(np.mean([one == two for one, two in zip(ours, right, strict=True)])),
        "baseline_accuracy": _round(np.mean([one == two for one, two in zip(theirs, right, strict=True)])),
    }


def _rule(measured: pa.Table, model: AdvertModel) -> Facts:
    """F1 with and without the rule, and how many adverts it alone keeps from being found."""
    truth = _truth(measured)
    alone = measured.drop_columns(["price", "origin", "destination"])
    facts: Facts = {}
    for name, table in (("as_given", measured), ("texts_alone", alone)):
        free = model.weighed(table) >= 0.5
        ruled = _flags(model.assess(table)["is_advert"])
        facts[name] = {
            "f1": _f1(truth, ruled),
            "f1_without": _f1(truth, free),
            "adverts_lost": int((truth & free & ~ruled).sum()),
            "others_spared": int((~truth & free & ~ruled).sum()),
        }
    return facts


def _tried(posts: pa.Table, model: AdvertModel) -> pa.Table:
    assessed = model.assess(posts)
    return posts.append_column("probability", assessed["probability"]).append_column(
        "told", assessed["is_advert"]
    )


def _harmless(tried: pa.Table) -> Facts:
    """Harmless posts taken for adverts, by kind, with Wilson's 95 % interval."""
    harmless = tried.filter(tried["kind"].is_valid())
    verdict = _flags(harmless["told"])
    kinds = np.array(harmless["kind"].to_pylist())
    facts = {str(kind): _wronged(verdict[kinds == kind]) for kind in dict.fromkeys(kinds.tolist())}
    return facts | {"all": _wronged(verdict)}


def _dialect(tried: pa.Table) -> Facts:
    """By dialect: harmless posts taken for adverts, adverts found, and how far probabilities lie from those
    of the same posts in plain English (median and largest distance)."""
    facts: Facts = {}
    swapped = tried.filter(tried["dialect"].is_valid())
    odds, verdict = swapped["probability"].to_numpy(), _flags(swapped["told"])
    dialect = np.array(swapped["dialect"].to_pylist())
    truth = _truth(swapped)
    # A post and its versions stand in the same places of their dialects.
    plain = odds[dialect == DIALECTS[0]]
    for name in DIALECTS:
        mine = dialect == name
        advert = truth[mine]
        shift = np.abs(odds[mine] - plain)
        facts[name] = {
            "harmless": _wronged(verdict[mine & ~truth]),
            "adverts": {"n": int(advert.sum()), "found": int(verdict[mine & truth].sum())},
        }
        if name != DIALECTS[0]:
            facts[name]["shift"] = {
                what: {"median": _round(np.median(shift[which])), "largest": _round(shift[which].max())}
                for what, which in (("harmless", ~advert), ("adverts", advert))
            }
    return facts


def _wronged(verdict: Flags) -> Facts:
    low, high = wilson(int(verdict.sum()), len(verdict))
    return {
        "n": len(verdict),
        "false_positives": int(verdict.sum()),
        "low": _round(low),
        "high": _round(high),
    }


def _truth(table: pa.Table) -> Flags:
    return _flags(table["is_advert"])


def _flags(column: pa.ChunkedArray) -> Flags:
    return np.array(column.to_pylist(), np.bool_)


def _round(value: float | np.floating[Any]) -> float:
    return round(float(value), DIGITS)

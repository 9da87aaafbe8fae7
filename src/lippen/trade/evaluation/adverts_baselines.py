"""What stands beside the advert model: the lexicon alone, plain words alone, the adverts' share."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from lippen.trade.families import family_of
from lippen.trade.traits import plain_lexicon

Floats = NDArray[np.float64]

BASELINES: Final = ("lexicon_alone", "words_linear", "prior")


def baseline(name: str, learned: pa.Table, measured: pa.Table) -> Floats:
    """How likely each post of `measured` is an advert by a baseline that has `learned`.

    `lexicon_alone`: the share of adverts among posts of the same kind, those with a word of the lexicon and
    those without. `words_linear`: words and pairs of adjacent words (TF-IDF), logistic regression, all as
    scikit-learn has them by default. `prior`: the share of adverts.
    """
    truth = np.array(learned["is_advert"].to_pylist(), np.bool_)
    if name == "prior":
        return np.full(len(measured), truth.mean())
    if name == "lexicon_alone":
        known, asked = _found(learned), _found(measured)
        # One post of each mark is added to either kind, so that neither share is 0, 1 or unknown.
        rate = [(truth[known == kind].sum() + 1) / ((known == kind).sum() + 2) for kind in (False, True)]
        return np.array(rate, np.float64)[asked.astype(np.int64)]
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(max_iter=300))
    model.fit(_texts(learned), truth)
    odds: Floats = model.predict_proba(_texts(measured))[:, 1]
    return odds


def baseline_families(learned: pa.Table, measured: pa.Table) -> list[str | None]:
    """The family of each post of `measured` by plain words in a linear model, as `words_linear`."""
    texts, families = [], []
    for text, kind, advert in zip(
        _texts(learned), learned["kind"].to_pylist(), learned["is_advert"].to_pylist(), strict=True
    ):
        family = family_of(kind)
        if advert and family is not None:
            texts.append(text)
            families.append(family)
    if len(set(families)) < 2:
        return [families[0] if families else None] * len(measured)
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(max_iter=300))
    return [str(one) for one in model.fit(texts, families).predict(_texts(measured))]


def _found(table: pa.Table) -> NDArray[np.bool_]:
    found = np.zeros(len(table), np.bool_)
    found[plain_lexicon().find(_texts(table)).row] = True
    return found


def _texts(table: pa.Table) -> list[str]:
    return [text or "" for text in table["text"].to_pylist()]

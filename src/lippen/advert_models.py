"""What tells adverts from other posts, for whoever has marked none: learned from towns that do not exist.

The joiner of the sandbox, which knows of each post whether it is an advert, and the trade, which learns. It
is measured on other towns than it learned from, and on harmless posts of other words; both are made up, so
they say little of a collection from elsewhere, and `ModelFacts.says` says so. Marked posts of one's own are
better.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.measured import calibration_error, ranking
from lippen.sandbox.scenario import Scenario
from lippen.sandbox.streams import listings
from lippen.sandbox.world import make_world
from lippen.signals.contacts import remove_contacts
from lippen.trade.adverts import AdvertModel, learn_adverts, one_of_each
from lippen.trade.evaluation.adverts_splits import own_splits
from lippen.trade.made_up import made_up
from lippen.trade.posted import CONTACT
from lippen.trade.tables import ModelFacts

LEARNED: Final = 12
"""Burghs of the nation that is not real, from which it is learned: with one, it told the adverts of another
town with an F1 of 0.86, with twelve with 0.97."""

MEASURED: Final = 3
"""Other burghs, on which it is measured."""

_DAYS: Final = 365


@dataclass(frozen=True)
class LearnedModel:
    """A model, and what is known of how often it is wrong."""

    model: AdvertModel
    facts: ModelFacts


@lru_cache(maxsize=2)
def made_up_model(seed: int = 0) -> LearnedModel:
    """Learn from towns that do not exist and from harmless posts, and measure on others; one seed gives one
    model. It takes some six seconds the first time in a process."""
    halves = made_up(seed)
    drawn = [_posts(burgh, seed) for burgh in range(LEARNED + MEASURED)]
    posts = _unseen(pa.concat_tables(drawn))
    first = sum(map(len, drawn[:LEARNED]))
    model = learn_adverts(posts.slice(0, first), seed, halves.learned)
    facts = _measured(model, posts.slice(first), halves.measured)
    facts["learned_from"] = f"posts of {LEARNED} towns that do not exist, and harmless posts written for this"
    facts["measured_on"] = f"posts of {MEASURED} other towns that do not exist"
    facts["says"] = (
        "These figures are of made-up towns. Of posts from elsewhere it knows little: it passes over many"
        " adverts there, and seldom takes another post for one. A model that learned from posts that somebody"
        " marked is better."
    )
    return LearnedModel(model, facts)


def model_of_marked(marked: pa.Table, what: str, seed: int = 0) -> LearnedModel:
    """Learn from posts that somebody marked (columns as `evaluating.labelled.ADVERTS`), called `what`.

    How often it is wrong is measured on the later posts of other sellers, by a model that saw neither; the
    one that is returned then learns from all. Raises EvaluationRefused where there is too little to learn
    from or to measure on.
    """
    halves = made_up(seed)
    posts = _unseen(marked)
    apart = own_splits(posts, seed)["both"]
    tried = learn_adverts(apart.learned, seed, halves.learned)
    facts = _measured(tried, apart.measured, halves.measured)
    facts["learned_from"] = f"{len(posts):,} marked posts of {what}, and harmless posts written for this"
    facts["measured_on"] = f"later posts of other sellers of {what}, which it had not seen"
    facts["says"] = (
        f"These figures hold for posts such as those of {what}. Where other people write, or the same people"
        " otherwise, it is wrong more often."
    )
    return LearnedModel(learn_adverts(posts, seed), facts)


def _measured(model: AdvertModel, posts: pa.Table, harmless: pa.Table) -> ModelFacts:
    """What is known of how often it is wrong; in what words that is told is the caller's."""
    once = one_of_each(posts)
    truth = np.array(once["is_advert"].to_pylist(), np.int64)
    assessed = model.fitted_to(once).assess(once)
    odds = assessed["probability"].to_numpy()
    verdict = np.array(assessed["is_advert"].to_pylist(), np.int64)
    ranked = ranking(truth, odds)
    quiet = harmless.filter(pc.and_(pc.invert(harmless["is_advert"]), pc.is_valid(harmless["kind"])))
    wrong = pc.sum(model.assess(quiet)["is_advert"]).as_py() or 0
    return {
        "n": len(once),
        "auc": None if ranked is None else round(ranked.auc, 4),
        "f1": round(float(2 * (truth & verdict).sum() / max(1, truth.sum() + verdict.sum())), 4),
        "ece": round(float(calibration_error(truth, odds)), 4),
        "harmless": len(quiet),
        "harmless_wrong": int(wrong),
        "learned_from": "",
        "measured_on": "",
        "says": "",
    }


def _unseen(posts: pa.Table) -> pa.Table:
    """Posts as they would stand in a workspace: contacts unseen."""
    unseen, _ = remove_contacts(posts["text"].combine_chunks(), CONTACT)
    return posts.set_column(posts.column_names.index("text"), "text", unseen)


def _posts(burgh: int, seed: int) -> pa.Table:
    """The posts of one burgh, marked by its truth."""
    drawn = listings.draw(make_world(burgh, Scenario(), _DAYS, seed), texts=True)
    rows, truth = drawn.rows, drawn.truth["listings"]
    text = pc.binary_join_element_wise(
        rows["Heading"].cast(pa.string()),
        pc.fill_null(rows["Body"].cast(pa.string()), ""),
        "\n",
        null_handling="replace",
        null_replacement="",
    )
    at = pc.index_in(rows["Item ID"].combine_chunks(), truth["listing_id"].combine_chunks())
    return pa.table(
        {
            "text": pc.utf8_trim_whitespace(text),
            "is_advert": truth["advert"].take(at),
            "kind": truth["product"].cast(pa.string()).take(at),
            "seller": rows["Seller"].cast(pa.string()),
            "price": rows["Price GBP"].cast(pa.float64()),
            "origin": rows["Ships From"].cast(pa.string()),
            "destination": rows["Ships To"].cast(pa.string()),
        }
    )

"""The evaluation of adverts: what is kept apart, and what it prints."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from trade_market import market

from lippen.evaluating.labelled import read_adverts
from lippen.measured import calibration_error
from lippen.progress import Stages
from lippen.trade.adverts import learn_adverts
from lippen.trade.errors import EvaluationRefused
from lippen.trade.evaluation.adverts import evaluate_adverts
from lippen.trade.evaluation.adverts_splits import own_splits, unseen_of


def test_later_posts_of_other_sellers_are_kept_apart() -> None:
    table = market(600)
    split = own_splits(table, seed=0)["both"]
    assert len(split.measured) > 10
    assert pc.max(split.learned["day"]).as_py() < pc.min(split.measured["day"]).as_py()
    assert not set(split.learned["seller"].to_pylist()) & set(split.measured["seller"].to_pylist())


def test_no_copy_and_no_near_copy_straddles() -> None:
    """Of each advert there are others by each seller on each day, with another amount or a word more."""
    table = market(300)
    copies = [table.set_column(0, "text", written) for written in written_otherwise(table["text"])]
    shuffled = [one.set_column(3, "seller", one["seller"].take(BACKWARDS)) for one in copies]
    for split in own_splits(pa.concat_tables([table, *shuffled]), seed=0).values():
        learned = set(core(split.learned["text"]))
        assert learned
        assert not learned & set(core(split.measured["text"]))


BACKWARDS = pa.array(range(299, -1, -1))


def written_otherwise(texts: pa.ChunkedArray) -> list[pa.ChunkedArray]:
    return [
        pc.replace_substring_regex(texts, r"\d+", "777"),
        pc.utf8_upper(texts),
        pc.binary_join_element_wise(texts, "now", " "),
    ]


def core(texts: pa.ChunkedArray) -> list[str]:
    """What a text of the market says but for its amount and what `written_otherwise` did."""
    small = pc.replace_substring_regex(pc.utf8_lower(texts), r"\d+", "0")
    return [str(text) for text in pc.replace_substring_regex(small, " now$", "").to_pylist()]


def test_what_was_learned_from_is_no_unseen_post() -> None:
    train = market(300)
    amounts = train.set_column(
        0, "text", pc.replace_substring_regex(train["text"], r"\d+g", "77g")
    )  # the same posts, with other amounts
    tables = unseen_of(train, pa.concat_tables([train, amounts, market(50, seed=9)]))
    assert 0 < len(tables["unseen"]) <= 50
    assert len(tables["all"]) > len(tables["unseen"])


def test_it_prints_what_it_promises() -> None:
    facts = evaluate_adverts(market(700), None, 0, Stages(quiet=True))
    json.dumps(facts, allow_nan=False)
    assert {"n", "auc", "auc_low", "auc_high", "f1", "precision", "recall", "ece"} <= set(facts)
    assert set(facts["baselines"]) == {"lexicon_alone", "words_linear", "prior"}
    assert facts["f1"] > facts["baselines"]["prior"]["f1"]
    assert set(facts["splits"]) == {"time", "seller"}
    assert facts["family"]["n"] > 0
    assert facts["harmless"]["all"]["n"] == 180
    assert set(facts["dialect"]) == {"plain", "scots", "polish_english", "youth"}


def test_with_a_test_folder_seen_and_unseen_are_told_apart() -> None:
    facts = evaluate_adverts(market(400), market(300, seed=2), 0, Stages(quiet=True))
    assert facts["n"] <= facts["splits"]["all"]["n"]
    assert facts["splits"]["other_sellers"]["n"] == 0


def test_posts_without_days_need_a_test_folder() -> None:
    table = market(200)
    undated = table.set_column(4, "day", pa.nulls(len(table), pa.date32()))
    with pytest.raises(EvaluationRefused, match="days"):
        evaluate_adverts(undated, None, 0, Stages(quiet=True))


def test_a_test_that_holds_nothing_new_is_refused() -> None:
    table = market(300)
    with pytest.raises(EvaluationRefused, match="measure on"):
        evaluate_adverts(table, table, 0, Stages(quiet=True))


@pytest.mark.real
def test_on_later_listings_of_a_market(real_data: Path) -> None:
    """What the page on adverts says of later listings of one market, with some room."""
    split = own_splits(read_adverts(real_data / "agora_listings"), seed=0)["time"]
    assessed = learn_adverts(split.learned, 0).fitted_to(split.measured).assess(split.measured)
    truth, told = (np.array(one["is_advert"].to_pylist()) for one in (split.measured, assessed))
    assert len(truth) > 3000
    assert 2 * (truth & told).sum() / (truth.sum() + told.sum()) >= 0.98
    assert calibration_error(truth.astype(np.int64), assessed["probability"].to_numpy()) <= 0.02

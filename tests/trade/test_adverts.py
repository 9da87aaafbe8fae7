"""Telling adverts of drugs from other posts, on made-up listings, and the rule that it takes an offer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from trade_market import market

from lippen.trade.adverts import ASSESSED, AdvertModel, learn_adverts
from lippen.trade.calibrating import Calibration
from lippen.trade.errors import EvaluationRefused
from lippen.trade.hashed import WIDTH
from lippen.trade.traits import PLACES, TRAITS
from lippen.trade.vocabulary import all_words

WORDS = sorted({word.written for word in all_words()})
SLANG = sorted({word.written for word in all_words() if word.sort != "name"})


@pytest.fixture(scope="module")
def model() -> AdvertModel:
    return learn_adverts(market(800), seed=0)


@pytest.fixture(scope="module")
def eager() -> AdvertModel:
    """A model for which all speaks for an advert: the rule alone stands between a word and a verdict."""
    learned = learn_adverts(market(200), seed=0)
    weights = np.full(len(learned.weights), 3.0)
    return replace(learned, weights=weights, level=9.0, family=None)


def posts(*texts: str | None, price: float | None = None) -> pa.Table:
    return pa.table(
        {"text": pa.array(texts, pa.string()), "price": pa.array([price] * len(texts), pa.float64())}
    )


def verdicts(model: AdvertModel, *texts: str | None, price: float | None = None) -> list[bool]:
    return list(model.assess(posts(*texts, price=price))["is_advert"].to_pylist())


def test_an_advert_is_told_from_a_harmless_post(model: AdvertModel) -> None:
    told = verdicts(
        model,
        "Good cocaine available tonight, 1g for £60. Message me, delivery within five miles.",
        "Menu today: weed 3.5g £30, ketamine 1g £25, pills 10 for £40. Cash only, dm me",
        "Two years off the cocaine today, and my mum is proud of me.",
        "Soup, a roll and a cup of tea for £4 at the hall on Saturday, from eleven.",
    )
    assert told == [True, True, False, False]


def test_a_listing_that_was_not_met_is_told_by_its_words(model: AdvertModel) -> None:
    later = market(300, seed=1)
    told = np.array(model.assess(later)["is_advert"].to_pylist())
    assert (told == np.array(later["is_advert"].to_pylist())).mean() > 0.97


def test_the_family_of_what_is_offered(model: AdvertModel) -> None:
    assessed = model.assess(
        posts("tested diazepam 20g", "finest moroccan hash 10g", "poster print", price=20.0)
    )
    assert assessed["family"].to_pylist() == ["benzodiazepine", "cannabinoid", None]


@settings(max_examples=100)
@given(
    st.lists(st.sampled_from(SLANG), min_size=1, max_size=25),
    st.sampled_from([" ", "\n", ", ", " / ", ". ", " - ", " #", " and ", "!!! "]),
    st.booleans(),
)
@example(["no. 3", "g"], " ", False)
@example(["number 3", "bags"], "\n", False)
@example(["tenner bags", "k2", "m30s", "10s"], ", ", True)
def test_slang_in_any_number_makes_no_advert(
    eager: AdvertModel, words: list[str], between: str, loud: bool
) -> None:
    """Whatever the weights: with no price, quantity, delivery, menu or contact there is no verdict."""
    text = between.join(words)
    assert verdicts(eager, text.upper() if loud else text) == [False]


def test_no_word_of_the_lexicon_is_an_offer_by_itself(eager: AdvertModel) -> None:
    told = zip(WORDS, verdicts(eager, *WORDS), strict=True)
    assert [word for word, is_advert in told if is_advert] == []


def test_the_rule_alone_keeps_slang_from_a_verdict(eager: AdvertModel) -> None:
    table = posts("tenner bags", "white widow")
    assert (eager.weighed(table) > 0.99).all()
    assert eager.assess(table)["probability"].to_pylist() == [0.49, 0.49]


@pytest.mark.parametrize(
    "offer",
    [
        "£20",
        "20 quid",
        "3.5g",
        "x10",
        "half oz",
        "dm me",
        "hmu",
        "we deliver",
        "next day delivery",
        "for sale",
        "50 zł",
    ],
)
def test_slang_with_an_offer_is_weighed(eager: AdvertModel, offer: str) -> None:
    assert verdicts(eager, f"white widow {offer}") == [True]


def test_a_recorded_price_or_way_is_an_offer(eager: AdvertModel) -> None:
    assert verdicts(eager, "White widow") == [False]
    assert verdicts(eager, "White widow", price=0.4) == [True]
    sent = posts("White widow").append_column("origin", pa.array(["UK"]))
    assert eager.assess(sent)["is_advert"].to_pylist() == [True]


def test_letters_that_only_look_latin_hide_no_word(model: AdvertModel) -> None:
    plain = "Good cocaine available tonight, 1g for £60. Message me"
    hidden = plain.replace("o", "\u043e").replace("a", "\u0430").replace("e", "\u0435")
    odds = model.assess(posts(plain, hidden))["probability"].to_pylist()
    assert odds[0] == pytest.approx(odds[1], abs=1e-6)


def test_the_sign_that_hides_a_word_from_the_grammar_hides_nothing_when_written(eager: AdvertModel) -> None:
    assert verdicts(eager, "4 \x01\x01 4") == [False]
    assert verdicts(eager, "white\x01widow") == [False]


def test_missing_empty_and_odd_texts_are_assessed(model: AdvertModel) -> None:
    odd = ["", None, " \n ", "\ud83d", "💊" * 500, "9" * 5000, "a " * 5000, "£", "\x00"]
    table = pa.table({"text": pa.array([None if text == "\ud83d" else text for text in odd], pa.string())})
    assessed = model.assess(table)
    assert assessed.schema == ASSESSED
    assert len(assessed) == len(odd)
    assert not any(assessed["is_advert"].to_pylist()[:3])
    assert model.assess(table.slice(0, 0)).schema == ASSESSED


def test_what_stands_beside_a_post_changes_nothing_of_it(model: AdvertModel) -> None:
    texts = market(50, seed=3)["text"].to_pylist()
    together = model.assess(posts(*texts, "💊 £20 привет"))["probability"].to_pylist()
    alone = [model.assess(posts(text))["probability"].to_pylist()[0] for text in texts]
    assert together[:-1] == pytest.approx(alone, abs=1e-9)


def test_who_wrote_it_is_not_read(model: AdvertModel) -> None:
    table = market(40, seed=4)
    other = table.set_column(3, "seller", pa.array(["somebody else"] * len(table)))
    assert model.assess(table).equals(model.assess(other))


def test_the_same_posts_and_seed_give_the_same_model() -> None:
    one, two = (learn_adverts(market(200), seed=5) for _ in range(2))
    assert np.array_equal(one.weights, two.weights)
    assert one.calibration.slope == two.calibration.slope


def test_reasons_name_the_words_and_the_offer(model: AdvertModel) -> None:
    text = "Good cocaine available tonight, 1g for £60. Message me"
    reasons = model.explain(posts(text), most=200).to_pylist()
    told = {one["what"]: one for one in reasons}
    assert told["an offer: price (“£60”)"]["side"] == "for"
    assert told["a proper name of a drug"]["side"] == "for"
    assert "“cocaine”" in told, "the word is told beside its trait, on whichever side it weighs"
    assert {one["side"] for one in reasons} == {"for", "against"}
    weights = [one["weight"] for one in reasons if one["side"] == "for"]
    assert weights == sorted(weights, reverse=True)


def test_an_amount_or_a_price_is_one_reason_and_not_torn_into_its_signs(model: AdvertModel) -> None:
    reasons = model.explain(posts("weed in 3.5g 45 quid"), most=200).to_pylist()
    told = {one["what"] for one in reasons}
    assert {"an offer: quantity (“3.5g”)", "an offer: price (“45 quid”)"} <= told
    assert not told & {"“3”", "“5g”", "“3.5g” together", "“45”", "“quid”", "“45 quid” together"}


def test_reasons_add_up_to_what_was_weighed(model: AdvertModel) -> None:
    """All reasons and the level are the score: nothing else was in it."""
    table = market(30, seed=6)
    slope = model.calibration.slope
    added = np.zeros(len(table))
    for one in model.explain(table, most=10_000).to_pylist():
        added[one["row"]] += one["weight"]
    plain = replace(model, calibration=Calibration(slope, 0.0, np.empty(0), np.empty(0)))
    weighed = plain.weighed(table)
    assert added + slope * model.level == pytest.approx(np.log(weighed / (1 - weighed)), abs=1e-3)


def test_where_nothing_is_offered_the_reason_says_so(model: AdvertModel) -> None:
    first = model.explain(posts("white widow")).to_pylist()[0]
    assert first["what"] == "no sign of an offer, so no advert"
    assert first["side"] == "against"


def test_each_trait_has_a_name_of_its_own(model: AdvertModel) -> None:
    assert len(set(TRAITS)) == len(TRAITS)
    assert len(model.weights) == WIDTH + len(TRAITS) + PLACES


def test_the_share_of_adverts_is_told_from_posts_without_a_mark(model: AdvertModel) -> None:
    """Of a collection with few adverts, and of one with many, by posts that nobody marked."""
    table = market(900, seed=8)
    adverts, others = table.filter(table["is_advert"]), table.filter(pc.invert(table["is_advert"]))
    few, many = (
        pa.concat_tables([others, adverts.slice(0, 100)]),
        pa.concat_tables([adverts, others.slice(0, 100)]),
    )
    told = [model.fitted_to(one.drop_columns(["is_advert"])).share for one in (few, many)]
    true = [np.mean(one["is_advert"].to_pylist()) for one in (few, many)]
    assert told == pytest.approx(true, abs=0.08)


def test_a_flood_turns_the_odds_no_further_than_by_five(model: AdvertModel) -> None:
    table = market(900, seed=9)
    flood = table.filter(pc.invert(table["is_advert"]))
    odds = model.weighed(flood)
    scores = (np.log(odds / (1 - odds)) - model.calibration.level) / model.calibration.slope
    knowing = replace(model, other_scores=scores)  # which has met just such posts
    turned = knowing.fitted_to(flood).share
    assert turned / (1 - turned) == pytest.approx(model.share / (1 - model.share) / 5)


def test_posts_of_another_sort_turn_nothing(model: AdvertModel) -> None:
    """A garden club is no market with few adverts: what the share of one tells is not true of the other."""
    garden = posts(*(f"lovely weed free bed number {number}, £{number} a bag" for number in range(400)))
    assert model.fitted_to(garden) is model


def test_copies_count_once_in_a_share_and_few_posts_tell_none(model: AdvertModel) -> None:
    assert model.fitted_to(posts(*["lovely poster print"] * 500)) is model


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_posts_that_are_all_alike_teach_nothing(share: float) -> None:
    table = market(100)
    alike = table.set_column(1, "is_advert", pa.array([share == 1.0] * len(table)))
    with pytest.raises(EvaluationRefused, match="too few to learn from"):
        learn_adverts(alike, seed=0)


def test_copies_are_learned_from_once() -> None:
    """One advert posted five hundred times is one text: it does not make enough to learn from."""
    table = market(100)
    adverts = table.filter(table["is_advert"]).slice(0, 1)
    others = table.filter(pa.array([not one for one in table["is_advert"].to_pylist()]))
    with pytest.raises(EvaluationRefused, match="1 different adverts"):
        learn_adverts(pa.concat_tables([others, *[adverts] * 500]), seed=0)


def test_a_probability_is_told_of_a_post_whoever_posts_much() -> None:
    """Posts of one busy seller weigh less in learning, but each is one post among those it is sure of."""
    table = market(400)
    texts, adverts = table["text"].to_pylist(), table["is_advert"].to_pylist()
    sellers = pa.array(["one shop" if advert else None for advert in adverts], pa.string())
    marked = pa.table({"text": table["text"], "is_advert": table["is_advert"], "seller": sellers})
    different = dict(zip(texts, adverts, strict=True))
    share = sum(different.values()) / len(different)
    assert learn_adverts(marked, seed=0).learned_share == pytest.approx(share)

"""The trade in the nation: its published rates, words that are new from a day on, prices, what arrives."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from trade_drawn import DAY, column, said, thousands, together, year_of_trade

from lippen.sandbox.scenario import Scenario
from lippen.sandbox.streams.wares import trade_lexicon, wares_of
from lippen.sandbox.world import make_world


@pytest.fixture(scope="module")
def year():
    return year_of_trade()


def test_150_adverts_a_thousand_and_each_is_met_about_45_times(year):
    # NOS 2023: 2.5 million adverts in 21 groups of the Netherlands in a year, 55,000 of them different.
    advert = together(year, 1, "advert", "listings")
    assert advert.sum() / thousands(year) == pytest.approx(150, rel=0.12)
    first = np.isnan(together(year, 1, "copy_of", "listings").astype(float))
    assert advert.sum() / (advert & first).sum() == pytest.approx(2_500_000 / 55_000, rel=0.15)


def test_four_sightings_a_thousand_are_told(year):
    told = len(together(year, 2, "Entry"))
    assert told / thousands(year) == pytest.approx(4, rel=0.1)
    assert np.mean(together(year, 2, "Told By") == "worker") == pytest.approx(0.35, abs=0.04)


def test_products_on_social_media_come_in_the_order_that_young_people_name_them(year):
    # Volteface and Survation 2019: of viewers cannabis 63 %, cocaine 26 %, MDMA 24 %, Xanax 20 %.
    on_social = together(year, 1, "Channel") == "social"
    product = together(year, 1, "product", "listings")
    count = Counter(product[on_social & together(year, 1, "advert", "listings")])
    assert [name for name, _ in count.most_common(2)] == ["cannabis", "cocaine"]
    assert count["tablets sold as Xanax"] > count["heroin"]
    assert count["cannabis"] / sum(count.values()) == pytest.approx(0.36, abs=0.12)


def new_words(year):
    """Each word that came up in the year (a newcomer's own are not among them), with its first day."""
    wares = wares_of(year[0][0])
    return {
        word: (int(first), bool(sign))
        for word, first, ceiling, sign in zip(
            wares.words, wares.first_day, wares.ceiling, wares.is_sign, strict=True
        )
        if ceiling > 0
    }


def test_no_made_up_word_is_written_before_its_first_day(year):
    start = np.datetime64(year[0][0].first_day)
    everyday = set(trade_lexicon()["new"]["everyday"])
    coined = {word: first for word, (first, _) in new_words(year).items() if word not in everyday}
    assert len(coined) >= 5
    seen = Counter()
    for _, listed, sighted in year:
        texts = said(listed.rows) + [one or "" for one in sighted.rows["Words Used"].to_pylist()]
        days = np.concatenate([column(listed.rows, "Posted"), column(sighted.rows, "Date Seen")]).astype(
            "M8[D]"
        )
        for text, day in zip(texts, (days - start) / DAY, strict=True):
            for word, first in coined.items():
                if word in text:
                    seen[word] += 1
                    assert day >= first, (word, text)
    assert len(seen) >= 0.7 * len(coined)


def test_a_new_word_spreads_and_leaves_room_for_the_old_ones(year):
    world, wares = year[0][0], wares_of(year[0][0])
    rng = np.random.default_rng(1)
    n = 20_000
    for word in np.flatnonzero((wares.ceiling > 0) & (wares.first_day < 250)):
        product = np.full(n, wares.product_of[word])
        sign = np.full(n, wares.is_sign[word])
        used = [
            (wares.word(product, np.full(n, 2), sign, np.full(n, day), rng.random(n)) == word).mean()
            for day in (wares.first_day[word] - 1, wares.first_day[word] + 7, world.days - 1)
        ]
        assert used[0] == 0 <= used[1] <= used[2] + 0.01
        assert 0 < used[2] <= wares.ceiling[word] + 0.01
        assert used[2] >= 0.5 * wares.ceiling[word]


def test_words_and_prices_are_the_nations_and_told_once(year):
    first, second = year[0][1].truth, year[1][1].truth
    for name in ("words", "prices", "substance_change"):
        assert first[name].num_rows > 0 == second[name].num_rows
        assert first[name].schema == second[name].schema
    assert wares_of(year[0][0]) is wares_of(year[1][0])
    assert len(
        set(zip(*(column(first["words"], name) for name in ("word", "product", "channel")), strict=True))
    ) == (first["words"].num_rows)


def test_more_new_words_change_none_of_the_fewer_nor_a_price():
    few, many = (
        wares_of(make_world(0, Scenario(new_words_per_year=count, substance_change=change), 200, 5))
        for count, change in ((5, False), (30, True))
    )
    made = [
        {(w, f) for w, f, c in zip(one.words, one.first_day.tolist(), one.ceiling, strict=True) if c > 0}
        for one in (few, many)
    ]
    assert (len(made[0]), len(made[1])) == (3, 16)
    assert made[0] < made[1]
    np.testing.assert_array_equal(few.price, many.price[: len(few.products)])


@pytest.mark.parametrize("days", [30, 365, 800])
def test_new_words_are_none_that_were_there_before(days):
    wares = wares_of(make_world(0, Scenario(new_words_per_year=60), days, 2))
    new = [word for word, ceiling in zip(wares.words, wares.ceiling, strict=True) if ceiling > 0]
    assert len(new) == len(set(new)) == round(60 * days / 365.25)
    assert not set(new) & {word for word, c in zip(wares.words, wares.ceiling, strict=True) if c == 0}


def test_no_word_that_can_be_made_up_is_rude():
    made = trade_lexicon()["new"]
    coined = {a + b + c for a in made["onsets"] for b in made["middles"] for c in made["endings"]}
    assert len(coined) > 1000
    # Parts of rude words and slurs of English and Scots, and spellings that sound like them.
    rude = re.compile(
        "f[aoeui]?[ck]k|ock|[ck]u[mn]|[ck]oo?n|fag|agg|bent|p[aeo]ki|shi|tit|twa|wank|bum|bab|as[hsk]|arse|bast"
        "|abo|amb|nob|ild|vulv|l[eya]z|nig|gyp|spi[ck]|slag|slut|hoo?r|poo|pis|tard|dyk|qu?eer|jew|chin|jap|rap"
        "|porn|anal|nazi|sod|turd|semen|vag|twin|mong|spas|gook|wop|dag"
    )
    assert not [word for word in coined if rude.search(word)]


def test_what_the_teller_saw_fits_the_word_it_went_by(year):
    wares = wares_of(year[0][0])
    told = dict(zip(wares.words, wares.told, strict=True))
    new = [word for word, ceiling in zip(wares.words, wares.ceiling, strict=True) if ceiling > 0]
    for word, product in zip(wares.words, wares.product_of, strict=True):
        assert told[word], word
        if wares.products[product] == "cannabis" and word != "hash":
            assert not {"a lump of hash", "brown lump in cling film"} & set(told[word])
    assert new
    offered = together(year, 2, "What Was Offered")
    said_so = together(year, 2, "Words Used")
    lumps = [text for what, text in zip(offered, said_so, strict=True) if text and what == "a lump of hash"]
    assert len(lumps) > 3
    others = [word for word in wares.words if word != "hash" and len(word) > 3]
    assert not [text for text in lumps if any(re.search(rf"\b{re.escape(w)}\b", text) for w in others)]


def test_a_substance_arrives_on_its_day_and_takes_its_share(year):
    change = wares_of(year[0][0]).change
    told = year[0][1].truth["substance_change"].to_pylist()
    assert [one["share"] for one in told] == [change.share]
    day = (together(year, 1, "Posted").astype("M8[D]") - np.datetime64(year[0][0].first_day)) / DAY
    product = together(year, 1, "product", "listings")
    mine = np.isin(product, (told[0]["product"], told[0]["in_place_of"]))
    new = product == told[0]["product"]
    assert not new[day < change.day].any()
    # Adverts from before the day run on until they are gone over, so the step is seen fifty days later.
    late = mine & (day >= change.day + 50)
    assert new[late].mean() == pytest.approx(change.share, abs=0.2)


def test_what_is_asked_lies_around_the_true_price_and_more_is_cheaper_a_unit(year):
    wares = wares_of(year[0][0])
    log = []
    for world, listed, _ in year:
        truth = listed.truth["listings"].filter(listed.truth["listings"]["advert"])
        posted = column(listed.rows.filter(listed.truth["listings"]["advert"]), "Posted").astype("M8[D]")
        week = ((posted - np.datetime64(world.first_day)) / DAY).astype(int) // 7
        product = np.array([wares.products.index(one) for one in column(truth, "product")])
        quantity = np.nan_to_num(column(truth, "quantity_g")) + np.nan_to_num(
            column(truth, "quantity_count").astype(float)
        )
        log.append(
            np.stack([np.log(column(truth, "price_gbp") / wares.price[product, week]), np.log(quantity)])
        )
    asked, quantity = np.concatenate(log, axis=1)
    slope, level = np.polyfit(quantity, asked, 1)
    assert slope == pytest.approx(0.88, abs=0.03)
    assert level == pytest.approx(0, abs=0.06)
    assert np.median(np.abs(asked - 0.88 * quantity)) < 0.15


def test_a_price_shifts_once_at_most():
    shifted = 0
    for seed in range(8):
        step = np.abs(np.diff(np.log(wares_of(make_world(0, Scenario(), 365, seed)).price), axis=1))
        large = (step > 0.12).sum(axis=1)
        assert large.max() <= 1
        assert np.median(step) < 0.02
        shifted += int(large.sum())
    assert 0.1 < shifted / (8 * 15) < 0.5


def test_nobody_says_a_sign_in_the_street_and_shops_sell_what_shops_sell(year):
    where = together(year, 2, "Where Offered")
    words = together(year, 2, "Words Used")
    signs = {
        word
        for word, sign in zip(wares_of(year[0][0]).words, wares_of(year[0][0]).is_sign, strict=True)
        if sign
    }
    assert "" not in {text.strip() for text in words if text is not None}
    in_street = [text for text in words[where == "street"] if text]
    assert len(in_street) > 50
    assert not [text for text in in_street if any(sign in text for sign in signs)]
    assert all(text is None for text in words[where == "shop"])
    sold = set(together(year, 2, "product", "sightings")[where == "shop"])
    assert sold <= {
        "untaxed or counterfeit tobacco",
        "illegal or counterfeit vapes",
        "nitrous oxide",
        "vapes with a synthetic cannabinoid",
    }


def test_nothing_but_place_and_day_tells_whether_a_line_was_behind_a_sighting(year):
    """Not its number, its place in the day, its price, its words nor what the teller left out."""
    fields, behind = [], []
    for _, _, sighted in year:
        last, place = None, 0
        for row, line in zip(
            sighted.rows.to_pylist(), sighted.truth["sightings"]["line"].to_pylist(), strict=True
        ):
            place, last = (place + 1 if row["Date Seen"] == last else 0), row["Date Seen"]
            if row["Where Offered"] == "shop":
                continue  # what shops sell under the counter is no line's, and the row says where it was
            price = np.nan if row["Price GBP"] is None else row["Price GBP"]
            words, amount = row["Words Used"], row["How Much"]
            told = (row["Entry"] % 10, place, price, price % 1, len(row["What Was Offered"]))
            known = (words is None, amount is None, row["Told By"] == "worker")
            fields.append([*told, *known, len(words or ""), len(amount or "")])
            behind.append(line is not None)
    fields, behind = np.array(fields, dtype=float), np.array(behind)
    assert 300 < behind.sum() < len(behind) - 300
    model = HistGradientBoostingClassifier(max_iter=40, random_state=0)
    guessed = cross_val_predict(model, fields, behind, cv=5, method="predict_proba")[:, 1]
    assert 0.44 < roc_auc_score(behind, guessed) < 0.56

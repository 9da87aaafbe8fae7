"""The trade: its published rates, words that are new from a day on, prices, and nothing that tells alone."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from lippen.engine import Engine
from lippen.progress import Stages
from lippen.sandbox.scenario import FalseTrend, Intervention, NewLine, Scenario
from lippen.sandbox.streams import listings, sightings
from lippen.sandbox.streams.frames import Frames, parted
from lippen.sandbox.streams.wares import trade_lexicon, wares_of
from lippen.sandbox.world import make_world
from lippen.sandbox.writing import write_export
from lippen.signals import check_mapping, import_folder, load_mapping
from lippen.workspace import Workspace

BURGHS = 16
DAY = np.timedelta64(1, "D")


@pytest.fixture(scope="module")
def year():
    """A year of sixteen burghs: (world, listings, sightings) each."""
    worlds = [make_world(which, Scenario(), 365, 3) for which in range(BURGHS)]
    return [(world, listings.draw(world, True), sightings.draw(world, True)) for world in worlds]


def column(table, name):
    """A column as an object or number array, dictionaries unpacked."""
    values = table[name].combine_chunks() if isinstance(table[name], pa.ChunkedArray) else table[name]
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    return np.asarray(values.to_numpy(zero_copy_only=False))


def together(year, which, name, truth=None):
    """A column over all burghs, of the rows or of a truth table."""
    drawn = [one[which] for one in year]
    return np.concatenate([column(one.truth[truth] if truth else one.rows, name) for one in drawn])


def thousands(year):
    return sum(world.place.residents.sum() for world, _, _ in year) / 1000


def said(rows):
    """Heading and body of each listing as one text."""
    both = pc.binary_join_element_wise(
        rows["Heading"].cast(pa.string()), pc.fill_null(rows["Body"].cast(pa.string()), ""), "\n"
    )
    return both.to_pylist()


# ---- rates -----------------------------------------------------------------------------------------------
def test_150_adverts_a_thousand_and_each_is_met_about_45_times(year):
    # NOS 2023: 2.5 million adverts in 21 groups of the Netherlands in a year, 55,000 of them different.
    advert = together(year, 1, "advert", "listings")
    assert advert.sum() / thousands(year) == pytest.approx(150, rel=0.12)
    first = np.isnan(together(year, 1, "copy_of", "listings").astype(float))
    assert advert.sum() / (advert & first).sum() == pytest.approx(2_500_000 / 55_000, rel=0.15)


def test_a_quarter_of_listings_look_alike_and_each_class_is_there(year):
    advert = together(year, 1, "advert", "listings")
    assert 1 - advert.mean() == pytest.approx(0.25, abs=0.03)
    classes = Counter(together(year, 1, "look_alike", "listings")[~advert])
    assert len(classes) == 7
    assert min(classes.values()) > 0.05 * (~advert).sum()


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


# ---- words -----------------------------------------------------------------------------------------------
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


def test_what_looks_alike_on_the_dark_web_is_a_shop_that_says_its_price(year):
    met = 0
    for _, listed, _ in year:
        kind, rows = column(listed.truth["listings"], "look_alike"), listed.rows.to_pylist()
        for look_alike, row, text in zip(kind, rows, said(listed.rows), strict=True):
            if look_alike is None:
                continue
            if row["Channel"] == "dark web":
                met += 1
                assert look_alike in ("food", "pharmacy")
                assert row["Price GBP"] is None or f"£{row['Price GBP']:.2f}".removesuffix(".00") in text
                assert row["Amount"] is None or row["Amount"] in text
            else:
                assert [row[n] for n in ("Price GBP", "Amount", "Ships From", "Ships To")] == [None] * 4
    assert met > 100


# ---- the substance that arrives, prices ------------------------------------------------------------------
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


# ---- truth kept apart ------------------------------------------------------------------------------------
def test_copies_point_to_the_first_of_their_kind(year):
    for _, listed, _ in year:
        truth = listed.truth["listings"]
        ids = column(truth, "listing_id")
        np.testing.assert_array_equal(ids, column(listed.rows, "Item ID"))
        assert (np.diff(column(listed.rows, "Posted").astype("i8")) >= 0).all()
        seller = dict(zip(ids.tolist(), truth["seller"].to_pylist(), strict=True))
        first = dict(zip(ids.tolist(), truth["copy_of"].to_pylist(), strict=True))
        for listing, copied in first.items():
            if copied is not None:
                assert copied < listing
                assert first[copied] is None
                assert seller[copied] == seller[listing]


def test_offers_are_what_the_adverts_say(year):
    _, listed, _ = year[0]
    texts = dict(zip(column(listed.rows, "Item ID").tolist(), said(listed.rows), strict=True))
    offers = listed.truth["offers"].to_pylist()
    assert {one["listing_id"] for one in offers} == set(
        column(listed.truth["listings"].filter(listed.truth["listings"]["advert"]), "listing_id").tolist()
    )
    for one in offers:
        text = texts[one["listing_id"]]
        assert one["word"] or one["sign"]
        assert one["word"] is None or one["word"] in text
        assert one["sign"] is None or one["sign"] in text
        assert f"{one['price_gbp']:.2f}".removesuffix(".00") in text


def test_lines_serve_only_where_they_reach_and_while_they_last(year):
    for world, listed, sighted in year:
        lines = world.groups.lines
        for drawn, name, when in ((listed, "listings", "Posted"), (sighted, "sightings", "Date Seen")):
            truth = drawn.truth[name]
            day = (column(drawn.rows, when).astype("M8[D]") - np.datetime64(world.first_day)) / DAY
            for line, area, at in zip(truth["line"].to_pylist(), truth["area"].to_pylist(), day, strict=True):
                if line is not None:
                    one = line - world.burgh * 100 - 1
                    assert lines.reach[one, world.place.codes.index(area)] > 0
                    assert lines.start[one] - 28 <= at <= lines.end[one] + 28


def test_sellers_come_back_under_new_handles(year):
    lasted = []
    for _, listed, _ in year:
        handle = column(listed.rows, "Seller")
        seller = np.array(listed.truth["listings"]["seller"].to_pylist(), dtype=float)
        posted = column(listed.rows, "Posted").astype("M8[D]")
        for one in np.unique(seller[~np.isnan(seller)]):
            mine = handle[seller == one]
            assert len(set(mine)) >= np.ptp(posted[seller == one]) / DAY // 71 + 1
            lasted += [np.ptp(posted[(seller == one) & (handle == name)]) / DAY for name in set(mine)]
    assert max(lasted) <= 10 * 7


def test_nothing_but_the_words_tells_an_advert(year):
    advert = together(year, 1, "advert", "listings")
    posted = together(year, 1, "Posted").astype("M8[s]").astype(np.int64)
    codes = [np.unique(together(year, 1, name), return_inverse=True)[1] for name in ("Collection", "Channel")]
    honest = np.column_stack(
        [posted % 60, posted // 3600 % 24, posted // 86_400 % 7, *codes, together(year, 1, "Item ID") % 1000]
    )
    half = np.arange(len(advert)) % 2 == 0
    model = HistGradientBoostingClassifier(max_iter=60, random_state=0).fit(honest[half], advert[half])
    assert 0.46 < roc_auc_score(advert[~half], model.predict_proba(honest[~half])[:, 1]) < 0.54


def test_what_looks_alike_uses_the_words_and_signs_of_the_trade(year):
    wares = wares_of(year[0][0])
    known = re.compile("|".join(re.escape(word) for word in sorted(wares.words, key=len, reverse=True)))
    texts = [
        text
        for _, listed, _ in year
        for text, advert in zip(
            said(listed.rows), listed.truth["listings"]["advert"].to_pylist(), strict=True
        )
        if not advert
    ]
    assert np.mean([bool(known.search(text)) for text in texts]) > 0.6
    assert len(set(texts)) > 1500


# ---- what is written -------------------------------------------------------------------------------------
def test_contacts_are_made_up_and_no_frame_shows_through(year):
    made = trade_lexicon()["handles"]
    handle = re.compile(rf"({'|'.join(made['first'])})[_.]?({'|'.join(made['last'])})\d{{2,4}}")
    for _, listed, sighted in year:
        texts = said(listed.rows) + [one or "" for one in sighted.rows["Words Used"].to_pylist()]
        for text in set(texts):
            assert not re.search(r"[{}|()]|@|https?:|www\.|//", text), text
            for number in re.findall(r"\+?\d[\d ]{8,}", text.replace("\n", "/")):
                assert re.fullmatch(r"07700 900\d{3}", number.strip()), text
        assert all(handle.fullmatch(one) for one in set(column(listed.rows, "Seller")))


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


def test_without_texts_the_same_rows_come_with_fewer_columns(year):
    for at, stream, left_out in (
        (1, listings, {"Heading", "Body", "Seller"}),
        (2, sightings, {"Words Used", "How Much"}),
    ):
        whole, plain = year[0][at], stream.draw(year[0][0], False)
        kept = [name for name in plain.rows.column_names if name != "Heading"]
        assert set(whole.rows.column_names) - set(kept) == left_out
        assert plain.rows.select(kept).equals(whole.rows.select(kept))
        if "Heading" in plain.rows.column_names:  # a listing has a title: it says that it was left out
            assert plain.rows["Heading"].unique().to_pylist() == ["left out"]
        assert {name: table.num_rows for name, table in plain.truth.items()} == {
            name: table.num_rows for name, table in whole.truth.items()
        }
        assert all(plain.truth[name].equals(table) for name, table in whole.truth.items())


# ---- interventions and false trends ----------------------------------------------------------------------
HERE, FROM = "scheme", 120


def rows_of(drawn, truth, keep):
    """The rows that `keep` (area code, row) keeps, without their ids but with area and product."""
    table = drawn.rows.drop_columns(drawn.rows.column_names[0])
    kept = drawn.truth[truth].select(["area", "product"])
    return sorted(
        str((*row.values(), *true.values()))
        for row, true in zip(table.to_pylist(), kept.to_pylist(), strict=True)
        if keep(true["area"], row)
    )


@pytest.mark.parametrize(
    ("stream", "truth", "when"), [(listings, "listings", "Posted"), (sightings, "sightings", "Date Seen")]
)
def test_an_intervention_changes_only_its_areas_from_its_day(stream, truth, when):
    done = Scenario(intervention=(Intervention("channel_recognition", FROM, (HERE,)),))
    left = Counter()
    for which in range(2, 8):
        plain, other = make_world(which, Scenario(), 240, 9), make_world(which, done, 240, 9)
        place = plain.place
        scheme = {code for code, larger in zip(place.codes, place.type_of, strict=True) if larger == 1}
        begins = np.datetime64(plain.first_day) + FROM - 7  # who knows only the week gives its first day

        def elsewhere(area, row, scheme=scheme, begins=begins):
            return area not in scheme or np.datetime64(row[when], "D") < begins

        def here(area, row, elsewhere=elsewhere):
            return not elsewhere(area, row) and row.get("Channel", row.get("Where Offered")) == "social"

        before, after = stream.draw(plain, True), stream.draw(other, True)
        assert rows_of(before, truth, elsewhere) == rows_of(after, truth, elsewhere)
        left.update(before=len(rows_of(before, truth, here)), after=len(rows_of(after, truth, here)))
    assert left["after"] < 0.9 * left["before"]


def test_a_reporting_drive_changes_what_is_told_and_no_listing():
    quiet = make_world(2, Scenario(false_trend=()), 200, 4)
    drive = make_world(2, Scenario(false_trend=(FalseTrend("reporting_drive", 60, 160),)), 200, 4)
    assert listings.draw(quiet, True).rows.equals(listings.draw(drive, True).rows)
    told = [sightings.draw(world, True) for world in (quiet, drive)]
    begins = np.datetime64(quiet.first_day)

    def outside(_, row):
        day = (np.datetime64(row["Date Seen"], "D") - begins) / DAY
        return day < 53 or day >= 160

    assert rows_of(told[0], "sightings", outside) == rows_of(told[1], "sightings", outside)
    assert told[1].rows.num_rows > 1.1 * told[0].rows.num_rows


def test_a_new_line_brings_its_own_seller_and_leaves_the_others_handles():
    plain = make_world(0, Scenario(), 200, 6)
    line = make_world(0, Scenario(new_line=(NewLine(60, ("all",), 2.0),)), 200, 6)
    before, after = listings.draw(plain, True), listings.draw(line, True)
    new = 1 + len(plain.groups.lines.group)
    assert new not in before.truth["listings"]["line"].to_pylist()
    assert after.truth["listings"]["line"].to_pylist().count(new) > 100
    known = [
        set(zip(one.truth["listings"]["seller"].to_pylist(), column(one.rows, "Seller"), strict=True))
        for one in (before, after)
    ]
    theirs = [{(seller, handle) for seller, handle in one if seller and seller <= 8} for one in known]
    assert len(theirs[0] & theirs[1]) >= 0.9 * len(theirs[0])


# ---- any world -------------------------------------------------------------------------------------------
@settings(max_examples=25)
@given(
    burgh=st.integers(0, 219),
    seed=st.integers(0, 2**40),
    days=st.sampled_from([1, 2, 6, 7, 8, 29, 45]),
    lines=st.integers(0, 20),
    groups=st.integers(1, 8),
    new_words=st.sampled_from([0.0, 3.0, 60.0]),
    change=st.booleans(),
    harm=st.sampled_from([0.0, 1.0, 5.0]),
)
def test_any_world_draws_and_twice_the_same(burgh, seed, days, lines, groups, new_words, change, harm):
    scenario = Scenario(
        lines=lines, groups=groups, new_words_per_year=new_words, substance_change=change, harm=harm
    )
    world = make_world(burgh, scenario, days, seed)
    for stream, name in ((listings, "listings"), (sightings, "sightings")):
        one, other = stream.draw(world, True), stream.draw(world, True)
        assert one.rows.equals(other.rows)
        assert all(table.equals(other.truth[key]) for key, table in one.truth.items())
        assert one.truth[name].num_rows == one.rows.num_rows
        ids = column(one.rows, one.rows.column_names[0])
        assert len(set(ids)) == len(ids)
        if harm == 0 and name == "listings":
            assert not column(one.truth[name], "advert").any()


def test_a_frame_says_what_is_put_in_and_nothing_else():
    frames = Frames(["{w} (for|at) {p}", "{w}{w}", "nothing // below"])
    n = 4
    put = {"w": pa.array(list("abcd")), "p": pa.array(list("1234"))}
    frame = np.array([0, 1, 2, 3])
    texts = frames.fill(frame, **put)
    assert texts.to_pylist() == ["a for 1", "b at 2", "cc", "nothing // below"]
    assert frames.opens(frame, "p").tolist() == [True, True, False, False]
    assert not frames.opens(frame, "z").any()
    heading, body = parted(texts)
    assert heading.to_pylist() == ["a for 1", "b at 2", "cc", "nothing"]
    assert body.to_pylist() == [None, None, None, "below"]
    assert Counter(frames.any(np.linspace(0, 1, 600, endpoint=False))) == {0: 100, 1: 100, 2: 200, 3: 200}
    with pytest.raises(KeyError):
        frames.fill(np.zeros(n, dtype=np.int64), w=put["w"])


# ---- Lippen reads it -------------------------------------------------------------------------------------
@pytest.mark.parametrize(("kind", "stream"), [("listing", listings), ("sighting", sightings)])
@pytest.mark.parametrize("how", ["as sent", "csv", "parquet"])
def test_its_own_mapping_reads_every_row(kind, stream, how, duck: Engine, tmp_path):
    drawn = stream.draw(make_world(0, Scenario(), 120, 1), True)
    source = tmp_path / "in"
    source.mkdir()
    if how == "as sent":
        write_export(source, kind, drawn.rows)
    elif how == "parquet":
        pq.write_table(drawn.rows, source / "export.parquet")
    else:
        shown = {}
        for name in drawn.rows.column_names:
            values = drawn.rows[name]
            if pa.types.is_timestamp(values.type):
                values = pc.strftime(values, "%d/%m/%Y %H:%M:%S")
            elif pa.types.is_date(values.type):
                values = pc.strftime(values.cast(pa.timestamp("s")), "%d/%m/%Y")
            elif pa.types.is_dictionary(values.type):
                values = values.cast(pa.string())
            shown[name] = values
        pacsv.write_csv(pa.table(shown), source / "export.csv")
    mapping = load_mapping(str(files("lippen.sandbox.streams").joinpath("mappings", f"{kind}.toml")))
    assert check_mapping(source, mapping).problems == []
    report = import_folder(source, mapping, Workspace.open(tmp_path / "town", duck), Stages(quiet=True))
    assert (report.rows, report.accepted, report.quarantined) == (drawn.rows.num_rows, drawn.rows.num_rows, 0)

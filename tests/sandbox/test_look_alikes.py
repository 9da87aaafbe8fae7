"""What looks like an advert and is none: who posts it, and that nothing but its words tells it from one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import numpy as np
import pytest
from listing_fields import (
    HANDLE,
    NUMBER,
    SHAPE,
    auc,
    auc_of_reading,
    each_alone,
    known_of,
    telling_values,
)
from trade_drawn import column, said, together, year_of_trade

from lippen.sandbox.parameters import number
from lippen.sandbox.scenario import Scenario
from lippen.sandbox.streams import listings, look_alikes
from lippen.sandbox.streams.wares import trade_lexicon, wares_of
from lippen.sandbox.world import make_world

MOST = 0.60
"""Of the area under the curve for all fields together. Lines for a soup and for a wrap differ in length, and
pages are some dozens, so a little can be learnt: these and two other pairs of seeds, either way round, gave
0.56 to 0.60, where labels dealt at random among posters gave 0.47 to 0.52. Handles, contacts, hours or
numbers that leak give more than 0.65."""

MOST_OF_SHAPE = 0.65
"""The same with the outline of texts (words, capitals, punctuation, pound signs and the rest of SHAPE), by
which templates are known: 0.61 to 0.64."""


@pytest.fixture(scope="module")
def year():
    return year_of_trade()


def drawn(seeds, burghs):
    worlds = [make_world(which, Scenario(), 365, seed) for seed in seeds for which in range(burghs)]
    return [listings.draw(world, True) for world in worlds]


def innocent(year, names):
    """Rows of what looks alike, with its class, and the burgh in front: (burgh, class, row)."""
    for at, (_, listed, _) in enumerate(year):
        kind = column(listed.truth["listings"], "look_alike")
        for one, row in zip(kind, listed.rows.select(names).to_pylist(), strict=True):
            if one is not None:
                yield at, one, row


# ---- who posts it ----------------------------------------------------------------------------------------
def test_a_quarter_of_listings_look_alike_and_each_class_is_there(year):
    advert = together(year, 1, "advert", "listings")
    assert 1 - advert.mean() == pytest.approx(0.25, abs=0.03)
    classes = Counter(together(year, 1, "look_alike", "listings")[~advert])
    assert len(classes) == 7
    assert min(classes.values()) > 0.04 * (~advert).sum()


def test_pages_of_every_class_post_often_and_others_once_or_twice(year):
    count, kind = Counter(), defaultdict(Counter)
    for at, one, row in innocent(year, ["Seller"]):
        count[at, row["Seller"]] += 1
        kind[one][at, row["Seller"]] += 1
    busy = [number for number in count.values() if number >= 20]
    assert sum(busy) > 0.5 * count.total()
    assert sum(number <= 3 for number in count.values()) > 200
    # Half of all adverts stand under handles of about 30 listings or fewer.
    assert all(max(handles.values()) >= 30 for handles in kind.values())
    for _, listed, _ in year:
        mine = Counter(column(listed.rows.filter(listed.truth["listings"]["advert"]), "Seller"))
        assert sum(number <= 3 for number in mine.values()) > 20  # sellers have handles of the moment, too


def test_what_looks_alike_carries_prices_amounts_and_contacts(year):
    contact, priced, rows = Counter(), Counter(), 0
    for _, kind, row in innocent(year, ["Heading", "Body"]):
        text = f"{row['Heading']} {row['Body'] or ''}"
        contact["handle"] += bool(HANDLE.search(text))
        contact["number"] += bool(NUMBER.search(text))
        priced[kind] += bool(re.search(r"£\d|\d£|quid|\b\d+$", text))
        rows += 1
    assert 0.4 < contact.total() / rows < 0.6
    assert min(contact.values()) > 0.1 * rows
    assert sum(priced.values()) > 0.4 * rows
    assert all(priced[kind] for kind in ("food", "pharmacy", "everyday", "lyric", "news", "recovery"))


def test_a_page_names_its_own_handle_and_copies_differ_as_those_of_adverts_do(year):
    """An advert is met in some versions, and so is a post."""
    versions = {True: [], False: []}
    for _, listed, _ in year:
        truth = listed.truth["listings"]
        texts = defaultdict(set)
        for first, copied, advert, text in zip(
            truth["listing_id"].to_pylist(),
            truth["copy_of"].to_pylist(),
            truth["advert"].to_pylist(),
            said(listed.rows),
            strict=True,
        ):
            texts[advert, copied or first].add(text)
        for row, text in zip(listed.rows["Seller"].to_pylist(), said(listed.rows), strict=True):
            assert not (named := HANDLE.findall(text)) or named == [row], text
        for (advert, _), known in texts.items():
            versions[advert].append(len(known))
    assert np.mean(versions[True]) > 1.5
    assert max(versions[False]) >= 5


def test_shops_of_the_dark_web_send_the_same_amounts_and_say_their_price(year):
    met = Counter()
    for _, listed, _ in year:
        kind, rows = column(listed.truth["listings"], "look_alike"), listed.rows.to_pylist()
        for look_alike, row, text in zip(kind, rows, said(listed.rows), strict=True):
            if look_alike is None:
                continue
            if row["Channel"] == "dark web":
                assert look_alike in ("food", "pharmacy", "everyday")
                assert row["Price GBP"] is None or f"£{row['Price GBP']:.2f}".removesuffix(".00") in text
                if row["Amount"] is not None:
                    met[row["Amount"].split(" ")[1]] += 1
            else:
                assert [row[n] for n in ("Price GBP", "Amount", "Ships From", "Ships To")] == [None] * 4
    assert met["g"] > 500
    assert met["tablets"] > 100
    assert met["pcs"] > 0


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


def test_every_product_has_something_lawful_beside_it_and_no_word_of_its_own():
    for product in trade_lexicon()["product"]:
        own = {word for name in ("everywhere", "online", "dark") for word in product.get(name, [])}
        assert product["beside"]["class"] in look_alikes.CLASSES
        assert not own & set(product["beside"]["things"])
        assert len(product["beside"]["things"]) >= 2


# ---- nothing but the words tells -------------------------------------------------------------------------
@pytest.fixture(scope="module")
def nations():
    """Two nations of other seeds: one to learn from, and one to be tried on."""
    return drawn((11, 12, 13), 6), drawn((21, 22, 23), 6)


@pytest.fixture(scope="module")
def many(nations):
    return tuple(known_of(one) for one in nations)


def test_no_fields_together_tell_an_advert(many):
    for train, test in (many, many[::-1]):
        fields = set(train.fields)
        for held, most in ((fields - SHAPE, MOST), (fields, MOST_OF_SHAPE)):
            shown = (one.only(np.ones(len(one.advert), dtype=bool), held) for one in (train, test))
            assert auc(*shown) <= most


def test_reading_the_words_tells_an_advert(nations, many):
    texts = [[text for one in nation for text in said(one.rows)] for nation in nations]
    assert auc_of_reading(*zip(texts, (one.advert for one in many), strict=True)) > 0.98


def test_no_field_alone_tells_an_advert(many):
    """Neither way round: what is learnt from one nation of three seeds is tried on another."""
    for train, test in (many, many[::-1]):
        alone = each_alone(train, test)
        assert len(alone) > 30
        assert {name: told for name, told in alone.items() if told > MOST} == {}


def test_no_fields_together_tell_an_advert_of_the_dark_web(many):
    # There prices, amounts and ports are filled in. Its pages are few, and what they happen to send weighs
    # more: these burghs give 0.60 and 0.63, and two other pairs of seeds 0.52 to 0.58.
    fields = set(many[0].fields) - SHAPE
    dark = [one.only(~np.isnan(one.fields["ships from"]), fields) for one in many]
    assert auc(*dark) <= MOST_OF_SHAPE


def test_no_value_of_a_field_tells_an_advert(many):
    assert [found for one in many for found in telling_values(one)] == []


# ---- and the check can fail ------------------------------------------------------------------------------
def in_pieces(rows, advert):
    for row, is_advert in zip(rows, advert, strict=True):
        if row["Amount"] and not is_advert:
            row["Amount"] = row["Amount"].split(" ")[0] + " pcs"
    return rows


def in_whole_pounds(rows, advert):
    for row, is_advert in zip(rows, advert, strict=True):
        if row["Price GBP"] and not is_advert:
            row["Price GBP"] = float(round(row["Price GBP"]))
    return rows


def under_handles_of_their_own(rows, advert):
    for at, (row, is_advert) in enumerate(zip(rows, advert, strict=True)):
        if not is_advert:
            row["Seller"] = f"weeotter{at}"
    return rows


def without_contacts(rows, advert):
    for row, is_advert in zip(rows, advert, strict=True):
        for name in ("Heading", "Body"):
            if row[name] and not is_advert:
                row[name] = NUMBER.sub("the hall", HANDLE.sub("us", row[name]))
    return rows


def in_office_hours(rows, advert):
    for row, is_advert in zip(rows, advert, strict=True):
        if not is_advert:
            row["Posted"] = row["Posted"].replace(hour=9 + row["Posted"].hour % 8)
    return rows


def for_nothing(rows, advert):
    for row, is_advert in zip(rows, advert, strict=True):
        for name in ("Heading", "Body"):
            if row[name] and not is_advert:
                row[name] = re.sub(r"£\d+|\d+£|\d+ quid", "free", row[name])
    return rows


@pytest.fixture(scope="module")
def some():
    return drawn((31,), 6), drawn((41,), 6)


@pytest.mark.parametrize(
    ("leak", "field", "together"),
    [
        (in_pieces, "unit", False),
        (in_whole_pounds, "pence", False),
        (under_handles_of_their_own, "seller so far", True),
        (without_contacts, "names a contact", True),
        (in_office_hours, "hour", True),
        (for_nothing, "digits", True),
    ],
)
def test_a_field_that_leaks_is_found(some, leak, field, together):
    test = known_of(some[1], leak)
    assert field in {found[0] for found in telling_values(test)}
    if together:
        train = known_of(some[0], leak)
        fields = set(train.fields) - SHAPE
        held = [one.only(np.ones(len(one.advert), dtype=bool), fields) for one in (train, test)]
        assert auc(*held) > MOST_OF_SHAPE


def test_a_town_without_busy_pages_is_found(monkeypatch):
    alone = {"listing.passing": 1.0, "listing.passed_on": 1e-9}
    monkeypatch.setattr(look_alikes, "number", lambda name: alone.get(name, number(name)))
    known = known_of(drawn((31,), 6))
    assert {"seller so far", "copies so far"} <= {found[0] for found in telling_values(known)}

"""From a post's text to what it offers."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from marked_titles import agreement, marked

from lippen.trade.extraction import MOST, offers_in
from lippen.trade.lexicon import Lexicon, Term
from lippen.trade.offers import OFFERS, SPANS


def told(text: str, *names: str, **given: Any) -> list[tuple[Any, ...]]:
    wanted = names or ("substance", "quantity", "unit", "price", "currency")
    return [tuple(row[name] for name in wanted) for row in offers_in([text], **given).to_pylist()]


def test_titles_that_were_marked_by_hand() -> None:
    """Each field is right at least so often, of what is read and of what is there."""
    counts, said = agreement()
    assert len(marked()) > 110
    for field, least in {
        **{"substance": 0.97, "quantity": 0.95, "strength": 0.96},
        **{"price": 0.96, "form": 0.94, "delivery": 1.0},
    }.items():
        right, wrong, missed = (counts[field][one] for one in ("right", "wrong", "missed"))
        assert min(right / (right + wrong), right / (right + missed)) >= least, (field, said)


def test_each_row_says_where_in_the_text_it_stands() -> None:
    text = "menu\n🍀 𝐖𝐞𝐞𝐝 [an oz] £120 posted\nXans x10 2mg bars - 20 quid"
    weed, xans = offers_in([text]).to_pylist()

    def said(row: dict[str, Any]) -> dict[str, str]:
        return {
            what: text[row[f"{what}_start"] : row[f"{what}_end"]]
            for what in SPANS
            if row[f"{what}_start"] is not None
        }

    assert said(weed) == {
        **{"substance": "𝐖𝐞𝐞𝐝", "form": "𝐖𝐞𝐞𝐝", "quantity": "an oz", "price": "£120"},
        "delivery": "posted",
    }
    assert said(xans)["quantity"] == "x10"
    assert said(xans)["strength"] == "2mg"
    assert said(xans)["price"] == "20 quid"
    assert (weed["row"], weed["family"], weed["offer"]) == (0, "cannabinoid", "menu")


def test_prices_go_to_the_thing_of_their_own_line() -> None:
    assert told("weed\nket 1g 25\nweed 3.5 30") == [
        ("ketamine", 1.0, "g", 25.0, "GBP"),
        ("cannabis", 3.5, "g", 30.0, "GBP"),
    ]


def test_lines_of_amounts_belong_to_the_thing_that_heads_them_and_no_others_do() -> None:
    assert told("MDMA\n1g - 35\n3.5g - 100\nzelindas 2 - 40") == [
        ("MDMA", 1.0, "g", 35.0, "GBP"),
        ("MDMA", 3.5, "g", 100.0, "GBP"),
    ]


def test_a_plain_number_is_what_the_rest_leaves_it() -> None:
    assert told("weed 30") == [("cannabis", None, None, 30.0, "GBP")]
    assert told("10 xans") == [("alprazolam", 10.0, "tablets", None, None)]
    assert told("weed 3.5 at 30") == [("cannabis", 3.5, "g", 30.0, "GBP")]
    assert told("cocaine - 10\n10 of cocaine for £600") == [("cocaine", 10.0, "g", 600.0, "GBP")]
    # Where the collection files the price, it is the quantity.
    assert told("cocaine - 10", price=pa.array([600.0])) == [("cocaine", 10.0, "g", 600.0, "GBP")]


def test_a_price_before_its_quantity_is_that_quantity_s() -> None:
    assert told("$10 - 1g weed") == [("cannabis", 1.0, "g", 10.0, "USD")]
    assert told("weed £30 3.5g") == [("cannabis", 3.5, "g", 30.0, "GBP")]
    assert told("weed £30 for 3.5") == [("cannabis", 3.5, "g", 30.0, "GBP")]
    assert told("weed 30 for 3.5g") == [("cannabis", 3.5, "g", 30.0, "GBP")]


def test_cigarettes_are_sold_by_the_two_hundred_and_nothing_else_is() -> None:
    assert told("fags 200 £12") == [("tobacco and vapes", 1.0, "sleeves", 12.0, "GBP")]
    assert told("fags 5 x 200 £60") == [("tobacco and vapes", 5.0, "sleeves", 60.0, "GBP")]
    assert told("xans 5 x 200") == [("alprazolam", 5.0, "tablets", 200.0, "GBP")]


def test_of_two_plain_numbers_the_price_is_what_others_ask() -> None:
    sure = [f"ket {grams}g £{25 * grams}" for grams in (1, 2, 3, 4, 5)]
    *_, last = offers_in([*sure, "good ket 50 for 2"]).to_pylist()
    assert (last["quantity"], last["price"]) == (2.0, 50.0)
    assert (last["quantity_start"], last["price_start"]) == (16, 9)
    assert told("good ket 50 for 2") == [("ketamine", 50.0, "g", 2.0, "GBP")]


def test_milligrams_are_the_strength_of_what_is_counted_and_the_weight_of_what_is_not() -> None:
    names = ("quantity", "unit", "strength", "strength_unit")
    assert told("10x diazepam 10mg", *names) == [(10.0, "tablets", 10.0, "mg")]
    assert told("500mg DMT", *names) == [(0.5, "g", None, None)]


def test_a_price_for_one_of_several_is_made_one_for_all() -> None:
    assert told("10 xans £2 each") == [("alprazolam", 10.0, "tablets", 20.0, "GBP")]
    assert told("weed £150 an oz") == [("cannabis", 28.0, "g", 150.0, "GBP")]


@pytest.mark.parametrize(
    "text",
    [
        "green hills and white houses",
        "the blues won",
        "snow the day",
        "a joint effort",
        "hit me up 🔥",
        "got a 🔑?",
    ],
)
def test_slang_and_signs_alone_are_no_offer(text: str) -> None:
    assert told(text) == []


def test_a_sign_behind_another_decorates_unless_it_has_amounts_of_its_own() -> None:
    assert told("🐴 half q 🔥 £70") == [("ketamine", 3.5, "g", 70.0, "GBP")]
    assert told("🍓 x2 🔥 15") == []
    assert told("🍀 3.5 30 🐴 1 25", "substance", "quantity", "price") == [
        ("cannabis", 3.5, 30.0),
        ("ketamine", 1.0, 25.0),
    ]


def test_a_number_in_brackets_leads_a_title() -> None:
    assert told("[14] cocaine top quality\nThis is 14 of cocaine for £900. No reship.") == [
        ("cocaine", 14.0, "g", 900.0, "GBP")
    ]
    assert told("(100) XTC pills, red") == [("MDMA", 100.0, "tablets", None, None)]
    assert told("10 XTC tablets\nThis is 10 of XTC tablets for £50") == [
        ("MDMA", 10.0, "tablets", 50.0, "GBP")
    ]


def test_slang_alone_counts_once_it_has_proved_right() -> None:
    proved = Lexicon([Term("gabbies", "gabapentin and pregabalin", "slang", 50, 49)])
    assert told("gabbies", "substance", lexicon=proved) == [("gabapentin and pregabalin",)]
    seldom = Lexicon([Term("gabbies", "gabapentin and pregabalin", "slang", 2, 2)])
    assert told("gabbies", "substance", lexicon=seldom) == []


def test_slang_that_has_proved_wrong_does_not_count_even_beside_a_price() -> None:
    assert told("blues £20", "substance") == [("diazepam",)]
    wrong = Lexicon([Term("blues", "diazepam", "slang", 50, 3)])
    assert told("blues £20", lexicon=wrong) == []


def test_slang_beside_a_proper_name_describes_it() -> None:
    assert told("Brown Sugar MDMA 1g white crystal", "substance") == [("MDMA",)]
    assert told("250x green fish 200mg MDMA", "substance", "quantity") == [("MDMA", 250.0)]


def test_a_number_in_a_name_is_no_amount() -> None:
    assert told("2C-B 10 for £50", "quantity", "price") == [(10.0, 50.0)]
    assert told("AM-2201 £20", "quantity", "price") == [(None, 20.0)]


def test_what_is_told_twice_is_one_offer() -> None:
    assert told("10x Xanax\n10 xanax bars, £20") == [("alprazolam", 10.0, "tablets", 20.0, "GBP")]
    (row,) = offers_in(["10x Xanax\n10 xanax bars, £20"]).to_pylist()
    assert row["offer"] == "deal"


def test_a_thing_that_is_only_mentioned_beside_offers_is_none() -> None:
    assert told("ket 1g £25\nno heroin, no time wasters", "substance") == [("ketamine",)]


def test_what_a_collection_files_fills_only_what_one_offer_leaves_out() -> None:
    filed = {"price": pa.array([100.0]), "quantity": pa.array(["3.5 g"])}
    assert told("cannabis, tracked", **filed, currency="EUR") == [("cannabis", 3.5, "g", 100.0, "EUR")]
    assert told("cannabis £30", **filed) == [("cannabis", 3.5, "g", 30.0, "GBP")]
    assert told("cannabis and cocaine", "price", **filed) == [(None,), (None,)]


@pytest.mark.parametrize("filed", [float("nan"), float("inf"), -1.0, 0.0, None])
def test_a_filed_price_that_is_none_is_not_taken(filed: float | None) -> None:
    assert told("cannabis", "price", price=pa.array([filed], pa.float64())) == [(None,)]


def test_missing_and_empty_texts_offer_nothing() -> None:
    table = offers_in(pa.chunked_array([pa.array([None, "", "weed 3.5 30"])]))
    assert table.schema == OFFERS
    assert table["row"].to_pylist() == [2]
    assert offers_in([]).schema == OFFERS


def test_columns_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="2 texts but 1"):
        offers_in(["weed", "ket"], price=pa.array([1.0]))


def test_one_post_changes_nothing_for_another() -> None:
    posts = [text for text, _ in marked()]
    together = offers_in(posts).to_pylist()
    apart = [row | {"row": at} for at, text in enumerate(posts) for row in offers_in([text]).to_pylist()]
    # Two plain numbers alone are read by what others ask.
    different = {posts[one["row"]] for one, other in zip(together, apart, strict=True) if one != other}
    assert different <= {"good ket 30 for 1, dm me"}


WRITTEN = st.lists(
    st.sampled_from(
        [
            *(
                "weed",
                "MDMA",
                "🍀",
                "xans",
                "3.5",
                "£30",
                "30",
                "10x",
                "an oz",
                "for",
                ",",
                "\n",
                "2mg",
                "-",
                "each",
            ),
            "£",
            "x",
        ]
    ),
    max_size=14,
)


@given(WRITTEN, st.sampled_from(["", " "]))
def test_whatever_is_written_rows_are_whole(parts: list[str], between: str) -> None:
    text = between.join(parts)
    for row in offers_in([text]).to_pylist():
        assert (row["quantity"] is None) == (row["unit"] is None)
        assert (row["price"] is None) == (row["currency"] is None)
        assert (row["strength"] is None) == (row["strength_unit"] is None)
        for what in SPANS:
            start, end = row[f"{what}_start"], row[f"{what}_end"]
            assert (start is None) == (end is None)
            assert start is None or 0 <= start < end <= len(text)
        assert row["substance_start"] is not None


def test_no_line_and_no_post_is_read_without_end() -> None:
    """Work grows with the square of a line: a post of megabytes would stop an import."""
    assert told("weed " + "and so on " * 80 + "£30") == []
    assert told("weed " + "and so on " * 30 + "£30") != []
    menu = "\n".join(f"{at}g - {at}" for at in range(1, 900))
    assert len(offers_in([f"weed\n{menu}"])) == MOST
    assert len(offers_in(["weed 3.5 30, " * 2_000])) == 1
    assert len(offers_in(["weed " * 5_000 + "30"])) == 1
    assert told("1" * 100_000 + " MDMA £" + "1" * 400, "quantity", "price") == [(None, None)]

"""How quantities, strengths and prices are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lippen.trade.amounts import amounts_of
from lippen.trade.matching import looks_like


def told(line: str) -> list[tuple[str, float, str]]:
    return [(one.sort, one.number, one.unit) for one in amounts_of(looks_like(line))]


@pytest.mark.parametrize(
    ("line", "grams"),
    [
        ("3.5g", 3.5),
        ("3,5 g", 3.5),
        (".25g", 0.25),
        ("25Grams", 25),
        ("10Gr.", 10),
        ("112+g's", 112),
        ("(7)gram", 7),
        ("half a g", 0.5),
        ("half g", 0.5),
        ("half", 0.5),
        ("1/2 gram", 0.5),
        ("½ oz", 14),
        ("an oz", 28),
        ("2.5 OZ", 70),
        ("half ounce", 14),
        ("quarter oz", 7),
        ("1/8 oz", 3.5),
        ("1/8th", 3.5),
        ("an eighth", 3.5),
        ("a henry", 3.5),
        ("half q", 3.5),
        ("a q", 7),
        ("a teenth", 1.75),
        ("9 bar", 252),
        ("QP", 112),
        ("1 lb", 448),
        ("half pound", 224),
        ("1.5 kilos", 1500),
        ("2 x 14g", 28),
        ("1,000 g", 1000),
        ("3 points", 0.3),
    ],
)
def test_weights_come_to_grams(line: str, grams: float) -> None:
    assert told(line) == [("quantity", pytest.approx(grams), "g")]


@pytest.mark.parametrize(
    ("line", "number", "unit"),
    [
        ("x10", 10, "pieces"),
        ("10x", 10, "pieces"),
        ("10 x", 10, "pieces"),
        ("[x25]", 25, "pieces"),
        ("10 pack", 10, "pieces"),
        ("strip of 10", 10, "pieces"),
        ("a strip", 10, "tablets"),
        ("2 strips", 20, "tablets"),
        ("box of 28 tablets", 28, "pieces"),
        ("100 pills", 100, "tablets"),
        ("5 blotters", 5, "blotters"),
        ("a bag", 1, "bags"),
        ("2 tickets", 2, "wraps"),
        ("5 x 200", 5, "sleeves"),
        ("50ml", 50, "ml"),
        ("2 litres", 2000, "ml"),
    ],
)
def test_counts_and_volumes(line: str, number: float, unit: str) -> None:
    assert told(line) == [("quantity", number, unit)]


@pytest.mark.parametrize(
    ("line", "number", "currency"),
    [
        ("£30", 30, "GBP"),
        ("30£", 30, "GBP"),
        ("30 quid", 30, "GBP"),
        ("30 pounds", 30, "GBP"),
        ("£1,200", 1200, "GBP"),
        ("£1.2k", 1200, "GBP"),
        ("£10-15", 10, "GBP"),
        ("50p", 0.5, "GBP"),
        ("tenner", 10, "GBP"),
        ("a score", 20, "GBP"),
        ("a ton", 100, "GBP"),
        ("two grand", 2000, "GBP"),
        ("€40", 40, "EUR"),
        ("40 euros", 40, "EUR"),
        ("$85usd", 85, "USD"),
        ("0.15 BTC", 0.15, "BTC"),
        ("£ 30", 30, "GBP"),
    ],
)
def test_prices(line: str, number: float, currency: str) -> None:
    assert told(line) == [("price", pytest.approx(number), currency)]


@pytest.mark.parametrize(
    ("line", "number", "per", "unit"),
    [
        ("30each", 30, 1, ""),
        ("£2 each", 2, 1, ""),
        ("£30 a g", 30, 1, "g"),
        ("35/g", 35, 1, "g"),
        ("£150 an oz", 150, 28, "g"),
        ("£2 per pill", 2, 1, "tablets"),
        ("ten bag", 10, 1, "bags"),
        ("£20 bags", 20, 1, "bags"),
    ],
)
def test_prices_for_one_of_several(line: str, number: float, per: float, unit: str) -> None:
    (one,) = amounts_of(line)
    assert (one.sort, one.number, one.per, one.per_unit) == ("price", number, per, unit)


def test_milligrams_are_left_for_the_line_to_decide_and_micrograms_are_a_strength() -> None:
    assert told("20 x 80 mg") == [("quantity", 20, "pieces"), ("weight in mg", 80, "mg")]
    assert told("10mg x 30") == [("weight in mg", 10, "mg"), ("quantity", 30, "pieces")]
    assert told("180-200mg") == [("weight in mg", 180, "mg")]
    assert told("150µg") == told("150 mcg") == [("strength", 150, "ug")]
    assert told("250mg/ml") == [("strength", 250, "mg/ml")]


@pytest.mark.parametrize(
    "line",
    [
        *("07700 900123", "+44 7700 900 123", "84%", "65-73 %", "24/7", "till 10pm", "9:30", "2nd class"),
        *(
            "og kush #18",
            "min order 20",
            "min spend £30",
            "delivery £5",
            "next day 2 days",
            "ak-47",
            "over 18s",
        ),
        *("grade 1", "no 3", "royal_gull4021", "gull.1234"),
    ],
)
def test_numbers_that_are_something_else_are_none(line: str) -> None:
    assert told(line) == []


def test_a_number_alone_is_left_for_the_line_to_decide() -> None:
    assert told("3.5 30") == [("number", 3.5, ""), ("number", 30, "")]
    assert told("2 for 50") == told("2/50") == [("number", 2, ""), ("number", 50, "")]
    assert told("point 2 - 20") == [("number", 0.2, ""), ("number", 20, "")]
    assert [one.spoken for one in amounts_of("ten 20")] == [True, False]


def test_a_hyphen_parts_an_amount_from_its_price() -> None:
    assert told("x10-30") == [("quantity", 10, "pieces"), ("number", 30, "")]
    assert told("an oz-120") == [("quantity", 28, "g"), ("number", 120, "")]
    assert told("3.5-£30") == [("number", 3.5, ""), ("price", 30, "GBP")]


@given(st.text(alphabet="0123456789.,/-x £$€mgkuozqhalf ap()#%", max_size=40))
def test_places_lie_in_the_line_one_after_another(line: str) -> None:
    end = 0
    for one in amounts_of(line):
        assert end <= one.start < one.end <= len(line)
        assert one.number >= 0
        end = one.end


def test_a_line_of_digits_without_end_is_read_in_time_that_grows_with_it() -> None:
    """Nested repeats in a pattern would take hours here."""
    assert len(amounts_of("1 " * 20_000)) == 20_000
    amounts_of("1" * 50_000)
    amounts_of("1,111" * 10_000)
    amounts_of("half a " * 10_000)

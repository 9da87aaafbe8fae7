"""The grammar of offers: what shows one, and that nothing of the lexicon does."""

from __future__ import annotations

import numpy as np
import pytest

from lippen.trade.lexicon import Lexicon
from lippen.trade.offer import TOLD, offers, offers_shown, readable


def signs(text: str) -> set[str]:
    read = readable([text], Lexicon.of_vocabulary().find([text]))
    nothing = np.zeros(1, np.bool_)
    [shown] = offers(read, nothing, nothing)
    return {name for name, seen in zip(TOLD, shown, strict=False) if seen}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 GRAM MDMA", {"quantity"}),
        ("100 x Xanax 2mg", {"quantity"}),
        ("two for £50", {"price"}),
        ("10 ZŁ", {"price"}),
        ("ketamine, half an ounce", {"quantity"}),
        ("we deliver", {"delivery"}),
        ("gies a bell", {"contact"}),
        ("@some_handle", {"contact"}),
        ("bulk discount", {"bulk"}),
        ("back in stock", {"sale"}),
        ("1g £60, 2g £110", {"price", "quantity", "menu"}),
        ("White widow", set()),
        ("I am two years clean", set()),
        ("", set()),
    ],
)
def test_what_shows_an_offer(text: str, expected: set[str]) -> None:
    assert signs(text) == expected


def test_where_it_stands_is_told_in_signs_of_the_text() -> None:
    text = "💊 Coke, £60 a gram"
    [price, *_] = offers_shown(readable([text], Lexicon.of_vocabulary().find([text]))[0])
    assert price.sign == "price"
    assert text[price.start : price.end].startswith("£60")


def test_a_long_text_of_digits_takes_no_long_time() -> None:
    assert "price" not in signs("1 " * 20_000 + "," * 20_000)

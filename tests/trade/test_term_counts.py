"""Texts are told apart, and cut into words, as the ranking of new terms counts them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from lippen.trade.known_places import is_known, known_places
from lippen.trade.lexicon import Lexicon, Term
from lippen.trade.term_counts import read_posts, words_of

DAY = date(2025, 3, 3)
TEXTS = st.lists(st.text(alphabet="ab1 🔥\n£'é-@.", max_size=12), min_size=1, max_size=8)


def posts(*texts: str | None) -> pa.Table:
    days = [DAY + timedelta(days=at) for at in range(len(texts))]
    return pa.table({"text": pa.array(texts, pa.string()), "day": days})


def test_words_are_letters_signs_and_marks_for_amounts_contacts_and_lines() -> None:
    assert words_of(
        [
            "OG Kush 3.5g £20\n🔥🔥❄️ x10",
            "5-MeO-DMT, 4mmc & u47700",
            "ring dod_99 or a@b.com",
            "",
            "ＭＤＭＡ Дым",
        ]
    ) == [
        ("og", "kush", "3", "#g", "£", "20", "¶", "🔥", "❄", "x#"),
        ("5", "meo", "dmt", "4mmc", "u47700"),
        ("ring", "@", "or", "@"),
        (),
        ("mdma", "дым"),
    ]


def test_a_text_counts_once_from_its_first_day_with_its_copies_beside() -> None:
    read = read_posts(posts("Weed 3g", "snow", "WEED  3g", None, "weed 3g", ""))
    assert read.text.to_pylist() == ["Weed 3g", "snow"]
    assert read.copies.tolist() == [3, 1]
    assert (read.day - read.day[0]).tolist() == [0, 1]
    assert read.source.tolist() == [0, 1]


@settings(max_examples=25)
@given(TEXTS, st.permutations(range(8)))
def test_case_spaces_copies_and_order_change_no_word(texts: list[str], order: list[int]) -> None:
    once = read_posts(posts(*texts))
    again = read_posts(
        pa.concat_tables([posts(*texts), posts(*[f"  {text.upper()} " for text in texts])]).take(
            [at for at in order if at < len(texts)] + list(range(len(texts), 2 * len(texts)))
        )
    )
    assert sorted(once.words[one] for one in once.token) == sorted(again.words[one] for one in again.token)
    assert again.copies.sum() == 2 * once.copies.sum()


@settings(max_examples=25)
@given(TEXTS)
def test_texts_in_another_order_keep_their_words(texts: list[str]) -> None:
    read = read_posts(posts(*texts))
    turned = read.in_order(np.arange(len(read))[::-1])
    for row in range(len(read)):
        other = len(read) - 1 - row
        assert (
            read.token[read.starts[row] : read.starts[row + 1]].tolist()
            == turned.token[turned.starts[other] : turned.starts[other + 1]].tolist()
        )
        assert read.text[row] == turned.text[other]


def test_the_longest_known_term_is_found_and_none_lies_over_another() -> None:
    terms = [Term(one, "x", "slang") for one in ("cali", "cali weed", "weed", "❄️", "x y x")]
    read = read_posts(posts("cali weed and Weed", "❄❄ x y x y x"))
    covered, places, of = known_places(read, terms)
    assert [terms[one].written for one in of.tolist()] == ["cali weed", "weed", "❄️", "x y x"]
    assert places.length.tolist() == [2, 1, 1, 3]
    assert [read.words[one] for one in read.token[covered < 0]] == ["and", "y", "x"]


def test_a_word_with_borrowed_letters_is_known_as_it_looks() -> None:
    lexicon = Lexicon([Term("coke", "cocaine", "slang")])
    assert is_known(lexicon, ["соке", "coke", "cokes", "diet coke"]) == [True, True, False, False]

"""Words with what each has proved to be worth."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from lippen.measured import wilson
from lippen.trade.lexicon import LEXICON, Lexicon, Term
from lippen.trade.vocabulary import Word


def small() -> Lexicon:
    return Lexicon(
        [
            Term("weed", "cannabis", "slang"),
            Term("blues", "diazepam", "slang"),
            Term("ket", "ketamine", "slang"),
        ]
    )


def test_a_word_that_was_never_met_is_worth_one_half() -> None:
    assert {term.precision for term in small().terms} == {0.5}


def test_what_is_met_is_counted_and_nothing_else_changes() -> None:
    texts = pa.array(["weed and weed", "the blues at home", None, "blues x10"])
    lexicon = small()
    found = lexicon.find(texts)
    assert [lexicon.terms[word].written for word in found.word] == ["weed", "weed", "blues", "blues"]
    told = lexicon.measured(found, np.array([True, True, False, True]))
    assert [(term.written, term.seen, term.right) for term in told.terms] == [
        ("weed", 2, 2),
        ("blues", 2, 1),
        ("ket", 0, 0),
    ]
    assert [term.seen for term in lexicon.terms] == [0, 0, 0]
    again = told.measured(found, np.array([False, False, False, False]))
    assert [(term.seen, term.right) for term in again.terms] == [(4, 2), (4, 1), (0, 0)]


def test_precision_is_drawn_towards_one_half_where_little_was_met() -> None:
    assert Term("a", "b", "slang", seen=1, right=1).precision == pytest.approx(0.75)
    assert Term("a", "b", "slang", seen=99, right=99).precision == pytest.approx(0.995)


def test_words_below_a_worth_are_left_out() -> None:
    told = Lexicon([Term("weed", "cannabis", "slang", 10, 9), Term("blues", "diazepam", "slang", 10, 2)])
    assert [term.written for term in told.worth(0.8).terms] == ["weed"]
    assert told.worth(0.8).find(["blues weed"]).start.tolist() == [6]


def test_the_table_says_how_sure_each_is() -> None:
    table = Lexicon([Term("weed", "cannabis", "slang", 10, 9), Term("new", "cannabis", "slang")]).table()
    assert table.schema == LEXICON
    low, high = wilson(9, 10)
    assert table.to_pylist() == [
        {
            **{"written": "weed", "substance": "cannabis", "sort": "slang", "seen": 10, "right": 9},
            **{"precision_low": low, "precision_high": high},
        },
        {
            **{"written": "new", "substance": "cannabis", "sort": "slang", "seen": 0, "right": 0},
            **{"precision_low": 0.0, "precision_high": 1.0},
        },
    ]


def test_a_word_for_two_substances_is_told_for_the_first() -> None:
    lexicon = Lexicon.of_vocabulary([Word("gear", "cocaine", "slang"), Word("gear", "heroin", "slang")])
    assert [(term.written, term.substance) for term in lexicon.terms] == [("gear", "cocaine")]


def test_the_vocabulary_s_lexicon_finds_each_of_its_words() -> None:
    lexicon = Lexicon.of_vocabulary()
    texts = [f"x {term.written} x" for term in lexicon.terms]
    found = lexicon.find(texts)
    met = {row: lexicon.terms[word].written for row, word in zip(found.row, found.word, strict=True)}
    lost = [term.written for row, term in enumerate(lexicon.terms) if met.get(row) != term.written]
    assert lost == []

"""The controlled vocabulary keeps to what it promises."""

from __future__ import annotations

from collections import Counter

import pytest

from lippen.trade.forms import forms, usual_forms
from lippen.trade.matching import Matcher
from lippen.trade.vocabulary import SORTS, Substance, all_words, families, substances

FAMILIES = {
    *("cannabinoid", "stimulant", "empathogen", "opioid", "benzodiazepine", "other depressant"),
    *("dissociative", "psychedelic", "image and performance", "other medicine", "inhalant", "tobacco"),
}
FUNCTION_WORDS = """
a an the and or but if so as at by for from in into of off on onto out over to up with within without about
after before between during through under until while i me my mine we us our you your he him his she her it
its they them their this that these those who whom whose which what where when why how am is are was were be
been being do does did have has had can could shall should will would may might must not no nor yes all any
both each few more most other some such only own same than too very just there here then once again also one
two three aye naw dae didnae cannae wasnae fae wi tae yer ma oan aff
"""

EACH = pytest.mark.parametrize("substance", substances(), ids=lambda one: one.name)


@EACH
def test_a_substance_has_its_family_class_and_source(substance: Substance) -> None:
    assert substance.family in FAMILIES
    assert substance.legal_class in {"A", "B", "C", "none", "mixed"}
    assert substance.source.strip()
    assert substance.words


@EACH
def test_a_word_stands_once_under_a_substance(substance: Substance) -> None:
    twice = [word for word, count in Counter(word.written for word in substance.words).items() if count > 1]
    assert twice == []


def test_names_are_each_one_substance_s() -> None:
    assert len({one.name for one in substances()}) == len(substances())
    assert set(families()) == {one.name for one in substances()}
    named = Counter(word.written for word in all_words() if word.sort == "name")
    assert [word for word, count in named.items() if count > 1] == []


def test_words_are_small_and_tidy_and_of_a_known_sort() -> None:
    for word in all_words():
        assert word.written == word.written.lower() == " ".join(word.written.split()), word
        assert word.sort in SORTS
        assert word.substance in families()


def test_no_word_is_one_that_everybody_uses_all_the_time() -> None:
    assert [word for word in all_words() if word.written in FUNCTION_WORDS.split()] == []


def test_signs_are_signs_and_words_begin_and_end_with_a_letter_or_digit() -> None:
    """A sign at the end of a word is read as a blank, so `b+` would be met in any `b,`."""
    for word in all_words():
        if word.sort == "sign":
            assert not any(map(str.isalnum, word.written)), word
        else:
            assert word.written[0].isalnum(), word
            assert word.written[-1].isalnum(), word


def test_a_form_s_word_stands_for_one_form() -> None:
    words = Counter(word for form in forms().values() for word in form.words)
    assert [word for word, count in words.items() if count > 1] == []
    Matcher(list(words))


def test_usual_forms_are_of_known_substances_and_fit_them() -> None:
    for substance, form in usual_forms().items():
        assert forms()[form].fits(families()[substance]), substance


def test_forms_are_of_known_families() -> None:
    assert {family for form in forms().values() for family in form.of} <= FAMILIES

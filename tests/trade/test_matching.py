"""Where words of a list stand: whole words, as they look, at places in the text as it was written."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lippen.trade.matching import Matcher, all_look_like, looks_like

WORDS = ["weed", "cali weed", "ket", "md", "2c-b", "e's", "❄️", "🍀", "no. 3", "éclair"]

Find = tuple[int, int, int, str]


def finds(matcher: Matcher, texts: list[str | None]) -> list[Find]:
    found = matcher.find(texts)
    return [
        (row, start, end, matcher.words[word])
        for row, start, end, word in zip(
            found.row.tolist(), found.start.tolist(), found.end.tolist(), found.word.tolist(), strict=True
        )
    ]


def met(words: list[str], text: str) -> list[str]:
    return [text[start:end] for _, start, end, _ in finds(Matcher(words), [text])]


LATIN = {
    **dict(zip("асеорхуіѕјԁһкмтвнϲοαρνικτχ", "aceopxyisjdhkmtbhcoapviktx", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx", strict=True)),
}


def slowly_like(text: str) -> str:
    """A text as it is compared, sign by sign: what the docstrings of the matcher say."""
    told = []
    for sign in text:
        parts = unicodedata.normalize("NFKD", LATIN.get(sign, sign))
        plain = "".join(
            LATIN.get(one.lower(), one.lower()) for one in parts if not unicodedata.combining(one)
        )
        told.append(plain if len(plain) == 1 else sign)
    return "".join(told)


def slowly_spoken(text: str) -> str:
    return "".join(sign if sign.isalnum() else " " for sign in slowly_like(text))


def slowly(words: list[str], text: str) -> list[tuple[int, int, int]]:
    """Every whole word in a text, by looking at each place for each word, and of those that lie over one
    another the longest, then the earliest."""
    spoken, looks = f" {slowly_spoken(text)} ", slowly_like(text)
    found = {}
    for number, word in reversed(list(enumerate(words))):
        plain = slowly_spoken(word)
        forms = (plain,) if plain.strip() else (slowly_like(word), slowly_like(word).replace("\ufe0f", ""))
        for form in forms:
            for start in range(len(text)):
                if (plain.strip() and spoken.startswith(f" {form} ", start)) or (
                    not plain.strip() and looks.startswith(form, start)
                ):
                    found[start, start + len(form)] = number
    kept: list[tuple[int, int, int]] = []
    for (start, end), number in sorted(found.items(), key=lambda one: (one[0][0] - one[0][1], one[0][0])):
        if all(end <= first or last <= start for first, last, _ in kept):
            kept.append((start, end, number))
    return sorted(kept)


def test_only_whole_words_are_found() -> None:
    text = "weed, seaweed and weeds; a weed-like weed."
    assert [start for _, start, _, _ in finds(Matcher(["weed"]), [text])] == [0, 27, 37]


def test_of_finds_that_lie_over_each_other_the_longest_stands() -> None:
    assert met(["cali", "cali weed", "weed", "weed oz"], "cali weed oz") == ["cali weed"]
    # The longest of a heap may leave room for another at its side.
    assert met(["a b", "b c d", "d e", "e"], "a b c d e") == ["b c d", "e"]
    assert met(["a b", "b c", "c d"], "a b c d") == ["a b", "c d"]


@pytest.mark.parametrize(
    "written",
    ["WEED", "wееd", "ＷＥＥＤ", "𝐰𝐞𝐞𝐝", "𝓦𝓮𝓮𝓭", "ⓦⓔⓔⓓ", "wéëd"],
    ids=["capitals", "Cyrillic", "full width", "bold", "script", "circled", "marks"],
)
def test_letters_are_read_as_they_look(written: str) -> None:
    assert met(["weed"], f"got {written} the day") == [written]


def test_greek_capitals_are_read_as_the_latin_ones_they_look_like() -> None:
    assert met(["tina", "ketamine"], "ΤΙΝΑ or ΚΕΤΑΜΙΝΕ") == ["ΤΙΝΑ", "ΚΕΤΑΜΙΝΕ"]


def test_emoji_are_found_within_words_and_beside_them() -> None:
    text = "🍀weed🍀🍀 ❄️ketamine ❄ ket❄️"
    assert met(["🍀", "❄️", "ket", "weed"], text) == ["🍀", "weed", "🍀", "🍀", "❄️", "❄", "ket", "❄️"]


def test_places_are_those_of_the_text_as_written() -> None:
    text = "x\n𝐰𝐞𝐞𝐝 👽👽 ＫＥＴ\r\nweed"
    assert met(["weed", "ket"], text) == ["𝐰𝐞𝐞𝐝", "ＫＥＴ", "weed"]


def test_a_phrase_is_found_over_a_line_break_and_none_over_two_texts() -> None:
    matcher = Matcher(["cali weed"])
    assert finds(matcher, ["cali\nweed", "cali", "weed", "cali-weed"]) == [
        (0, 0, 9, "cali weed"),
        (3, 0, 9, "cali weed"),
    ]


def test_missing_and_empty_texts_hold_nothing() -> None:
    texts = pa.chunked_array([pa.array([None, ""]), pa.array(["weed"])])
    assert finds(Matcher(["weed"]), texts.to_pylist()) == [(2, 0, 4, "weed")]
    assert Matcher(["weed"]).find(texts).row.tolist() == [2]
    assert len(Matcher(["weed"]).find([])) == 0
    assert len(Matcher([]).find(["weed"])) == 0


def test_a_word_that_holds_no_sign_is_refused() -> None:
    with pytest.raises(ValueError, match="must hold a sign"):
        Matcher(["weed", "  "])


def test_of_words_that_look_alike_the_first_is_told() -> None:
    assert Matcher(["Weed", "wеed", "weed"]).find(["weed"]).word.tolist() == [0]


def test_a_very_long_text_and_very_many() -> None:
    long = "x " * 2_500_000 + "weed"
    assert finds(Matcher(["weed"]), [long, "é weed"]) == [
        (0, 5_000_000, 5_000_004, "weed"),
        (1, 2, 6, "weed"),
    ]
    many = [f"weed {number}" if number % 2 else f"ké {number} weed" for number in range(5_000)]
    found = Matcher(["weed"]).find(many)
    assert found.row.tolist() == list(range(5_000))
    assert [
        many[row][start:end] for row, start, end in zip(found.row, found.start, found.end, strict=True)
    ] == ["weed"] * 5_000


@given(st.lists(st.one_of(st.none(), st.text(alphabet="wedkt🍀❄️ е-.\n2cbＷé's", max_size=30)), max_size=6))
@example(["2c-b's no. 3, e's"])
def test_what_is_found_reads_as_the_word(texts: list[str | None]) -> None:
    for row, start, end, word in finds(Matcher(WORDS), texts):
        written = texts[row] or ""
        assert 0 <= start < end <= len(written)
        if word.isascii() or word == "éclair":
            assert slowly_spoken(written[start:end]) == slowly_spoken(word)
        else:
            assert looks_like(written[start:end]).rstrip("\ufe0f") == word.rstrip("\ufe0f")


@given(st.text(max_size=60))
def test_a_text_is_compared_sign_for_sign(text: str) -> None:
    assert len(looks_like(text)) == len(text)
    assert looks_like(looks_like(text)) == looks_like(text)


@given(st.lists(st.text()))
@example(["TEN POUNDS", "", "£10 Ｗｅｅｄ", "Ηash\U0001f341", "plain"])
def test_many_texts_are_compared_as_each_is(texts: list[str]) -> None:
    assert all_look_like(texts) == [looks_like(text) for text in texts]


def test_it_finds_what_a_slow_search_finds() -> None:
    draw = np.random.default_rng(7)
    words = ["weed", "cali", "ket", "md", "2c-b", "e's", "no. 3", "WEED", "ｍｄ", "x"]
    pieces = [*words, "❄️", "❄", "🍀", " ", " ", ",", "\n"]
    texts = ["".join(draw.choice(pieces, draw.integers(1, 14))) for _ in range(600)]
    found = finds(Matcher(WORDS), list(texts))
    for row, text in enumerate(texts):
        here = [(start, end, WORDS.index(word)) for at, start, end, word in found if at == row]
        assert here == slowly(WORDS, text), text


def test_a_word_of_the_list_is_read_as_it_looks_too() -> None:
    matches = Matcher(["Кокаин", "ＣＯＫＥ"]).find(["кокаин and coke"])
    assert (matches.start.tolist(), matches.end.tolist()) == ([0, 11], [6, 15])

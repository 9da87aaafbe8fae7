"""Slips of typing, and how partners write a name: by rule, changed where promised, the same every time."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lippen.sandbox.spelling import (
    AS_TOLD,
    NEAR_KEYS,
    Style,
    other_spellings,
    plain_letters,
    slips,
    spellings,
)

TEXTS = st.text(alphabet="abcdefgh STUVWxyz 0123'-,.", max_size=60)
NAMES = st.text(alphabet="abcdeinorstMOŁżé' -", min_size=1, max_size=24)


def apart(one: str, other: str) -> int:
    """Edit distance that counts a swapped pair as one (optimal string alignment)."""
    rows = [list(range(len(other) + 1))]
    for at, letter in enumerate(one, 1):
        row = [at]
        for to, with_ in enumerate(other, 1):
            cost = min(rows[-1][to] + 1, row[-1] + 1, rows[-1][to - 1] + (letter != with_))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == with_:
                cost = min(cost, rows[-2][to - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


@given(TEXTS, st.integers(0, 50))
def test_a_slip_is_one_and_leaves_digits_and_case_alone(text: str, seed: int) -> None:
    slipped = slips([text], seed)[0]
    long_words = [word for word in "".join(c if c.isalpha() else " " for c in text).split() if len(word) > 3]
    assert apart(text, slipped) == (1 if long_words else 0)
    assert [c for c in slipped if c.isdigit()] == [c for c in text if c.isdigit()]
    if text.isupper():
        assert slipped.isupper()


def test_every_sort_of_slip_comes_up() -> None:
    text = "windows smashed outside"
    seen = set(slips_of(text, 400))
    lengths = {len(slipped) - len(text) for slipped in seen}
    assert lengths == {-1, 0, 1}
    assert "windowssmashed outside" in seen  # a space left out
    assert "windoows smashed outside" in seen  # doubled
    assert "widnows smashed outside" in seen  # a swapped pair
    same_length = [slipped for slipped in seen if len(slipped) == len(text)]
    hit = [
        (text[at], slipped[at])
        for slipped in same_length
        if sum(a != b for a, b in zip(text, slipped, strict=True)) == 1
        for at in range(len(text))
        if text[at] != slipped[at]
    ]
    assert hit
    assert all(wrong in NEAR_KEYS[right] for right, wrong in hit)


def slips_of(text: str, seeds: int) -> list[str]:
    return [slips([text], seed)[0] for seed in range(seeds)]


def test_near_keys_are_mutual_and_those_of_a_british_keyboard() -> None:
    assert all(letter in NEAR_KEYS[other] for letter, near in NEAR_KEYS.items() for other in near)
    assert set(NEAR_KEYS["g"]) == set("fhtyvb")
    assert set(NEAR_KEYS["a"]) == set("sqwz")
    assert set(NEAR_KEYS["m"]) == set("njk")


@given(st.lists(TEXTS, max_size=8), st.integers(0, 9))
def test_a_slip_does_not_depend_on_what_else_is_in_the_list(texts: list[str], seed: int) -> None:
    assert slips(texts, seed) == [slips([text], seed)[0] for text in texts]


# Pairs that registers of births and censuses are known for; each is a way in which the left may be written.
@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Mary MacLeod", "Mary McLeod"),
        ("Mary McLeod", "Mary MacLeod"),
        ("Mary MacLeod", "Mary Macleod"),
        ("Karin Anderson", "Karin Andersen"),
        ("Karin Andersen", "Karin Anderson"),
        ("Jean Thomson", "Jean Thompson"),
        ("Jean Thompson", "Jean Thomson"),
        ("Jean Farrell", "Jean Farrel"),
        ("Alison Bell", "Allison Bell"),
        ("Catherine Dow", "Katherine Dow"),
        ("Rose Reid", "Rose Ried"),
        ("Agnieszka Wójcik", "Agnieszka Wojcik"),
        ("Łukasz Żak", "Lukasz Zak"),
        ("Jean Farrell", "J Farrell"),
        ("Jean Farrell", "Farrell, Jean"),
        ("Jean Farrell", "Farrell Jean"),
        ("Jean Mc Leod", "Mc Leod, Jean"),
        ("Jean Farrell", "JEAN FARRELL"),
    ],
)
def test_names_are_written_in_the_ways_that_are_known(name: str, written: str) -> None:
    assert written in other_spellings(name)


@given(NAMES)
def test_other_spellings_are_other_and_come_once(name: str) -> None:
    ways = other_spellings(name)
    assert name not in ways
    assert len(ways) == len(set(ways))
    assert all(way.strip(" ,") or not name.strip() for way in ways)


@given(st.lists(st.none() | NAMES, max_size=12), st.floats(0, 1), st.integers(0, 5))
def test_each_name_is_written_as_told_or_in_one_of_its_ways(
    names: list[str | None], rate: float, seed: int
) -> None:
    uniforms = np.random.default_rng(seed).random((len(names), 2))
    written = spellings(pa.array(names, pa.string()), uniforms, rate).to_pylist()
    for name, wrote, chance in zip(names, written, uniforms[:, 0], strict=True):
        ways = [] if name is None else other_spellings(name)
        assert wrote == name if chance >= rate or not ways else wrote in ways
    dictionary = pa.array(names, pa.string()).dictionary_encode()
    assert spellings(dictionary, uniforms, rate).to_pylist() == written


def test_the_rate_is_the_share_spelt_otherwise_and_every_way_comes_up() -> None:
    names = pa.array(["Mary MacLeod"] * 20_000)
    written = spellings(names, np.random.default_rng(3).random((20_000, 2)), 0.3).to_pylist()
    others = [wrote for wrote in written if wrote != "Mary MacLeod"]
    assert 0.28 < len(others) / 20_000 < 0.32
    assert set(others) == set(other_spellings("Mary MacLeod"))


@pytest.mark.parametrize(
    ("style", "written"),
    [
        (AS_TOLD, "Łucja Wójcik"),
        (Style(surname_first=True), "Wójcik, Łucja"),
        (Style(initials=True), "Ł Wójcik"),
        (Style(plain_letters=True), "Lucja Wojcik"),
        (Style(capitals=True), "ŁUCJA WÓJCIK"),
        (Style(surname_first=True, initials=True, plain_letters=True, capitals=True), "WOJCIK, L"),
    ],
)
def test_a_partner_writes_every_name_in_its_style(style: Style, written: str) -> None:
    names = pa.array(["Łucja Wójcik", None, "Łucja Wójcik"])
    assert spellings(names, np.zeros((3, 2)), 0, style).to_pylist() == [written, None, written]


def test_a_misspelt_name_is_in_the_style_too() -> None:
    names = pa.array(["Mary MacLeod"] * 500)
    written = spellings(names, np.random.default_rng(1).random((500, 2)), 1, Style(True, False, False, True))
    assert len(set(written.to_pylist())) > 4
    assert all(name == name.upper() for name in written.to_pylist())
    assert sum("," in name for name in written.to_pylist()) > 400


def test_plain_letters_leaves_plain_letters_alone() -> None:
    assert plain_letters("Seán Ó Briain, Søren Đorđe") == "Sean O Briain, Soren Dorde"
    assert plain_letters("Ruth O'Neil") == "Ruth O'Neil"


@pytest.mark.parametrize(
    ("uniforms", "rate"),
    [
        (np.zeros((1, 2)), 0.1),
        (np.zeros((2, 3)), 0.1),
        (np.ones((2, 2)), 0.1),
        (np.full((2, 2), -0.1), 0.1),
        (np.full((2, 2), np.nan), 0.1),
        (np.zeros((2, 2)), 1.1),
    ],
)
def test_numbers_that_do_not_fit_are_refused(uniforms: np.ndarray, rate: float) -> None:
    with pytest.raises(ValueError, match=r"0, 1|0 to 1"):
        spellings(pa.array(["Jean Dow", "Rose Reid"]), uniforms, rate)

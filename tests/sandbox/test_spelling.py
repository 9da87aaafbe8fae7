"""Slips of typing, and how others write a name: by rule, changed where promised, the same every time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lippen.sandbox.spelling import NEAR_KEYS, other_spellings, plain_letters, slips

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


def test_plain_letters_leaves_plain_letters_alone() -> None:
    assert plain_letters("Seán Ó Briain, Søren Đorđe") == "Sean O Briain, Soren Dorde"
    assert plain_letters("Ruth O'Neil") == "Ruth O'Neil"

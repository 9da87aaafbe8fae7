"""No place of the sandbox is a real one, no number can be rung and no letter delivered.

`real_scottish_places.txt` holds cities, towns, villages, islands, parishes and districts, one a line.
"""

from __future__ import annotations

import csv
import gzip
import re
import unicodedata
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lippen.sandbox.naming import (
    POSTCODES_PER_BURGH,
    burgh_names,
    names_of,
    phones,
    postcodes,
    words,
)
from lippen.sandbox.place import AREAS_OF, NATION, TYPES, burgh

PLACES = Path(__file__).with_name("real_scottish_places.txt")

NAMED_FIRST = [
    *(
        "Invermarrow",
        "Carsemuir",
        "Whinhaugh",
        "Lintbrae",
        "Gowanlaw",
        "Kirkwhin",
        "Auchenlint",
        "Peesiemuir",
    ),
    *("Marrowmouth", "Dalfearn", "Rowanfauld", "Laverockshaugh", "Craigwhin", "Tillymarrow", "Birkenshiel"),
    "Lairdshaugh",
]
"""The names that the town began with, which keep three letters from any real place. Its council's name,
Strathmarrow, keeps two as all others do (Strathcarron)."""

AVOIDED = [
    *(
        "Tunbrooke",
        "Clarkfield",
        "Nethershiel",
        "Skelbrae",
        "Overshiel",
        "Inverdoran",
        "Tarryburgh",
        "Gairloan",
    ),
    *("Saughbrae", "Eastfauld", "Kilmarrow", "Dalmarrow", "Balwhin", "Braidhaugh", "Drumlint"),
]
"""Names that researchers gave to real communities, and names found to lie too near a real place."""


def folded(name: str) -> str:
    """A name as small letters alone: no accents, blanks or signs."""
    return re.sub("[^a-z]", "", unicodedata.normalize("NFKD", name).lower().replace("&", "and"))


def letters_apart(one: str, other: str) -> int:
    """Levenshtein's distance: letters to put in, take out or change."""
    above = list(range(len(other) + 1))
    for row, left in enumerate(one, 1):
        line = [row]
        for column, right in enumerate(other, 1):
            line.append(min(above[column] + 1, line[-1] + 1, above[column - 1] + (left != right)))
        above = line
    return above[-1]


def shortened(name: str, letters: int) -> set[str]:
    """The name with up to so many letters left out."""
    return {
        "".join(sign for place, sign in enumerate(name) if place not in out)
        for count in range(letters + 1)
        for out in combinations(range(len(name)), count)
    }


def too_near(invented: Iterable[str], real: Iterable[str], apart: int) -> set[tuple[str, str]]:
    """Pairs that are the same when folded or, from six letters on, less than `apart` letters apart.

    Two names within k letters of each other become one when k letters or fewer are left out of each.
    """
    ways: dict[str, set[str]] = {}
    for place in real:
        for way in shortened(folded(place), apart - 1):
            ways.setdefault(way, set()).add(place)
    return {
        (name, place)
        for name in invented
        for way in shortened(folded(name), apart - 1)
        for place in ways.get(way, ())
        if letters_apart(folded(name), folded(place)) < (apart if len(folded(name)) >= 6 else 1)
    }


def real_places() -> list[str]:
    return PLACES.read_text(encoding="utf-8").splitlines()


def invented_places() -> set[str]:
    """Every place that the sandbox can name: burghs, areas, and what streets are called after."""
    town, parts = names_of(0), words("places.toml")
    nation = parts["nation"]
    areas = [half for name in (*town.larger, *town.areas) for half in name.split(" & ")]
    return {
        "Strathmarrow",  # the council in the names of its services
        *burgh_names(how_many_burghs()),
        *areas,
        *(name.split()[0] for name in areas),
        *(street.rsplit(" ", 1)[0] for area in town.streets for street in area),
        *(first + second for first in nation["street_firsts"] for second in nation["street_seconds"]),
    } - {"Landward"}  # the word for what lies outside a town, in every council's use


def how_many_burghs() -> int:
    with pytest.raises(ValueError, match="burghs") as refused:
        burgh_names(10**9)
    return int(re.findall(r"\d+", str(refused.value))[1])


def test_the_list_of_real_places_is_long_and_clean() -> None:
    real = real_places()
    assert len(real) >= 900
    assert real == sorted(set(real), key=str.casefold)
    assert all(name == name.strip() and folded(name) for name in real)
    assert {"Glasgow", "Kilmarnock", "Easterhouse", "Craigmillar", "Lochee", "Torry", "Unst"} <= set(real)


def test_no_invented_place_is_a_real_one_or_nearly() -> None:
    assert too_near(invented_places(), real_places(), 2) == set()
    assert too_near(NAMED_FIRST, real_places(), 3) == set()


@pytest.mark.parametrize(
    ("name", "place", "apart"),
    [
        ("Kilmarnock", "Kilmarnock", 2),
        ("BO'NESS", "Bo'ness", 2),
        ("Fort-William", "Fort William", 2),
        ("Bute", "Bute", 2),
        ("Kilmarnoc", "Kilmarnock", 2),
        ("Kilmarnocks", "Kilmarnock", 2),
        ("Kilmarnack", "Kilmarnock", 2),
        ("Inverdoran", "Inverchoran", 3),
        ("Nethershiel", "Nethershield", 2),
        ("Gairloan", "Gairloch", 3),
    ],
)
def test_the_check_finds_a_real_place(name: str, place: str, apart: int) -> None:
    assert (name, place) in too_near([*NAMED_FIRST, name], real_places(), apart)


def test_the_check_allows_what_is_far_enough() -> None:
    assert too_near(["Bate"], ["Bute"], 2) == set()
    assert too_near(["Kilmarnaks"], ["Kilmarnock"], 3) == set()


@given(one=st.text("abc", min_size=6, max_size=9), other=st.text("abc", max_size=9), apart=st.integers(1, 3))
def test_the_check_agrees_with_counting_every_pair(one: str, other: str, apart: int) -> None:
    assert bool(too_near([one], [other], apart)) == (letters_apart(one, other) < apart)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("", "abc", 3), ("kitten", "sitting", 3), ("lint", "lint", 0), ("gait", "gate", 2)],
)
def test_letters_apart(one: str, other: str, apart: int) -> None:
    assert letters_apart(one, other) == letters_apart(other, one) == apart


def test_names_to_avoid_are_absent() -> None:
    assert {folded(name) for name in AVOIDED}.isdisjoint(map(folded, invented_places()))


@pytest.mark.real
def test_no_invented_place_stands_in_the_names_of_data_zones(real_data: Path) -> None:
    file = real_data / "scotland_small_areas" / "datazone2011_centroids_pop2011.csv.gz"
    with gzip.open(file, "rt", encoding="utf-8-sig", newline="") as zones:
        named = {re.sub(r" - \d+$", "", zone["name"]) for zone in csv.DictReader(zones)}
    parts = {
        part for name in named for part in (name, *re.split(r",| and | - ", name), *re.findall(r"\w+", name))
    }
    assert len(named) > 1200
    assert too_near(invented_places(), filter(folded, parts), 2) == set()


def test_burghs_are_one_list_however_long() -> None:
    every = burgh_names(how_many_burghs())
    assert every[0] == "Invermarrow"
    assert len({folded(name) for name in every}) == len(every) >= NATION
    for n in (1, 2, NATION):
        assert burgh_names(n) == every[:n]
    assert {folded(name) for name in every[1:]}.isdisjoint(folded(name) for name in names_of(0).areas)
    assert set(every[1:]).isdisjoint(names_of(0).larger)


def test_every_name_left_out_would_otherwise_have_been_given() -> None:
    listed = words("places.toml")["burghs"]
    given_out = {
        stem + ending for one in listed["family"] for stem in one["stems"] for ending in one["endings"]
    }
    assert set(listed["never"]) <= given_out
    assert set(listed["never"]).isdisjoint(burgh_names(how_many_burghs()))
    assert how_many_burghs() == 1 + len(given_out - {*listed["never"], "Invermarrow"})


@pytest.mark.parametrize("n", [0, -1, 10_000])
def test_there_are_no_more_burghs_than_names(n: int) -> None:
    with pytest.raises(ValueError, match="burghs"):
        burgh_names(n)


@pytest.mark.parametrize("which", [-1, 10_000])
def test_a_burgh_that_is_not_there_has_no_names(which: int) -> None:
    with pytest.raises(IndexError):
        names_of(which)


@pytest.mark.parametrize("which", [0, 1, 97, NATION - 1])
def test_every_burgh_has_names_for_all_its_places(which: int) -> None:
    names = names_of(which)
    assert names.burgh == burgh_names(NATION)[which]
    assert len(names.larger) == len(set(names.larger)) == len(TYPES)
    assert len(names.areas) == len(set(names.areas)) == sum(AREAS_OF)
    assert [len(names.streets), len(names.landmarks)] == [sum(AREAS_OF)] * 2
    assert all(10 <= len(of_area) <= 14 for of_area in names.streets)
    every_street = [street for area in names.streets for street in area]
    assert len(every_street) == len(set(every_street))
    assert len({one.name for one in names.services}) == len(names.services)
    assert {one.area for one in names.services} <= set(range(sum(AREAS_OF)))
    if which:
        assert all(one.startswith(f"{names.burgh} ") for one in (*names.larger, *names.areas))


def test_invermarrow_is_as_it_was_told() -> None:
    """Golden: the larger areas and how many small ones each has, as the town was first described."""
    names = names_of(0)
    assert names.larger == (
        *("Kirkgait & Millgait", "Carsemuir", "Whinhaugh", "Lintbrae", "Gowanlaw", "Marrowmouth", "Landward"),
    )
    listed = words("places.toml")["larger_area"]
    assert tuple(len(larger["area"]) for larger in listed) == AREAS_OF
    assert {"Kirkwhin", "Auchenlint", "Peesiemuir"} <= set(names.areas[-AREAS_OF[-1] :])
    assert {"police", "housing", "health", "college", "youth work", "scrutiny", "shop"} <= {
        one.kind for one in names.services
    }


def test_landmarks_are_of_known_classes_and_each_is_somewhere() -> None:
    listed = [name for one in words("places.toml")["landmark"] for name in one["names"]]
    assert len(listed) == len(set(listed))
    assert {mark for area in names_of(0).landmarks for mark in area} == set(listed)


def test_a_place_takes_its_names_from_here() -> None:
    assert burgh(0).larger_names == names_of(0).larger
    assert set(burgh(3).block_street) <= {street for area in names_of(3).streets for street in area}


def test_only_drama_numbers_are_given() -> None:
    """Ofcom keeps 01632 960000-960999 and 07700 900000-900999 for drama."""
    given_out = phones(np.linspace(0, 1, 20_001, endpoint=False)).to_pylist()
    assert all(re.fullmatch(r"07700 900\d{3}|01632 960\d{3}", number) for number in given_out)
    assert len(set(given_out)) == 2_000
    mobile = sum(number.startswith("07700") for number in given_out) / len(given_out)
    assert mobile == pytest.approx(0.8, abs=0.001)


@pytest.mark.parametrize(("share", "begins"), [(0.0, "01632"), (1.0, "07700")])
def test_all_numbers_may_be_of_one_sort(share: float, begins: str) -> None:
    last_below_one = np.nextafter(1.0, 0.0)
    for number in phones(np.array([0.0, 0.5, last_below_one]), mobile_share=share).to_pylist():
        assert number.startswith(begins)


def test_every_block_of_the_nation_has_a_postcode_that_no_post_serves() -> None:
    blocks = np.arange(POSTCODES_PER_BURGH)
    every = [code for which in range(NATION) for code in postcodes(which, blocks).to_pylist()]
    assert len(set(every)) == len(every) == NATION * POSTCODES_PER_BURGH
    assert all(re.fullmatch(r"QX[1-9]\d? \d[ABD-HJLNP-UW-Z]{2}", code) for code in every)
    assert len(burgh(0).block_area) <= POSTCODES_PER_BURGH


def test_postcodes_are_gathered_in_the_order_asked() -> None:
    assert postcodes(0, np.array([0, 1, 400, 0])).to_pylist() == ["QX1 0AA", "QX1 0AB", "QX1 1AA", "QX1 0AA"]
    assert postcodes(0, np.array([], dtype=np.int64)).to_pylist() == []


@pytest.mark.parametrize(("which", "block"), [(-1, 0), (309, 0), (0, -1), (0, POSTCODES_PER_BURGH)])
def test_what_is_not_there_has_no_postcode(which: int, block: int) -> None:
    with pytest.raises(ValueError, match=r"postcodes|blocks"):
        postcodes(which, np.array([block]))

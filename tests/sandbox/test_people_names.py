"""People's names fit age and sex, follow their shares, and any uniform below 1 gives one."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lippen.sandbox import Scenario, make_world
from lippen.sandbox.naming import words
from lippen.sandbox.people_names import (
    FIRST_YEARS,
    SEXES,
    age_bands,
    communities,
    full_names,
    people_names,
)
from lippen.sandbox.streams.partners import identity_of

LISTED = words("names.toml")
BANDS = range(len(FIRST_YEARS) + 1)
KNOWN = words("known_people.toml")
LAST_BELOW_ONE = np.nextafter(1.0, 0.0)


def known_given(community: str, band: int, sex: str) -> set[str]:
    own = next((one[sex] for one in LISTED["community"] if one["name"] == community), [])
    return {*own, *LISTED["band"][band][sex]}


def surname_form(community: str, surname: str, sex: int) -> bool:
    listed = next((one for one in LISTED["community"] if one["name"] == community), LISTED["general"])
    return surname in {(one.split("/") * 2)[:2][sex] for one in listed["surnames"]}


def test_there_are_names_enough_and_none_is_listed_twice() -> None:
    pools = [one[sex] for one in (*LISTED["band"], *LISTED["community"]) for sex in SEXES]
    surnames = [one["surnames"] for one in (LISTED["general"], *LISTED["community"])]
    for pool in (*pools, *surnames):
        assert len(pool) == len(set(pool))
    assert len({name for one in LISTED["band"] for sex in SEXES for name in one[sex]}) >= 250
    assert len({name for listed in surnames for name in listed}) >= 300
    assert {"polish", "pakistani", "irish", "nigerian", "chinese", "ukrainian"} <= set(communities())


@given(
    band=st.sampled_from(BANDS),
    sex=st.sampled_from(range(len(SEXES))),
    first=st.one_of(st.just(LAST_BELOW_ONE), st.floats(0, 1, exclude_max=True)),
    second=st.one_of(st.just(LAST_BELOW_ONE), st.floats(0, 1, exclude_max=True)),
)
def test_any_uniform_gives_a_name_of_that_age_sex_and_community(
    band: int, sex: int, first: float, second: float
) -> None:
    people = people_names(np.array([band]), np.array([sex]), np.array([[first, second]]))
    community = communities()[people.community[0]]
    assert people.given[0].as_py() in known_given(community, band, SEXES[sex])
    assert surname_form(community, people.surname[0].as_py(), sex)


@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize("sex", range(len(SEXES)))
def test_the_last_uniform_of_every_community_stays_within_its_names(band: int, sex: int) -> None:
    """The group's number is added to the uniform, and the sum may round up into the next group."""
    shares = [1 - sum(one["share"] for one in LISTED["community"])]
    shares += [one["share"] for one in LISTED["community"]]
    middles = np.cumsum(shares) - np.array(shares) / 2
    people = people_names(
        np.full(len(middles), band),
        np.full(len(middles), sex),
        np.column_stack([middles, np.full(len(middles), LAST_BELOW_ONE)]),
    )
    assert people.community.tolist() == list(range(len(communities())))
    for which, name in enumerate(people.given.to_pylist()):
        assert name == LISTED["band"][band][SEXES[sex]][-1], communities()[which]


def test_a_household_shares_its_surname_in_the_form_of_each_sex() -> None:
    uniform = np.linspace(0, 1, 20_000, endpoint=False)
    women, men = (
        people_names(
            np.ones(len(uniform), np.int8),
            np.full(len(uniform), sex, np.int8),
            np.column_stack([uniform, uniform[::-1]]),
        )
        for sex in range(len(SEXES))
    )
    pairs = set(zip(women.surname.to_pylist(), men.surname.to_pylist(), strict=True))
    assert {
        ("Kowalska", "Kowalski"),
        ("Zelinska", "Zelinskyi"),
        ("Nowak", "Nowak"),
        ("Smith", "Smith"),
    } <= pairs
    listed = [name for one in (LISTED["general"], *LISTED["community"]) for name in one["surnames"]]
    assert pairs == {tuple((name.split("/") * 2)[:2]) for name in listed}


def test_shares_and_commonness_are_as_listed() -> None:
    n = 200_000
    people = people_names(np.full(n, 3), np.zeros(n, np.int64), np.random.default_rng(5).random((n, 2)))
    share = np.bincount(people.community, minlength=len(communities())) / n
    for one in LISTED["community"]:
        assert share[communities().index(one["name"])] == pytest.approx(one["share"], abs=0.002)
    general = people.community == 0
    counts = Counter(np.array(people.surname.to_pylist())[general].tolist())
    power, shift = LISTED["commonness"]["power"], LISTED["commonness"]["shift"]
    weight = [(rank + shift) ** -power for rank in range(1, len(LISTED["general"]["surnames"]) + 1)]
    for rank in (1, 10, 100):
        found = counts[LISTED["general"]["surnames"][rank - 1]] / general.sum()
        assert found == pytest.approx(weight[rank - 1] / sum(weight), rel=0.15)


def test_a_name_does_not_depend_on_who_else_is_named() -> None:
    draw = np.random.default_rng(7)
    band, sex, uniforms = draw.integers(0, 4, 500), draw.integers(0, 2, 500), draw.random((500, 2))
    together = full_names(band, sex, uniforms).to_pylist()
    apart = [
        name
        for part in (slice(0, 3), slice(3, 3), slice(3, 500))
        for name in full_names(band[part], sex[part], uniforms[part]).to_pylist()
    ]
    people = people_names(band, sex, uniforms)
    assert together == apart
    pairs = zip(people.given.to_pylist(), people.surname.to_pylist(), strict=True)
    assert together == [f"{first} {last}" for first, last in pairs]


def test_age_bands_begin_with_their_first_year() -> None:
    born = np.array([1899, 1959, 1960, 1984, 1985, 2004, 2005, 2025])
    assert age_bands(born).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize(
    ("band", "sex", "shape"),
    [
        ([0], [0], (2, 2)),
        ([0], [0], (1, 1)),
        ([0, 1], [0], (2, 2)),
        ([4], [0], (1, 2)),
        ([-1], [0], (1, 2)),
        ([0], [2], (1, 2)),
    ],
)
def test_what_does_not_fit_is_refused(band: list[int], sex: list[int], shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="age bands"):
        people_names(np.array(band), np.array(sex), np.zeros(shape))


def spoken(name: str) -> str:
    """A full name with its given name by the first of its variants, and Mac and Mc as one."""
    first, _, last = name.partition(" ")
    first = next((one[0] for one in KNOWN["variants"] if first in one), first)
    return f"{first} {last}".casefold().replace(" mac", " mc")


NEVER = {spoken(name) for name in KNOWN["names"]}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nobody_in_a_town_or_a_nation_is_called_as_somebody_well_known_is(seed: int) -> None:
    for which in range(8):
        names = set(identity_of(make_world(which, Scenario(), 1, seed)).names().to_pylist())
        assert len(names) > 10_000
        assert {name for name in names if spoken(name) in NEVER} == set()


def test_every_known_name_could_be_put_together_and_gives_way_to_the_next_of_its_list() -> None:
    """Of each age and sex, every given name with every surname that is well known."""
    given = [one[sex] for one in (*LISTED["band"], *LISTED["community"]) for sex in SEXES]
    surnames = [
        form
        for one in (LISTED["general"], *LISTED["community"])
        for listed in one["surnames"]
        for form in listed.split("/")
    ]
    could = {spoken(f"{first} {last}") for pool in given for first in pool for last in surnames}
    assert could >= NEVER
    n = 400_000
    uniforms = np.random.default_rng(3).random((n, 2))
    people = full_names(np.ones(n, np.int64), np.zeros(n, np.int64), uniforms).to_pylist()
    assert not [name for name in people if spoken(name) in NEVER]
    pool = LISTED["band"][1]["female"]
    after_susan = pool[pool.index("Susan") + 1]
    boyles = Counter(name.partition(" ")[0] for name in people if name.endswith(" Boyle"))
    assert boyles[after_susan] > 1.6 * max(boyles[name] for name in pool[2:])

"""People's names fit age and sex, follow their shares, and any uniform below 1 gives one."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lippen.sandbox.naming import words
from lippen.sandbox.people_names import (
    FIRST_YEARS,
    SEXES,
    age_bands,
    communities,
    full_names,
    people_names,
)

LISTED = words("names.toml")
BANDS = range(len(FIRST_YEARS) + 1)
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

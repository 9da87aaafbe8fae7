"""What people are called in towns that do not exist (`words/names.toml`).

A name is a pure function of the words, the age band, the sex and two uniforms, so any number of workers calls
a person by the same name. The names are common ones put together by chance: no combination is meant to be
anybody, and one that a reader would know somebody by (`words/known_people.toml`) gives way to another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lippen.sandbox.chance import Floats
from lippen.sandbox.naming import words

Whole = NDArray[np.integer[Any]]

SEXES = ("female", "male")
"""`sex` is an index into these."""

FIRST_YEARS = (1960, 1985, 2005)
"""Age bands: born before 1960 (0), 1960-84 (1), 1985-2004 (2), from 2005 (3)."""


def age_bands(born: Whole) -> NDArray[np.int8]:
    """The age band (`FIRST_YEARS`) of each year of birth."""
    return np.searchsorted(np.array(FIRST_YEARS), born, side="right").astype(np.int8)


@dataclass(frozen=True)
class PeopleNames:
    """Given names and surnames of people, row by row, and the community whose names they are (an index)."""

    given: pa.StringArray
    surname: pa.StringArray
    community: NDArray[np.int8]


def communities() -> tuple[str, ...]:
    """The communities that names come from: general first, then those that names.toml lists."""
    return _names().communities


def people_names(age_band: Whole, sex: Whole, uniforms: Floats) -> PeopleNames:
    """Names that fit age and sex. `uniforms` is (n, 2) in [0, 1): a surname's, then a given name's.

    People with the same first uniform have the same surname, in the form of their sex where a language has
    two (Polish, Ukrainian): a household shares a name by sharing that number. Given names go with the
    surname's community as often as names.toml says. Commonness falls off as a power of rank. Who would be
    called as somebody well known is, has the next given name of the same list. Raises ValueError when the
    shapes do not match, or for an age band or a sex that is none.
    """
    if uniforms.shape != (len(age_band), 2) or len(sex) != len(age_band):
        raise ValueError(f"{len(age_band)} age bands, {len(sex)} sexes, uniforms of shape {uniforms.shape}")
    for numbers, count in ((age_band, len(FIRST_YEARS) + 1), (sex, len(SEXES))):
        if len(numbers) and not (numbers.min() >= 0 and numbers.max() < count):
            raise ValueError(f"age bands are 0 to {len(FIRST_YEARS)} and sexes 0 to {len(SEXES) - 1}")
    names = _names()
    chosen = np.searchsorted(names.surname_steps, uniforms[:, 0], side="right")
    community = names.community_of[chosen]
    form = chosen * len(SEXES) + sex
    surname = names.surnames.take(pa.array(form))
    group = (community.astype(np.int64) * (len(FIRST_YEARS) + 1) + age_band) * len(SEXES) + sex
    found = np.searchsorted(names.given_steps, group + uniforms[:, 1], side="right")
    # A uniform next to 1 added to a large group number rounds up into the group after it.
    found = np.minimum(found, names.last_given[group])
    key = found * len(names.surnames) + form
    at = np.minimum(np.searchsorted(names.known, key), len(names.known) - 1)
    found = np.where(names.known[at] == key, names.instead[at], found)
    given = names.given.take(pa.array(found))
    return PeopleNames(given=given, surname=surname, community=community)


def full_names(age_band: Whole, sex: Whole, uniforms: Floats) -> pa.StringArray:
    """`people_names` as one text each: given name, space, surname."""
    people = people_names(age_band, sex, uniforms)
    return pc.binary_join_element_wise(people.given, people.surname, " ")


@dataclass(frozen=True)
class _Names:
    """Names in flat arrays with the steps that a uniform falls between.

    `surnames` holds a female and a male form of each. `given` holds one group (community, age band, sex)
    after another, `given_steps` adds the group's number to the share reached within it, and `last_given` is
    the place of each group's last name. `known` are the pairs that a reader would know somebody by, in rising
    order (the given name's place times the number of surnames, plus the surname's), and `instead` the place
    of the given name that each of them has in its stead.
    """

    communities: tuple[str, ...]
    surnames: pa.StringArray
    surname_steps: Floats
    community_of: NDArray[np.int8]
    given: pa.StringArray
    given_steps: Floats
    last_given: NDArray[np.int64]
    known: NDArray[np.int64]
    instead: NDArray[np.int64]


@lru_cache
def _names() -> _Names:
    listing = words("names.toml")
    general, others = listing["general"], listing["community"]
    power, shift = listing["commonness"]["power"], listing["commonness"]["shift"]

    def shares(count: int) -> Floats:
        weight = (np.arange(count) + 1.0 + shift) ** -power
        return np.asarray(weight / weight.sum(), dtype=np.float64)

    listed = [general["surnames"], *(other["surnames"] for other in others)]
    of_all = [1.0 - sum(other["share"] for other in others), *(other["share"] for other in others)]
    weights = np.concatenate([share * shares(len(of)) for share, of in zip(of_all, listed, strict=True)])
    forms = [form for of in listed for surname in of for form in (surname.split("/") * 2)[:2]]

    given: list[str] = []
    steps: list[Floats] = []
    for other in [None, *others]:
        for band in listing["band"]:
            for sex in SEXES:
                pool, share = list(band[sex]), shares(len(band[sex]))
                if other is not None:
                    own = shares(len(other[sex])) * other["own_given"]
                    pool, share = other[sex] + pool, np.concatenate([own, share * (1 - other["own_given"])])
                steps.append(_steps(share) + len(steps))
                given.extend(pool)
    ends = np.cumsum([len(of) for of in steps])
    known, instead = _known(given, ends, forms)
    return _Names(
        communities=("general", *(other["name"] for other in others)),
        surnames=pa.array(forms, pa.string()),
        surname_steps=_steps(weights),
        community_of=np.repeat(np.arange(len(listed)), [len(of) for of in listed]).astype(np.int8),
        given=pa.array(given, pa.string()),
        given_steps=np.concatenate(steps),
        last_given=ends - 1,
        known=known,
        instead=instead,
    )


def _known(
    given: list[str], ends: NDArray[np.int64], surnames: list[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """`_Names.known` and `_Names.instead`, for groups of given names that end before `ends`."""
    listing = words("known_people.toml")
    alike = {name: {name, *group} for group in listing["variants"] for name in group}
    known: dict[str, set[str]] = {}
    for name in listing["names"]:
        first, _, last = name.partition(" ")
        known.setdefault(_without_mac(last), set()).update(alike.get(first, {first}))
    pairs = {}
    groups = list(zip((0, *ends[:-1].tolist()), ends.tolist(), strict=True))
    for form, surname in enumerate(surnames):
        never = known.get(_without_mac(surname), set())
        for begin, end in groups if never else ():
            for at in (at for at in range(begin, end) if given[at] in never):
                others = (*range(at + 1, end), *range(begin, at))
                pairs[at * len(surnames) + form] = next(one for one in others if given[one] not in never)
    keys = sorted(pairs)
    return np.array(keys, dtype=np.int64), np.array([pairs[key] for key in keys], dtype=np.int64)


def _without_mac(surname: str) -> str:
    """MacDonald, Macdonald and McDonald as one."""
    plain = surname.casefold()
    return f"mc{plain[3:]}" if plain.startswith("mac") else plain


def _steps(shares: Floats) -> Floats:
    """The sums reached, the last exactly 1, so that no uniform below 1 falls beyond them."""
    reached = np.cumsum(shares)
    return np.asarray(np.append(reached[:-1], 1.0), dtype=np.float64)

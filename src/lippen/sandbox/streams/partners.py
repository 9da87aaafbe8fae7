"""Partners' own registers of people: their references, and how each spells, dates and addresses people.

Invariant: what a register says of a person depends on the person, the partner and the seed, never on what
happened or on who is harmed. No partner's reference tells another's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lippen.sandbox.chance import Floats, Ints, Mask
from lippen.sandbox.naming import names_of, words
from lippen.sandbox.parameters import by_name, number
from lippen.sandbox.people import YEAR_OF_AGES
from lippen.sandbox.people_names import age_bands, people_names
from lippen.sandbox.spelling import other_spellings
from lippen.sandbox.streams.records_addresses import Addresses, addresses_of
from lippen.sandbox.world import World

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OWN_HOMES = ("council", "association")


@dataclass(frozen=True)
class Book:
    """One partner's register, as words/records.toml describes it, under the partner's name in a burgh."""

    key: str
    partner: str
    ref: str
    digits: int
    name: tuple[str, ...]
    born: str
    address: str
    town: bool
    postcode: bool


def books(burgh: int) -> tuple[Book, ...]:
    """The registers of a burgh, in the order of words/records.toml."""
    services = names_of(burgh).services
    return tuple(_book(entry, services) for entry in words("records.toml")["book"])


def _book(entry: dict[str, Any], services: tuple[Any, ...]) -> Book:
    of_kind = [one.name for one in services if one.kind == entry["service"]]
    rest = {key: entry[key] for key in ("key", "ref", "digits", "born", "address", "town", "postcode")}
    return Book(partner=of_kind[entry["which"]], name=tuple(entry["name"]), **rest)


@dataclass(frozen=True)
class Identity:
    """Who the residents are: `given` and `surname` (dictionaries of parts) and `born` (a day)."""

    given: pa.DictionaryArray
    surname: pa.DictionaryArray
    born: NDArray[np.datetime64]

    def names(self) -> pa.Array:
        """The true names, given name first."""
        return pc.binary_join_element_wise(self.given.cast(pa.string()), self.surname.cast(pa.string()), " ")


def identity_of(world: World) -> Identity:
    """Names and birthdays of a burgh's residents; most of a household share a surname."""
    people = world.people
    n, homes = len(people.home), len(people.home_area)
    draw = world.draw("people", "names")
    household, own = draw.random(homes)[people.home], draw.random((3, n))
    uniforms = np.stack(
        [np.where(own[0] < number("records.shares_surname"), household, own[1]), own[2]], axis=1
    )
    year = YEAR_OF_AGES - 1 - people.age.astype(np.int64)
    called = people_names(age_bands(year), people.sex, uniforms)
    day = (world.draw("people", "born").random(n) * 365).astype(np.int64)
    new_year = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    born: NDArray[np.datetime64] = np.asarray(new_year + day.astype("timedelta64[D]"))
    return Identity(pc.dictionary_encode(called.given), pc.dictionary_encode(called.surname), born)


@dataclass(frozen=True)
class Lines:
    """Lines of the registers that entries stand for, in the order of book and reference.

    `book`, `person`, `line` (which of the book's lines: a person's own number, or beyond the last person a
    second line of somebody held twice) and `number` (of the reference).
    """

    book: Ints
    person: Ints
    line: Ints
    number: Ints


def lines_of(world: World, book: Ints, person: Ints, coin: Floats) -> tuple[Lines, Ints]:
    """The lines that entries refer to, and the place of each entry's line among them.

    Somebody held twice is found by either line, as each entry's `coin` falls.
    """
    n = len(world.people.home)
    second = [_held_twice(world, which) for which in range(len(books(world.burgh)))]
    most = n + max(len(one) for one in second)
    row = np.full((len(second), n), -1)
    for which, held in enumerate(second):
        row[which, held] = n + np.arange(len(held))
    other = row[book, person]
    line = np.where((other >= 0) & (coin < 0.5), other, person)
    key = book * most + line
    used = np.zeros(len(second) * most, dtype=bool)
    used[key] = True
    found = np.flatnonzero(used)
    of_book, of_line = np.divmod(found, most)
    numbers = np.stack(
        [world.draw("records", "refs", str(which)).permutation(most) for which in range(len(second))]
    )
    ref = numbers[of_book, of_line]
    order = np.argsort(of_book * most + ref)
    place = np.empty(len(used), dtype=np.int64)
    place[found[order]] = np.arange(len(found))
    held = np.concatenate(
        [np.r_[np.arange(n), one, np.zeros(most - n - len(one), dtype=np.int64)] for one in second]
    )
    lines = Lines(of_book[order], held[found[order]], of_line[order], ref[order] + 1)
    return lines, place[key]


def _held_twice(world: World, book: int) -> Ints:
    coins = world.draw("records", "twice", str(book)).random(len(world.people.home))
    return np.flatnonzero(coins < number("records.twice"))


def references(world: World, lines: Lines) -> pa.Array:
    """Each line's reference in its partner's own form."""
    parts = []
    for which, book in enumerate(books(world.burgh)):
        mine = pa.array(lines.number[lines.book == which]).cast(pa.string())
        parts.append(pc.binary_join_element_wise(book.ref, pc.utf8_lpad(mine, book.digits, "0"), ""))
    return pa.concat_arrays(parts)


@dataclass(frozen=True)
class Written:
    """What the lines say of people: `name`, `born` (null where not held) and `address`, all strings."""

    name: pa.Array
    born: pa.Array
    address: pa.Array


def written(world: World, lines: Lines, who: Identity) -> Written:
    """Names, dates of birth and addresses as the partners hold them."""
    addresses = addresses_of(world)
    given, surname = _variants(who.given.dictionary), _variants(who.surname.dictionary)
    made: list[tuple[pa.Array, pa.Array, pa.Array]] = []
    for which, book in enumerate(books(world.burgh)):
        mine = lines.book == which
        most = len(world.people.home) + len(_held_twice(world, which))
        coins = world.draw("records", "written", str(which)).random((9, most))[:, lines.line[mine]]
        person = lines.person[mine]
        made.append(
            (
                _names(book, given, surname, who, person, coins[:4]),
                _born(book, who.born[person], coins[4:6]),
                _addresses(book, world, addresses, person, coins[6:]),
            )
        )
    return Written(*(pa.concat_arrays(list(parts)) for parts in zip(*made, strict=True)))


@dataclass(frozen=True)
class _Variants:
    """The ways in which parts of names are written, on end: part i as it is at `start[i]`, then `count[i]`
    other ways."""

    ways: pa.Array
    start: Ints
    count: Ints

    def taken(self, part: Ints, otherwise: Mask, uniform: Floats) -> pa.Array:
        way = np.where(otherwise, 1 + (uniform * self.count[part]).astype(np.int64), 0)
        return self.ways.take(pa.array(self.start[part] + np.minimum(way, self.count[part])))


def _variants(parts: pa.Array) -> _Variants:
    ways = [(part, *_other_ways(part)) for part in parts.to_pylist()]
    count = np.array([len(one) for one in ways])
    flat = pa.array([way for one in ways for way in one], pa.string())
    return _Variants(flat, np.cumsum(count) - count, count - 1)


@lru_cache(maxsize=8192)
def _other_ways(part: str) -> tuple[str, ...]:
    return tuple(other_spellings(part))


def _names(
    book: Book, given: _Variants, surname: _Variants, who: Identity, person: Ints, coins: Floats
) -> pa.Array:
    rate = by_name("records.misspelt")[book.key]
    index = pa.array(person)
    of_given = who.given.indices.take(index).to_numpy()
    of_surname = who.surname.indices.take(index).to_numpy()
    # Surnames are heard wrong more often than given names: seven in ten of those written otherwise.
    first = given.taken(of_given, (coins[0] >= 0.7 * rate) & (coins[0] < rate), coins[1])
    last = surname.taken(of_surname, coins[0] < 0.7 * rate, coins[1])
    if "initial" in book.name:
        first = pc.utf8_slice_codeunits(first, 0, 1)
    turned = ("surname_first" in book.name) != (coins[2] < rate / 4)
    name = pc.if_else(
        pa.array(turned),
        pc.binary_join_element_wise(last, first, ", "),
        pc.binary_join_element_wise(first, last, " "),
    )
    return pc.utf8_upper(name) if "capitals" in book.name else name


def _born(book: Book, born: NDArray[np.datetime64], coins: Floats) -> pa.Array:
    """Dates of birth in the partner's style: some missing, swapped, or a year or a day off."""
    wrong = by_name("records.born_wrong")
    swapped, year, day = np.cumsum([wrong["swapped"], wrong["year"], wrong["day"]])
    slip = coins[1]
    later = np.where((slip >= year) & (slip < day), 1, 0)
    months = (born + later).astype("datetime64[M]")
    d = (born + later - months).astype(np.int64)
    m = months.astype(np.int64) % 12
    y = months.astype("datetime64[Y]").astype(np.int64) + 1970
    turn = (slip < swapped) & (d < 12)
    d, m = np.where(turn, m, d), np.where(turn, d, m)
    year_off = (slip >= swapped) & (slip < year)
    y = y - year_off
    # 29 February of another year is a date that no form lets pass.
    d = np.where(year_off & (m == 1) & (d == 28), 27, d)
    known = coins[0] >= by_name("records.born_missing")[book.key]
    two = pa.array([f"{one:02d}" for one in range(1, 32)])
    days, years = two.take(pa.array(d)), pa.array(y, mask=~known).cast(pa.string())
    match book.born:
        case "dashes":
            return pc.binary_join_element_wise(years, two.take(pa.array(m)), days, "-")
        case "short":
            return pc.binary_join_element_wise(days, pa.array(_MONTHS).take(pa.array(m)), years, " ")
    return pc.binary_join_element_wise(days, two.take(pa.array(m)), years, "/")


def _addresses(book: Book, world: World, addresses: Addresses, person: Ints, coins: Floats) -> pa.Array:
    home = world.people.home[person]
    if book.key not in _OWN_HOMES:
        homes, old = len(world.people.home_area), by_name("records.address_wrong")["old"]
        # What is left of the coin says which home was the earlier one.
        home = np.where(coins[0] < old, (coins[0] / old * homes).astype(np.int64) % homes, home)
    return addresses.written(home, book.address, book.town, book.postcode, coins[1:])

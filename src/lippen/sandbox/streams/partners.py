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

from lippen.sandbox.chance import LOTS, Floats, Ints, Lots, Mask, lots_of
from lippen.sandbox.naming import names_of, words
from lippen.sandbox.parameters import by_name, number
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
    # Ages are those on the first day, so birthdays lie in the year before each age was reached.
    this_year = world.first_day.replace(month=1, day=1)
    new_year = (this_year.year - people.age.astype(np.int64) - 1970).astype("datetime64[Y]")
    days = (world.first_day - this_year).days - 1 - (world.draw("people", "born").random(n) * 365)
    born: NDArray[np.datetime64] = np.asarray(
        new_year.astype("datetime64[D]") + np.floor(days).astype("timedelta64[D]")
    )
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    called = people_names(age_bands(year), people.sex, uniforms)
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


def lines_of(
    world: World, book: NDArray[np.int8], person: NDArray[np.int32], lot: Lots
) -> tuple[Lines, Ints]:
    """The lines that entries refer to, and the place of each entry's line among them.

    Somebody held twice is found by either line, as each entry's `lot` falls.
    """
    n, twice = len(world.people.home), _held_twice(world)
    most = n + max(len(one) for one in twice)
    held = np.concatenate(twice)
    before = np.cumsum([0, *(len(one) for one in twice)])
    in_books = held + np.repeat(np.arange(len(twice)) * n, np.diff(before))
    at_second = np.zeros(len(twice) * n, dtype=bool)
    at_second[in_books] = True
    book_at = book.astype(np.int32)
    key = book_at * n + person
    by_second = np.flatnonzero(at_second[key] & (lot < LOTS // 2))
    line = person.copy()
    line[by_second] = n + np.searchsorted(in_books, key[by_second]) - before[book_at[by_second]]
    key = book_at * most + line
    used = np.zeros(len(twice) * most, dtype=bool)
    used[key] = True
    found = np.flatnonzero(used)
    of_book, of_line = np.divmod(found, most)
    number = _numbers(world, of_book, of_line)
    order = np.argsort(of_book << 16 | number)
    place = np.empty(len(used), dtype=np.int32)
    place[found[order]] = np.arange(len(found), dtype=np.int32)
    of_book, of_line = of_book[order], of_line[order]
    of_second = np.clip(of_line - n + before[of_book], 0, len(held) - 1)
    who = np.where(of_line < n, of_line, held[of_second])
    return Lines(of_book, who, of_line, number[order] + 1), place[key]


def _numbers(world: World, book: Ints, line: Ints) -> Ints:
    """A number from 0 to 65,535 for each line of its book, no two of a book alike, and no book's like
    another's.

    Four rounds of a Feistel network with tables of the book's own: one to one on 16 bits, and worked out for
    the lines that are asked for alone. Source: Luby and Rackoff 1988, SIAM Journal on Computing 17(2).
    """
    draw = world.draw("records", "reference numbers")
    high, low = line >> 8, line & 255
    for table in draw.integers(0, 256, (4, len(books(world.burgh)), 256)):
        high, low = low, high ^ table[book, low]
    return high << 8 | low


def _held_twice(world: World) -> list[Ints]:
    """The people whom each book holds twice."""
    n, held = len(world.people.home), len(books(world.burgh))
    lots = lots_of(world.draw("records", "held twice"), -(-n * held // 4)).ravel()[: n * held]
    twice = lots < int(number("records.twice") * LOTS)
    return [np.flatnonzero(one) for one in twice.reshape(held, n)]


def references(world: World, lines: Lines) -> pa.Array:
    """Each line's reference in its partner's own form; no two are alike."""
    parts = []
    for which, book in enumerate(books(world.burgh)):
        mine = lines.number[lines.book == which].astype(np.int32)
        begins = np.frombuffer(book.ref.encode(), dtype=np.uint8)
        tens = 10 ** np.arange(book.digits - 1, -1, -1, dtype=np.int32)
        letters = np.empty((len(mine), len(begins) + book.digits), dtype=np.uint8)
        letters[:, : len(begins)] = begins
        letters[:, len(begins) :] = ord("0") + mine[:, None] // tens % 10
        # References are of one length, so they are laid out as Arrow keeps them, all at once.
        ends = np.arange(len(mine) + 1, dtype=np.int32) * letters.shape[1]
        parts.append(pa.StringArray.from_buffers(len(mine), pa.py_buffer(ends), pa.py_buffer(letters)))
    return pa.concat_arrays(parts)


@dataclass(frozen=True)
class Written:
    """What the lines say of people: `name`, `born` (null where not held) and `address`, all strings."""

    name: pa.Array
    born: pa.Array
    address: pa.Array


def written(world: World, lines: Lines, who: Identity) -> Written:
    """Names, dates of birth and addresses as the partners hold them."""
    addresses, twice = addresses_of(world), _held_twice(world)
    given, surname = _variants(who.given.dictionary), _variants(who.surname.dictionary)
    made: list[tuple[pa.Array, pa.Array, pa.Array]] = []
    for which, book in enumerate(books(world.burgh)):
        mine = lines.book == which
        most = len(world.people.home) + len(twice[which])
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
    of_surnames = number("records.misspelt_surname") * rate
    first = given.taken(of_given, (coins[0] >= of_surnames) & (coins[0] < rate), coins[1])
    last = surname.taken(of_surname, coins[0] < of_surnames, coins[1])
    if "initial" in book.name:
        first = pc.utf8_slice_codeunits(first, 0, 1)
    turned = ("surname_first" in book.name) != (coins[2] < rate * number("records.turned_round"))
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

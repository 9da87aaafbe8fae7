"""What burghs, areas and streets that do not exist are called (`words/places.toml`); postcodes and phones.

Every name is a pure function of the words and of the numbers given, so any number of workers calls the same
home by the same name. No place is a real one (tests/sandbox/test_naming.py holds each against lists of those
that are), a telephone number comes from the ranges that Ofcom keeps for drama, a postcode from an area that
no post serves, and nobody has an e-mail address.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lippen.sandbox.chance import Floats, Ints

Whole = NDArray[np.integer[Any]]

STREETS_PER_AREA = 12
"""Streets of a small area in every burgh but Invermarrow, which has 10 to 14 of its own."""

POSTCODES_PER_BURGH = 1280
"""One for each street block: 32 small areas of 40 blocks."""

_UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # those the post uses in the last two places of a postcode
_DISTRICTS = 99


@dataclass(frozen=True)
class Service:
    """Somebody who holds records, raises concerns or opens a door; `area` is a number within the burgh."""

    name: str
    kind: str
    area: int


@dataclass(frozen=True)
class BurghNames:
    """What a burgh's places are called.

    `larger` are its seven larger areas in the order of `place.TYPES`; `areas`, `streets` and `landmarks` go
    by its 32 small areas, those of the first larger area first. No street stands twice in a burgh. Landmarks
    are kinds ("bus shelter"), not names.
    """

    burgh: str
    larger: tuple[str, ...]
    areas: tuple[str, ...]
    streets: tuple[tuple[str, ...], ...]
    landmarks: tuple[tuple[str, ...], ...]
    services: tuple[Service, ...]


@lru_cache
def burgh_names(n: int) -> tuple[str, ...]:
    """The first `n` burghs of the nation, Invermarrow first and no two alike. A longer list begins the same.

    Raises ValueError when `n` is below 1 or there are not so many names.
    """
    known = _all_burghs()
    if not 1 <= n <= len(known):
        raise ValueError(f"there are names for 1 to {len(known)} burghs, not {n}")
    return known[:n]


@lru_cache(maxsize=4)
def names_of(burgh: int) -> BurghNames:
    """The names of burgh number `burgh`, 0 being Invermarrow. Raises IndexError when there is no such burgh.

    Invermarrow's are written out in places.toml. Another burgh's areas and services bear its own name with
    that of a quarter or a service, its streets are put together from parts, and its landmarks are the same.
    """
    if not 0 <= burgh < len(_all_burghs()):
        raise IndexError(burgh)
    name, places = _all_burghs()[burgh], _places()
    within = [area for larger in places["larger_area"] for area in larger["area"]]
    at = {area["name"]: number for number, area in enumerate(within)}
    services = [Service(one["name"], one["kind"], at[one["area"]]) for one in places["service"]]
    larger, areas = [one["name"] for one in places["larger_area"]], [area["name"] for area in within]
    of_area = [tuple(area["streets"]) for area in within]
    if burgh:
        larger = [f"{name} {quarter}" for quarter in places["nation"]["quarters"]]
        areas = [
            f"{quarter} {number}"
            for quarter, one in zip(larger, places["larger_area"], strict=True)
            for number in range(1, len(one["area"]) + 1)
        ]
        of_area = [_streets(burgh * len(within) + area) for area in range(len(within))]
        services = _services_called_after(name, services)
    return BurghNames(
        burgh=name,
        larger=tuple(larger),
        areas=tuple(areas),
        streets=tuple(of_area),
        landmarks=tuple(tuple(area["landmarks"]) for area in within),
        services=tuple(services),
    )


def postcodes(burgh: int, block: Whole) -> pa.StringArray:
    """`QX1 2AB` for homes, by the number of their street block in the burgh (0 to 1279), each with its own.

    No area QX exists: the post begins no code with Q. Raises ValueError for a burgh or block without a code.
    """
    if not 0 <= burgh < _DISTRICTS * 10 * len(_UNIT_LETTERS) ** 2 // POSTCODES_PER_BURGH:
        raise ValueError(f"there are no postcodes for burgh {burgh}")
    if len(block) and not (block.min() >= 0 and block.max() < POSTCODES_PER_BURGH):
        raise ValueError(f"a burgh has blocks 0 to {POSTCODES_PER_BURGH - 1}")
    return _postcodes_of(burgh).take(pa.array(block))


def phones(uniforms: Floats, mobile_share: float = 0.8) -> pa.StringArray:
    """Telephone numbers for drama: `07700 900000` to `900999` and `01632 960000` to `960999`.

    There are 2,000 of them, so many people share one: a number tells nobody apart here.
    Source: Ofcom, "Telephone numbers for use in TV and radio drama programmes". `mobile_share` is assumed.
    """
    mobile = uniforms < mobile_share
    rest = np.where(
        mobile, uniforms / max(mobile_share, 1e-9), (uniforms - mobile_share) / max(1 - mobile_share, 1e-9)
    )
    return _drama_numbers().take(pa.array(_index(rest, 1000) + np.where(mobile, 0, 1000)))


@lru_cache
def words(file: str) -> dict[str, Any]:
    """A file of `words/` as it stands. Read only: everybody is given the same one."""
    return tomllib.loads(files("lippen.sandbox").joinpath("words").joinpath(file).read_text(encoding="utf-8"))


def _places() -> dict[str, Any]:
    return words("places.toml")


@lru_cache
def _all_burghs() -> tuple[str, ...]:
    """Every burgh's name. In each round every stem takes its next ending, so names alike lie far apart."""
    families, never = _places()["burghs"]["family"], set(_places()["burghs"]["never"])
    made = [_places()["burgh"]["name"]]
    for turn in range(max(len(family["endings"]) for family in families)):
        for family in families:
            endings = family["endings"]
            if turn < len(endings):
                made += [
                    stem + endings[(turn + 4 * place) % len(endings)]
                    for place, stem in enumerate(family["stems"])
                ]
    return tuple(name for name in dict.fromkeys(made) if name not in never)


@lru_cache
def _nation_streets() -> tuple[str, ...]:
    """Every street that can be put together, in an order that sets those of one stem far apart."""
    nation = _places()["nation"]
    every = [
        f"{first}{second} {word}"
        for first in nation["street_firsts"]
        for second in nation["street_seconds"]
        for word in nation["street_words"]
    ]
    # A step that shares no factor with their number meets each street once before it meets one again.
    step = next(step for step in range(1_009, 2 * len(every)) if np.gcd(step, len(every)) == 1)
    return tuple(every[place * step % len(every)] for place in range(len(every)))


def _streets(area: int) -> tuple[str, ...]:
    """The streets of a small area by its number in the nation."""
    every, first = _nation_streets(), area * STREETS_PER_AREA
    return tuple(every[place % len(every)] for place in range(first, first + STREETS_PER_AREA))


def _services_called_after(burgh: str, services: list[Service]) -> list[Service]:
    """The same services of another burgh, numbered where a kind has more than one."""
    seen, of_kind = Counter[str](), Counter(one.kind for one in services)
    called = []
    for one in services:
        seen[one.kind] += 1
        number = f" {seen[one.kind]}" if of_kind[one.kind] > 1 else ""
        called.append(Service(f"{burgh} {one.kind.title()}{number}", one.kind, one.area))
    return called


@lru_cache
def _drama_numbers() -> pa.StringArray:
    mobile = [f"07700 {number}" for number in range(900_000, 901_000)]
    return pa.array([*mobile, *(f"01632 {number}" for number in range(960_000, 961_000))], pa.string())


@lru_cache(maxsize=4)
def _postcodes_of(burgh: int) -> pa.StringArray:
    def code(number: int) -> str:
        number, right = divmod(number, len(_UNIT_LETTERS))
        number, left = divmod(number, len(_UNIT_LETTERS))
        district, sector = divmod(number, 10)
        return f"QX{district + 1} {sector}{_UNIT_LETTERS[left]}{_UNIT_LETTERS[right]}"

    first = burgh * POSTCODES_PER_BURGH
    return pa.array([code(number) for number in range(first, first + POSTCODES_PER_BURGH)], pa.string())


def _index(uniforms: Floats, count: int) -> Ints:
    """Which of `count` equal parts of [0, 1) each falls in; the clip is for what rounding lifts to 1."""
    return np.clip((uniforms * count).astype(np.int64), 0, count - 1)

"""Slips of typing, and the ways in which others may write a name, both by rule.

Invariant: what comes out depends on the string and the seed handed in alone, so a longer list, another order
or another worker changes no spelling.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from hashlib import blake2b
from itertools import islice
from typing import Final

_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _near_keys() -> dict[str, str]:
    """The keys that touch each letter on a British keyboard, whose rows are each shifted half a key."""
    near: dict[str, str] = {}
    for row, letters in enumerate(_ROWS):
        for at, letter in enumerate(letters):
            beside = letters[max(at - 1, 0) : at] + letters[at + 1 : at + 2]
            above = _ROWS[row - 1][at : at + 2] if row else ""
            below = _ROWS[row + 1][max(at - 1, 0) : at + 1] if row + 1 < len(_ROWS) else ""
            near[letter] = beside + above + below
    return near


NEAR_KEYS: Final = _near_keys()
_WORD: Final = re.compile(r"[A-Za-z]{4,}")


def slips(strings: list[str], seed: int) -> list[str]:
    """Each string with one slip of typing in it: a letter dropped, doubled, hit beside or swapped with its
    neighbour, or a space left out.

    Slips fall inside words of four letters or more; digits are never touched. A string without such a word
    comes back as it is, every other one comes back changed. The same string and seed give the same slip.
    """
    return [_slipped(string, seed) for string in strings]


def _slipped(string: str, seed: int) -> str:
    drawn = blake2b(f"{seed}:{string}".encode(), digest_size=12).digest()
    sort, place, key = (int.from_bytes(drawn[at : at + 4], "big") for at in (0, 4, 8))
    inside = [at for word in _WORD.finditer(string) for at in range(word.start() + 1, word.end())]
    if not inside:
        return string
    spaces = [at for at, letter in enumerate(string) if letter == " "]
    at = inside[place % len(inside)]
    match sort % 5:
        case 0:
            return string[:at] + string[at + 1 :]
        case 1:
            return string[:at] + string[at] + string[at:]
        case 2 if string[at] != string[at - 1]:
            return string[: at - 1] + string[at] + string[at - 1] + string[at + 1 :]
        case 3 if spaces:
            gap = spaces[place % len(spaces)]
            return string[:gap] + string[gap + 1 :]
    near = NEAR_KEYS[string[at].lower()]
    hit = near[key % len(near)]
    return string[:at] + (hit.upper() if string[at].isupper() else hit) + string[at + 1 :]


def other_spellings(name: str) -> list[str]:
    """The ways in which others may write a name, or a part of one, without itself or repeats, in a fixed
    order: Mac for Mc, -sen for -son, consonants doubled or single, letters that sound alike, no marks, an
    initial, the surname first, capitals.
    """
    found = dict.fromkeys(way for rule in _RULES for way in rule(name))
    return [way for way in found if way and way != name]


_GIVEN_AND_SURNAME: Final = re.compile(
    r"^([^,]+?)\s+((?:(?:Mc|Mac|O|De|Van|Von|Al|El|de|van|von|al|el)\s+)?[^\s,]+)$"
)
_STROKES: Final = str.maketrans("łŁøØđĐı", "lLoOdDi")


def plain_letters(name: str) -> str:
    """A name without accents, cedillas and strokes: Wójcik as Wojcik, Łukasz as Lukasz."""
    apart = unicodedata.normalize("NFD", name.translate(_STROKES))
    return unicodedata.normalize("NFC", "".join(part for part in apart if not unicodedata.combining(part)))


def _mac_or_mc(name: str) -> Iterable[str]:
    """MacLeod, McLeod, Macleod, Mc Leod."""
    if found := re.search(r"\b(?:Ma?c)(?=[A-Z])", name):
        short, long = name[: found.start()] + "Mc", name[: found.start()] + "Mac"
        rest = name[found.end() :]
        yield from (long + rest, short + rest, long + rest[0].lower() + rest[1:], f"{short} {rest}")


def _son_or_sen(name: str) -> Iterable[str]:
    """Anderson and Andersen, Thomson and Thompson."""
    if found := re.search(r"(?<=[a-z])s([oe])n$", name):
        yield name[: found.start()] + ("sen" if found[1] == "o" else "son")
    if name.endswith("mson"):
        yield name[:-3] + "pson"
    elif name.endswith("mpson"):
        yield name[:-4] + "son"


def _one_or_two_consonants(name: str) -> Iterable[str]:
    """Farrell and Farrel, Alison and Allison: the last pair made single, the first or last single doubled."""
    if found := list(re.finditer(r"([bcdfglmnprst])\1", name)):
        yield name[: found[-1].start()] + name[found[-1].start() + 1 :]
    if found := list(re.finditer(r"(?<=[aeiouAEIOU])([flmnprst])(?=[aeiouy])", name)):
        yield from (name[: one.end()] + one[1] + name[one.end() :] for one in (found[0], found[-1]))


_ALIKE: Final = tuple(
    (re.compile(one), other)
    for one, other in (
        *(("ie(?=[a-z])", "ei"), ("ei", "ie"), ("ea", "ee"), ("ee", "ea"), ("ai", "ay"), ("ay", "ai")),
        *(("ey", "y"), ("oa", "o"), ("ph", "f"), ("Ph", "F"), ("ck", "k"), ("Ca", "Ka"), ("Ka", "Ca")),
        *(("gh", "ch"), ("wh", "w"), (r"y\b", "ie"), ("er", "ar"), ("ar", "er"), ("in", "yn")),
        *(("ou", "oo"), ("ew", "u"), ("z", "s"), ("sh", "sch")),
    )
)
"""Letters written for others that sound alike, in names heard over a desk or a line."""


def _alike(name: str) -> Iterable[str]:
    """Reid and Ried, Catherine and Katherine, Mary and Marie: the first two that fit."""
    swapped = (one.sub(other, name, count=1) for one, other in _ALIKE if one.search(name))
    yield from islice(swapped, 2)


def _initial(name: str) -> Iterable[str]:
    given, _, rest = name.partition(" ")
    if given and rest:
        yield f"{given[0]} {rest}"


def _surname_first(name: str) -> Iterable[str]:
    if found := _GIVEN_AND_SURNAME.match(name):
        yield from (f"{found[2]}, {found[1]}", f"{found[2]} {found[1]}")


def _without_marks(name: str) -> Iterable[str]:
    yield plain_letters(name)


def _in_capitals(name: str) -> Iterable[str]:
    yield name.upper()


_RULES: Final[tuple[Callable[[str], Iterable[str]], ...]] = (
    _mac_or_mc,
    _son_or_sen,
    _one_or_two_consonants,
    _alike,
    _without_marks,
    _initial,
    _surname_first,
    _in_capitals,
)

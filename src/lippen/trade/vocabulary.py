"""The controlled vocabulary of substances, read from `words/substances.toml`.

Invariant: a substance has one name, and a written word stands once under each substance that it may mean.
Words that are no proper names (slang, signs) mean other things as well; what one is worth is measured
and never assumed (`lexicon`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, Literal

Sort = Literal["name", "slang", "sign"]

SORTS: Final[tuple[Sort, ...]] = ("name", "slang", "sign")
"""A proper name (chemical or of a brand), an everyday word, and an emoji."""

_LISTED: Final[dict[Sort, str]] = {"name": "names", "slang": "slang", "sign": "signs"}


@dataclass(frozen=True)
class Word:
    """A written word for a substance: lower case, `substance` by its one name, and of which sort."""

    written: str
    substance: str
    sort: Sort


@dataclass(frozen=True)
class Substance:
    """What is sold: its one `name`, its `family` (what it does), the class under the Misuse of Drugs Act 1971
    of what the name says (`none`, or `mixed`, where it is not one of A, B and C), the `words` for it, some of
    them in another class, and where they are printed.
    """

    name: str
    family: str
    legal_class: str
    words: tuple[Word, ...]
    source: str


@lru_cache
def substances() -> tuple[Substance, ...]:
    """Every substance of the vocabulary, in the order of its file."""
    text = files(__package__).joinpath("words", "substances.toml").read_text(encoding="utf-8")
    return tuple(_substance(entry) for entry in tomllib.loads(text)["substance"])


def _substance(entry: dict[str, Any]) -> Substance:
    name = str(entry["name"])
    words = tuple(Word(written, name, sort) for sort in SORTS for written in entry[_LISTED[sort]])
    return Substance(name, str(entry["family"]), str(entry["class"]), words, str(entry["source"]))


def all_words() -> Iterator[Word]:
    """Every word of every substance. One that may mean several stands once for each."""
    for substance in substances():
        yield from substance.words


@lru_cache
def families() -> dict[str, str]:
    """The family of each substance, by its name."""
    return {substance.name: substance.family for substance in substances()}

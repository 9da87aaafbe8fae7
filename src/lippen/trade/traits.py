"""What a post is weighed by: its words, the drug words that the lexicon finds, and the signs of an offer.

Nothing of who posted it is read. That a price is recorded weighs nothing alone: a collection has such a
column or has none.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from lippen.trade.hashed import Hashed, hashed
from lippen.trade.lexicon import Lexicon
from lippen.trade.matching import Matches
from lippen.trade.offer import TOLD, drugs_offered, offers, readable
from lippen.trade.vocabulary import SORTS, families

Flags = NDArray[np.bool_]

FAMILIES: Final[tuple[str, ...]] = tuple(dict.fromkeys(families().values()))
"""The families of the vocabulary, in its order."""

WORDS_WEIGH: Final = 6.0
"""How much what was hashed weighs beside the traits, each of which is 0 or 1: the squares of a post's hashed
words add to the square of this."""

_SORT_WORDS: Final = {"name": "a proper name", "slang": "an everyday word", "sign": "an emoji"}

TRAITS: Final[tuple[str, ...]] = (
    *(f"an offer: {sign}" for sign in TOLD),
    "where it is sent from is recorded",
    "where it is sent to is recorded",
    "a price is recorded, but not where it is sent from",
    "nothing is recorded beside the text",
    "an amount or a price beside a word for a drug",
    *(f"{words} of a drug" for words in _SORT_WORDS.values()),
    "two different proper names of drugs or more",
    "a proper name of a drug, and an offer in the text",
    "an everyday word or emoji of a drug, and an offer in the text",
    "a proper name of a drug, and no offer in the text",
    "an everyday word or emoji of a drug, and no offer in the text",
    *(
        f"{words} of the family {family}"
        for words in ("a proper name", "an everyday word")
        for family in FAMILIES
    ),
)
"""What each trait says, in words, in the order of their columns."""

PLACES: Final = 256
"""Places that something is sent from are hashed to so many columns."""

NO_PLACE: Final = -1
"""Stands for the column of a place where none is recorded."""


@dataclass(frozen=True)
class Posts:
    """Posts as they are weighed: `texts`, what the lexicon `found` in them, the texts `read` by the grammar
    of offers, the `offers` that they show (post by OFFERS), their `traits` (post by TRAITS, 0 or 1), the
    column of the `place` that each is sent from (NO_PLACE where none is recorded), and what was `hashed`."""

    texts: list[str]
    found: Matches
    read: list[str]
    offers: Flags
    traits: NDArray[np.float32]
    place: NDArray[np.int64]
    hashed: Hashed

    def columns(self) -> sparse.csr_matrix:
        """A row a post: WIDTH columns of what was hashed, then the traits, then the places."""
        sent = np.flatnonzero(self.place != NO_PLACE)
        places = sparse.csr_matrix(
            (np.ones(len(sent), np.float32), (sent, self.place[sent])), shape=(len(self.place), PLACES)
        )
        words = self.hashed.weighed() * np.float32(WORDS_WEIGH)
        return sparse.hstack([words, sparse.csr_matrix(self.traits), places], "csr")


@lru_cache
def plain_lexicon() -> Lexicon:
    """The lexicon of the vocabulary's words, with nothing measured."""
    return Lexicon.of_vocabulary()


def posts_of(table: pa.Table) -> Posts:
    """The posts of a table as they are weighed. Read: `text`, and `price`, `origin`, `destination` where
    there are such columns. A missing text is read as an empty one."""
    texts = [text or "" for text in table["text"].to_pylist()]
    lexicon = plain_lexicon()
    found = lexicon.find(texts)
    read = readable(texts, found)
    priced, origin, destination = (_given(table, name) for name in ("price", "origin", "destination"))
    shown = offers(read, priced, origin | destination)
    traits = _traits(lexicon, found, shown[:, : len(TOLD)], drugs_offered(read), priced, origin, destination)
    return Posts(texts, found, read, shown, traits, _places(table, origin), hashed(texts))


def _given(table: pa.Table, name: str) -> Flags:
    if name not in table.column_names:
        return np.zeros(len(table), np.bool_)
    return np.asarray(table[name].is_valid().to_numpy(zero_copy_only=False), np.bool_)


def _places(table: pa.Table, origin: Flags) -> NDArray[np.int64]:
    if not origin.any():
        return np.full(len(table), NO_PLACE, np.int64)
    named = pc.dictionary_encode(table["origin"].cast(pa.string()).combine_chunks())
    column = [zlib.crc32(name.strip().lower().encode()) % PLACES for name in named.dictionary.to_pylist()]
    return np.asarray(np.array([*column, NO_PLACE])[named.indices.fill_null(-1).to_numpy()], np.int64)


def _traits(
    lexicon: Lexicon,
    found: Matches,
    shown: Flags,
    beside: Flags,
    priced: Flags,
    origin: Flags,
    destination: Flags,
) -> NDArray[np.float32]:
    sort_of, family_of, substance_of = _of_terms(lexicon)
    rows = len(shown)
    sort = sort_of[found.word]
    by_sort = np.zeros((rows, len(SORTS)), np.bool_)
    by_sort[found.row, sort] = True
    by_family = np.zeros((rows, 2, len(FAMILIES)), np.bool_)
    by_family[found.row, np.minimum(sort, 1), family_of[found.word]] = True
    named = np.unique(np.stack([found.row[sort == 0], substance_of[found.word][sort == 0]]), axis=1)[0]
    several = np.bincount(named, minlength=rows) >= 2
    name, slang = by_sort[:, 0], by_sort[:, 1:].any(axis=1)
    told = shown.any(axis=1)
    return np.column_stack(
        [
            shown,
            origin,
            destination,
            priced & ~origin,
            ~(priced | origin | destination),
            beside,
            by_sort,
            several,
            name & told,
            slang & told,
            name & ~told,
            slang & ~told,
            by_family[:, 0],
            by_family[:, 1],
        ]
    ).astype(np.float32)


def _of_terms(lexicon: Lexicon) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Of each term of the lexicon: its sort, its family and its substance, as places."""
    family = families()
    places = {name: place for place, name in enumerate(family)}
    terms = lexicon.terms
    return (
        np.array([SORTS.index(term.sort) for term in terms]),
        np.array([FAMILIES.index(family[term.substance]) for term in terms]),
        np.array([places[term.substance] for term in terms]),
    )

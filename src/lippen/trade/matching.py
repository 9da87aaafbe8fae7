"""Where words of a list stand in texts: whole words only, in any case, each letter read as it looks.

The search is that of Aho and Corasick (1975, CACM 18(6)), by `ahocorasick_rs`. Texts are joined and searched
together, everything but letters and digits being read as a blank, so that word boundaries are part of what is
searched for and the rest costs little beside the search.

What it does not see: letters left out or doubled, words parted by more than one sign, and digits for letters
where the list does not have that spelling itself.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, compress, pairwise
from typing import Final

import ahocorasick_rs
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Places = NDArray[np.int64]

_TOGETHER: Final = 100_000
"""Signs of text that are searched at once: what is found in them stays in the processor's cache."""

_BETWEEN: Final = " \n "
"""Stands between two joined texts. No word that is searched for holds a line break, so none lies across."""

_ALIKE: Final = str.maketrans("асеорхуіѕјԁһкмтвнϲοαρνικτχ", "aceopxyisjdhkmtbhcoapviktx")
"""Cyrillic and Greek letters that are drawn as Latin ones."""

_ALIKE_LARGE: Final = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")
"""Greek capitals that are, some of which have small letters that look like others (Ν is no ν)."""

_AS_PICTURE: Final = "\ufe0f"
"""Asks that the sign before it be drawn as a picture. Telephones put it there or leave it out."""

_CODES: Final = 0x20000
"""Signs with a code below this are read as they look; above it no letter is drawn as a Latin one."""


@dataclass(frozen=True)
class Matches:
    """Finds in the order of texts, then of places: the number of the text (`row`), its first sign and the one
    after its last (`start`, `end`: code points of the text as written), and which word of the list (`word`).

    Of finds that lie over one another the longest is kept, and of two as long the earlier.
    """

    row: Ints
    start: Ints
    end: Ints
    word: Ints

    def __len__(self) -> int:
        return len(self.row)


class Matcher:
    """Finds the words of one list: words and phrases, and signs such as emoji.

    Of words that look alike the first of the list is told. Raises ValueError for one that is empty.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)
        if not all(word.strip() for word in self.words):
            raise ValueError("a word to look for must hold a sign")
        spoken: dict[str, int] = {}
        drawn: dict[str, int] = {}
        for number, word in enumerate(self.words):
            plain = _spoken(looks_like(word))
            if plain.strip():
                spoken.setdefault(f" {plain} ", number)
            else:
                drawn.setdefault(looks_like(word), number)
                if bare := looks_like(word).replace(_AS_PICTURE, ""):
                    drawn.setdefault(bare, number)
        self._spoken = _Search(spoken, margin=1)
        self._drawn = _Search(drawn, margin=0)

    def find(self, texts: Sequence[str | None] | pa.StringArray | pa.ChunkedArray) -> Matches:
        """Every whole word of the list in the texts; a missing text holds none."""
        written = texts.to_pylist() if isinstance(texts, (pa.Array, pa.ChunkedArray)) else texts
        parts = [self._found(rows, part) for rows, part in _parts(written)]
        row, start, end, word = (
            np.concatenate(column) for column in zip((np.empty(0, np.int64),) * 4, *parts, strict=True)
        )
        order = np.lexsort((start, row))
        return Matches(*(column[order].astype(np.int32) for column in (row, start, end, word)))

    def _found(self, rows: Places, texts: list[str]) -> tuple[Places, Places, Places, Places]:
        joined = _joined(texts)
        if joined.isascii():
            word, start, end = self._spoken.find(_spoken(joined))
        else:
            looks = looks_like(joined)
            both = self._spoken.find(_spoken(looks)), self._drawn.find(looks)
            word, start, end = (np.concatenate(column) for column in zip(*both, strict=True))
        kept = _longest(start, end)
        word, start, end = word[kept], start[kept], end[kept]
        lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + len(_BETWEEN)
        begins = np.cumsum(lengths) - lengths + 1
        at = np.searchsorted(begins, start, "right") - 1
        return rows[at], start - begins[at], end - begins[at], word


class _Search:
    """The search for patterns, each of which has `margin` signs at either end that are not its word's."""

    def __init__(self, numbers: dict[str, int], margin: int) -> None:
        self._numbers = np.fromiter(numbers.values(), np.int64, len(numbers))
        self._search = ahocorasick_rs.AhoCorasick(list(numbers), store_patterns=False)
        self._margin = margin

    def find(self, text: str) -> tuple[Places, Places, Places]:
        """Which words, and where they begin and end."""
        found = self._search.find_matches_as_indexes(text, overlapping=True)
        flat = np.fromiter(chain.from_iterable(found), np.int64, 3 * len(found)).reshape(-1, 3)
        return self._numbers[flat[:, 0]], flat[:, 1] + self._margin, flat[:, 2] - self._margin


_ASCII: Final = bytes(
    code if chr(code).isalnum() or chr(code) == "\n" else ord(" ") for code in range(128)
).lower() + bytes(128)


def _spoken(looks: str) -> str:
    """A text in small letters and digits alone, with a blank for every other sign but a line break."""
    if looks.isascii():
        return looks.encode("ascii").translate(_ASCII).decode("ascii")
    return _text(np.where(_letters()[np.minimum(codes := _codes(looks), _CODES - 1)], codes, ord(" ")))


def looks_like(text: str) -> str:
    """A text as it is compared: small letters, each read as it looks, and as many signs as before."""
    if text.isascii():
        return text.lower()
    codes = _codes(text)
    known = codes < _CODES
    return _text(np.where(known, _looks()[np.where(known, codes, 0)], codes))


def all_look_like(texts: Sequence[str]) -> list[str]:
    """`looks_like` of each text. They are read as one: each is short, and many hold a sign such as £."""
    looks = looks_like("".join(texts))
    ends = accumulate(map(len, texts))
    return [looks[end - len(text) : end] for text, end in zip(texts, ends, strict=True)]


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _text(codes: NDArray[np.uint32]) -> str:
    return codes.astype(np.uint32).tobytes().decode("utf-32-le", "surrogatepass")


@lru_cache
def _looks() -> NDArray[np.uint32]:
    """For each sign the one it is compared as: in its plain form (NFKD), without marks above and below, and
    small, where that is one sign."""
    looks = np.arange(_CODES, dtype=np.uint32)
    for code in range(_CODES):
        signs = unicodedata.normalize("NFKD", chr(code).translate(_ALIKE_LARGE))
        plain = "".join(sign for sign in signs if not unicodedata.combining(sign)).lower().translate(_ALIKE)
        if len(plain) == 1:
            looks[code] = ord(plain)
    return looks


@lru_cache
def _letters() -> NDArray[np.bool_]:
    """Of each sign whether it is a letter or a digit, or the line break that parts texts."""
    return np.array([chr(code).isalnum() or chr(code) == "\n" for code in range(_CODES)])


def _parts(texts: Sequence[str | None]) -> Iterator[tuple[Places, list[str]]]:
    """The texts in parts that are searched at once, and their numbers. ASCII goes apart, being quicker."""
    filled = [text or "" for text in texts]
    plain = np.fromiter(map(str.isascii, filled), np.bool_, len(filled))
    signs = np.fromiter(map(len, filled), np.int64, len(filled))
    for here in (plain & (signs > 0), ~plain):
        rows, held = np.flatnonzero(here), list(compress(filled, here.tolist()))
        part = np.cumsum(signs[rows]) // _TOGETHER
        edges = [0, *(np.flatnonzero(np.diff(part)) + 1).tolist(), len(held)]
        for first, last in pairwise(edges):
            if last > first:
                yield rows[first:last], held[first:last]


def _joined(texts: list[str]) -> str:
    """The texts with what stands between them, and a blank for each line break within them."""
    joined = _BETWEEN.join(texts)
    if joined.count("\n") >= len(texts):
        joined = _BETWEEN.join([text.replace("\n", " ") for text in texts])
    return f" {joined} "


def _longest(start: Places, end: Places) -> Places:
    """Which finds to keep so that none lies over another: the longest of each heap."""
    if not len(start):
        return np.empty(0, np.int64)
    order = np.lexsort((-end, start))
    furthest = np.maximum.accumulate(end[order])
    heap = np.cumsum(np.concatenate([[True], start[order][1:] >= furthest[:-1]]))
    alone = np.bincount(heap)[heap] == 1
    over, heaps = order[~alone], heap[~alone].tolist()
    kept = [order[alone]]
    taken: dict[int, list[tuple[int, int]]] = {}
    # Longest first; within a heap, which is a few words long, each is compared with those that were kept.
    for at in np.lexsort((start[over], start[over] - end[over])).tolist():
        first, last = int(start[over[at]]), int(end[over[at]])
        others = taken.setdefault(heaps[at], [])
        if all(last <= begin or stop <= first for begin, stop in others):
            others.append((first, last))
            kept.append(over[at : at + 1])
    return np.concatenate(kept)

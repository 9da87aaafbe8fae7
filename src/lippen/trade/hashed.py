"""Words, pairs of words and pieces of words of many texts, each by the number that it hashes to.

The hashing trick (K. Weinberger, A. Dasgupta, J. Langford, A. Smola and J. Attenberg 2009): no list of words
is learned or kept, and a word that was never met weighs something by its pieces. Pieces are runs of three to
five signs within a word and its two edges; in them and in pairs every digit is read as 0, so that amounts
that were never met are read as amounts.

Invariant: one text gives the same numbers in the same order on every machine, whatever stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numba as nb
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from lippen.trade.matching import looks_like

WIDTH_BITS: Final = 18
WIDTH: Final = 1 << WIDTH_BITS
"""How many numbers there are: with more, what is learned and kept grows and no measure did."""

_CODES: Final = 0x20000
_EDGE: Final = np.uint64(0x2)
_START: Final = np.uint64(0xCBF29CE484222325)
_STEP: Final = np.uint64(0x100000001B3)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_DOWN: Final = np.uint64(64 - WIDTH_BITS)
_PAIR: Final = np.uint64(0x51ED270B)
_PIECE: Final = np.uint64(0x2545F491)
_ZERO: Final = np.uint64(ord("0"))

Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Hashed:
    """What texts hold: of text t `number[begins[t]:begins[t + 1]]`, each once.

    `word` is the place of the word (in the text's own words, from 0) that a number comes from first, and
    -1 - place for a pair that begins there. `first` and `last` are where the words begin and end in their
    texts, those of text t from `words[t]` on.
    """

    begins: NDArray[np.int64]
    number: Ints
    word: Ints
    words: NDArray[np.int64]
    first: Ints
    last: Ints

    def weighed(self) -> sparse.csr_matrix:
        """A row a text (WIDTH columns): each number as much, so that the squares of a row add to 1."""
        count = np.diff(self.begins)
        each = (1 / np.sqrt(np.maximum(count, 1))).astype(np.float32)
        return sparse.csr_matrix(
            (np.repeat(each, count), self.number, self.begins), shape=(len(count), WIDTH)
        )


def hashed(texts: list[str]) -> Hashed:
    """What the texts hold. They are compared as `matching` compares them."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    codes = np.frombuffer(looks_like("".join(texts)).encode("utf-32-le", "surrogatepass"), np.uint32)
    sorts = np.where(codes < _CODES, _sorts()[np.minimum(codes, _CODES - 1)], np.uint8(2)).astype(np.uint8)
    return Hashed(*_numbers(codes, sorts, ends))


@lru_cache
def _sorts() -> NDArray[np.uint8]:
    """Of each sign: 0 parts words, 1 is a letter, 2 a word of its own (money signs, emoji), 3 a digit."""
    sorts = np.zeros(_CODES, np.uint8)
    for code in range(_CODES):
        sign = chr(code)
        if sign.isdecimal() and sign.isascii():
            sorts[code] = 3
        elif sign.isalnum():
            sorts[code] = 1
        elif sign in "$£€%&@" or (code >= 0x2190 and not sign.isspace() and sign.isprintable()):
            sorts[code] = 2
    return sorts


@nb.njit(cache=True, nogil=True)
def _numbers(
    codes: NDArray[np.uint32], sorts: NDArray[np.uint8], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Ints, Ints, NDArray[np.int64], Ints, Ints]:
    texts = len(ends) - 1
    begins = np.zeros(texts + 1, np.int64)
    words = np.zeros(texts + 1, np.int64)
    # A word of n signs gives itself with and without its digits, a pair, and at most 3 n - 2 pieces.
    number = np.empty(4 * len(codes), np.int32)
    owner = np.empty(4 * len(codes), np.int32)
    first = np.empty(len(codes) + 1, np.int32)
    last = np.empty(len(codes) + 1, np.int32)
    seen = np.full(WIDTH, -1, np.int32)
    total = 0
    count = 0
    for text in range(texts):
        at = ends[text]
        stop = ends[text + 1]
        place = 0
        before = np.uint64(0)
        while at < stop:
            if sorts[at] == 0:
                at += 1
                continue
            begin = at
            at += 1
            if sorts[begin] != 2:
                while at < stop and (sorts[at] == 1 or sorts[at] == 3):
                    at += 1
            first[count] = begin - ends[text]
            last[count] = at - ends[text]
            count += 1
            whole = _START
            shape = _START
            for n in range(begin, at):
                whole = (whole ^ np.uint64(codes[n])) * _STEP
                shape = (shape ^ (_ZERO if sorts[n] == 3 else np.uint64(codes[n]))) * _STEP
            for word in (whole, shape):  # one and the same where there is no digit
                bucket = np.int32((word * _MIX) >> _DOWN)
                if seen[bucket] != text:
                    seen[bucket] = text
                    number[total] = bucket
                    owner[total] = place
                    total += 1
            if place > 0:
                pair = ((before ^ _PAIR) * _STEP ^ shape) * _MIX
                bucket = np.int32((pair ^ (pair >> np.uint64(29))) * _MIX >> _DOWN)
                if seen[bucket] != text:
                    seen[bucket] = text
                    number[total] = bucket
                    owner[total] = -place  # -1 - (place - 1): it begins one word before
                    total += 1
            for start in range(begin - 1, at - 1):
                piece = _PIECE
                for n in range(start, min(start + 5, at + 1)):
                    sign = _EDGE
                    if begin <= n < at:
                        sign = _ZERO if sorts[n] == 3 else np.uint64(codes[n])
                    piece = (piece ^ sign) * _STEP
                    if n - start < 2:
                        continue
                    bucket = np.int32((piece * _MIX) >> _DOWN)
                    if seen[bucket] != text:
                        seen[bucket] = text
                        number[total] = bucket
                        owner[total] = place
                        total += 1
            before = shape
            place += 1
        begins[text + 1] = total
        words[text + 1] = count
    return (
        begins,
        number[:total].copy(),
        owner[:total].copy(),
        words,
        first[:count].copy(),
        last[:count].copy(),
    )

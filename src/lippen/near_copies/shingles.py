"""Texts cut into shingles: their words and their pairs of adjacent words, as 64-bit numbers.

Invariant: a shingle's number depends on its words alone, so texts cut in different batches, processes or
engines can be compared. Case, accents, punctuation, apostrophes and invisible characters make no difference;
what remains of a text is its letters and digits, cut into words where anything else stands.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar

import numba as nb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Texts: TypeAlias = "pa.Array | pa.ChunkedArray | Sequence[str | None]"
_Result = TypeVar("_Result")

PIECE_ROWS: Final = 32_768
"""Texts handled at a time, so that what a step needs beside its result stays at a few MiB."""

FNV_START: Final = np.uint64(0xCBF29CE484222325)
PRIME: Final = np.uint64(0x100000001B3)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(29)
_ONE: Final = np.uint64(1)


def _folded_bytes() -> npt.NDArray[np.uint8]:
    """What each byte counts as in a word: 0 ends the word, 1 is passed over, anything else is a letter."""
    folded = np.zeros(256, np.uint8)
    for byte in range(256):
        if byte >= 0x80 or chr(byte).isalnum():
            folded[byte] = byte if byte >= 0x80 else ord(chr(byte).lower())
        elif chr(byte) in "'`" or (byte < 0x20 and not chr(byte).isspace()) or byte == 0x7F:
            folded[byte] = 1
    return folded


FOLDED: Final = _folded_bytes()

_UNHEARD: Final = (
    # accents and whatever else is written over a letter
    r"[\p{Mn}\p{Me}"
    # what has no width: joiners, soft hyphens, control characters, fillers
    r"\p{Cf}\x{00}-\x{08}\x{0e}-\x{1b}\x{7f}-\x{84}\x{86}-\x{9f}\x{115f}\x{1160}"
    r"'`\x{2018}\x{2019}\x{201b}\x{2032}\x{02b9}\x{02bb}\x{02bc}]"
)
"""What is passed over inside a word: each is a cheap way to make a copy look like another text."""


@dataclass(frozen=True)
class Piece:
    """Some consecutive texts as one run of bytes; text i is `text[starts[i]:starts[i + 1]]`."""

    starts: npt.NDArray[np.int64]
    text: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.starts) - 1


def pieces(texts: Texts) -> list[Piece]:
    """Cut texts into runs of at most PIECE_ROWS, ready for the compiled code.

    Plain ASCII is used where it lies; a run with any other letter is copied with its letters evened out:
    Unicode compatibility forms, lower case, no accents. A null is an empty text.
    """
    if not isinstance(texts, pa.Array | pa.ChunkedArray):
        texts = pa.array(texts, pa.large_string())
    chunks = texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]
    slices = [chunk.slice(at, PIECE_ROWS) for chunk in chunks for at in range(0, len(chunk), PIECE_ROWS)]
    return in_parallel(_piece, slices)


def shingle_table(
    ids: Sequence[str] | pa.Array, days: Sequence[int] | npt.NDArray[np.int32], texts: Texts
) -> pa.Table:
    """The shingles of some texts as rows, for an engine to join.

    `ids` name the texts, `days` are whole days since 1970-01-01. Returns `id` string, `day` int32
    and `shingle` int64, each shingle of a text once, in no order that matters. Batches may be cut apart and
    written one after another: the numbers agree.
    """
    owners: list[npt.NDArray[np.int64]] = []
    shingles: list[npt.NDArray[np.int64]] = []
    first = 0
    for piece in pieces(texts):
        owner, number = _all_shingles(piece.starts, piece.text, FOLDED)
        owners.append(owner + first)
        shingles.append(number.view(np.int64))
        first += len(piece)
    empty = np.empty(0, np.int64)
    owner = np.concatenate([empty, *owners])
    rows = pa.array(owner)
    table = pa.table(
        {
            "id": pa.array(ids, pa.string()).take(rows),
            "day": pa.array(np.asarray(days, np.int32)).take(rows),
            "shingle": pa.array(np.concatenate([empty, *shingles])),
        }
    )
    return table.group_by(["id", "day", "shingle"]).aggregate([])


def in_parallel(work: Callable[[Any], _Result], tasks: Iterable[Any]) -> list[_Result]:
    """Do work that lets go of the interpreter on every core; results come in the order of the tasks."""
    waiting = list(tasks)
    if len(waiting) < 2:
        return [work(task) for task in waiting]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return list(pool.map(work, waiting))


def _piece(texts: pa.Array) -> Piece:
    texts = texts.fill_null("").cast(pa.large_string())
    if not pc.all(pc.string_is_ascii(texts), min_count=0).as_py():
        texts = _evened(texts)
    _, offsets, letters = texts.buffers()
    starts = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return Piece(starts, np.frombuffer(letters or b"", np.uint8))


def _evened(texts: pa.Array) -> pa.Array:
    texts = pc.replace_substring(texts, "´", "'")  # typed for an apostrophe; NFKD would make a space of it
    texts = pc.utf8_lower(pc.utf8_normalize(texts, form="NFKD"))
    texts = pc.replace_substring_regex(texts, _UNHEARD, "")
    return pc.replace_substring_regex(texts, r"[^\p{L}\p{M}\p{N}]+", " ")


@nb.njit(cache=True, nogil=True, inline="always")
def mixed(value: np.uint64) -> np.uint64:
    """Spread every bit over the whole number; never 0, which the tables use for an empty place."""
    value = (value ^ (value >> _SHIFT)) * _MIX
    value = (value ^ (value >> _SHIFT)) * _MIX
    return (value ^ (value >> _SHIFT)) | _ONE


@nb.njit(cache=True, nogil=True)
def next_word(
    text: npt.NDArray[np.uint8], at: int, end: int, folded: npt.NDArray[np.uint8]
) -> tuple[np.uint64, int]:
    """The number of the next word from `at` (0 when there is none; FNV-1a, then mixed) and where to go on."""
    value = FNV_START
    letters = 0
    while at < end:
        letter = folded[text[at]]
        at += 1
        if letter > 1:
            value = (value ^ np.uint64(letter)) * PRIME
            letters += 1
        elif letter == 0 and letters > 0:
            break
    return (mixed(value) if letters > 0 else np.uint64(0)), at


@nb.njit(cache=True, nogil=True, inline="always")
def pair_of(before: np.uint64, word: np.uint64) -> np.uint64:
    """The number of two adjacent words; their order counts."""
    return mixed(before * PRIME + word)


@nb.njit(cache=True, nogil=True)
def shingles_of(
    starts: npt.NDArray[np.int64],
    text: npt.NDArray[np.uint8],
    folded: npt.NDArray[np.uint8],
    row: int,
    numbers: npt.NDArray[np.uint64],
) -> int:
    """Write the shingles of one text into `numbers`, repeats and all; returns how many.

    `room_for` says how long `numbers` must be.
    """
    found = 0
    before = np.uint64(0)
    word, at = next_word(text, starts[row], starts[row + 1], folded)
    while word != 0:
        numbers[found] = word
        found += 1
        if before != 0:
            numbers[found] = pair_of(before, word)
            found += 1
        before = word
        word, at = next_word(text, at, starts[row + 1], folded)
    return found


@nb.njit(cache=True, nogil=True)
def put_in_order(numbers: npt.NDArray[np.uint64]) -> None:
    """Sort in place (D. Shell 1959). Most texts are short, and `np.sort` takes seconds to be compiled."""
    gap = 1
    while gap < len(numbers) // 8:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, len(numbers)):
            number = numbers[i]
            place = i
            while place >= gap and numbers[place - gap] > number:
                numbers[place] = numbers[place - gap]
                place -= gap
            numbers[place] = number
        gap //= 3


@nb.njit(cache=True, nogil=True)
def room_for(starts: npt.NDArray[np.int64]) -> int:
    """The most shingles a text of a piece can have: a word takes two bytes with its gap, and brings two."""
    longest = 0
    for row in range(len(starts) - 1):
        longest = max(longest, starts[row + 1] - starts[row])
    return longest + 1


@nb.njit(cache=True, nogil=True)
def _all_shingles(
    starts: npt.NDArray[np.int64], text: npt.NDArray[np.uint8], folded: npt.NDArray[np.uint8]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
    room = starts[-1] - starts[0] + len(starts)
    owners = np.empty(room, np.int64)
    numbers = np.empty(room, np.uint64)
    total = 0
    for row in range(len(starts) - 1):
        found = shingles_of(starts, text, folded, row, numbers[total:])
        owners[total : total + found] = row
        total += found
    return owners[:total].copy(), numbers[:total].copy()

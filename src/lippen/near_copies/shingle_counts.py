"""In how many texts each shingle stands, and what each text keeps of its own (compiled).

Invariant: the counts are exact. The sieve before them may let a shingle of one text through and never keeps a
shared one back, so the result is the same for any number of threads. Only shared shingles take memory.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numba as nb
import numpy as np
import numpy.typing as npt

from lippen.near_copies.shingles import PRIME, mixed, next_word, put_in_order, room_for, shingles_of

Ints: TypeAlias = npt.NDArray[np.int32]
Longs: TypeAlias = npt.NDArray[np.int64]
Numbers: TypeAlias = npt.NDArray[np.uint64]
Letters: TypeAlias = npt.NDArray[np.uint8]

PARTS: Final = 2
"""Shingles are shared out by their top bit, so that two threads never touch the same table."""

_TOP: Final = np.uint64(63)
_ONE: Final = np.uint64(1)
_CELL: Final = np.uint64(31)
_FIVE: Final = np.uint64(5)


@nb.njit(cache=True, nogil=True)
def whole_texts(starts: Longs, text: Letters, folded: Letters) -> tuple[Numbers, Ints]:
    """One number for each text's whole run of words (0 for a text without any), and how many words it has."""
    rows = len(starts) - 1
    whole = np.zeros(rows, np.uint64)
    words = np.zeros(rows, np.int32)
    for row in range(rows):
        word, at = next_word(text, starts[row], starts[row + 1], folded)
        while word != 0:
            whole[row] = mixed(whole[row] * PRIME + word)
            words[row] += 1
            word, at = next_word(text, at, starts[row + 1], folded)
    return whole, words


@nb.njit(cache=True, nogil=True)
def sieve(starts: Longs, text: Letters, folded: Letters, copies: Ints, part: int, cells: Numbers) -> None:
    """Note in `cells` (two bits each) which shingles of this part were met in one text, and which in more.

    `copies` is 0 for a text that another row stands for. Two shingles may fall on one cell and pass for a
    shared one; the table that comes next counts exactly.
    """
    mask = np.uint64(len(cells) * 32 - 1)
    numbers = np.empty(room_for(starts), np.uint64)
    for row in range(len(starts) - 1):
        if copies[row] == 0:
            continue
        for n in range(shingles_of(starts, text, folded, row, numbers)):
            if numbers[n] >> _TOP == np.uint64(part):
                cell = (numbers[n] >> _ONE) & mask
                shift = (cell & _CELL) << _ONE
                met = cells[cell >> _FIVE]
                cells[cell >> _FIVE] = met | (_ONE << (shift + ((met >> shift) & _ONE)))


@nb.njit(cache=True, nogil=True)
def shared_cells(cells: Numbers) -> int:
    """How many cells of the sieve were met more than once."""
    total = 0
    for cell in cells:
        left = (cell >> _ONE) & np.uint64(0x5555555555555555)
        while left != 0:
            left &= left - _ONE
            total += 1
    return total


@nb.njit(cache=True, nogil=True, inline="always")
def _place(keys: Numbers, number: np.uint64) -> np.uint64:
    mask = np.uint64(len(keys) - 1)
    place = (number >> _ONE) & mask
    while keys[place] != 0 and keys[place] != number:
        place = (place + _ONE) & mask
    return place


@nb.njit(cache=True, nogil=True)
def count_shared(
    starts: Longs,
    text: Letters,
    folded: Letters,
    copies: Ints,
    first: int,
    part: int,
    cells: Numbers,
    keys: Numbers,
    held_by: Ints,
    last: Ints,
    used: int,
) -> int:
    """Count in how many texts each shingle of this part stands, for those the sieve let through.

    `keys` and `held_by` are an open-addressing table; `last` keeps a text from counting twice, `first` is the
    number of this piece's first text and `used` the places taken so far. Returns the places taken, or -1 when
    the table is too full to go on.
    """
    mask = np.uint64(len(cells) * 32 - 1)
    numbers = np.empty(room_for(starts), np.uint64)
    for row in range(len(starts) - 1):
        if copies[row] == 0:
            continue
        for n in range(shingles_of(starts, text, folded, row, numbers)):
            number = numbers[n]
            if number >> _TOP != np.uint64(part):
                continue
            cell = (number >> _ONE) & mask
            if (cells[cell >> _FIVE] >> (((cell & _CELL) << _ONE) + _ONE)) & _ONE == 0:
                continue
            place = _place(keys, number)
            if keys[place] == 0:
                if used * 10 >= len(keys) * 8:
                    return -1
                used += 1
                keys[place] = number
                last[place] = -1
            if last[place] != first + row:
                held_by[place] += copies[row]
                last[place] = first + row
    return used


@nb.njit(cache=True, nogil=True)
def keep_shingles(
    starts: Longs,
    text: Letters,
    folded: Letters,
    copies: Ints,
    most_held: int,
    keys: npt.NDArray[np.uint64],
    ranks: npt.NDArray[np.int32],
    at: int,
    held: Ints,
    ends: Longs,
    kept: Ints,
) -> int:
    """Write each text's kept shingles as ranks, rarest first, into `held` from `at`; returns where it ends.

    `ends[row]` is where the row's ranks end and `kept[row]` how many shingles it keeps: those in `held`, and
    those that only its own copies have.
    """
    numbers = np.empty(room_for(starts), np.uint64)
    own = np.empty(len(numbers), np.uint64)
    others = np.empty(len(numbers), np.uint64)
    for row in range(len(starts) - 1):
        begin = at
        unmet = 0
        met = 0
        if copies[row] > 0:
            for n in range(shingles_of(starts, text, folded, row, numbers)):
                part = np.int64(numbers[n] >> _TOP)
                place = _place(keys[part], numbers[n])
                if keys[part, place] == 0:
                    own[unmet] = numbers[n]
                    unmet += 1
                elif ranks[part, place] >= 0:
                    others[met] = ranks[part, place]
                    met += 1
            for n in range(_sorted_once(others[:met])):
                held[at] = others[n]
                at += 1
            kept[row] = at - begin
            if 2 <= copies[row] <= most_held:
                kept[row] += _sorted_once(own[:unmet])
        ends[row] = at
    return at


@nb.njit(cache=True, nogil=True)
def _sorted_once(values: Numbers) -> int:
    """Sort in place with repeats removed; returns how many are left."""
    put_in_order(values)
    left = min(1, len(values))
    for i in range(1, len(values)):
        if values[i] != values[i - 1]:
            values[left] = values[i]
            left += 1
    return left

"""The compiled join behind `near_copies`: pairs of texts that share enough of what they keep, within a time.

A prefix-filtered set join (Chaudhuri, Ganti and Kaushik 2006; Bayardo, Ma and Srikant 2007): two sets that
overlap enough must share one of their rarest members, so only texts that share such a member are compared,
and of those only the ones whose marks of a few bits do not rule it out (Sandes, Teodoro and Melo 2020).

Invariant: exact. Every pair that the definition in `near_copies` links is found; nothing is sampled or hashed
away. Rows with the same words are one text here and are told apart again at the end.
"""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

import numba as nb
import numpy as np
import numpy.typing as npt

from lippen.near_copies.shingles import put_in_order

Ints: TypeAlias = npt.NDArray[np.int32]
Longs: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Marks: TypeAlias = npt.NDArray[np.uint64]

MARK_WORDS: Final = 4
"""Each text is marked with 256 bits, one for each shingle; with fewer too many fall on the same bit."""

_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_MARK_BIT: Final = np.uint64(56)
_WORD: Final = np.uint64(6)
_BIT: Final = np.uint64(63)
_ONE: Final = np.uint64(1)
_TWO: Final = np.uint64(2)
_FOUR: Final = np.uint64(4)
_PAIRS: Final = np.uint64(0x5555555555555555)
_FOURS: Final = np.uint64(0x3333333333333333)
_EIGHTS: Final = np.uint64(0x0F0F0F0F0F0F0F0F)
_SUM: Final = np.uint64(0x0101010101010101)


class Kept(NamedTuple):
    """What each text keeps.

    Text t keeps `size[t]` shingles. Those that other texts may hold too are `held[begins[t]:ends[t]]`, as
    ranks with the rarest first; ranks below `rare_ranks` are rare. `rare[t]`: whether t keeps a rare one.
    """

    held: Ints
    begins: Longs
    ends: Longs
    size: Ints
    rare: Flags
    rare_ranks: int


class Rows(NamedTuple):
    """Rows in time order: the text of each (-1 leaves it out), its second, and the longest gap (-1: any)."""

    text: Ints
    second: Longs
    longest_gap: int


class Rule(NamedTuple):
    """When two texts are near-copies, and how many earlier rows a row is linked to at most."""

    least_percent: int
    least_shared: int
    most_links: int


def join_slice(
    earliest: int, begin: int, end: int, rows: Rows, kept: Kept, rule: Rule
) -> tuple[Ints, Ints, Ints, Ints]:
    """Link the rows from `begin` up to `end` to rows before them, no earlier than row `earliest`.

    Returns later row, earlier row, shingles shared, and shingles in either.
    """
    # Not compiled itself: as parts of one whole all steps would be compiled a second time.
    texts, of_slice, members_from, members = _texts_met(earliest, begin, end, rows.text, len(kept.size))
    prefix_ends = _prefix_ends(texts, kept, rule)
    marks = _marks(texts, kept)
    first, second, shared = _similar(
        texts, of_slice, members_from, members, prefix_ends, marks, rows, kept, rule
    )
    near_from, near, near_shared = _both_ways(texts, first, second, shared, kept, rule.least_shared)
    return _linked(
        earliest, begin, end, texts, members_from, members, near_from, near, near_shared, rows, kept, rule
    )


@nb.njit(cache=True, nogil=True)
def _linked(
    earliest: int,
    begin: int,
    end: int,
    texts: Ints,
    members_from: Longs,
    members: Ints,
    near_from: Longs,
    near: Ints,
    near_shared: Ints,
    rows: Rows,
    kept: Kept,
    rule: Rule,
) -> tuple[Ints, Ints, Ints, Ints]:
    """The latest rows before each row of the slice whose texts are near its own, as `join_slice` has it."""
    met = np.zeros(len(texts), np.int64)  # how many of each text's rows have gone by
    local = np.empty(len(kept.size), np.int32)  # of the texts met; no other is asked for
    for x in range(len(texts)):
        local[texts[x]] = x
    later = np.empty(1024, np.int32)
    earlier = np.empty(1024, np.int32)
    both = np.empty(1024, np.int32)
    either = np.empty(1024, np.int32)
    links = 0
    found = np.empty(len(members), np.uint64)
    for row in range(earliest, end):
        if rows.text[row] < 0:
            continue
        x = local[rows.text[row]]
        candidates = 0
        if row >= begin:
            for n in range(near_from[x], near_from[x + 1]):
                last = members_from[near[n]] + met[near[n]]
                for m in range(last - 1, max(last - rule.most_links, members_from[near[n]]) - 1, -1):
                    if (
                        rows.longest_gap >= 0
                        and rows.second[row] - rows.second[members[m]] > rows.longest_gap
                    ):
                        break
                    # The row in the high half, so that sorting puts the latest last; its text's place below.
                    found[candidates] = (np.int64(members[m]) << 32) | n
                    candidates += 1
        met[x] += 1
        if candidates == 0:
            continue
        put_in_order(found[:candidates])
        if links + candidates > len(later):
            room = 2 * (links + candidates)
            later, earlier = _longer(later, room), _longer(earlier, room)
            both, either = _longer(both, room), _longer(either, room)
        for c in range(max(0, candidates - rule.most_links), candidates):
            link = np.int64(found[c])
            at = link & 0xFFFFFFFF
            later[links] = row
            earlier[links] = link >> 32
            both[links] = near_shared[at]
            either[links] = kept.size[texts[x]] + kept.size[texts[near[at]]] - near_shared[at]
            links += 1
    return later[:links].copy(), earlier[:links].copy(), both[:links].copy(), either[:links].copy()


@nb.njit(cache=True, nogil=True)
def _texts_met(
    earliest: int, begin: int, end: int, row_text: Ints, all_texts: int
) -> tuple[Ints, int, Longs, Ints]:
    """The texts of these rows, those met only before `begin` first; how many those are; the rows of each."""
    local = np.full(all_texts, -1, np.int32)
    texts = np.empty(end - earliest, np.int32)
    count = 0
    of_slice = 0
    for row in range(begin, end):
        if row_text[row] >= 0:
            local[row_text[row]] = -2
    for mark, start, stop in ((-1, earliest, begin), (-2, begin, end)):
        of_slice = count
        for row in range(start, stop):
            text = row_text[row]
            if text >= 0 and local[text] == mark:
                local[text] = count
                texts[count] = text
                count += 1
    members_from = np.zeros(count + 1, np.int64)
    for row in range(earliest, end):
        if row_text[row] >= 0:
            members_from[local[row_text[row]] + 1] += 1
    for x in range(count):
        members_from[x + 1] += members_from[x]
    place = members_from[:count].copy()
    members = np.empty(members_from[count], np.int32)
    for row in range(earliest, end):
        if row_text[row] >= 0:
            x = local[row_text[row]]
            members[place[x]] = row
            place[x] += 1
    return texts[:count].copy(), of_slice, members_from, members


@nb.njit(cache=True, nogil=True)
def _similar(
    texts: Ints,
    of_slice: int,
    members_from: Longs,
    members: Ints,
    prefix_ends: Longs,
    marks: Marks,
    rows: Rows,
    kept: Kept,
    rule: Rule,
) -> tuple[Ints, Ints, Ints]:
    """Pairs of different texts that are near-copies, at least one of each pair met in the slice."""
    heads = np.zeros(kept.rare_ranks + 1, np.int32)
    for x in range(len(texts)):
        for n in range(kept.begins[texts[x]], prefix_ends[x]):
            heads[kept.held[n] + 1] += 1
    for rank in range(kept.rare_ranks):
        heads[rank + 1] += heads[rank]
    place = heads.copy()
    holders = np.empty(heads[kept.rare_ranks], np.int32)
    for x in range(len(texts)):
        for n in range(kept.begins[texts[x]], prefix_ends[x]):
            holders[place[kept.held[n]]] = x
            place[kept.held[n]] += 1

    seen = np.full(len(texts), -1, np.int32)
    first = np.empty(1024, np.int32)
    second = np.empty(1024, np.int32)
    shared = np.empty(1024, np.int32)
    pairs = 0
    for x in range(of_slice, len(texts)):
        size = np.int64(kept.size[texts[x]])
        for n in range(kept.begins[texts[x]], prefix_ends[x]):
            rank = kept.held[n]
            for h in range(heads[rank], heads[rank + 1]):
                y = holders[h]
                if y >= x:
                    break
                if seen[y] == x:
                    continue
                seen[y] = x
                other = np.int64(kept.size[texts[y]])
                if min(size, other) * 100 < max(size, other) * rule.least_percent:
                    continue
                if rows.longest_gap >= 0 and not _ever_close(x, y, members_from, members, rows):
                    continue
                # shared / (size + other - shared) >= percent / 100, in whole numbers
                by_share = -(-rule.least_percent * (size + other) // (100 + rule.least_percent))
                least = max(int(by_share), rule.least_shared)
                if size + other - _unlike(marks[x], marks[y]) < 2 * least:
                    continue
                both = _overlap(kept, texts[x], texts[y], least)
                if both > 0:
                    if pairs == len(first):
                        room = 2 * pairs
                        first, second = _longer(first, room), _longer(second, room)
                        shared = _longer(shared, room)
                    first[pairs] = x
                    second[pairs] = y
                    shared[pairs] = both
                    pairs += 1
    return first[:pairs], second[:pairs], shared[:pairs]


@nb.njit(cache=True, nogil=True)
def _marks(texts: Ints, kept: Kept) -> Marks:
    """A bit for each shingle that a text keeps and others may hold too: shape (texts, MARK_WORDS)."""
    marks = np.zeros((len(texts), MARK_WORDS), np.uint64)
    for x in range(len(texts)):
        for n in range(kept.begins[texts[x]], kept.ends[texts[x]]):
            bit = (np.uint64(kept.held[n]) * _SPREAD) >> _MARK_BIT
            marks[x, bit >> _WORD] |= _ONE << (bit & _BIT)
    return marks


@nb.njit(cache=True, nogil=True)
def _unlike(mine: Marks, yours: Marks) -> int:
    """In how many bits two texts differ: at least so many shingles are held by one of them alone."""
    unlike = np.uint64(0)
    for n in range(MARK_WORDS):
        # The bits that are set, summed by twos, fours and eights. LLVM knows this form and makes it one step.
        bits = mine[n] ^ yours[n]
        bits -= (bits >> _ONE) & _PAIRS
        bits = (bits & _FOURS) + ((bits >> _TWO) & _FOURS)
        bits = (bits + (bits >> _FOUR)) & _EIGHTS
        unlike += (bits * _SUM) >> _MARK_BIT
    return int(unlike)


@nb.njit(cache=True, nogil=True)
def _prefix_ends(texts: Ints, kept: Kept, rule: Rule) -> Longs:
    """Where the ranks end by which each text must be found: its rarest ones, and rare in themselves."""
    prefix_ends = np.empty(len(texts), np.int64)
    for x in range(len(texts)):
        size = int(kept.size[texts[x]])
        begin, end = int(kept.begins[texts[x]]), int(kept.ends[texts[x]])
        least = max(-(-rule.least_percent * size // 100), rule.least_shared)
        # Shingles of its own come before all others in the order of rarity, and use up the prefix first.
        stop = min(end, end - least + 1)
        while stop > begin and kept.held[stop - 1] >= kept.rare_ranks:
            stop -= 1
        prefix_ends[x] = max(begin, stop)
    return prefix_ends


@nb.njit(cache=True, nogil=True)
def _ever_close(x: int, y: int, members_from: Longs, members: Ints, rows: Rows) -> bool:
    """Whether the times over which two texts occur come within the longest gap of each other."""
    first_x, last_x = members[members_from[x]], members[members_from[x + 1] - 1]
    first_y, last_y = members[members_from[y]], members[members_from[y + 1] - 1]
    second = rows.second
    return bool(
        second[first_x] - second[last_y] <= rows.longest_gap
        and second[first_y] - second[last_x] <= rows.longest_gap
    )


@nb.njit(cache=True, nogil=True)
def _overlap(kept: Kept, text: int, other: int, least: int) -> int:
    """How many kept shingles two texts share, or 0 as soon as it is certain to be fewer than `least`."""
    i, end_i = kept.begins[text], kept.ends[text]
    j, end_j = kept.begins[other], kept.ends[other]
    shared = 0
    while i < end_i and j < end_j:
        if shared + min(end_i - i, end_j - j) < least:
            return 0
        a, b = kept.held[i], kept.held[j]
        shared += a == b
        i += a <= b
        j += b <= a
    return int(shared) if shared >= least else 0


@nb.njit(cache=True, nogil=True)
def _both_ways(
    texts: Ints, first: Ints, second: Ints, shared: Ints, kept: Kept, least_shared: int
) -> tuple[Longs, Ints, Ints]:
    """For each text the texts near to it, itself included when it keeps enough to be told from chance."""
    itself = np.empty(len(texts), np.bool_)
    near_from = np.zeros(len(texts) + 1, np.int64)
    for x in range(len(texts)):
        itself[x] = kept.rare[texts[x]] and kept.size[texts[x]] >= least_shared
        near_from[x + 1] = itself[x]
    for n in range(len(first)):
        near_from[first[n] + 1] += 1
        near_from[second[n] + 1] += 1
    for x in range(len(texts)):
        near_from[x + 1] += near_from[x]
    near = np.empty(near_from[-1], np.int32)
    near_shared = np.empty(near_from[-1], np.int32)
    place = near_from[:-1].copy()
    for x in range(len(texts)):
        if itself[x]:
            near[place[x]] = x
            near_shared[place[x]] = kept.size[texts[x]]
            place[x] += 1
    for n in range(len(first)):
        for x, y in ((first[n], second[n]), (second[n], first[n])):
            near[place[x]] = y
            near_shared[place[x]] = shared[n]
            place[x] += 1
    return near_from, near, near_shared


@nb.njit(cache=True, nogil=True)
def _longer(values: Ints, room: int) -> Ints:
    longer = np.empty(room, np.int32)
    for n in range(len(values)):
        longer[n] = values[n]
    return longer

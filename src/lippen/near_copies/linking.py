"""Texts that are near-copies of each other, once the set phrases that everybody uses are set aside.

Two texts are near-copies when they share enough of their *kept* shingles (words and pairs of adjacent words):

* a shingle is kept when at least two texts hold it and not too many do. What one text alone holds says
  nothing of copying, and what many hold is a set phrase of the control room, as measured on the texts;
* the shingles they share are at least `least_percent` of those either keeps (the Jaccard index), and at least
  `least_shared` in number;
* at least one shingle that they share is rare.

The index over words and pairs is that of Broder (1997). Leaving out what one text alone holds is our own: a
changed word makes up to three new shingles, which would otherwise count against a copy three times.
Everything is counted in whole numbers, so the compiled join here and the expression for an engine agree
exactly.

What it cannot see: a script that more texts follow than may hold a rare shingle passes for a set phrase, and
letters swapped for others of the same look (a Cyrillic а for a Latin a) make another word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import ibis
import numpy as np
import numpy.typing as npt

from lippen.near_copies.join import Ints, Kept, Rows, Rule, join_slice
from lippen.near_copies.shingle_counts import (
    PARTS,
    count_shared,
    keep_shingles,
    shared_cells,
    sieve,
    whole_texts,
)
from lippen.near_copies.shingles import FOLDED, Piece, Texts, in_parallel, pieces

SLICE_ROWS: Final = 8_192
"""Rows joined at a time at least; a slice spans the longest gap, or a quarter of all rows."""


@dataclass(frozen=True)
class NearCopyRule:
    """When two texts count as near-copies.

    `common_per_10000` and `common_least`: a shingle in more texts than both is a set phrase and dropped.
    `rare_per_10000` and `rare_least`: a shingle in no more texts than the larger of both is rare.
    `most_links` bounds the pairs: a text is linked to so many earlier texts at most, the latest ones, which
    keeps a flood of copies together without a pair for each two of them.
    """

    least_percent: int = 35
    least_shared: int = 4
    common_per_10000: int = 500
    common_least: int = 25
    rare_per_10000: int = 20
    rare_least: int = 200
    most_links: int = 100

    def __post_init__(self) -> None:
        if not 1 <= self.least_percent <= 100:
            raise ValueError(f"least_percent must be from 1 to 100, not {self.least_percent}")
        if min(self.least_shared, self.most_links, self.common_least, self.rare_least) < 1:
            raise ValueError("least_shared, most_links, common_least and rare_least must be 1 or more")
        if not (0 <= self.rare_per_10000 <= 10_000 and 0 <= self.common_per_10000 <= 10_000):
            raise ValueError("rare_per_10000 and common_per_10000 must be from 0 to 10000")

    def most_common(self, texts: int) -> int:
        """In how many of so many texts a shingle may stand and still be kept."""
        return max(self.common_least, texts * self.common_per_10000 // 10_000)

    def most_rare(self, texts: int) -> int:
        """In how many of so many texts a shingle may stand and still be rare."""
        return min(self.most_common(texts), max(self.rare_least, texts * self.rare_per_10000 // 10_000))


DEFAULT_RULE: Final = NearCopyRule()


@dataclass(frozen=True)
class NearCopies:
    """Pairs of rows, in order of the later row's time and then of the earlier row's.

    `earlier` and `later` are row numbers (int32); `shared` and `either` count the kept shingles that both
    rows hold and that at least one holds (int32).
    """

    earlier: npt.NDArray[np.int32]
    later: npt.NDArray[np.int32]
    shared: npt.NDArray[np.int32]
    either: npt.NDArray[np.int32]

    @property
    def jaccard(self) -> npt.NDArray[np.float64]:
        """Shared over either, for each pair."""
        return self.shared / self.either


def near_copies(
    texts: Texts,
    seconds: npt.NDArray[np.int64] | None = None,
    longest_gap_s: int | None = None,
    rule: NearCopyRule = DEFAULT_RULE,
) -> NearCopies:
    """Find the pairs of texts that are near-copies of each other.

    `seconds` gives each text's time (int64 seconds); with `longest_gap_s` only texts no further apart are
    paired, else all are. Rows of the same time keep the order they come in. Empty and missing texts are never
    paired. The result is the same for any number of threads.

    Raises ValueError when the lengths differ, or a gap is given without times or below 0.
    """
    cut = pieces(texts)
    rows = sum(len(piece) for piece in cut)
    if longest_gap_s is not None and (seconds is None or longest_gap_s < 0):
        raise ValueError("longest_gap_s needs the times of the texts, and must be 0 or more")
    if seconds is not None and len(seconds) != rows:
        raise ValueError(f"{rows} texts but {len(seconds)} times")
    text_of_row, kept = _kept(cut, rule)
    order = np.arange(rows) if seconds is None else np.argsort(seconds, kind="stable")
    ordered = Rows(
        text=text_of_row[order],
        second=np.zeros(rows, np.int64) if seconds is None else np.asarray(seconds, np.int64)[order],
        longest_gap=-1 if longest_gap_s is None else longest_gap_s,
    )
    settings = Rule(rule.least_percent, rule.least_shared, rule.most_links)

    def link(rows_of_slice: tuple[int, int, int]) -> tuple[Ints, Ints, Ints, Ints]:
        earliest, begin, end = rows_of_slice
        return join_slice(earliest, begin, end, ordered, kept, settings)

    found = in_parallel(link, _slices(ordered.second, ordered.longest_gap))
    none = np.empty(0, np.int32)
    later, earlier, shared, either = (np.concatenate([none, *column]) for column in zip(*found, strict=True))
    order = order.astype(np.int32)
    return NearCopies(earlier=order[earlier], later=order[later], shared=shared, either=either)


def _slices(seconds: npt.NDArray[np.int64], longest_gap: int) -> list[tuple[int, int, int]]:
    """Cut rows in time order into slices, each with the first row that its own rows may be linked to."""
    rows = len(seconds)
    slices: list[tuple[int, int, int]] = []
    begin = 0
    while begin < rows or not slices:
        earliest = 0
        end = rows
        if longest_gap >= 0 and rows:
            earliest = int(np.searchsorted(seconds, seconds[begin] - longest_gap, "left"))
            end = int(np.searchsorted(seconds, seconds[begin] + longest_gap, "right"))
        end = min(rows, begin + max(SLICE_ROWS, min(end - begin, -(-rows // 4))))
        slices.append((earliest, begin, end))
        begin = end
    return slices


def _kept(cut: list[Piece], rule: NearCopyRule) -> tuple[npt.NDArray[np.int32], Kept]:
    """Each row's text, rows with the same words being one text, and what each text keeps."""
    whole = in_parallel(lambda piece: whole_texts(piece.starts, piece.text, FOLDED), cut)
    number = np.concatenate([np.empty(0, np.uint64), *(numbers for numbers, _ in whole)])
    words = np.concatenate([np.empty(0, np.int32), *(counts for _, counts in whole)])
    _, first_row, text_of_row, copies = np.unique(
        number, return_index=True, return_inverse=True, return_counts=True
    )
    # One row stands for all with its words: `copies` is how many those are, and 0 for every other row.
    stands = np.zeros(len(number), np.int32)
    stands[first_row] = copies
    stands[words == 0] = 0
    texts = int(stands.sum())
    most_common, most_rare = rule.most_common(texts), rule.most_rare(texts)
    firsts = np.concatenate([[0], np.cumsum([len(piece) for piece in cut])]).astype(np.int64)
    shingles = np.where(stands > 0, 2 * words.astype(np.int64) - 1, 0)
    parts = [(piece, stands[firsts[n] : firsts[n + 1]], int(firsts[n])) for n, piece in enumerate(cut)]
    keys, held_by = _held_by(parts, int(shingles.sum()))
    ranks, rare_ranks = _ranked(held_by, most_common, most_rare)

    at = np.concatenate([[0], np.cumsum(shingles)])
    held = np.empty(at[-1], np.int32)  # pages that no rank is written to take no memory
    ends = np.empty(len(number), np.int64)
    begins = np.empty(len(number), np.int64)
    count = np.zeros(len(number), np.int32)

    def keep(part: tuple[Piece, npt.NDArray[np.int32], int]) -> None:
        piece, copies, first = part
        rows = slice(first, first + len(piece))
        keep_shingles(
            piece.starts, piece.text, FOLDED, copies, most_common, keys, ranks, int(at[first]), held,
            ends[rows], count[rows],
        )  # fmt: skip
        begins[rows] = np.concatenate([[at[first]], ends[rows][:-1]])

    in_parallel(keep, parts)
    rarest = np.minimum(begins, max(0, len(held) - 1))
    rare = (ends > begins) & (held[rarest] < rare_ranks) if len(held) else np.zeros(len(number), np.bool_)
    own = (count > ends - begins) & (stands <= most_rare)
    text = first_row.astype(np.int32)[text_of_row]
    text[(words == 0) | (count[text] < rule.least_shared)] = -1
    return text, Kept(held, begins, ends, count, rare | own, rare_ranks)


def _held_by(
    parts: list[tuple[Piece, npt.NDArray[np.int32], int]], shingles: int
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32]]:
    """Tables of the shared shingles and of how many texts hold each, a row for each part of the numbers."""
    cells = np.zeros((PARTS, _power_of_two(max(64, min(2**27, 4 * shingles // PARTS))) // 32), np.uint64)

    def mark(part: int) -> None:
        for piece, copies, _ in parts:
            sieve(piece.starts, piece.text, FOLDED, copies, part, cells[part])

    in_parallel(mark, range(PARTS))
    places = _power_of_two(64 + max(shared_cells(cells[part]) for part in range(PARTS)) * 8 // 5)
    while True:
        keys = np.zeros((PARTS, places), np.uint64)
        held_by = np.zeros((PARTS, places), np.int32)

        def count(
            part: int, keys: npt.NDArray[np.uint64] = keys, held_by: npt.NDArray[np.int32] = held_by
        ) -> bool:
            last = np.empty(keys.shape[1], np.int32)
            used = 0
            for piece, copies, first in parts:
                used = count_shared(
                    piece.starts, piece.text, FOLDED, copies, first, part, cells[part], keys[part],
                    held_by[part], last, used,
                )  # fmt: skip
                if used < 0:
                    return False
            return True

        if all(in_parallel(count, range(PARTS))):
            return keys, held_by
        places *= 2


def _ranked(
    held_by: npt.NDArray[np.int32], most_common: int, most_rare: int
) -> tuple[npt.NDArray[np.int32], int]:
    """For each place of the tables its shingle's rank, rarest first, or -1 where it is not kept."""
    flat = held_by.ravel()
    places = np.flatnonzero((flat >= 2) & (flat <= most_common))
    order = np.argsort(flat[places], kind="stable")
    ranks = np.full(len(flat), -1, np.int32)
    ranks[places[order]] = np.arange(len(places), dtype=np.int32)
    return ranks.reshape(held_by.shape), int((flat[places] <= most_rare).sum())


def _power_of_two(least: int) -> int:
    return 1 << max(0, least - 1).bit_length()


def near_copy_pairs(
    shingles: ibis.Table, longest_gap_days: int, rule: NearCopyRule = DEFAULT_RULE
) -> ibis.Table:
    """The same pairs as an expression, for an engine that holds more texts than this machine.

    `shingles` has `id` (string), `day` (whole days since 1970-01-01) and `shingle` (int64), each
    shingle of a text once, as `shingle_table` writes them. Returns `earlier_id`, `later_id`, `shared` and
    `either`; of two texts of one day the smaller id is the earlier. Equal to `near_copies` over the same
    texts in order of day and id, with days for seconds.
    """
    held = shingles.group_by("shingle").aggregate(held_by=shingles.count())
    texts = shingles.aggregate(texts=shingles.id.nunique())
    limits = texts.select(
        most_common=_at_least(texts.texts * rule.common_per_10000, rule.common_least),
        most_rare=_at_least(texts.texts * rule.rare_per_10000, rule.rare_least),
    )
    held = held.filter(held.held_by >= 2).cross_join(limits)
    held = held.filter(held.held_by * 10_000 <= held.most_common)
    held = held.select("shingle", rare=held.held_by * 10_000 <= held.most_rare)
    kept = shingles.join(held, "shingle").select("id", "day", "shingle", "rare")
    sizes = kept.group_by("id").aggregate(size=kept.count())

    rare = kept.filter(kept.rare).select("id", "day", "shingle")
    twin = rare.view()
    blocked = rare.join(
        twin,
        [
            rare.shingle == twin.shingle,
            (rare.day < twin.day) | ((rare.day == twin.day) & (rare.id < twin.id)),
            twin.day - rare.day <= longest_gap_days,
        ],
    )
    blocks = blocked.select(earlier_id=rare.id, earlier_day=rare.day, later_id=twin.id).distinct()

    mine = kept.select("id", "shingle")
    yours = mine.view()
    compared = blocks.join(mine, blocks.earlier_id == mine.id)
    compared = compared.select("earlier_id", "earlier_day", "later_id", "shingle")
    compared = compared.join(
        yours, [compared.later_id == yours.id, compared.shingle == yours.shingle]
    ).select("earlier_id", "earlier_day", "later_id")
    pairs = compared.group_by(["earlier_id", "earlier_day", "later_id"]).aggregate(shared=compared.count())
    first, second = sizes.view(), sizes.view()
    pairs = pairs.join(first, pairs.earlier_id == first.id).select(*pairs.columns, first=first.size)
    pairs = pairs.join(second, pairs.later_id == second.id).select(*pairs.columns, second=second.size)
    pairs = pairs.select(
        "earlier_id", "earlier_day", "later_id", "shared", either=pairs.first + pairs.second - pairs.shared
    )
    pairs = pairs.filter(
        pairs.shared * 100 >= pairs.either * rule.least_percent, pairs.shared >= rule.least_shared
    )
    latest = ibis.window(
        group_by=pairs.later_id, order_by=[pairs.earlier_day.desc(), pairs.earlier_id.desc()]
    )
    pairs = pairs.mutate(link=ibis.row_number().over(latest))
    return pairs.filter(pairs.link < rule.most_links).select("earlier_id", "later_id", "shared", "either")


def _at_least(per_10000: ibis.Value, least: int) -> ibis.Value:
    return ibis.greatest(per_10000, least * 10_000)

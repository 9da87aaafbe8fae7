"""Which row gets which sort of dirt: the sorts take turns, so each is there about as often as the others.

The invariant: no sort is planted again while another that suits the row has waited longer.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from lippen.sandbox.dirt.records import CleanFile
from lippen.sandbox.dirt.row import Dirty, Row, Sort
from lippen.sandbox.dirt.sorts import SORTS

_EVERY_SORT_FROM = 300
_TRIES = 300


class Turns:
    """The sorts that wait for a row, the longest first; one that _TRIES rows in turn do not suit is out."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._waiting: list[Sort] = []
        self._passed: Counter[str] = Counter()
        self._planted: set[str] = set()

    def make(self, row: Row, *, before_dirt: bool) -> tuple[Sort, Dirty] | None:
        """The sort that this row suits and that has waited longest, and the dirty row; None if it suits none.

        `before_dirt` says that the row after it is dirty already.
        """
        return self._first(self._waiting, row, before_dirt) or self._first(self._new_turn(), row, before_dirt)

    def make_first(self, row: Row, *, before_dirt: bool) -> tuple[Sort, Dirty] | None:
        """As `make`, of the sorts that were never planted."""
        return self._first(self.never_planted(), row, before_dirt)

    def never_planted(self) -> list[Sort]:
        """The sorts that may still suit a row and have not been planted."""
        return [sort for sort in SORTS if sort.name not in self._planted and self._may_suit(sort)]

    def _may_suit(self, sort: Sort) -> bool:
        return self._passed[sort.name] < _TRIES and not (sort.once and sort.name in self._planted)

    def _new_turn(self) -> list[Sort]:
        """Every sort that does not wait already, in a random order, behind those that do."""
        fresh = [sort for sort in SORTS if sort not in self._waiting and self._may_suit(sort)]
        fresh = [fresh[at] for at in self._rng.permutation(len(fresh)).tolist()]
        self._waiting = [*filter(self._may_suit, self._waiting), *fresh]
        return fresh

    def _first(self, sorts: list[Sort], row: Row, before_dirt: bool) -> tuple[Sort, Dirty] | None:
        for sort in sorts:
            made = None if sort.guarded and before_dirt else sort.make(row, self._rng)
            if made is not None:
                self._waiting = [one for one in self._waiting if one is not sort]
                self._planted.add(sort.name)
                self._passed[sort.name] = 0
                return sort, made
            self._passed[sort.name] += 1
        return None


def dirty_rows(
    file: CleanFile, rows: int, share: float, rng: np.random.Generator
) -> dict[int, tuple[Sort, Dirty]]:
    """Which of the first `rows` records of a file become dirty, and how: a share of all of its records.

    In a file of _EVERY_SORT_FROM records every sort that suits one is there, even where that is more.
    """
    wanted = round(share * file.rows)
    turns = Turns(rng)
    found: dict[int, tuple[Sort, Dirty]] = {}
    spared: set[int] = set()
    with file.path.open("rb") as opened:
        for at in rng.permutation(rows).tolist():
            enough = len(found) >= wanted
            if enough and (file.rows < _EVERY_SORT_FROM or not turns.never_planted()):
                break
            if at in spared:
                continue
            following = file.record(opened, at + 1) if at + 1 < rows else ""
            row = Row(file.record(opened, at), following, file.layout)
            make = turns.make_first if enough else turns.make
            made = make(row, before_dirt=at + 1 in found)
            if made is not None:
                found[at] = made
                spared |= {at, at + 1} if made[0].guarded else {at}
    return found

"""Many readers' entries in one commit, and nobody is released before it.

A commit waits for the disk, and a disk settles some hundred commits in a second. So whoever comes first
writes and commits for all who wait (the leader); who comes meanwhile waits for the next round, which one of
them leads. Nothing is put off: who is alone commits at once. There is no thread and no connection besides
those of the readers, and each is let go only when the commit that holds its entry is settled.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")

LARGEST_GROUP: Final = 128


class _Turn(Enum):
    WAITS = auto()
    LEADS = auto()
    WRITTEN = auto()
    ALONE = auto()


class _Waiting(Generic[Item]):
    """One reader's entry, the gate at which the reader waits, and those it writes for when it leads."""

    __slots__ = ("gate", "group", "item", "number", "turn")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.number = 0
        self.turn = _Turn.WAITS
        self.group: list[_Waiting[Item]] = []
        self.gate = threading.Lock()
        self.gate.acquire()

    def wait(self) -> None:
        self.gate.acquire()

    def let_go(self, turn: _Turn) -> None:
        self.turn = turn
        self.gate.release()


class GroupCommit(Generic[Item]):
    """Gathers what several threads want written at once.

    `write` writes and commits all it is given in one transaction, and returns a number for each in the same
    order. `leaders` is how many such transactions may be under way at once: one where the database takes one
    writer at a time, some where it settles several together. When `write` fails for a group each of the group
    writes alone, on a connection of its own, so that nobody fails for what another brought; when it fails for
    one alone, that one gets the error.
    """

    def __init__(
        self, write: Callable[[Sequence[Item]], list[int]], leaders: Callable[[], int] = lambda: 1
    ) -> None:
        self._write = write
        self._leaders = leaders
        self._lock = threading.Lock()
        self._queue: list[_Waiting[Item]] = []  # empty while there is room for one more leader
        self._leading = 0

    def enter(self, item: Item) -> int:
        """Return the item's number once it is committed. Raises whatever `write` raises for it alone."""
        mine = _Waiting(item)
        with self._lock:
            if self._leading < self._leaders():
                self._leading += 1
                mine.turn = _Turn.LEADS
                mine.group = [mine]
            else:
                self._queue.append(mine)
        if mine.turn is not _Turn.LEADS:
            mine.wait()
        if mine.turn is _Turn.LEADS:
            self._lead(mine)
        if mine.turn is _Turn.ALONE:
            (mine.number,) = self._write([item])
        return mine.number

    def _lead(self, mine: _Waiting[Item]) -> None:
        turn = _Turn.ALONE
        try:
            numbers = self._write([one.item for one in mine.group])
            for one, number in zip(mine.group, numbers, strict=True):
                one.number = number
            turn = _Turn.WRITTEN
        except Exception:
            if len(mine.group) == 1:
                raise
            # Whose fault it was shows when each of the group writes alone.
        finally:
            self._hand_on()
            mine.turn = turn
            for one in mine.group:
                if one is not mine:
                    one.let_go(turn)

    def _hand_on(self) -> None:
        """Let the first who waits lead all who wait, before those of the last group are let go."""
        with self._lock:
            group, self._queue = self._queue[:LARGEST_GROUP], self._queue[LARGEST_GROUP:]
            self._leading -= not group
        if group:
            group[0].group = group
            group[0].let_go(_Turn.LEADS)

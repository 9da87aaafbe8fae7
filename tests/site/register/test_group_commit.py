"""Many readers' entries in one commit: each is let go after its own is written, and fails for that alone."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from open_sites import LONG

from lippen.site.register.group_commit import LARGEST_GROUP, GroupCommit


class Written:
    """What is written, in groups, slowly enough for others to gather; what is in `bad` cannot be. The first
    waits until `waits_for` groups are under way.
    """

    def __init__(
        self,
        bad: frozenset[int] = frozenset(),
        seconds: float = 0.002,
        at_once: int = 1,
        waits_for: int = 1,
    ) -> None:
        self.groups: list[list[int]] = []
        self.bad = bad
        self.seconds = seconds
        self.most = 0
        self._under_way = 0
        self._at_once = threading.Semaphore(at_once)
        self._count = threading.Lock()
        self._waits_for = waits_for
        self._enough = threading.Event()

    def __call__(self, items: Sequence[int]) -> list[int]:
        with self._count:
            self._under_way += 1
            self.most = max(self.most, self._under_way)
            if self.most >= self._waits_for:
                self._enough.set()
        assert self._enough.wait(LONG), "so many were never under way"
        with self._at_once:
            time.sleep(self.seconds)
        with self._count:
            self._under_way -= 1
        if self.bad & set(items):
            raise ValueError(f"cannot be written: {sorted(self.bad & set(items))}")
        self.groups.append(list(items))
        return [item * 10 for item in items]


def enter_at_once(written: Written, items: Sequence[int], leaders: int = 1) -> dict[int, int | str]:
    """What each item's thread got: its number, or its error; checked to be written when it is let go."""
    group = GroupCommit(written, leaders=lambda: leaders)
    got: dict[int, int | str] = {}

    def enter(item: int) -> None:
        try:
            number = group.enter(item)
            there = any(item in one for one in written.groups)
            got[item] = number if there else "let go too early"
        except ValueError as error:
            got[item] = str(error)

    threads = [threading.Thread(target=enter, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
        assert not thread.is_alive(), "somebody waits for ever"
    return got


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 40), st.sets(st.integers(0, 39), max_size=4), st.integers(1, 5))
def test_each_gets_its_own_number_or_its_own_error(many: int, bad: set[int], leaders: int) -> None:
    written = Written(frozenset(bad), at_once=leaders)
    got = enter_at_once(written, range(many), leaders)
    assert got == {item: f"cannot be written: [{item}]" if item in bad else item * 10 for item in range(many)}
    assert sorted(item for group in written.groups for item in group) == sorted(set(range(many)) - bad)


def test_those_who_come_meanwhile_share_a_commit() -> None:
    """The first commit lasts until all have come. The others share two: one holds no more than its limit."""
    many = 2 * LARGEST_GROUP
    written: list[int] = []
    came = itertools.count(1)
    all_are_there = threading.Event()

    def leaders() -> int:
        """Asked by each who comes, once, before it waits."""
        if next(came) == many:
            all_are_there.set()
        return 1

    def write(items: Sequence[int]) -> list[int]:
        assert all_are_there.wait(LONG), "not all came"
        written.append(len(items))
        return list(items)

    group = GroupCommit(write, leaders)
    threads = [threading.Thread(target=group.enter, args=(item,)) for item in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert written == [1, LARGEST_GROUP, LARGEST_GROUP - 1]


@pytest.mark.parametrize("leaders", [1, 3])
def test_no_more_groups_are_written_at_once_than_the_database_gains_by(leaders: int) -> None:
    """Nothing is written before that many groups are under way. One more would be under way meanwhile."""
    written = Written(seconds=0.02, at_once=50, waits_for=leaders)
    enter_at_once(written, range(60), leaders)
    assert written.most == leaders


def test_whoever_is_alone_waits_for_nobody() -> None:
    group = GroupCommit(Written())
    assert [group.enter(item) for item in (1, 2, 3)] == [10, 20, 30]


def test_a_leader_that_is_interrupted_leaves_nobody_waiting() -> None:
    begun, may_end = threading.Event(), threading.Event()
    first = threading.Event()

    def write(items: Sequence[int]) -> list[int]:
        if not first.is_set():
            first.set()
            begun.set()
            may_end.wait(LONG)
            raise KeyboardInterrupt
        return list(items)

    group = GroupCommit(write)
    ends: list[int | str] = []

    def enter(item: int) -> None:
        try:
            ends.append(group.enter(item))
        except KeyboardInterrupt:
            ends.append("interrupted")

    threads = [threading.Thread(target=enter, args=(item,)) for item in range(4)]
    threads[0].start()
    begun.wait(LONG)
    for thread in threads[1:]:
        thread.start()
    time.sleep(0.05)
    may_end.set()
    for thread in threads:
        thread.join(LONG)
        assert not thread.is_alive(), "somebody waits for ever"
    assert sorted(map(str, ends)) == ["1", "2", "3", "interrupted"]


def test_alone_the_error_is_ones_own() -> None:
    with pytest.raises(ValueError, match=r"\[7\]"):
        GroupCommit(Written(frozenset({7}))).enter(7)

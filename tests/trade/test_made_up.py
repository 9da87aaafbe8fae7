"""The made-up posts: what halves share, and that they say what they should."""

from __future__ import annotations

import pyarrow.compute as pc

from lippen.trade.made_up import DIALECTS, made_up


def test_halves_share_no_post_and_no_version_of_one() -> None:
    for seed in range(5):
        halves = made_up(seed)
        learned, measured = (
            set(halves.learned["group"].to_pylist()),
            set(halves.measured["group"].to_pylist()),
        )
        assert not learned & measured
        assert not set(halves.learned["text"].to_pylist()) & set(halves.measured["text"].to_pylist())


def test_the_seed_alone_decides() -> None:
    assert made_up(3).learned.equals(made_up(3).learned)
    assert not made_up(3).learned.equals(made_up(4).learned)


def test_every_kind_stands_in_both_halves() -> None:
    halves = made_up(0)
    kinds = set(halves.learned["kind"].to_pylist())
    assert kinds == set(halves.measured["kind"].to_pylist())
    assert len(kinds - {None}) == 9


def test_every_swap_has_all_dialects() -> None:
    swapped = made_up(0).learned.filter(pc.field("dialect").is_valid())
    counts = swapped.group_by("dialect").aggregate([("text", "count")])
    assert sorted(counts["dialect"].to_pylist()) == sorted(DIALECTS)
    assert len(set(counts["text_count"].to_pylist())) == 1


def test_no_place_is_left_open() -> None:
    halves = made_up(0)
    assert not any(
        "{" in text for half in (halves.learned, halves.measured) for text in half["text"].to_pylist()
    )

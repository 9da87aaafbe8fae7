"""Groups of near-copies: what belongs together is found, and nothing is joined by what lies between."""

from __future__ import annotations

import random

import numpy as np
import pytest

from lippen.near_copies import GroupRule, NearCopies, groups_of, near_copies


def words(seed: int, many: int) -> list[str]:
    draw = random.Random(seed)  # noqa: S311 - invented rows, no secret
    return ["".join(draw.choices("abcdefghijklmnop", k=6)) for _ in range(many)]


def every_pair(texts: list[str]) -> NearCopies:
    """All pairs, as if all had been found to be alike."""
    later, earlier = (at.astype(np.int32) for at in np.tril_indices(len(texts), -1))
    ones = np.ones(len(later), np.int32)
    return NearCopies(earlier=earlier, later=later, shared=ones, either=ones)


def test_copies_with_a_word_changed_are_of_the_group_of_the_first() -> None:
    advert, other = words(1, 20), words(2, 20)
    texts = [" ".join([*advert[:n], "changed", *advert[n + 1 :]]) for n in range(6)] + [" ".join(other)] * 2
    assert groups_of(texts, near_copies(texts)).tolist() == [0, 0, 0, 0, 0, 0, 6, 6]


def test_a_chain_of_likenesses_joins_nothing() -> None:
    """Each text shares four fifths of its words with the next, and the first and the last share none."""
    line = words(3, 60)
    chain = [" ".join(line[at : at + 20]) for at in range(0, 41, 4)]
    groups = groups_of(chain, every_pair(chain)).tolist()
    for text, first in enumerate(groups):
        shared = set(chain[text].split()) & set(chain[first].split())
        assert len(shared) >= 8, "what is in a group shares enough with the first of it"
    assert len(set(groups)) == 4
    joined = groups_of(chain, every_pair(chain), GroupRule(with_one=1, with_first=1)).tolist()
    assert len(set(joined)) < 4


def test_a_text_between_two_groups_goes_into_one_of_them() -> None:
    left, right = words(4, 16), words(5, 16)
    texts = [
        " ".join(left),
        " ".join(right),
        " ".join([*left, *right]),
        " ".join(left[:15]),
        " ".join(right[:15]),
    ]
    groups = groups_of(texts, every_pair(texts)).tolist()
    assert (groups[0], groups[3]) == (0, 0)
    assert (groups[1], groups[4]) == (1, 1)
    assert groups[2] in (0, 1)


def test_without_pairs_every_text_is_its_own_group() -> None:
    none = near_copies([])
    assert groups_of([], none).tolist() == []
    assert groups_of(["a b c", "a b c", ""], none).tolist() == [0, 1, 2]


@pytest.mark.parametrize(("one", "first"), [(0, 0), (101, 1), (20, 30), (50, 0)])
def test_a_rule_that_makes_no_sense_is_refused(one: int, first: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 100"):
        GroupRule(one, first)


def test_texts_out_of_order_are_refused() -> None:
    found = near_copies(["one two three four five"] * 2, np.array([2, 1]))
    with pytest.raises(ValueError, match="in the order in which they came"):
        groups_of(["one two three four five"] * 2, found)

"""The Merkle tree of RFC 6962: known roots, and a path to the root from every leaf and from nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lippen.site.register.merkle import (
    EMPTY,
    Tree,
    inclusion_path,
    leaf_hash,
    leaf_of,
    node_hash,
    root_by_path,
)

LEAVES = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Of the first none, one, two ... eight leaves: the test vectors of the Certificate Transparency project's
own implementations of RFC 6962.
"""

LISTS = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


def tree_of(leaves: list[bytes]) -> Tree:
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree


def as_the_rfc_defines_it(leaves: list[bytes]) -> bytes:
    """MTH of section 2.1, word for word: split at the largest power of two smaller than the number."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_hash(as_the_rfc_defines_it(leaves[:half]), as_the_rfc_defines_it(leaves[half:]))


@pytest.mark.parametrize("many", range(9))
def test_known_roots(many: int) -> None:
    assert tree_of(LEAVES[:many]).root().hex() == ROOTS[many]


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_leaf_by_leaf_gives_the_root_that_the_rfc_defines(leaves: list[bytes]) -> None:
    assert tree_of(leaves).root() == as_the_rfc_defines_it(leaves)


@given(LISTS, st.data())
def test_a_path_leads_from_each_leaf_to_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = inclusion_path(leaves, index)
    assert root_by_path(leaves[index], index, len(leaves), path) == tree_of(leaves).root()


@given(LISTS, st.data(), st.binary(max_size=8))
def test_no_path_leads_from_another_leaf_or_place(
    leaves: list[bytes], data: st.DataObject, other: bytes
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path, root = inclusion_path(leaves, index), tree_of(leaves).root()
    if other != leaves[index]:
        assert root_by_path(other, index, len(leaves), path) != root
    elsewhere = data.draw(st.integers(-1, len(leaves)))
    if not 0 <= elsewhere < len(leaves) or leaves[elsewhere] != leaves[index]:
        assert root_by_path(leaves[index], elsewhere, len(leaves), path) != root
    assert root_by_path(leaves[index], index, len(leaves), [*path, root]) is None
    if path:
        assert root_by_path(leaves[index], index, len(leaves), path[:-1]) is None


@given(LISTS)
def test_there_is_no_path_from_a_leaf_that_is_not_there(leaves: list[bytes]) -> None:
    for index in (-1, len(leaves)):
        with pytest.raises(IndexError):
            inclusion_path(leaves, index)


def test_a_leaf_and_a_node_are_never_taken_for_each_other() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)


def test_a_leaf_has_its_position_its_id_and_its_digest() -> None:
    assert leaf_of(1, 258, b"\xff" * 32).hex() == "0000000000000001" + "0000000000000102" + "ff" * 32

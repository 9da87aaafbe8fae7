"""The Merkle tree over entries, as RFC 6962 (Certificate Transparency), section 2.1, defines it.

A leaf and a node are hashed with different first bytes, so that neither can be passed off as the other.
`Tree` takes leaves one by one and holds no more hashes than the tree is high, however many leaves there are.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

LEAF: Final = b"\x00"
NODE: Final = b"\x01"
EMPTY: Final = sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_of(position: int, number: int, digest: bytes) -> bytes:
    """What stands at a leaf, 48 bytes: position and id of an entry (8 bytes each, big-endian), its digest."""
    return struct.pack(">QQ32s", position, number, digest)


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(LEAF + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(NODE + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf. `root` may be asked at any time."""

    def __init__(self) -> None:
        self.leaves = 0
        self._whole: list[bytes] = []  # roots of whole subtrees, the largest first, as the bits of `leaves`

    def add(self, leaf: bytes) -> None:
        self._whole.append(leaf_hash(leaf))
        self.leaves += 1
        full = self.leaves
        while full % 2 == 0:
            right, left = self._whole.pop(), self._whole.pop()
            self._whole.append(node_hash(left, right))
            full //= 2

    def root(self) -> bytes:
        if not self._whole:
            return EMPTY
        *rest, root = self._whole
        for left in reversed(rest):
            root = node_hash(left, root)
        return root


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from the leaf at `index` (from 0) to the root, the lowest first (RFC 6962, 2.1.1).

    Raises IndexError when there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"there is no leaf {index} in a tree of {len(leaves)}")
    level = [leaf_hash(leaf) for leaf in leaves]
    path: list[bytes] = []
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            path.append(level[beside])
        level = [
            node_hash(level[at], level[at + 1]) if at + 1 < len(level) else level[at]
            for at in range(0, len(level), 2)
        ]
        index //= 2
    return path


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which `path` leads from a leaf at `index` in a tree of `size`; None when its length is
    wrong.

    Whoever holds a signed root and gets the same one here knows that the leaf was sealed under it.
    """
    if not 0 <= index < size:
        return None
    root, rest, last = leaf_hash(leaf), list(path), size - 1
    while last > 0:
        if index % 2 == 1 or index < last:
            if not rest:
                return None
            beside = rest.pop(0)
            root = node_hash(beside, root) if index % 2 == 1 else node_hash(root, beside)
        index //= 2
        last //= 2
    return None if rest else root

"""Texts that are near-copies of each other: of one script, of one advert that is posted again and again."""

from lippen.near_copies.linking import DEFAULT_RULE, NearCopies, NearCopyRule, near_copies, near_copy_pairs
from lippen.near_copies.overlap import DEFAULT_GROUPS, GroupRule, groups_of

__all__ = [
    "DEFAULT_GROUPS",
    "DEFAULT_RULE",
    "GroupRule",
    "NearCopies",
    "NearCopyRule",
    "groups_of",
    "near_copies",
    "near_copy_pairs",
]

"""Texts that are near-copies of each other: of one script, of one advert that is posted again and again."""

from lippen.near_copies.linking import DEFAULT_RULE, NearCopies, NearCopyRule, near_copies, near_copy_pairs

__all__ = ["DEFAULT_RULE", "NearCopies", "NearCopyRule", "near_copies", "near_copy_pairs"]

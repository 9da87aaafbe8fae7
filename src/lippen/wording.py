"""Counts as a sentence says them."""

from __future__ import annotations


def counted(count: float, noun: str, many: str | None = None) -> str:
    """A count with its noun: `1 row`, `2,000 rows`, `0.5 episodes`; `many` is the plural where it is not the
    noun with an s.
    """
    number = f"{count:g}" if isinstance(count, float) else f"{count:,}"
    return f"{number} {noun if count == 1 else many or noun + 's'}"

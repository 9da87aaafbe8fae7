"""Counts as a sentence says them, and what others wrote as a terminal shows it."""

from __future__ import annotations

import unicodedata


def counted(count: float, noun: str, many: str | None = None) -> str:
    """A count with its noun: `1 row`, `2,000 rows`, `0.5 episodes`; `many` is the plural where it is not the
    noun with an s.
    """
    number = f"{count:g}" if isinstance(count, float) else f"{count:,}"
    return f"{number} {noun if count == 1 else many or noun + 's'}"


def plain(text: str) -> str:
    """The same text without signs that a terminal or a page acts on instead of showing them: controls, line
    breaks, and what turns the direction of writing. In the place of each stands U+FFFD.
    """
    return "".join("\ufffd" if _acts(sign) else sign for sign in text)


def _acts(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category.startswith("C") or category in ("Zl", "Zp")

"""Cells that a spreadsheet shows and does not run.

Whoever opens a CSV clicks a warning away, so nothing that others wrote may stand in one as a formula.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SIGNS: Final = frozenset("=+-@\u2212")
"""What makes a spreadsheet take a cell for a formula, as it is after full-width forms are folded."""

_STARTS: Final = _SIGNS | frozenset("\t\r\n")
"""The same with what some programs trim and others take for a mark."""

_MARK: Final = re.compile("[;|\t\r\n\u037e\ufe14\ufe54\uff1b\uff5c]")
"""What a spreadsheet set to another language takes for the end of a cell, and what is folded to it."""


def defused(text: str) -> str:
    """`text` so that no spreadsheet runs it: a cell that could be a formula gets an apostrophe before it.

    Full-width, small and raised signs count as the plain ones, and so do signs behind blanks, invisible
    characters or a mark that ends a cell elsewhere: programs fold and trim before they look.
    """
    text = _MARK.sub(lambda mark: f"{mark[0]}'" if _runs(text, mark.end(), _SIGNS) else mark[0], text)
    return f"'{text}" if _runs(text, 0, _STARTS) else text


def _runs(text: str, start: int, signs: frozenset[str]) -> bool:
    """Whether one of these signs stands at `start`, or first behind what is trimmed there."""
    for place in range(start, len(text)):
        sign = text[place]
        if unicodedata.normalize("NFKC", sign)[:1] in signs:
            return True
        # A mark begins another cell, which is looked at by itself.
        if _MARK.match(sign) or not (sign.isspace() or unicodedata.category(sign) in {"Cf", "Cc"}):
            return False
    return False

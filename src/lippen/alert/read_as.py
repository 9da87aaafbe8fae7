"""A text as the gate reads it: as the eye takes it, and once more with what was pulled apart put together."""

from __future__ import annotations

import re
from typing import Final

from lippen.signals.folding import as_seen
from lippen.trade.matching import looks_like

_APART: Final = re.compile(r"(?<![\w'])[^\W\d_](?:[\s.*_·-]+[^\W\d_](?![\w'])){2,}")
"""Single letters one after another: b u y, q.u.i.d."""


def plain(text: str) -> str:
    """A text in plain signs, each letter of another alphabet that is drawn as a Latin one read as that."""
    seen = as_seen(text)
    return seen if seen.isascii() else "".join(map(_drawn, seen))


def readings(text: str) -> tuple[str, ...]:
    """The text as it is seen, and with its single letters put together where that is another."""
    seen = plain(text)
    together = _APART.sub(lambda found: re.sub(r"[\W_]", "", found[0]), seen)
    return (seen,) if together == seen else (seen, together)


def _drawn(sign: str) -> str:
    if sign.isascii() or not sign.isalpha():
        return sign
    like = looks_like(sign)
    return like.upper() if sign.isupper() else like

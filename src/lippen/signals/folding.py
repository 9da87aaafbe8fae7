"""One way of comparing what people type: without case, and with every run of white space as one space."""

from __future__ import annotations

import re


def fold(text: str) -> str:
    """Text without case, ends trimmed, each run of white space one space."""
    return " ".join(text.split()).casefold()


def header_words(header: str) -> tuple[str, ...]:
    """The words of a column header: `CallerPhone`, `caller_phone` and `Caller phone` all give caller, phone."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", header)
    return tuple(word.casefold() for word in re.findall(r"[^\W_]+", apart))

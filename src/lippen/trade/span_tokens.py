"""Texts taken apart into words and signs, and marked places as labels of those.

Invariant: a text and its words stand in the same order, and each word knows its place (code points). A place
whose ends are no ends of words is widened to them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Label = Literal["B", "I", "O"]
"""Of a word: it begins a span, it goes on with one, or it lies in none."""

Place = tuple[int, int]
"""First sign and the one after the last."""

_WORD: Final = re.compile(r"[^\W_]+|[^\w\s]|_")


@dataclass(frozen=True)
class Words:
    """The words of one text: as written, in small letters, and where each stands."""

    written: tuple[str, ...]
    lower: tuple[str, ...]
    places: tuple[Place, ...]

    def __len__(self) -> int:
        return len(self.written)


def words_of(text: str | None) -> Words:
    """Runs of letters and digits, and every other sign by itself; blanks are left out."""
    found = list(_WORD.finditer(text or ""))
    written = tuple(one.group() for one in found)
    return Words(written, tuple(word.lower() for word in written), tuple(one.span() for one in found))


def labels_of(words: Words, spans: Sequence[Place]) -> list[Label]:
    """One label a word: of spans in order of their places, which lie over no other."""
    labels: list[Label] = ["O"] * len(words)
    at = 0
    for start, end in spans:
        while at < len(words) and words.places[at][1] <= start:
            at += 1
        first = at
        while at < len(words) and words.places[at][0] < end:
            labels[at] = "B" if at == first else "I"
            at += 1
    return labels


def spans_of(words: Words, labels: Sequence[Label]) -> list[Place]:
    """The places that labels say; one that goes on with nothing begins a span."""
    spans: list[Place] = []
    inside = False
    for (start, end), label in zip(words.places, labels, strict=True):
        if label == "I" and inside:
            spans[-1] = (spans[-1][0], end)
        elif label != "O":
            spans.append((start, end))
        inside = label != "O"
    return spans

"""The words of the trade, each with what it has proved to be worth.

Invariant: how often a word means what the vocabulary says is measured on texts whose truth is known, and
is unknown until then. A word of many meanings is kept and weighs little; none is added for being likely.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lippen.measured import wilson
from lippen.trade.matching import Matcher, Matches
from lippen.trade.vocabulary import Sort, Word, all_words

LEXICON = pa.schema(
    [
        ("written", pa.string()),
        ("substance", pa.string()),
        ("sort", pa.string()),
        ("seen", pa.int64()),
        ("right", pa.int64()),
        ("precision_low", pa.float64()),
        ("precision_high", pa.float64()),
    ]
)
"""One row a word: how often it was met in texts whose truth is known (`seen`), how often it meant what the
vocabulary says there (`right`), and Wilson's 95 % interval of that share (0 to 1 where it was never met)."""


@dataclass(frozen=True)
class Term:
    """A word of the lexicon, as the vocabulary has it, and how often it was met and was right."""

    written: str
    substance: str
    sort: Sort
    seen: int = 0
    right: int = 0

    @property
    def precision(self) -> float:
        """The share of times that it meant what the vocabulary says, drawn towards one half where it was met
        seldom (Jeffreys' prior); one half where it was never met."""
        return (self.right + 0.5) / (self.seen + 1)


class Lexicon:
    """Words and what each is worth. A written word stands once: of substances that share one, the first."""

    def __init__(self, terms: Iterable[Term]) -> None:
        first: dict[str, Term] = {}
        for term in terms:
            first.setdefault(term.written, term)
        self.terms = tuple(first.values())
        self._matcher = Matcher([term.written for term in self.terms])

    @classmethod
    def of_vocabulary(cls, words: Iterable[Word] | None = None) -> Self:
        """The lexicon of the vocabulary's words, or of those given, with nothing measured yet."""
        given = all_words() if words is None else words
        return cls(Term(word.written, word.substance, word.sort) for word in given)

    def find(self, texts: pa.StringArray | pa.ChunkedArray) -> Matches:
        """Where its words stand in texts; `word` is the place in `terms`."""
        return self._matcher.find(texts)

    def measured(self, matches: Matches, right: NDArray[np.bool_]) -> Self:
        """The lexicon with what was met counted in: of each find of `matches`, whether it was `right`."""
        seen = np.bincount(matches.word, minlength=len(self.terms)).tolist()
        hits = np.bincount(matches.word[right], minlength=len(self.terms)).tolist()
        return type(self)(
            replace(term, seen=term.seen + more, right=term.right + hit)
            for term, more, hit in zip(self.terms, seen, hits, strict=True)
        )

    def worth(self, least: float) -> Self:
        """The words alone that mean what the vocabulary says at least so often, as far as is measured."""
        return type(self)(term for term in self.terms if term.precision >= least)

    def table(self) -> pa.Table:
        """Its words and their measures (LEXICON)."""
        bounds = [wilson(term.right, term.seen) for term in self.terms]
        return pa.table(
            {
                "written": [term.written for term in self.terms],
                "substance": [term.substance for term in self.terms],
                "sort": [term.sort for term in self.terms],
                "seen": [term.seen for term in self.terms],
                "right": [term.right for term in self.terms],
                "precision_low": [low for low, _ in bounds],
                "precision_high": [high for _, high in bounds],
            },
            schema=LEXICON,
        )

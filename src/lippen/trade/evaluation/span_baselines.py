"""What one would use instead: lists of words, and a chain that knows of no list; measured beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pyarrow as pa

from lippen.trade.lexicon import Lexicon, Term
from lippen.trade.matching import Matches
from lippen.trade.span_tagger import Read, Tagger
from lippen.trade.span_tokens import Words, labels_of, spans_of, words_of
from lippen.trade.spans import decided
from lippen.trade.vocabulary import all_words

Place = tuple[int, int, int]
"""Number of the text, first sign and the one after the last."""

Finder = Callable[[pa.ChunkedArray], set[Place]]
"""Finds the places of drugs in texts."""


def places_marked(marked: pa.Table) -> set[Place]:
    """The places that are marked in texts (`lippen.evaluating.labelled.SPANS`)."""
    return {
        (row, one["start"], one["end"])
        for row, spans in enumerate(marked["spans"].to_pylist())
        for one in spans
    }


def proper_names(_: pa.Table) -> Finder:
    """The vocabulary's proper names, wherever they stand."""
    return _finder(Lexicon.of_vocabulary(word for word in all_words() if word.sort == "name"))


def vocabulary(_: pa.Table) -> Finder:
    """All words of the vocabulary, wherever they stand."""
    return _finder(Lexicon.of_vocabulary())


def marked_words(train: pa.Table) -> Finder:
    """Whatever was marked in the texts learned from, wherever it stands."""
    return _finder(_marked_words(train))


def marked_words_measured(train: pa.Table) -> Finder:
    """What was marked at least every second time that it stood in the texts learned from."""
    lexicon = _marked_words(train)
    found = lexicon.find(train["text"])
    truth = places_marked(train)
    right = np.array([place in truth for place in _places(found)], dtype=np.bool_)
    return _finder(lexicon.measured(found, right).worth(0.5))


def words_alone(train: pa.Table) -> Finder:
    """A linear chain whose features are each word in small letters and the two on either side."""
    texts = [words_of(text) for text in train["text"].to_pylist()]
    spans = [[(one["start"], one["end"]) for one in each] for each in train["spans"].to_pylist()]
    tagger = Tagger.trained(
        (_words_alone(words), labels_of(words, each)) for words, each in zip(texts, spans, strict=True)
    )

    def find(texts: pa.ChunkedArray) -> set[Place]:
        found = set()
        for row, text in enumerate(texts.to_pylist()):
            words = words_of(text)
            labels = decided(tagger.shares(_words_alone(words)), 0.5)
            found |= {(row, start, end) for start, end in spans_of(words, labels)}
        return found

    return find


BASELINES: Final[dict[str, Callable[[pa.Table], Finder]]] = {
    "proper_names": proper_names,
    "vocabulary": vocabulary,
    "marked_words": marked_words,
    "marked_words_measured": marked_words_measured,
    "words_alone": words_alone,
}


def _marked_words(train: pa.Table) -> Lexicon:
    texts = train["text"].to_pylist()
    written = {texts[row][start:end].lower().strip() for row, start, end in places_marked(train)}
    return Lexicon(Term(one, one, "slang") for one in sorted(written) if one)


def _finder(lexicon: Lexicon) -> Finder:
    return lambda texts: set(_places(lexicon.find(texts)))


def _places(found: Matches) -> list[Place]:
    return list(zip(found.row.tolist(), found.start.tolist(), found.end.tolist(), strict=True))


def _words_alone(words: Words) -> Read:
    lower = words.lower
    return Read(
        [
            [
                "bias",
                *(f"{by}={lower[at + by]}" for by in (-2, -1, 0, 1, 2) if 0 <= at + by < len(lower)),
            ]
            for at in range(len(lower))
        ]
    )

"""Where drugs are named in texts, learned from texts in which somebody marked it.

Several chains (`span_tagger`) each leave out a part of the texts. What each says of its part, which it has
not seen, tells how sure they must be for a find to be worth it. On new texts their shares are averaged, after
Breiman (1996, Machine Learning 24).

The vocabulary takes part as features alone: its words weigh what they proved to weigh in the marked texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lippen.trade.errors import EvaluationRefused
from lippen.trade.span_features import Common, Facts, Marks, features, known_words
from lippen.trade.span_tagger import Floats, Read, Tagger
from lippen.trade.span_tokens import Label, Place, Words, labels_of, spans_of, words_of
from lippen.wording import counted

Ints = NDArray[np.int64]

FOUND: Final = pa.schema(
    [("row", pa.int32()), ("start", pa.int32()), ("end", pa.int32()), ("probability", pa.float64())]
)
"""One row a find, in order: the number of its text, its first sign and the one after the last (code points),
and how likely it is that the least likely of its words lies in a mark, in [0, 1]."""

LEAST_MARKED: Final = 20
"""Different texts with a mark that are learned from at least."""

PARTS: Final = 5
_THRESHOLDS: Final = (0.3, 0.4, 0.5)
_LEAST_MET: Final = 2
"""How often texts must hold a word for its own meaning to be learned; rarer ones are known by what they look
like and stand among, as new ones are."""


@dataclass(frozen=True)
class SpanModel:
    """What was learned: the chains, what their features need, and how sure they must be (`threshold`)."""

    taggers: tuple[Tagger, ...]
    marks: Marks
    common: Common
    threshold: float

    def find(self, texts: pa.ChunkedArray) -> pa.Table:
        """Where drugs are named in the texts (FOUND). A missing text names none.

        What is said of a text depends on nothing but that text.
        """
        found: dict[str, list[Any]] = {name: [] for name in FOUND.names}
        words = [words_of(text) for text in texts.to_pylist()]
        known = known_words(texts, words)
        for row, (one, facts) in enumerate(zip(words, known, strict=True)):
            read = Read(features(one, facts, self.marks, self.common))
            shares = np.mean([tagger.shares(read) for tagger in self.taggers], axis=0)
            sure = dict(zip(one.places, shares.sum(axis=1).tolist(), strict=True))
            for start, end in spans_of(one, decided(shares, self.threshold)):
                least = min(share for (first, last), share in sure.items() if start <= first and last <= end)
                for name, value in zip(FOUND.names, (row, start, end, min(least, 1.0)), strict=True):
                    found[name].append(value)
        return pa.table(found, schema=FOUND)


def learn(texts: pa.ChunkedArray, spans: pa.ChunkedArray, seed: int) -> SpanModel:
    """Learn where drugs are named from `texts` and the `spans` of each, in order and not one over another.

    `seed` decides how texts are parted. Raises EvaluationRefused with fewer than LEAST_MARKED
    different marked texts.
    """
    marked = [[(one["start"], one["end"]) for one in each] for each in spans.to_pylist()]
    different = {text for text, each in zip(texts.to_pylist(), marked, strict=True) if each}
    if len(different) < LEAST_MARKED:
        raise EvaluationRefused(
            f"too few texts to learn from: {counted(len(different), 'different one')} with a marked span",
            remedy=f"Mark drugs in {LEAST_MARKED} or more; in a quarter more where a fifth is kept apart.",
        )
    words = [words_of(text) for text in texts.to_pylist()]
    labels = [labels_of(one, each) for one, each in zip(words, marked, strict=True)]
    known = known_words(texts, words)
    common = Common(words, _LEAST_MET)
    part = parted(texts, PARTS, seed)
    taggers, shares = _chains(_read_apart(words, labels, known, common, part), labels, part)
    return SpanModel(
        tuple(taggers),
        Marks.of(zip(words, labels, strict=True)),
        common,
        _threshold(words, marked, shares),
    )


def parted(texts: pa.ChunkedArray, parts: int, seed: int) -> Ints:
    """The part of each text, from 0, drawn at random; texts alike to the letter lie in one part."""
    first: dict[str | None, int] = {}
    alike = np.array([first.setdefault(text, len(first)) for text in texts.to_pylist()], dtype=np.int64)
    order = np.random.default_rng(seed).permutation(len(first))
    return np.asarray(order[alike] % parts, dtype=np.int64)


def decided(shares: Floats, threshold: float) -> list[Label]:
    """The labels of words from their shares: within a span where both together reach the threshold."""
    labels: list[Label] = []
    for begins, goes_on in shares.tolist():
        if begins + goes_on < threshold:
            labels.append("O")
        else:
            labels.append("I" if goes_on > begins and labels and labels[-1] != "O" else "B")
    return labels


def _read_apart(
    words: Sequence[Words],
    labels: Sequence[Sequence[Label]],
    known: Sequence[Sequence[Facts]],
    common: Common,
    part: Ints,
) -> list[Read]:
    """The features of each text, in which the marks of its own part count for nothing."""
    everything = Marks.of(zip(words, labels, strict=True))
    read: list[Read] = [Read([])] * len(words)
    for number in range(PARTS):
        rows = np.flatnonzero(part == number).tolist()
        marks = everything.without(Marks.of((words[row], labels[row]) for row in rows))
        for row in rows:
            read[row] = Read(features(words[row], known[row], marks, common))
    return read


def _chains(
    read: Sequence[Read], labels: Sequence[Sequence[Label]], part: Ints
) -> tuple[list[Tagger], list[Floats]]:
    """A chain for each part, which it leaves out, and what it says of the texts there."""
    shares = [np.zeros((0, 2))] * len(read)
    taggers = []
    for out in range(PARTS):
        tagger = Tagger.trained((read[row], labels[row]) for row in np.flatnonzero(part != out).tolist())
        for row in np.flatnonzero(part == out).tolist():
            shares[row] = tagger.shares(read[row])
        taggers.append(tagger)
    return taggers, shares


def _threshold(words: Sequence[Words], marked: Sequence[Sequence[Place]], shares: Sequence[Floats]) -> float:
    """Half the best F1 over texts that their chains have not seen: where the shares are true, it is the
    threshold that gives the best F1 (Lipton, Elkan and Naryanaswamy 2014, ECML PKDD), and it varies less than
    the one that happened to be best there.
    """
    true = sum(map(len, marked))
    best = 0.0
    for threshold in _THRESHOLDS:
        found = right = 0
        for one, marks, share in zip(words, marked, shares, strict=True):
            spans = spans_of(one, decided(share, threshold))
            found += len(spans)
            right += len(set(spans).intersection(marks))
        best = max(best, 2 * right / (found + true))
    return best / 2

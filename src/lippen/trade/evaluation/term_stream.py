"""Marked posts as a stream of different texts, in which new terms can be planted and known ones hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lippen.trade.errors import EvaluationRefused
from lippen.trade.evaluation.fresh_words import fresh_word
from lippen.trade.evaluation.term_baselines import Vectors, learn_vectors
from lippen.trade.known_places import known_places
from lippen.trade.lexicon import Lexicon, Term
from lippen.trade.new_terms import learn
from lippen.trade.term_candidates import Candidates, Window, find_candidates
from lippen.trade.term_contexts import ContextModel, Slots
from lippen.trade.term_counts import Ids, Mask, Posts, folded, read_posts

WEEK: Final = 1_000
"""Different texts that stand for a week: the Dutch count of 2023 (NOS) found some 55,000 in a year."""
BEFORE: Final = 4
"""Weeks that a week is held against."""
_LEAST: Final = 600
"""Different texts below which there is nothing to measure."""
_LEAST_WEEK: Final = 50
"""The same of a week."""


@dataclass(frozen=True)
class Stream:
    """Different texts in the order in which they came (those of a day in an order drawn by the seed).

    `advert` marks texts; `begin` is the first that may be measured on; `week` is how many make a week.
    `covered`, `places` and `of` say where which of `terms` stands.
    """

    posts: Posts
    advert: Mask
    begin: int
    week: int
    terms: tuple[Term, ...]
    covered: Ids
    places: Slots
    of: Ids

    def __len__(self) -> int:
        return len(self.posts)

    def window(self, end: int) -> Window:
        """The week that ends before a text, and those before it."""
        return Window(max(0, end - (1 + BEFORE) * self.week), max(0, end - self.week), end)

    def without(self, rows: Ids) -> Stream:
        """The stream without some of its texts."""
        kept = np.setdiff1d(np.arange(len(self)), rows)
        return read_stream(
            self.posts.in_order(kept),
            self.advert[kept],
            int((kept < self.begin).sum()),
            self.week,
            self.terms,
        )

    def hiding(self, hidden: Sequence[int]) -> Mask:
        """Where known terms stand, those that are hidden apart."""
        return (self.covered >= 0) & ~np.isin(self.covered, hidden)

    def learned(self, known: Mask, end: int, seed: int) -> tuple[ContextModel, Vectors]:
        """What can be learned from the weeks before a text: the places of known terms, and word vectors."""
        begin = max(0, end - BEFORE * self.week)
        here = known[self.places.start]
        model = learn(
            self.posts, known, self.places.take(here), self.of[here], Window(begin, begin, end), seed
        )
        return model, learn_vectors(self.posts, known, begin, end)


def read_tables(train: pa.Table, test: pa.Table | None, seed: int, lexicon: Lexicon) -> Stream:
    """The stream of marked posts (`lippen.evaluating.labelled.ADVERTS`); with `test`, `train` is the past of
    it.

    Posts without a day are left out. Raises EvaluationRefused where there are too few.
    """
    tables = [train] if test is None else [train, test]
    dated = [table.filter(table["day"].is_valid()) for table in tables]
    if test is not None:
        # What is copied from the past is not new, whichever was first.
        past, now = (folded(pc.fill_null(table["text"], "").combine_chunks()) for table in dated)
        dated[1] = dated[1].filter(pc.invert(pc.is_in(now, value_set=past)))
    posts = read_posts(pa.concat_tables(dated))
    later = posts.source >= dated[0].num_rows
    dice = np.random.default_rng(seed).random(len(posts))
    order = np.lexsort((dice, posts.day, later))
    posts = posts.in_order(order)
    if len(posts) < _LEAST:
        raise EvaluationRefused(
            f"there are {len(posts)} different texts with a day, and new terms need {_LEAST} at least",
            remedy="Give posts of more weeks.",
        )
    marks = pa.concat_tables(dated)["is_advert"].to_numpy()[posts.source].astype(np.bool_)
    begin = len(posts) // 2 if test is None else int((~later).sum())
    week = min(WEEK, len(posts) // 10, (len(posts) - begin) // 3)
    if week < _LEAST_WEEK or begin < week:
        raise EvaluationRefused(
            f"{begin} different texts to learn from and {len(posts) - begin} to measure on are too few",
            remedy="Give posts of more weeks.",
        )
    return read_stream(posts, marks, begin, week, lexicon.terms)


def read_stream(posts: Posts, advert: Mask, begin: int, week: int, terms: Sequence[Term]) -> Stream:
    """The stream of texts in the order that they have."""
    covered, places, of = known_places(posts, terms)
    return Stream(posts, advert, begin, week, tuple(terms), covered, places, of)


@dataclass(frozen=True)
class Planted:
    """A stream in which a fresh `word` stands where words for one substance stood (in `texts`), and a fresh
    `ordinary` one where an ordinary word did; `known` is where known terms are left."""

    stream: Stream
    word: str
    texts: Ids
    ordinary: str
    ordinary_texts: Ids
    known: Mask


def plant(stream: Stream, begin: int, share: float, draw: np.random.Generator) -> Planted:
    """Write a fresh word for a drawn substance's words in `share` of all adverts from `begin` on, and another
    for an ordinary word, in as many texts.

    The substance is drawn among those that stand in so many adverts, or is the commonest where none does;
    then all its adverts are taken, and so with ordinary words. Only words of one word are written over.
    """
    alone = (stream.places.length == 1) & (stream.places.row >= begin)
    alone &= stream.advert[stream.places.row]
    place, of = stream.places.start[alone], stream.of[alone]
    names = sorted({term.substance for term in stream.terms})
    substance = np.array([names.index(term.substance) for term in stream.terms])[of]
    wanted = max(1, round(share * int(stream.advert[begin:].sum())))
    written, texts = _drawn(stream, place, substance, wanted, draw)
    posts = stream.posts
    later = np.arange(int(posts.starts[begin]), len(posts.token))
    later = later[posts.binds[posts.token[later]] & (stream.covered[later] < 0)]
    over, ordinary_texts = _drawn(stream, later, posts.token[later], len(texts), draw)
    word = fresh_word(posts.words, draw)
    ordinary = fresh_word((*posts.words, word), draw)
    covered = stream.covered.copy()
    covered[written] = -1
    changed = replace(stream, posts=posts.put(written, word).put(over, ordinary), covered=covered)
    return Planted(changed, word, texts, ordinary, ordinary_texts, covered >= 0)


def _drawn(stream: Stream, place: Ids, kind: Ids, wanted: int, draw: np.random.Generator) -> tuple[Ids, Ids]:
    """Places of one drawn kind that stands in so many texts, or of the commonest, and their texts."""
    row = stream.posts.row[place]
    pairs = np.unique(np.stack([kind, row]), axis=1)
    held = np.bincount(pairs[0])
    enough = np.flatnonzero(held >= wanted)
    chosen = int(enough[draw.integers(len(enough))]) if len(enough) else int(held.argmax())
    texts = pairs[1][pairs[0] == chosen]
    if len(texts) > wanted:
        texts = np.sort(draw.choice(texts, wanted, replace=False))
    return place[(kind == chosen) & np.isin(row, texts)], texts


def ranked_names(
    stream: Stream, found: Candidates, score: NDArray[np.float64]
) -> Iterable[tuple[tuple[str, ...], float]]:
    """Candidates as words with their scores, the best first; of those that share a word only the best."""
    taken: set[int] = set()
    for at in np.argsort(-score, kind="stable").tolist():
        words = [one for one in found.words[at].tolist() if one >= 0]
        if score[at] > 0 and not taken.intersection(words):
            taken.update(words)
            yield tuple(stream.posts.words[one] for one in words), float(score[at])


def stands_in(term: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Whether a candidate is a term or holds it."""
    return any(words[at : at + len(term)] == term for at in range(len(words) - len(term) + 1))


def middle(told: Sequence[float | None]) -> float | None:
    """The median, None being worse than all; None where it is such a one."""
    value = median([np.inf if one is None else one for one in told]) if told else np.inf
    return None if value == np.inf else round(float(value), 1)


def candidates(stream: Stream, known: Mask, model: ContextModel, end: int) -> Candidates:
    """What could be new in the week that ends before a text."""
    return find_candidates(stream.posts, known, model, stream.window(end), 3, 2, bursting=False)

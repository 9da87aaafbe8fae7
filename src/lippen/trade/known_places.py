"""Where terms of the lexicon stand in posts, word by word, the longest first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from lippen.trade.lexicon import Lexicon, Term
from lippen.trade.term_contexts import Slots
from lippen.trade.term_counts import Ids, Posts, words_of


def known_places(posts: Posts, terms: Sequence[Term]) -> tuple[Ids, Slots, Ids]:
    """Of each place which term covers it (-1 for none), the places of whole terms, and the term at each."""
    number = {word: at for at, word in enumerate(posts.words)}
    opens = posts.opens
    by_length: dict[int, dict[tuple[int, ...], int]] = {}
    for at, words in enumerate(words_of([term.written for term in terms])):
        ids = tuple(number.get(word, -1) for word in words)
        if ids and min(ids) >= 0 and any(opens[one] for one in ids):
            by_length.setdefault(len(ids), {}).setdefault(ids, at)
    covered = np.full(len(posts.token), -1)
    starts: list[Ids] = []
    lengths: list[Ids] = []
    found: list[Ids] = []
    for length in sorted(by_length, reverse=True):
        place, term = _found(posts, by_length[length], length, covered)
        for step in range(length):
            covered[place + step] = term
        starts.append(place)
        lengths.append(np.full(len(place), length))
        found.append(term)
    empty = np.empty(0, np.int64)
    start, long, which = (np.concatenate([empty, *parts]) for parts in (starts, lengths, found))
    order = np.argsort(start, kind="stable")
    start = start[order]
    return covered, Slots(start, long[order], posts.row[start]), which[order]


def _found(posts: Posts, terms: dict[tuple[int, ...], int], length: int, covered: Ids) -> tuple[Ids, Ids]:
    if length == 1:
        of_word = np.full(len(posts.words), -1)
        for (word,), at in terms.items():
            of_word[word] = at
        term = np.where(covered < 0, of_word[posts.token], -1)
        place = np.flatnonzero(term >= 0)
        return place, term[place]
    held = np.zeros((length, len(posts.words)), dtype=np.bool_)
    held[np.arange(length), np.array(list(terms))] = True
    place = np.flatnonzero(held[0][posts.token[: max(0, len(posts.token) - length + 1)]])
    for step in range(1, length):
        place = place[held[step][posts.token[place + step]]]
    place = place[posts.row[place] == posts.row[place + length - 1]]
    at = place[:, None] + np.arange(length)
    place = place[(covered[at] < 0).all(axis=1)]
    heads = map(tuple, posts.token[place[:, None] + np.arange(length)].tolist())
    term = np.array([terms.get(words, -1) for words in heads], dtype=np.int64)
    kept = []
    free = 0
    # The same words twice over one another are read once, from the left.
    for one in np.flatnonzero(term >= 0).tolist():
        if place[one] >= free:
            kept.append(one)
            free = int(place[one]) + length
    return place[kept], term[kept]


def is_known(lexicon: Lexicon, terms: Sequence[str]) -> list[bool]:
    """Of each term whether the lexicon has it whole, letters being read as they look."""
    found = lexicon.find(pa.array(terms, pa.string()))
    whole = {
        row
        for row, start, end in zip(found.row.tolist(), found.start.tolist(), found.end.tolist(), strict=True)
        if end - start == len(terms[row])
    }
    return [row in whole for row in range(len(terms))]

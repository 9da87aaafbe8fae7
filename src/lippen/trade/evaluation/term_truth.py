"""Words that truly came up while posts were collected, as a sandbox knows them, and how soon each was met."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final

import numpy as np
import pyarrow as pa

from lippen.trade.evaluation.term_stream import Stream, middle, ranked_names, stands_in
from lippen.trade.known_places import known_places
from lippen.trade.lexicon import Term
from lippen.trade.new_terms import learn, past_of
from lippen.trade.term_candidates import find_candidates
from lippen.trade.term_counts import words_of
from lippen.trade.term_decisions import scored
from lippen.trade.term_window import NewTermSettings, window_until

TOP: Final = 20
_AT: Final = (10, 20, 50)
_BEGIN: Final = 35
"""Days of posts before the first ranking."""
_OFTEN: Final = 5
"""Texts that hold a word at least, for it to be asked after."""


def words_met(stream: Stream, new_words: pa.Table, seed: int, done: Callable[[], None]) -> dict[str, Any]:
    """Rank at the end of each day, and say when each of `new_words` (word, first_day) stood among the first
    twenty.

    A word of the lexicon, and one that stands in fewer than five texts, is not asked after. Returns `words`,
    how many were `found`, `median_occurrences` (texts that held it by then) and `median_days` (since the
    first of them), None where fewer than half were; `p_at_10` and so on: which share of the best candidates
    of the whole time, each at its best, are or hold one of the words; `candidates_per_week` that reached the
    score to raise, each counted once and those that are such words left out, and `weeks`.
    """
    settings = NewTermSettings(seed=seed)
    posts, known = stream.posts, stream.covered >= 0
    asked = [Term(word, "", "slang") for word in new_words["word"].to_pylist()]
    _, places, of = known_places(posts, asked)
    clear = ~known[places.start]
    texts = {one: np.unique(places.row[clear & (of == one)]) for one in range(len(asked))}
    names = dict(enumerate(words_of([term.written for term in asked])))
    met: dict[int, tuple[int, int]] = {}
    best: dict[tuple[str, ...], float] = {}
    model, taught = None, None
    first, last = int(posts.day[0]) + _BEGIN, int(posts.day[-1])
    for day in sorted({one for one in posts.day.tolist() if one >= first}):
        until = date(1970, 1, 1) + timedelta(days=day)
        window = window_until(posts, until, settings)
        if model is None or taught != day // 7:
            model, taught = (
                learn(posts, known, stream.places, stream.of, past_of(stream.places, window), seed),
                day // 7,
            )
        found = find_candidates(posts, known, model, window, settings.least_texts, settings.least_sellers)
        score = scored(found.burst, found.fit, (1.0, 1.0))
        for rank, (words, its) in enumerate(islice(ranked_names(stream, found, score), max(_AT))):
            best[words] = max(best.get(words, 0.0), its)
            if rank < TOP:
                for one, name in names.items():
                    if one not in met and stands_in(name, words):
                        rows = texts[one][texts[one] < window.end]
                        if len(rows):
                            met[one] = len(rows), day - int(posts.day[rows[0]])
        done()
    often = [one for one, rows in texts.items() if len(rows) >= _OFTEN]
    told = [met.get(one) for one in often]
    order = sorted(best, key=lambda words: (-best[words], words))
    true = [any(stands_in(name, words) for name in names.values()) for words in order]
    false = sum(
        not right and best[words] >= settings.raise_from for words, right in zip(order, true, strict=True)
    )
    weeks = (last - first + 1) / 7
    return {
        "words": len(often),
        "found": sum(one is not None for one in told),
        "median_occurrences": middle([None if one is None else one[0] for one in told]),
        "median_days": middle([None if one is None else one[1] for one in told]),
        **{f"p_at_{at}": round(sum(true[:at]) / at, 3) for at in _AT},
        "candidates_per_week": round(false / weeks, 2),
        "weeks": round(weeks, 1),
    }

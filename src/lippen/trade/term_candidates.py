"""Words, phrases and runs of signs that could be terms: how often each stood in texts lately, and before.

Rows of Posts lie in the order of their first days, so a span of days is a slice of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lippen.trade.term_contexts import ContextModel, Slots, around
from lippen.trade.term_counts import Ids, Mask, Posts

Floats = NDArray[np.float64]

_WIDE: Final = 1 << 31
_TOGETHER: Final = 10.83
"""G squared (Dunning 1993) above which two words stand together more than chance has it: p < 0.001."""
_LEAST_TOGETHER: Final = 3
"""So often two words stood together lately, at least, or they are no phrase."""
_OF_RAREST: Final = 0.5
_OF_COMMONEST: Final = 0.1
_INSIDE: Final = 0.8
_PRIOR_SHARE: Final = 0.05
"""Weight of the prior: so many words as this share of all that were counted."""
_FIT_PRIOR: Final = 2.0
"""Sellers' worth of doubt: so much weight has the fit of any word beside what a candidate's places say."""


@dataclass(frozen=True)
class Window:
    """Rows `earlier` to `later` are what went before, rows `later` to `end` are what is looked at."""

    earlier: int
    later: int
    end: int


@dataclass(frozen=True)
class Candidates:
    """One each: its words (numbers, -1 where it has fewer than three), texts and sellers that have it lately,
    `lately` and `before` (counts for the burst), `burst` (log-odds), `fit` (0 to 1), and where it stands
    lately (`slots`, with `of` the candidate at each, and `each` the fit there)."""

    words: NDArray[np.int64]
    texts: Ids
    sellers: Ids
    lately: Ids
    before: Ids
    burst: Floats
    fit: Floats
    slots: Slots
    of: Ids
    each: Floats

    def __len__(self) -> int:
        return len(self.texts)

    def places(self, one: int) -> Slots:
        """Where one of them stands lately."""
        return self.slots.take(self.of == one)

    def take(self, chosen: list[int]) -> Candidates:
        """Some of them, in that order."""
        number = np.full(len(self), -1)
        number[chosen] = np.arange(len(chosen))
        here = number[self.of] >= 0
        at = np.array(chosen, dtype=np.int64)
        return Candidates(
            words=self.words[at],
            texts=self.texts[at],
            sellers=self.sellers[at],
            lately=self.lately[at],
            before=self.before[at],
            burst=self.burst[at],
            fit=self.fit[at],
            slots=self.slots.take(here),
            of=number[self.of[here]],
            each=self.each[here],
        )


def find_candidates(
    posts: Posts,
    known: Mask,
    model: ContextModel,
    window: Window,
    least_texts: int,
    least_sellers: int,
    *,
    bursting: bool = True,
) -> Candidates:
    """What stands in at least so many texts of so many sellers lately, with burst and fit; unless `bursting`
    is False, only what bursts at all.

    `known` says of each place whether a known term stands there; no candidate holds such a place. A seller
    counts twice at most, however many texts have the term. Burst is the log-odds ratio with an informative
    Dirichlet prior, the prior being both periods together, less its standard error (Monroe, Colaresi and
    Quinn 2008, Political Analysis 16(4), whose z divides by it instead: that ranks a word of everybody's
    which is said twice as much above one that nobody said before).
    """
    opens = posts.opens[posts.token] & ~known
    words, slots, term = _slots(posts, opens, window, least_texts)
    recent = slots.row >= window.later
    texts, sellers = _different(posts, term[recent], slots.row[recent], len(words))
    lately = np.minimum(texts, 2 * sellers)
    before_texts, before_sellers = _different(posts, term[~recent], slots.row[~recent], len(words))
    before = np.minimum(before_texts, 2 * before_sellers)
    single = words[:, 1] < 0
    # Counted alike, by sellers: who posts every week counts once in the long span, and so in every word.
    burst = _log_odds(lately, before, int(lately[single].sum()), int(before[single].sum()))
    enough = (texts >= least_texts) & (sellers >= least_sellers)
    kept = np.flatnonzero(enough & (burst > 0) if bursting else enough)
    kept = kept[_whole(words[kept], texts[kept], words[single, 0], texts[single], len(posts.words))]
    number = np.full(len(words), -1)
    number[kept] = np.arange(len(kept))
    here = recent & (number[term] >= 0)
    slots, of = slots.take(here), number[term[here]]
    each = model.fit_of(*around(posts, known, slots)) if len(slots) else np.empty(0)
    return Candidates(
        words=words[kept],
        texts=texts[kept],
        sellers=sellers[kept],
        lately=lately[kept],
        before=before[kept],
        burst=burst[kept],
        fit=mean_by_seller(of, posts.seller[slots.row], each, len(kept), _base(each)),
        slots=slots,
        of=of,
        each=each,
    )


def _base(each: Floats) -> float:
    return float(np.median(each)) if len(each) else 0.5


def mean_by_seller(of: Ids, seller: Ids, each: Floats, count: int, base: float) -> Floats:
    """For each candidate the mean over its sellers of the mean over their places, drawn to `base`."""
    pairs, at = np.unique(of * _WIDE + seller, return_inverse=True)
    one = np.bincount(at, each, len(pairs)) / np.bincount(at, minlength=len(pairs))
    owner = pairs // _WIDE
    return np.asarray(
        (np.bincount(owner, one, count) + _FIT_PRIOR * base)
        / (np.bincount(owner, minlength=count) + _FIT_PRIOR)
    )


def _different(posts: Posts, term: Ids, row: Ids, count: int) -> tuple[Ids, Ids]:
    """In how many different texts, and of how many different sellers, each term stands."""
    # Texts are numbered by their sellers, so that one order parts both.
    by_seller = np.argsort(posts.seller, kind="stable")
    number = np.empty(len(posts), dtype=np.int64)
    number[by_seller] = np.arange(len(posts))
    pairs = np.sort(term * _WIDE + number[row])
    pairs = pairs[_changes(pairs)]
    term, seller = pairs // _WIDE, posts.seller[by_seller[pairs % _WIDE]]
    other = _changes(term) | _changes(seller)
    return np.bincount(term, minlength=count), np.bincount(term[other], minlength=count)


def _changes(values: Ids) -> Mask:
    """Where a value differs from the one before it."""
    changes = np.ones(len(values), dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes


def _log_odds(lately: Ids, before: Ids, all_lately: int, all_before: int) -> Floats:
    prior = np.maximum(_PRIOR_SHARE * (lately + before), 1e-9)
    whole = _PRIOR_SHARE * (all_lately + all_before) + 1.0
    here, there = lately + prior, before + prior
    odds = np.log(here) - np.log(np.maximum(all_lately + whole - here, 1.0))
    odds -= np.log(there) - np.log(np.maximum(all_before + whole - there, 1.0))
    return np.asarray(odds - np.sqrt(1 / here + 1 / there))


def _slots(posts: Posts, opens: Mask, window: Window, least: int) -> tuple[Ids, Slots, Ids]:
    """Terms (their words), the places of all of them in the window, and the term at each place. Words that
    were said less than `least` times lately are no part of any."""
    begin, middle, end = (int(posts.starts[row]) for row in (window.earlier, window.later, window.end))
    recent = posts.token[middle:end][opens[middle:end]]
    often = np.bincount(recent, minlength=len(posts.words)) >= least
    place = begin + np.flatnonzero(opens[begin:end] & often[posts.token[begin:end]])
    token, row = posts.token[place], posts.row[place]
    lately = place >= posts.starts[window.later]
    pair = np.zeros(len(place), dtype=np.bool_)
    if len(place) > 1:
        sign, binds = posts.is_sign[token], posts.binds[token]
        alike = (sign[1:] == sign[:-1]) & binds[1:] & binds[:-1]
        pair[:-1] = (np.diff(place) == 1) & (row[1:] == row[:-1]) & alike
    first = _standing_together(token, np.flatnonzero(pair), lately)
    both = np.zeros(len(place), dtype=np.bool_)
    both[first] = True
    three = first[both[np.minimum(first + 1, len(place) - 1)]] if len(first) else first
    alone, term = _numbered(token)
    phrases = np.concatenate([_phrase(token, first, 2), _phrase(token, three, 3)])
    size = len(posts.words) + 1
    key = ((phrases[:, 0] + 1) * size + phrases[:, 1] + 1) * size + phrases[:, 2] + 1
    _, begins, of = np.unique(key, return_index=True, return_inverse=True)
    start, row = (np.concatenate([one, one[first], one[three]]) for one in (place, row))
    length = np.repeat([1, 2, 3], [len(place), len(first), len(three)])
    words = np.concatenate([_phrase(alone, np.arange(len(alone)), 1), phrases[begins]])
    return words, Slots(start, length, row), np.concatenate([term, len(alone) + of])


def _numbered(token: Ids) -> tuple[Ids, Ids]:
    """The different words, and the place of each word among them."""
    words = np.flatnonzero(np.bincount(token))
    number = np.zeros(int(token.max(initial=0)) + 1, dtype=np.int64)
    number[words] = np.arange(len(words))
    return words, number[token]


def _phrase(token: Ids, first: Ids, length: int) -> Ids:
    """The words of phrases by the places of their first words, with -1 for what three have more."""
    words = np.full((len(first), 3), -1)
    for step in range(length):
        words[:, step] = token[first + step]
    return words


def _whole(words: Ids, texts: Ids, alone: Ids, alone_texts: Ids, size: int) -> Mask:
    """Which terms are no chance pieces: of phrases those that half of the texts with their rarest word have,
    and a tenth of those with their commonest; of what stands in a longer one those that stand apart from it
    as well."""
    by_word = np.zeros(size + 1, dtype=np.int64)
    by_word[alone] = alone_texts
    held = np.where(words >= 0, by_word[words], by_word.max(initial=0) + 1)
    most = np.where(words >= 0, by_word[words], 0).max(axis=1)
    kept = (words[:, 1] < 0) | ((texts >= _OF_RAREST * held.min(axis=1)) & (texts >= _OF_COMMONEST * most))
    number = {tuple(one for one in row if one >= 0): at for at, row in enumerate(words.tolist())}
    for longer, at in number.items():
        if len(longer) > 1 and kept[at]:
            for length in range(1, len(longer)):
                for first in range(len(longer) - length + 1):
                    part = number.get(longer[first : first + length])
                    if part is not None and texts[at] >= _INSIDE * texts[part]:
                        kept[part] = False
    return np.asarray(kept, dtype=np.bool_)


def _standing_together(token: Ids, first: Ids, lately: Mask) -> Ids:
    """Of pairs (the places of their first words) those that stand together more than chance has it."""
    size = int(token.max(initial=0)) + 1
    one, other = token[first], token[first + 1]
    left, right = np.bincount(one, minlength=size), np.bincount(other, minlength=size)
    # Few pairs are said often enough lately: only those are looked for in all the weeks.
    recent = lately[first]
    pairs, said = np.unique(one[recent] * size + other[recent], return_counts=True)
    pairs = pairs[said >= _LEAST_TOGETHER]
    begins, ends = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    begins[pairs // size], ends[pairs % size] = True, True
    may = np.flatnonzero(begins[one] & ends[other])
    at = pc.index_in(pa.array(one[may] * size + other[may]), pa.array(pairs)).fill_null(-1).to_numpy()
    may, at = may[at >= 0], at[at >= 0]
    both = np.bincount(at, minlength=len(pairs))
    left, right, total = left[pairs // size], right[pairs % size], len(first)
    expected = left * right / max(1, total)
    cells = np.stack([both, left - both, right - both, total - left - right + both]).astype(np.float64)
    means = np.stack([expected, left - expected, right - expected, total - left - right + expected])
    with np.errstate(divide="ignore", invalid="ignore"):
        g = 2 * np.where(cells > 0, cells * np.log(cells / means), 0).sum(axis=0)
    return np.asarray(first[may[((g > _TOGETHER) & (both > expected))[at]]])

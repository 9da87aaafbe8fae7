"""How soon new terms stand in the ranking, how many of its first are terms, and what ordinary weeks raise.

Three protocols, each seeded, on marked posts whose copies are counted once:

* *hidden terms*: 30 % of the lexicon's terms are taken from it, and every text that has one from the weeks
  before a drawn week. Precision at 10, 20 and 50 is the share of the first candidates that are (or hold) a
  hidden term. What the lexicon lacks and a person would call a term counts as wrong.
  `standing` says the same with the texts of the weeks before left in: such terms are not new, and what is
  asked for is what is new, so that the ranking should not put them first;
* *rewriting*: from a drawn day on, words for one substance are written as one fresh word or sign in 1, 5 and
  20 % of adverts. The ranking is made afresh as posts come in; told is how many texts had the word when it
  first stood among the first twenty, and how many days had gone at 1,000 different texts a week (a crawl's
  own days say when somebody looked). One that does not in three weeks counts as worse than all others. Beside
  it an ordinary word is written as another fresh one as often: `before_ordinary` is how often the term stands
  before it;
* *ordinary weeks*: nothing is changed; each candidate that reaches the score to raise is answered *not this*
  once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import numpy as np
import pyarrow as pa

from lippen.progress import Stages
from lippen.trade.errors import EvaluationRefused
from lippen.trade.evaluation.term_baselines import OURS, RANKINGS, scores
from lippen.trade.evaluation.term_stream import (
    BEFORE,
    WEEK,
    Stream,
    candidates,
    middle,
    plant,
    ranked_names,
    read_tables,
    stands_in,
)
from lippen.trade.evaluation.term_truth import words_met
from lippen.trade.lexicon import Lexicon
from lippen.trade.term_counts import words_of
from lippen.trade.term_evidence import likeness
from lippen.trade.term_window import NewTermSettings
from lippen.trade.vocabulary import substances

HIDDEN_SHARE: Final = 0.3
TOP: Final = 20
RATES: Final = (0.01, 0.05, 0.20)
_GOAL_RATE: Final = 0.05
_AT: Final = (10, 20, 50)
_HIDINGS: Final = 20
_REWRITINGS: Final = 24
_STEPS_A_WEEK: Final = 40
_WEEKS: Final = 3
_BOTH: Final = 5
_LEAST_TERMS: Final = 20

Facts = dict[str, Any]


def evaluate_terms(
    train: pa.Table, test: pa.Table | None, seed: int, stages: Stages, new_words: pa.Table | None = None
) -> Facts:
    """Measure the ranking of new terms on marked posts (`lippen.evaluating.labelled.ADVERTS`).

    With `test`, what is learned and known comes from `train` and all is measured in the weeks of `test`;
    without it, in the later half of `train`. Returns `n` (different texts), p_at_10, p_at_20, p_at_50 of
    hidden terms; median_occurrences, median_days and found_share of words in 5 % of adverts, and the same
    `by_rate`; `ordinary_drift` (candidates_per_week, weeks); and `baselines`, each with the same measures. A
    median is None where fewer than half were found. With `new_words` (word, first_day: what a sandbox knows),
    `new_words` says how soon they were met (`words_met`). Raises EvaluationRefused where there are too few
    posts.
    """
    lexicon = Lexicon.of_vocabulary()
    with stages.stage("known terms") as stage:
        stream = read_tables(train, test, seed, lexicon)
        met = len(np.unique(stream.of))
        if met < _LEAST_TERMS:
            raise EvaluationRefused(
                f"{met} terms of the lexicon stand in these posts, and {_LEAST_TERMS} are needed",
                remedy="Give posts of the trade.",
            )
        stage.advance(len(stream))
    with stages.stage("hidden terms", _HIDINGS) as stage:
        hidden, standing, family = _hidden_terms(stream, seed, stage.advance)
    with stages.stage("rewriting", len(RATES) * _REWRITINGS) as stage:
        by_rate = {rate: _rewriting(stream, rate, seed, stage.advance) for rate in RATES}
    with stages.stage("ordinary weeks") as stage:
        drift = _ordinary_weeks(stream, seed, stage.advance)
    truth: Facts = {}
    if new_words is not None and new_words.num_rows:
        with stages.stage("words that came up") as stage:
            truth = {"new_words": words_met(stream, new_words, seed, stage.advance)}
    return {
        "n": len(stream),
        **hidden[OURS],
        **by_rate[_GOAL_RATE][OURS],
        "by_rate": {f"{rate:.2f}": by_rate[rate][OURS] for rate in RATES},
        "family_right": family,
        "standing": standing,
        "ordinary_drift": drift,
        **truth,
        "baselines": {
            name: {**hidden[name], **_times(by_rate[_GOAL_RATE][name])} for name in RANKINGS if name != OURS
        },
    }


def _times(facts: Facts) -> Facts:
    return {
        name: facts[name] for name in ("median_occurrences", "median_days", "found_share", "before_ordinary")
    }


def _hidden_terms(
    stream: Stream, seed: int, done: Callable[[], None]
) -> tuple[dict[str, Facts], dict[str, Facts], float | None]:
    """Precision with the hidden terms' past left out, and with it left as it is; and how often the family
    that is shown is that of the hidden term."""
    draw = np.random.default_rng((seed, 1))
    met = np.unique(stream.of)
    fresh: dict[str, list[list[bool]]] = {name: [] for name in RANKINGS}
    standing: dict[str, list[list[bool]]] = {name: [] for name in RANKINGS}
    families: list[bool] = []
    for turn in range(_HIDINGS):
        hidden = draw.choice(met, round(HIDDEN_SHARE * len(met)), replace=False).tolist()
        begin = int(draw.integers(stream.begin, len(stream) - stream.week + 1))
        with_hidden = np.unique(stream.posts.row[np.isin(stream.covered, hidden)])
        cut = with_hidden[with_hidden < begin]
        past = stream.without(cut)
        new = _Week(past, begin - len(cut) + stream.week, hidden, seed + turn)
        old = _Week(stream, begin + stream.week, hidden, seed + turn)
        for name in RANKINGS:
            fresh[name].append(new.hits(name))
            standing[name].append(old.hits(name))
        families += new.families()
        done()
    return _precision(fresh), _precision(standing), _share(families)


class _Week:
    """The candidates of a week in which some of the lexicon's terms are hidden."""

    def __init__(self, stream: Stream, end: int, hidden: list[int], seed: int) -> None:
        self._stream, self._seed = stream, seed
        self._hidden = [stream.terms[one] for one in hidden]
        self._names = words_of([term.written for term in self._hidden])
        self._known = stream.hiding(hidden)
        model, vectors = stream.learned(self._known, end - stream.week, seed)
        self._found = candidates(stream, self._known, model, end)
        self._begin = max(0, end - (1 + BEFORE) * stream.week)
        self._scores = scores(self._found, stream.posts, end - self._begin, vectors)

    def hits(self, ranking: str) -> list[bool]:
        """Of a ranking's first candidates which are or hold a hidden term."""
        return [self._term(words) is not None for words in self._first(ranking)]

    def families(self) -> list[bool]:
        """Of the first candidates of ours that are, whether the family shown with them is the term's."""
        at = {self._words(one): one for one in range(len(self._found))}
        right = [(at[words], term) for words in self._first(OURS) if (term := self._term(words)) is not None]
        stream = self._stream
        here = self._known[stream.places.start] & (stream.places.row >= self._begin)
        like = likeness(
            stream.posts,
            stream.terms,
            stream.places.take(here),
            stream.of[here],
            self._found.take([one for one, _ in right]),
            self._seed,
        )
        family = {one.name: one.family for one in substances()}
        return [
            told == family[self._hidden[term].substance]
            for told, (_, term) in zip(like.family, right, strict=True)
        ]

    def _first(self, ranking: str) -> list[tuple[str, ...]]:
        ranked = ranked_names(self._stream, self._found, self._scores[ranking])
        return [words for words, _ in islice(ranked, max(_AT))]

    def _term(self, words: tuple[str, ...]) -> int | None:
        return next((at for at, term in enumerate(self._names) if stands_in(term, words)), None)

    def _words(self, one: int) -> tuple[str, ...]:
        return tuple(self._stream.posts.words[at] for at in self._found.words[one].tolist() if at >= 0)


def _precision(told: dict[str, list[list[bool]]]) -> dict[str, Facts]:
    return {
        name: {f"p_at_{at}": round(float(np.mean([sum(hits[:at]) / at for hits in every])), 3) for at in _AT}
        for name, every in told.items()
    }


def _rewriting(stream: Stream, rate: float, seed: int, done: Callable[[], None]) -> dict[str, Facts]:
    draw = np.random.default_rng((seed, 2, round(1000 * rate)))
    last = stream.begin + max(1, (len(stream) - stream.begin) // 2)
    told: list[_Met] = []
    for turn in range(_REWRITINGS):
        begin = int(draw.integers(stream.begin, last))
        told.append(_met(stream, begin, rate, draw, seed + turn))
        done()
    return {
        name: {
            "median_occurrences": middle([one.occurrences.get(name) for one in told]),
            "median_days": middle([one.days.get(name) for one in told]),
            "found_share": round(sum(name in one.days for one in told) / len(told), 3),
            "before_ordinary": _share([one.before_ordinary[name] for one in told if one.before_ordinary]),
            "rewritings": len(told),
            "share_of_adverts": round(float(np.mean([one.share for one in told])), 4),
        }
        for name in RANKINGS
    }


@dataclass(frozen=True)
class _Met:
    """Of one rewriting, for each ranking: texts that had the word and days that had gone when it stood among
    the first, if it did; whether it stood before the ordinary one when both were in five texts; and which
    share of adverts had it."""

    occurrences: dict[str, int]
    days: dict[str, float]
    before_ordinary: dict[str, bool]
    share: float


def _met(stream: Stream, begin: int, rate: float, draw: np.random.Generator, seed: int) -> _Met:
    planted = plant(stream, begin, rate, draw)
    changed, known = planted.stream, planted.known
    model, vectors = changed.learned(known, begin, seed)
    met = _Met({}, {}, {}, len(planted.texts) / max(1, int(stream.advert[begin:].sum())))
    step = max(1, stream.week // _STEPS_A_WEEK)
    last = min(len(stream), begin + _WEEKS * stream.week)
    seen = 0
    for end in range(begin + step, last + 1, step):
        before, seen = seen, int(np.searchsorted(planted.texts, end))
        both = min(seen, int(np.searchsorted(planted.ordinary_texts, end))) >= _BOTH
        if seen == before and not both:
            continue  # nothing of it came since
        found = candidates(changed, known, model, end)
        texts = min(end, (1 + BEFORE) * stream.week)
        for name, score in scores(found, changed.posts, texts, vectors).items():
            order = [words for words, _ in ranked_names(changed, found, score)]
            place = _place(planted.word, order)
            if place < TOP and name not in met.days:
                met.occurrences[name], met.days[name] = seen, 7 * (end - begin) / WEEK
            if both:
                met.before_ordinary.setdefault(name, place < _place(planted.ordinary, order))
        if both and len(met.days) == len(RANKINGS):
            break
    return met


def _share(told: list[bool]) -> float | None:
    return round(sum(told) / len(told), 3) if told else None


def _place(word: str, order: list[tuple[str, ...]]) -> int:
    return next((at for at, words in enumerate(order) if word in words), len(order))


def _ordinary_weeks(stream: Stream, seed: int, done: Callable[[], None]) -> Facts:
    raised: set[str] = set()
    counts = []
    raise_from = NewTermSettings().raise_from
    known = stream.covered >= 0
    for end in range(stream.begin + stream.week, len(stream) + 1, stream.week):
        model, _ = stream.learned(known, end - stream.week, seed)
        found = candidates(stream, known, model, end)
        score = np.maximum(found.burst, 0.0) * found.fit
        score[score < raise_from] = 0.0
        new = {" ".join(words) for words, _ in ranked_names(stream, found, score)} - raised
        raised |= new
        counts.append(len(new))
        done()
    return {
        "candidates_per_week": round(float(np.mean(counts)), 2),
        "most_in_a_week": max(counts),
        "weeks": len(counts),
    }

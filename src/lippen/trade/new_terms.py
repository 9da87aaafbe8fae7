"""Words, phrases and signs that begin to fill the places where known terms stand, ranked for a person.

The score is burst × context fit × not in the lexicon. *Burst*: how much more a term is used lately than in
the weeks before (log-odds with an informative Dirichlet prior, Monroe, Colaresi and Quinn 2008). *Context
fit*: how much the words around it, itself unseen, are those around known terms. Of both the evidence notes
expect little alone.

A ranking is for a person to answer. It says of a word where it stands, and nothing of who wrote it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lippen.trade.errors import PostsUnusable
from lippen.trade.known_places import is_known, known_places
from lippen.trade.lexicon import Lexicon
from lippen.trade.term_candidates import Candidates, Window, find_candidates
from lippen.trade.term_contexts import ContextModel, Slots, learn_contexts
from lippen.trade.term_counts import Ids, Mask, Posts, read_posts, words_of
from lippen.trade.term_decisions import Taught, scored
from lippen.trade.term_evidence import likeness, may_be, snippets
from lippen.trade.term_window import NewTermSettings, first_day_lately, window_until, without_floods

NEW_TERMS: Final = pa.schema(
    [
        ("rank", pa.int64()),
        ("term", pa.string()),
        ("sort", pa.string()),
        ("score", pa.float64()),
        ("burst", pa.float64()),
        ("context_fit", pa.float64()),
        ("raised", pa.bool_()),
        ("texts", pa.int64()),
        ("posts", pa.int64()),
        ("sellers", pa.int64()),
        ("texts_before", pa.int64()),
        ("since", pa.date32()),
        ("first_seen", pa.date32()),
        ("evidence", pa.list_(pa.string())),
        ("nearest", pa.list_(pa.string())),
        ("substance", pa.string()),
        ("family", pa.string()),
        ("likeness", pa.float64()),
        ("alike_answered", pa.int64()),
        ("alike_right", pa.int64()),
        ("right_low", pa.float64()),
        ("right_high", pa.float64()),
        ("may_be", pa.list_(pa.string())),
        ("contexts", pa.list_(pa.string())),
        ("answered_before", pa.bool_()),
    ]
)
"""One row a candidate, the best first. `sort` is word, phrase or sign. `raised`: its score reaches
NewTermSettings.raise_from. `texts`: different texts that have it lately; `posts`: those with their copies;
`sellers`: different ones that are known, null where none is; `texts_before`: as counted against it, a seller
twice at most; `since`: the first day of what is looked at as lately;
`first_seen`: the first day in the posts given. `evidence`: up to five places, numbers and contacts unseen.
`nearest`: known terms whose places it takes; `substance` and `family`: whose places its own are most like
(`likeness`: cosine). `alike_answered` and `alike_right`: candidates of such a score that people answered and
that were right, with Wilson's 95 % interval of that share (null while under five). `may_be`: what else it may
be. `contexts`: the words beside it (keep them with the answer). `answered_before`: it was answered, and
stands in other contexts now."""


def rank_new_terms(
    posts: pa.Table,
    lexicon: Lexicon,
    until: date,
    decisions: pa.Table | None = None,
    settings: NewTermSettings | None = None,
) -> pa.Table:
    """Rank what may be new terms as of the end of a day (NEW_TERMS).

    `posts`: columns `text` and `day`, and `seller`, `origin` and `destination` where they are known; those
    after `until` are left out, and those of the weeks before are what is new is measured against. `decisions`
    (DECISIONS): what people answered before. An accepted term joins the known ones; another that was answered
    returns only when its contexts have changed; and what was right moves the weights of the two parts. Raises
    PostsUnusable, also where too few known terms stand in the posts to learn from, and DecisionsUnusable.
    """
    chosen = settings or NewTermSettings()
    taught = Taught.by(decisions)
    known_terms = Lexicon([*lexicon.terms, *taught.seeds])
    if "day" in posts.column_names:
        by_then = pc.less_equal(posts["day"].cast(pa.date32()), pa.scalar(until))
        posts = posts.filter(pc.fill_null(by_then, True))  # one without a day is refused when read
    read = without_floods(read_posts(posts), until, chosen)
    window = window_until(read, until, chosen)
    covered, places, of = known_places(read, known_terms.terms)
    known = covered >= 0
    model = learn(read, known, places, of, past_of(places, window), chosen.seed)
    found = find_candidates(read, known, model, window, chosen.least_texts, chosen.least_sellers)
    score = scored(found.burst, found.fit, taught.weight)
    names = _names(read, found)
    answered = [at for at, name in enumerate(names) if name in taught.contexts]
    silent = {at for at in answered if taught.silenced(names[at], _contexts(read, known, found.places(at)))}
    shown = _ranked(found, score, names, known_terms, silent)[: chosen.most]
    few = found.take(shown)
    in_window = places.row >= window.earlier
    like = likeness(read, known_terms.terms, places.take(in_window), of[in_window], few, chosen.seed)
    sellers_known = "seller" in posts.column_names and posts["seller"].null_count < posts.num_rows
    since = first_day_lately(read, until, chosen)
    place_names = _place_names(posts)
    first_seen = _first_seen(read, few.words)
    rows: list[dict[str, Any]] = []
    for rank, at in enumerate(shown):
        seen, hits, low, high = taught.alike(float(score[at]))
        places_of = few.places(rank)
        lately = np.unique(places_of.row)
        rows.append(
            {
                "rank": rank + 1,
                "term": names[at],
                "sort": _sort(names[at]),
                "score": round(float(score[at]), 4),
                "burst": round(float(found.burst[at]), 4),
                "context_fit": round(float(found.fit[at]), 4),
                "raised": bool(score[at] >= chosen.raise_from),
                "texts": int(found.texts[at]),
                "posts": int(read.copies[lately].sum()),
                "sellers": _known_sellers(posts, read.source[lately]),
                "texts_before": int(found.before[at]),
                "since": since,
                "first_seen": first_seen[rank],
                "evidence": snippets(read, places_of, names[at]),
                "nearest": like.nearest[rank],
                "substance": like.substance[rank],
                "family": like.family[rank],
                "likeness": like.cosine[rank],
                "alike_answered": seen,
                "alike_right": hits,
                "right_low": low,
                "right_high": high,
                "may_be": may_be(
                    read,
                    few,
                    rank,
                    names[at],
                    known=covered,
                    terms=known_terms.terms,
                    places=place_names,
                    sellers_known=sellers_known,
                    until=until,
                ),
                "contexts": _contexts(read, known, places_of),
                "answered_before": names[at] in taught.contexts,
            }
        )
    return pa.Table.from_pylist(rows, NEW_TERMS)


_LEAST_KNOWN: Final = 20
_CONTEXTS_KEPT: Final = 12


def learn(posts: Posts, known: Mask, places: Slots, of: Ids, window: Window, seed: int) -> ContextModel:
    """Learn the places of known terms in a window. Raises PostsUnusable where it has under twenty."""
    yes = (places.row >= window.earlier) & (places.row < window.end)
    here = np.arange(int(posts.starts[window.earlier]), int(posts.starts[window.end]))
    here = here[posts.opens[posts.token[here]] & ~known[here]]
    if min(int(yes.sum()), len(here)) < _LEAST_KNOWN:
        raise PostsUnusable(
            f"known terms stand in {int(yes.sum())} places of these posts, which is too few to learn from",
            remedy="Give posts of more weeks, or a lexicon that has their words.",
        )
    other = Slots(here, np.ones(len(here), dtype=np.int64), posts.row[here])
    return learn_contexts(posts, known, places.take(yes), of[yes], other, posts.token[here], seed)


def _names(posts: Posts, found: Candidates) -> list[str]:
    return [" ".join(posts.words[one] for one in words if one >= 0) for words in found.words.tolist()]


def _ranked(
    found: Candidates, score: NDArray[np.float64], names: list[str], lexicon: Lexicon, silent: set[int]
) -> list[int]:
    """Candidates with a score, the best first: none that the lexicon has or that is silent, and of those that
    share a word only the best."""
    order = [at for at in np.argsort(-score, kind="stable").tolist() if score[at] > 0]
    listed = is_known(lexicon, [names[at] for at in order])
    taken: set[int] = set()
    kept = []
    for at, known in zip(order, listed, strict=True):
        words = [one for one in found.words[at].tolist() if one >= 0]
        if not known and at not in silent and not taken.intersection(words):
            taken.update(words)
            kept.append(at)
    return kept


def past_of(places: Slots, window: Window) -> Window:
    """What went before, so that a new term is not taught as a word that is none; all, where it is little."""
    before = (places.row >= window.earlier) & (places.row < window.later)
    enough = int(before.sum()) >= 5 * _LEAST_KNOWN
    return Window(window.earlier, window.earlier, window.later if enough else window.end)


def _contexts(posts: Posts, known: Mask, slots: Slots) -> list[str]:
    """The words that stand right beside a candidate, the commonest first."""
    said: dict[str, int] = {}
    for start, length, row in zip(
        slots.start.tolist(), slots.length.tolist(), slots.row.tolist(), strict=True
    ):
        for side, at in (("before", start - 1), ("after", start + length)):
            inside = posts.starts[row] <= at < posts.starts[row + 1]
            word = "nothing" if not inside else "known term" if known[at] else posts.words[posts.token[at]]
            said[f"{side} {word}"] = said.get(f"{side} {word}", 0) + 1
    return sorted(said, key=lambda one: (-said[one], one))[:_CONTEXTS_KEPT]


def _sort(name: str) -> str:
    if not any(sign.isalnum() for sign in name):
        return "sign"
    return "phrase" if " " in name else "word"


def _first_seen(posts: Posts, terms: NDArray[np.int64]) -> list[date]:
    """The day of the first text that has each term (its words, -1 where it has fewer than three)."""
    begins = np.zeros(len(posts.words), dtype=np.bool_)
    begins[terms[:, 0]] = True
    begun = np.flatnonzero(begins[posts.token])
    days = []
    for words in terms:
        length = int((words >= 0).sum())
        place = begun[posts.token[begun] == words[0]]
        place = place[place + length <= posts.starts[posts.row[place] + 1]]
        for step in range(1, length):
            place = place[posts.token[place + step] == words[step]]
        days.append(date(1970, 1, 1) + timedelta(days=int(posts.day[posts.row[place[0]]])))
    return days


def _known_sellers(posts: pa.Table, rows: Ids) -> int | None:
    if "seller" not in posts.column_names:
        return None
    return pc.count_distinct(posts["seller"].take(pa.array(rows)), mode="only_valid").as_py() or None


def _place_names(posts: pa.Table) -> frozenset[str]:
    written: set[str] = set()
    for name in ("origin", "destination"):
        if name in posts.column_names:
            written.update(one for one in pc.unique(posts[name]).to_pylist() if one)
    return frozenset(word for words in words_of(sorted(written)) for word in words)

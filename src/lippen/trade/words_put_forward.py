"""Words that adverts and sightings put forward, and how often each was met, week by week."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.engine import Engine
from lippen.trade.errors import PostsUnusable
from lippen.trade.lexicon import Lexicon
from lippen.trade.matching import Matcher
from lippen.trade.met import Met
from lippen.trade.new_terms import NEW_TERMS, rank_new_terms
from lippen.trade.posted import Posted, first_contacts
from lippen.trade.tables import CONFIRMED, TERM_WEEKS, TermFacts
from lippen.trade.term_counts import NUMBER, sellers_of
from lippen.trade.term_decisions import last_answers
from lippen.trade.term_window import NewTermSettings, weeks_lately

_POSTS: Final = pa.schema(
    [
        ("text", pa.string()),
        ("day", pa.date32()),
        ("seller", pa.string()),
        ("copies", pa.int64()),
        ("origin", pa.string()),
        ("destination", pa.string()),
        ("wording", pa.string()),
    ]
)


@dataclass(frozen=True)
class PutForward:
    """The ranking (`new_terms.NEW_TERMS`), how often its words and those that were answered before were met
    (`tables.TERM_WEEKS`), those that a person confirmed (`tables.CONFIRMED`), and what came of it."""

    terms: pa.Table
    weeks: pa.Table
    confirmed: pa.Table
    facts: TermFacts


def put_forward(
    posted: Posted | None,
    seen: pa.Table | None,
    met: list[Met],
    engine: Engine,
    lexicon: Lexicon,
    until: date,
    decisions: pa.Table | None,
    seed: int,
) -> PutForward:
    """Rank what may be new terms, over adverts and sightings together: a word is new where it is said,
    whoever looked. It is done as of `until`, or of the newest advert where little came since
    (`_newest_to_rank`). Raises DecisionsUnusable."""
    texts = _texts(posted, seen)
    settings = NewTermSettings(seed=seed)
    as_of = _newest_to_rank(texts, posted, engine, until, settings)
    ranked = texts.filter(pc.less_equal(texts["day"], pa.scalar(as_of)))
    why = None
    try:
        terms = rank_new_terms(_lately(ranked, as_of, settings), lexicon, as_of, decisions, settings)
    except PostsUnusable as error:
        terms, why = NEW_TERMS.empty_table(), str(error)
    answered = [] if decisions is None else decisions["term"].to_pylist()
    held = _held(texts, sorted({*terms["term"].to_pylist(), *answered}))
    terms = _dated(terms, held, texts)
    weeks = _weeks(held, met, engine)
    raised = int(pc.sum(terms["raised"]).as_py() or 0)
    facts: TermFacts = {"shown": len(terms), "raised": raised, "why_none": why, "until": as_of.isoformat()}
    return PutForward(terms, weeks, _confirmed(decisions, held, texts), facts)


def _texts(posted: Posted | None, seen: pa.Table | None) -> pa.Table:
    """Every wording once, on the day on which it was first met, with how often it was."""
    parts = [_POSTS.empty_table()]
    if posted is not None:
        wordings = posted.wordings
        columns = {
            "wording": wordings["same_as"],
            "copies": wordings["posts"],
            "seller": first_contacts(wordings["text"]),
            **{name: wordings[name] for name in ("text", "day", "origin", "destination")},
        }
        parts.append(pa.table([columns[name] for name in _POSTS.names], schema=_POSTS))
    if seen is not None:
        nobody = pa.nulls(len(seen), pa.string())
        columns = {
            "wording": seen["group"],
            "copies": pa.array([1] * len(seen), pa.int64()),
            **dict.fromkeys(("seller", "origin", "destination"), nobody),
            **{name: seen[name] for name in ("text", "day")},
        }
        parts.append(pa.table([columns[name] for name in _POSTS.names], schema=_POSTS))
    return pa.concat_tables(parts).combine_chunks()


def _newest_to_rank(
    texts: pa.Table, posted: Posted | None, engine: Engine, until: date, settings: NewTermSettings
) -> date:
    """The newest day that has something to rank: `until` where an advert was posted in the days up to it, or
    these hold as many texts as a ranking wants; else that of the newest advert, so that a few sightings told
    later do not put its words out of sight."""
    if posted is None:
        return until
    newest = engine.collect(posted.each.aggregate(day=posted.each.day.max()))["day"][0].as_py()
    since = until - timedelta(days=settings.days)
    if newest is None or newest > since:
        return until
    lately = pc.sum(pc.greater(texts["day"], pa.scalar(since))).as_py() or 0
    return until if lately >= settings.least_posts else newest


def _lately(texts: pa.Table, until: date, settings: NewTermSettings) -> pa.Table:
    """What the ranking looks at, which makes its window longer while there is little in it: no more than that
    need be taken apart into words."""
    days = texts["day"]
    since_1970 = days.combine_chunks().cast(pa.int32()).to_numpy().astype(np.int64)
    weeks = weeks_lately(since_1970, sellers_of(texts), until, settings)
    begin = until - timedelta(days=(settings.days + settings.before_days) * weeks)
    return texts.filter(pc.greater(days, pa.scalar(begin)))


def _dated(terms: pa.Table, held: pa.Table, texts: pa.Table) -> pa.Table:
    """The ranking with the first day on which each word was met in all that is held, not in its window."""
    days = texts["day"].take(pc.index_in(held["wording"], texts["wording"].combine_chunks()))
    first: dict[str, date] = {}
    for term, day in zip(held["term"].to_pylist(), days.to_pylist(), strict=True):
        first[term] = min(day, first.get(term, day))
    known = zip(terms["term"].to_pylist(), terms["first_seen"].to_pylist(), strict=True)
    told = pa.array([min(day, first.get(term, day)) for term, day in known], pa.date32())
    return terms.set_column(terms.column_names.index("first_seen"), "first_seen", told)


def _confirmed(decisions: pa.Table | None, held: pa.Table, texts: pa.Table) -> pa.Table:
    """The words that were last answered as new terms, with what is held of each (`tables.CONFIRMED`)."""
    new = last_answers(decisions, "new term")
    rows = pc.index_in(held["wording"], texts["wording"].combine_chunks())
    found = pa.table(
        {"term": held["term"], **{name: texts[name].take(rows) for name in ("day", "copies", "seller")}}
    )
    told = found.group_by("term").aggregate(
        [("day", "min"), ("day", "count"), ("copies", "sum"), ("seller", "count_distinct")]
    )
    of = {row["term"]: row for row in told.to_pylist()}
    confirmed = [
        {
            **{name: answer[name] for name in ("term", "substance", "decided")},
            "first_seen": of[answer["term"]]["day_min"],
            "texts": of[answer["term"]]["day_count"],
            "posts": of[answer["term"]]["copies_sum"],
            "sellers": of[answer["term"]]["seller_count_distinct"] or None,
        }
        for answer in new
        if answer["term"] in of
    ]
    confirmed.sort(key=lambda row: (-row["decided"].toordinal(), row["term"]))
    return pa.Table.from_pylist(confirmed, CONFIRMED)


def _weeks(held: pa.Table, met: list[Met], engine: Engine) -> pa.Table:
    """How often each term was met (`tables.TERM_WEEKS`), in the order of terms and weeks."""
    if not len(held) or not met:
        return TERM_WEEKS.empty_table()
    counted = []
    for one in met:
        each = one.each.join(engine.table(held), "wording")
        by_week = each.group_by(["term", "week"]).aggregate(texts=each.wording.nunique(), posts=each.count())
        counted.append(engine.collect(by_week))
    told = (
        pa.concat_tables(counted).group_by(["term", "week"]).aggregate([("texts", "sum"), ("posts", "sum")])
    )
    named = told.rename_columns({"texts_sum": "texts", "posts_sum": "posts"}).select(TERM_WEEKS.names)
    return named.cast(TERM_WEEKS).sort_by([("term", "ascending"), ("week", "ascending")])


def _held(texts: pa.Table, terms: list[str]) -> pa.Table:
    """Which wording holds which term: `term`, `wording`, each pair once."""
    plain = [term for term in terms if NUMBER not in term]
    found = Matcher(plain).find(texts["text"])
    pairs = {(plain[word], row) for word, row in zip(found.word.tolist(), found.row.tolist(), strict=True)}
    for term in terms:
        if NUMBER in term:  # such as #mg, which stands for any number
            pattern = r"[\W_]*".join(re.escape(word).replace(r"\#", r"\d+") for word in term.split())
            holds = pc.match_substring_regex(texts["text"], rf"(?i)\b{pattern}\b")
            pairs.update((term, row) for row in pc.indices_nonzero(pc.fill_null(holds, False)).to_pylist())
    ordered = sorted(pairs)
    rows = pa.array([row for _, row in ordered], pa.int64())
    return pa.table(
        {
            "term": pa.array([term for term, _ in ordered], pa.string()),
            "wording": texts["wording"].combine_chunks().take(rows),
        }
    )

"""Words that adverts and sightings put forward, and how often each was met, week by week.

Invariant: what is ranked is adverts and sightings, and of a flood a part; what is told of a word counts each
post that holds it. A post with a word that nobody knows yet is often taken for no advert, and a word that is
in use must not look as if it had gone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.engine import Engine
from lippen.trade.errors import PostsUnusable
from lippen.trade.lexicon import Lexicon
from lippen.trade.matching import Matcher
from lippen.trade.met import weeks_until
from lippen.trade.new_terms import NEW_TERMS, rank_new_terms
from lippen.trade.posted import Posted, first_contacts
from lippen.trade.tables import CONFIRMED, TERM_WEEKS, TERMS, TermFacts
from lippen.trade.term_counts import NUMBER, Ids, folded, sellers_of, tokens_of, words_of
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


_SAID: Final = pa.schema(
    [("wording", pa.string()), ("text", pa.string()), ("day", pa.date32()), ("copies", pa.int64())]
)


@dataclass(frozen=True)
class PutForward:
    """The ranking (`tables.TERMS`), how often its words and those that were answered before were met
    (`tables.TERM_WEEKS`), those that a person confirmed (`tables.CONFIRMED`), and what came of it."""

    terms: pa.Table
    weeks: pa.Table
    confirmed: pa.Table
    facts: TermFacts


def put_forward(
    posted: Posted | None,
    seen: pa.Table | None,
    engine: Engine,
    lexicon: Lexicon,
    until: date,
    week_ends: date,
    decisions: pa.Table | None,
    seed: int,
) -> PutForward:
    """Rank what may be new terms, over adverts and sightings together: a word is new where it is said,
    whoever looked. It is done as of `until`, or of the newest advert where little came since
    (`_newest_to_rank`). Weeks are counted back from `week_ends`. Raises DecisionsUnusable."""
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
    said = _said(posted, seen)
    held = _held(said, sorted({*terms["term"].to_pylist(), *answered}))
    each = _each(posted, seen, held, engine)
    terms = _counted(_dated(terms, held, said), each, texts, as_of, settings)
    weeks = _weeks(each, week_ends)
    raised = int(pc.sum(terms["raised"]).as_py() or 0)
    facts: TermFacts = {"shown": len(terms), "raised": raised, "why_none": why, "until": as_of.isoformat()}
    return PutForward(terms, weeks, _confirmed(decisions, held, said, texts), facts)


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


def _said(posted: Posted | None, seen: pa.Table | None) -> pa.Table:
    """The same of every post, taken for an advert or not, and of every sighting (_SAID)."""
    parts = [_SAID.empty_table()]
    if posted is not None:
        parts.append(posted.said.rename_columns({"same_as": "wording", "posts": "copies"}))
    if seen is not None:
        once = pa.array([1] * len(seen), pa.int64())
        parts.append(seen.rename_columns({"group": "wording"}).append_column("copies", once))
    return pa.concat_tables([part.select(_SAID.names).cast(_SAID) for part in parts]).combine_chunks()


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


def _each(posted: Posted | None, seen: pa.Table | None, held: pa.Table, engine: Engine) -> pa.Table:
    """How often each wording that holds a term was met on each day: `term`, `wording`, `day`, `posts`."""
    parts = [pa.schema([*held.schema, ("day", pa.date32()), ("posts", pa.int64())]).empty_table()]
    came: list[ibis.Table] = []
    if posted is not None:
        came.append(posted.every.rename(wording="same_as"))
    if seen is not None:
        came.append(engine.table(seen.select(["group", "day"]).rename_columns(["wording", "day"])))
    for one in came if len(held) else ():
        joined = one.join(engine.table(held), "wording")
        by_day = joined.group_by(["term", "wording", "day"]).aggregate(posts=joined.count())
        parts.append(engine.collect(by_day, ["term", "wording", "day"]).cast(parts[0].schema))
    return pa.concat_tables(parts).combine_chunks()


def _counted(
    terms: pa.Table, each: pa.Table, texts: pa.Table, as_of: date, settings: NewTermSettings
) -> pa.Table:
    """The ranking (`tables.TERMS`) with what was met of each word, and not what was weighed of it: every text
    that holds it, lately and in the weeks before."""
    rows = terms.to_pylist()
    if not rows:
        return TERMS.empty_table()
    since: date = rows[0]["since"]
    weeks = ((as_of - since).days + 1) // settings.days
    before = since - timedelta(days=settings.before_days * weeks)
    lately = _by_term(_between(each, since, as_of), texts)
    earlier = _by_term(_between(each, before, since - timedelta(days=1)), texts)
    for row in rows:
        row["adverts"] = row["texts"]
        if row["term"] in lately:  # one in odd signs is not found again, and stands as it was weighed
            row.update(lately[row["term"]])
            row["texts_before"] = earlier[row["term"]]["texts"] if row["term"] in earlier else 0
    return pa.Table.from_pylist(rows, TERMS)


def _between(each: pa.Table, first: date, last: date) -> pa.Table:
    days = each["day"]
    return each.filter(
        pc.and_(pc.greater_equal(days, pa.scalar(first)), pc.less_equal(days, pa.scalar(last)))
    )


def _by_term(each: pa.Table, texts: pa.Table) -> dict[str, dict[str, int | None]]:
    """Of each term what was met: `texts`, of these `adverts` (sightings too), `posts`, and the `sellers` of
    the adverts."""
    rows = pc.index_in(each["wording"], texts["wording"].combine_chunks())
    known = each.append_column("advert", pc.if_else(pc.is_valid(rows), each["wording"], None))
    known = known.append_column("seller", texts["seller"].take(rows))
    told = known.group_by("term").aggregate(
        [
            ("wording", "count_distinct"),
            ("advert", "count_distinct"),
            ("posts", "sum"),
            ("seller", "count_distinct"),
        ]
    )
    return {
        row["term"]: {
            "texts": row["wording_count_distinct"],
            "adverts": row["advert_count_distinct"],
            "posts": row["posts_sum"],
            "sellers": row["seller_count_distinct"] or None,
        }
        for row in told.to_pylist()
    }


def _dated(terms: pa.Table, held: pa.Table, said: pa.Table) -> pa.Table:
    """The ranking with the first day on which each word was met in all that is held, not in its window."""
    days = said["day"].take(pc.index_in(held["wording"], said["wording"].combine_chunks()))
    first: dict[str, date] = {}
    for term, day in zip(held["term"].to_pylist(), days.to_pylist(), strict=True):
        first[term] = min(day, first.get(term, day))
    known = zip(terms["term"].to_pylist(), terms["first_seen"].to_pylist(), strict=True)
    told = pa.array([min(day, first.get(term, day)) for term, day in known], pa.date32())
    return terms.set_column(terms.column_names.index("first_seen"), "first_seen", told)


def _confirmed(decisions: pa.Table | None, held: pa.Table, said: pa.Table, texts: pa.Table) -> pa.Table:
    """The words that were last answered as new terms, with what is held of each (`tables.CONFIRMED`)."""
    new = last_answers(decisions, "new term")
    rows = pc.index_in(held["wording"], said["wording"].combine_chunks())
    found = pa.table({"term": held["term"], **{name: said[name].take(rows) for name in ("day", "copies")}})
    adverts = pc.index_in(held["wording"], texts["wording"].combine_chunks())
    found = found.append_column("seller", texts["seller"].take(adverts))
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


def _weeks(each: pa.Table, until: date) -> pa.Table:
    """How often each term was met (`tables.TERM_WEEKS`), in the order of terms and weeks."""
    by_week = each.join(weeks_until(each["day"], until), "day").group_by(["term", "week"])
    told = by_week.aggregate([("wording", "count_distinct"), ("posts", "sum")])
    named = told.rename_columns({"wording_count_distinct": "texts", "posts_sum": "posts"})
    ordered = named.select(TERM_WEEKS.names).sort_by([("term", "ascending"), ("week", "ascending")])
    return ordered.cast(TERM_WEEKS)


def _held(said: pa.Table, terms: list[str]) -> pa.Table:
    """Which wording holds which term: `term`, `wording`, each pair once. Words are told apart as they were
    when they were ranked, in those texts alone that hold one of them."""
    words = {term: _words(term) for term in terms}
    rows = _with_any([of for of in words.values() if of], said["text"].combine_chunks())
    token, starts, known = tokens_of(folded(said["text"].combine_chunks().take(pa.array(rows))))
    number = {word: at for at, word in enumerate(known)}
    row = np.repeat(np.arange(len(rows)), np.diff(starts))
    pairs: list[tuple[str, int]] = []
    for term in terms:
        of = [number.get(word, -1) for word in words[term]]
        if not of or -1 in of:
            continue
        place = np.flatnonzero(token == of[0])
        place = place[place + len(of) <= starts[row[place] + 1]]
        for step in range(1, len(of)):
            place = place[token[place + step] == of[step]]
        pairs.extend((term, at) for at in rows[np.unique(row[place])].tolist())
    at = pa.array([row for _, row in pairs], pa.int64())
    return pa.table(
        {
            "term": pa.array([term for term, _ in pairs], pa.string()),
            "wording": said["wording"].combine_chunks().take(at),
        }
    )


def _words(term: str) -> tuple[str, ...]:
    # Whatever is read again has its numbers told: #mg stands for any.
    return tuple(term.split()) if NUMBER in term else words_of([term])[0]


def _with_any(terms: list[tuple[str, ...]], texts: pa.Array) -> Ids:
    """The texts that hold the longest word of any of the terms."""
    longest = {max(words, key=lambda word: (NUMBER not in word, len(word))) for words in terms}
    plain = sorted(word for word in longest if NUMBER not in word)
    rows = set(Matcher(plain).find(texts).row.tolist())
    for word in longest - set(plain):
        pattern = re.escape(word).replace(rf"\{NUMBER}", r"\d+")
        holds = pc.match_substring_regex(texts, rf"(?i){pattern}")
        rows.update(pc.indices_nonzero(pc.fill_null(holds, False)).to_pylist())
    return np.array(sorted(rows), dtype=np.int64)

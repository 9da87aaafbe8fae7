"""The reader of words that may be new: the ranking for a person, and one word's story. It enters each
reading.

Only a word's id is entered: what somebody wrote in an advert never comes into the register.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from lippen.brief import figures
from lippen.brief.plain_text import plain
from lippen.results import TRADE_TERM_WEEKS, TRADE_TERMS
from lippen.site.accounts.acting import Acting
from lippen.site.trade import charts
from lippen.site.trade.answered import answers_of, counted
from lippen.site.trade.entering import enter_look
from lippen.site.trade.found import (
    LONGEST_NAME,
    Row,
    ask,
    facts,
    named,
    quoted,
    reckoned,
    rows_of,
    term_id,
    weeks_until,
)
from lippen.site.trade.models import Answer, TermAnswer
from lippen.site.trade.sight import TRADE, check

if TYPE_CHECKING:  # it loads what reckons, and a page shows only what was reckoned
    from lippen.trade.tables import TradeFacts

WEEKS_DRAWN: Final = 52
MOST_ANSWERED: Final = 100
TAKEN_FOR_ADVERTS: Final = "Of these, taken for adverts, or told as sightings"


@dataclass(frozen=True)
class AnswerSeen:
    """What somebody said of a word. `who` is "you" or "a colleague"; `counts` where it is the one that
    counts.
    """

    who: str
    title: str
    substance: str
    at: datetime
    counts: bool
    own: bool


@dataclass(frozen=True)
class TermLine:
    """A word in the ranking. `own` is what counts of what was said of it ("" for nothing)."""

    id: str
    rank: int
    term: Markup
    sort: Markup
    texts: str
    posts: str
    first_seen: date
    like: Markup
    raised: bool
    again: bool
    answer: str


@dataclass(frozen=True)
class AnsweredLine:
    """A word that was answered: the answer that counts, and whether the ranking was taught it."""

    id: str
    term: Markup
    title: str
    substance: str
    at: datetime
    taught: bool


@dataclass(frozen=True)
class WordsSeen:
    """The ranking. `raised` and `others` together are all that it puts forward, the likeliest first;
    `answered` those that people answered, the newest first, `answered_left` how many more there are; `as_of`
    as in `ranked_as_of`.
    """

    raised: tuple[TermLine, ...]
    others: tuple[TermLine, ...]
    answered: tuple[AnsweredLine, ...]
    answered_left: int
    why_none: Markup
    as_of: str


@dataclass(frozen=True)
class TermSeen:
    """One word's story. What only a ranked word has is empty where it `stands` in the ranking no longer.
    `taught` says whether the ranking knows the answer that counts, None where none does.
    """

    id: str
    term: Markup
    stands: bool
    sort: Markup
    raised: bool
    again: bool
    counts: tuple[tuple[str, str], ...]
    first_seen: date | None
    evidence: tuple[Markup, ...]
    nearest: str
    likely: Markup
    may_be: tuple[Markup, ...]
    right: str
    chart: Markup | None
    said: tuple[AnswerSeen, ...]
    own: str
    taught: bool | None
    may_answer: bool


def words(acting: Acting) -> WordsSeen | None:
    """The ranking, entered with each word that is shown; None where nothing was reckoned yet.

    Raises PermissionError, and RegisterUnavailable.
    """
    check(acting)
    told = facts()
    if told is None:
        enter_look(acting, "new words of the trade")
        return None
    answers = answers_of(acting.organisation.ref)
    lines = lines_of(answers)
    done = sorted(answers.values(), key=lambda one: -one.pk)
    shown = done[:MOST_ANSWERED]
    enter_look(
        acting, "new words of the trade", [*(one.id for one in lines), *(one.term_id for one in shown)]
    )
    why = told["new_terms"]["why_none"]
    return WordsSeen(
        raised=tuple(one for one in lines if one.raised),
        others=tuple(one for one in lines if not one.raised),
        answered=tuple(_answered(one) for one in shown),
        answered_left=len(done) - len(shown),
        why_none=quoted(why) if why else Markup(""),
        as_of=ranked_as_of(told),
    )


def ranked_as_of(told: TradeFacts) -> str:
    """That words were ranked as of a day before the newest week, in a sentence; "" where they were not."""
    # What an earlier version reckoned does not say it: there it was always the newest day.
    day = told["new_terms"].get("until", told["week"])
    if day >= told["week"]:
        return ""
    return f"Words were ranked as of {figures.day(day)}: no newer advert was brought in."


def lines_of(answers: Mapping[str, TermAnswer]) -> list[TermLine]:
    """The words of the ranking, the likeliest first, each with the answer to it that counts."""
    return [_line(row, answers.get(term_id(row["term"]))) for row in rows_of(TRADE_TERMS)]


def term(acting: Acting, ident: str) -> TermSeen | None:
    """One word's story, entered; None where the ranking has no such word and nobody answered it.

    Raises PermissionError, and RegisterUnavailable.
    """
    check(acting)
    rows = list(TermAnswer.objects.filter(term_id=ident, organisation=acting.organisation.ref).order_by("pk"))
    ranked = next((one for one in rows_of(TRADE_TERMS) if term_id(one["term"]) == ident), None)
    seen = None if ranked is None and not rows else _story(acting, ident, ranked, rows)
    enter_look(acting, "a word of the trade", [] if seen is None else [ident])
    return seen


def waiting(acting: Acting) -> int:
    """How many words that are worth a person's time nobody of the organisation has answered. It shows none,
    so nothing is entered.
    """
    return sum(one.raised and not one.answer for one in lines_of(answers_of(acting.organisation.ref)))


def _line(row: Row, answer: TermAnswer | None) -> TermLine:
    return TermLine(
        id=term_id(row["term"]),
        rank=row["rank"],
        term=named(row["term"]),
        sort=named(row["sort"]),
        texts=figures.count(row["texts"]),
        posts=figures.count(row["posts"]),
        first_seen=row["first_seen"],
        like=named(row["substance"]) if row["substance"] else Markup("cannot tell"),
        raised=bool(row["raised"]),
        again=bool(row["answered_before"]),
        answer=_title(answer) if answer is not None and _of_this(answer, row) else "",
    )


def _of_this(answer: TermAnswer, row: Row) -> bool:
    """Whether an answer is of the word as it stands now, and not of the places where it stood before."""
    return not row["answered_before"] or not _taught(answer)


def _answered(one: TermAnswer) -> AnsweredLine:
    return AnsweredLine(one.term_id, named(one.term), _title(one), one.substance, one.at, _taught(one))


def _title(one: TermAnswer) -> str:
    return str(Answer(one.answer).label)


def _taught(one: TermAnswer) -> bool:
    """Whether the words were ranked anew since it was answered."""
    return one.reckoned != reckoned()


def _story(acting: Acting, ident: str, ranked: Row | None, rows: Sequence[TermAnswer]) -> TermSeen:
    term = ranked["term"] if ranked is not None else rows[-1].term
    counting = counted(rows).get(ident)
    newest = {one.by: one.pk for one in rows}
    own = next((one for one in reversed(rows) if one.by == acting.person.ref), None)
    row: Row = ranked or {}
    return TermSeen(
        id=ident,
        term=named(term),
        stands=ranked is not None,
        sort=named(row.get("sort", "")),
        raised=bool(row.get("raised")),
        again=bool(row.get("answered_before")),
        counts=_counts(row) if row else (),
        first_seen=row.get("first_seen"),
        evidence=tuple(quoted(one) for one in row.get("evidence") or ()),
        nearest=figures.listing([plain(one, LONGEST_NAME) for one in row.get("nearest") or ()]),
        likely=_likely(row) if row else Markup(""),
        may_be=tuple(quoted(one) for one in row.get("may_be") or ()),
        right=_right(row) if row else "",
        chart=_chart(term),
        said=tuple(
            AnswerSeen(
                who="you" if one.by == acting.person.ref else "a colleague",
                title=_title(one),
                substance=one.substance,
                at=one.at,
                counts=counting is not None and one.pk == counting.pk,
                own=one.by == acting.person.ref and one.pk == newest[one.by],
            )
            for one in reversed(rows)
        ),
        own=_title(own) if own is not None and own.answer != Answer.TAKEN_BACK else "",
        taught=_taught(counting) if counting is not None else None,
        may_answer=bool(acting.may("write", TRADE)),
    )


def _counts(row: Row) -> tuple[tuple[str, str], ...]:
    sellers, since, adverts = row["sellers"], row.get("since"), row.get("adverts")
    lately = "lately" if since is None else f"since {figures.day(since)}"
    return (
        (f"Different texts {lately}", figures.count(row["texts"])),
        # What an earlier version reckoned counted no others, and does not say it.
        *(() if adverts is None else ((TAKEN_FOR_ADVERTS, figures.count(adverts)),)),
        ("Posts with their copies", figures.count(row["posts"])),
        (
            "Different sellers, as far as they are known",
            "not known" if sellers is None else figures.count(sellers),
        ),
        ("Different texts in the weeks before", figures.count(row["texts_before"])),
    )


def _likely(row: Row) -> Markup:
    if not row["substance"]:
        return Markup("It is used as no known substance is.")
    return Markup(
        "It is used most as words for {} are: what stands around it is alike to {} of 100, where 0 is nothing"
        " in common and 100 the same."
    ).format(named(row["substance"]), figures.count(round(100 * row["likeness"])))


def _right(row: Row) -> str:
    """How often candidates with such a score proved right, as people answered them."""
    seen, hits = row["alike_answered"], row["alike_right"]
    answered = figures.plural(seen, "word")
    if row["right_low"] is None or row["right_high"] is None:
        return f"Too few were answered to say: {answered} as likely as this one, and five are needed."
    low, high = figures.percent(row["right_low"]), figures.percent(row["right_high"])
    return (
        f"Of {answered} as likely as this one that people answered, {figures.count(hits)} were terms of the"
        f" trade. So between {low} and {high} are, in 95 of 100 such cases."
    )


def _chart(term: str) -> Markup | None:
    told = facts()
    if told is None:
        return None
    newest = date.fromisoformat(told["week"])
    weeks = weeks_until(newest, WEEKS_DRAWN)
    found = ask(
        f"SELECT week, texts FROM {TRADE_TERM_WEEKS} WHERE term = $term AND week >= $since ORDER BY week",  # noqa: S608 - a name of the library
        {"term": term, "since": weeks[0]},
    )
    if not found:
        return None
    by_week = {row["week"]: row["texts"] for row in found}
    begun = min(by_week)
    points = [charts.Point(week, by_week.get(week, 0)) for week in weeks if week >= begun]
    return charts.line(points, f"Line chart of different texts with this word in each of {len(points)} weeks")

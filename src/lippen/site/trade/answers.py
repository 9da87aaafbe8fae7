"""The verbs of the room Trade: to say what a word is, and to take that back. The only writer of answers.

Rows are only ever added. An answer changes nothing by itself: the next reckoning learns its ranking of words
from it, and counts a new term as what it was said to mean.
"""

from __future__ import annotations

from django.db import transaction

from lippen.errors import LippenError
from lippen.results import TRADE_TERMS
from lippen.site.accounts.acting import Acting
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change
from lippen.site.trade.answered import answers_of, standing
from lippen.site.trade.found import Row, reckoned, rows_of, term_id
from lippen.site.trade.models import Answer, TermAnswer
from lippen.site.trade.sight import TRADE, check
from lippen.trade.vocabulary import substances

TEACHING = "to say whether a word is a term of the trade"


class TermUnknown(LippenError):
    """There is no such word in the ranking, and nobody has said anything of it."""


class AnswerRefused(LippenError):
    """This cannot be said, or taken back, just now."""


def say(acting: Acting, ident: str, answer: str, substance: str = "") -> TermAnswer:
    """Say what a word is; `ident` as `found.term_id` makes it. `substance` is what a new term means, "" where
    that is not known.

    Raises PermissionError, TermUnknown, and AnswerRefused when they have said just that of the word as it is
    shown now, or the answer or the substance is none that is offered.
    """
    check(acting, "write")
    if answer not in Answer.values or answer == Answer.TAKEN_BACK:
        raise AnswerRefused("a word is a new term, a term that was known, or no term of the trade")
    if substance and substance not in {one.name for one in substances()}:
        raise AnswerRefused("there is no such substance here", remedy="Choose one of the list, or none.")
    if substance and answer != Answer.NEW_TERM:
        raise AnswerRefused(
            "only a new term is given a substance", remedy="Choose “A new term”, or no substance."
        )
    with transaction.atomic():
        shown = _shown(acting, ident)
        if _says_so(acting, ident, shown, answer, substance):
            raise AnswerRefused("you have said this already")
        said = TermAnswer.objects.create(
            term_id=ident,
            answer=answer,
            substance=substance,
            by=acting.person.ref,
            organisation=acting.organisation.ref,
            **shown,
        )
        _entered(acting, "an answer on a word of the trade", ident)
    return said


def take_back(acting: Acting, ident: str) -> None:
    """Take back what `acting` said of a word. What a colleague said of it counts again, where one did.

    Raises PermissionError, and AnswerRefused when they have said nothing that could be taken back.
    """
    check(acting, "write")
    with transaction.atomic():
        own = _own(acting, ident)
        if own is None:
            raise AnswerRefused("you have said nothing of this word that could be taken back")
        TermAnswer.objects.create(
            term_id=ident,
            answer=Answer.TAKEN_BACK,
            by=acting.person.ref,
            organisation=acting.organisation.ref,
            **_beside(own.term, own.burst, own.context_fit, own.contexts),
        )
        _entered(acting, "an answer on a word of the trade taken back", ident)


def erase_answers(ident: str) -> int:
    """Erase what people said of one word. Returns how many answers went."""
    return TermAnswer.objects.filter(term_id=ident).delete()[0]


def _shown(acting: Acting, ident: str) -> Row:
    """What stands beside the word: in the ranking, or, where it was answered and left that, beside the last
    answer.
    """
    row = next((one for one in rows_of(TRADE_TERMS) if term_id(one["term"]) == ident), None)
    if row is not None:
        return _beside(row["term"], row["burst"], row["context_fit"], row["contexts"] or [])
    said = TermAnswer.objects.filter(term_id=ident, organisation=acting.organisation.ref)
    last = said.order_by("pk").last()
    if last is None:
        raise TermUnknown("this word stands in the ranking no longer, and nobody has said anything of it")
    return _beside(last.term, last.burst, last.context_fit, last.contexts)


def _beside(term: str, burst: float, context_fit: float, contexts: list[str]) -> Row:
    return {
        "term": term,
        "burst": burst,
        "context_fit": context_fit,
        "contexts": contexts,
        "reckoned": reckoned(),
    }


def _own(acting: Acting, ident: str) -> TermAnswer | None:
    """What `acting` said of the word and did not take back."""
    mine = TermAnswer.objects.filter(
        term_id=ident, by=acting.person.ref, organisation=acting.organisation.ref
    )
    return next(iter(standing(mine)), None)


def _says_so(acting: Acting, ident: str, shown: Row, answer: str, substance: str) -> bool:
    """Whether the answer that counts is theirs, just this one, and of the word in the places it has now."""
    one = answers_of(acting.organisation.ref).get(ident)
    if one is None or one.by != acting.person.ref:
        return False
    return (one.answer, one.substance, one.contexts) == (answer, substance, shown["contexts"])


def _entered(acting: Acting, what: str, ident: str) -> None:
    records = [Records(TRADE, (ident,))]
    enter_change(acting.reader, Act.ALTERATION, what, records, purpose=TEACHING)

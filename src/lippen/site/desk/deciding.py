"""What takes two of a desk to decide about a report: one asks, on a ground from a list; another agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from lippen.site.accounts import notices
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.roles import locked
from lippen.site.desk import closing
from lippen.site.desk.answering import PURPOSE, AnswerRefused, enter_about_answers
from lippen.site.desk.fetching import must_have_fetched, others_for, week_of
from lippen.site.desk.models import Decision, Matter
from lippen.site.desk.own_desk import must, today
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change

CLOSE: Final = Matter.CLOSE.value
ASKED: Final = "A colleague asks you to decide with them about a report."

GROUNDS: Final[Mapping[str, Mapping[str, str]]] = {
    Matter.ADVICE: {
        "solicitor": "A solicitor was asked, and said that we may answer",
        "public-body": "The public body that would task a source was asked, and said that this is none",
        "help-alone": "The answer is about help for whoever writes, and about nothing else",
    },
    Matter.CHILD: {
        "told-by-phone": "Child protection was told by telephone, and took it up",
        "at-risk-now": "A child was in danger: 999 was called, and child protection told",
    },
    Matter.ADULT: {
        "told-by-phone": "Adult protection was told by telephone, and took it up",
        "at-risk-now": "An adult was in danger: 999 was called, and adult protection told",
    },
    Matter.CLOSE: {
        closing.ANSWERED: "Word went back",
        "one-way": "No word was wanted: it was sent one way",
        "unreadable": "Nothing can be read in it",
    },
}
"""On what ground two decide. Fixed words: a free one could hold what the resident wrote."""


@dataclass(frozen=True)
class DecisionSeen:
    """A matter that takes two, as the page of its report shows it. `state` is "raised", "asked" or
    "agreed"; `chosen` is the ground's word of `GROUNDS`, and `ground` its sentence.
    """

    matter: str
    title: str
    chosen: str
    ground: str
    state: str
    own: bool


def stop_answers(acting: Acting, report: str) -> None:
    """Stop answers to whoever sent this report until two of the desk lift the stop. The browser asks for it
    when it opens a third message under one receipt: only there the number can be read.

    Raises PermissionError, NoDesk, ReportUnknown, FetchRefused.
    """
    _may_decide(acting, report)
    with transaction.atomic():
        locked(acting)
        if not _of(report, Matter.ADVICE).exists():
            _raise(acting, report, Matter.ADVICE)
            # without the report: the register would tell that it is at least the third under its receipt
            enter_about_answers(acting, "a stop on answers")


def ask(acting: Acting, report: str, matter: str, ground: str, photographs: Sequence[str] = ()) -> None:
    """Ask a colleague to decide with one, on a ground of `GROUNDS`. Where it is to close a report,
    `photographs` go with it, of which only a browser can tell that they are its own.

    Raises PermissionError, NoDesk, ReportUnknown, FetchRefused, and AnswerRefused where somebody asked
    already, the ground is none, or what is to be closed cannot be.
    """
    _may_decide(acting, report)
    if ground not in GROUNDS.get(matter, {}):
        raise AnswerRefused("nobody decides without a ground", remedy="Choose one.")
    going = closing.as_kept(photographs) if matter == Matter.CLOSE else ""
    with transaction.atomic():
        locked(acting)
        if matter == Matter.CLOSE:
            closing.must_be_closable(report, ground)
        found = _of(report, matter).first()
        if found is None:
            if matter == Matter.ADVICE:
                raise AnswerRefused("no stop on answers stands")
            found = _raise(acting, report, matter)
        if found.asked_by:
            raise AnswerRefused("somebody asked already", remedy="Agree to it, or take it back.")
        found.asked_by, found.ground, found.photographs = acting.person.ref, ground, going
        found.save(update_fields=["asked_by", "ground", "photographs"])
        notices.tell(others_for(acting, report), _path(report), ASKED, stays=True)
        _enter(acting, "a decision of two asked for", report)


def agree(acting: Acting, report: str, matter: str, photographs: Sequence[str] = ()) -> None:
    """Agree to what a colleague asked for. To agree to closing deletes the report and its `photographs`,
    which have to be those that the colleague's browser found too.

    That both stand for it, and what goes, is committed first, and then it is deleted. Where that was
    interrupted, either of them, or a third who fetched the report, deletes the very same again, whatever
    `photographs` says; that is entered as well. Raises as `ask`, and AnswerRefused for what one asked
    oneself, or for other photographs.
    """
    _may_decide(acting, report)
    closes = matter == Matter.CLOSE
    if closes:
        must(acting, "erase", "desk")
        closing.as_kept(photographs)
    with transaction.atomic(durable=True):
        locked(acting)
        found = _of(report, matter).exclude(asked_by="").first()
        if found is None or (found.agreed_by and not closes):
            raise AnswerRefused("nobody asked for it")
        if not found.agreed_by:
            _agree(acting, found, photographs)
        else:
            _enter(acting, "a closing finished", report, Act.ERASURE, found.photographs.split())
    if closes:
        closing.delete(acting, report, found.photographs.split(), _path(report))


def take_back(acting: Acting, report: str, matter: str) -> None:
    """Take back what was asked for, one's own or a colleague's, so that somebody can ask anew. A stop on
    answers stands on. Raises as `ask`, and AnswerRefused where nothing waits for a second person.
    """
    _may_decide(acting, report)
    with transaction.atomic():
        locked(acting)
        found = _of(report, matter).exclude(asked_by="").filter(agreed_by="").first()
        if found is None:
            raise AnswerRefused("nobody asked for it")
        if matter == Matter.ADVICE:
            found.asked_by, found.ground = "", ""
            found.save(update_fields=["asked_by", "ground"])
        else:
            found.delete()
        notices.settle(_path(report))
        _enter(acting, "a decision of two taken back", report)


def decisions(acting: Acting, report: str) -> list[DecisionSeen]:
    """What of this report takes two, as far as somebody raised it. Raises PermissionError."""
    must(acting, "read", "desk")
    found = Decision.objects.filter(report=report, organisation=acting.organisation.ref).order_by("pk")
    return [
        DecisionSeen(
            one.matter,
            Matter(one.matter).label,
            one.ground,
            GROUNDS[one.matter].get(one.ground, ""),
            "agreed" if one.agreed_by else "asked" if one.asked_by else "raised",
            one.asked_by == acting.person.ref,
        )
        for one in found
    ]


def _may_decide(acting: Acting, report: str) -> None:
    must(acting, "write", "desk")
    week_of(acting, report)
    must_have_fetched(acting, report)


def _agree(acting: Acting, found: Decision, photographs: Sequence[str]) -> None:
    if found.asked_by == acting.person.ref:
        raise AnswerRefused("you asked for it yourself, and a colleague has to agree")
    if found.matter == Matter.CLOSE:
        closing.must_be_closable(found.report, found.ground)
        if closing.as_kept(photographs) != found.photographs:
            raise AnswerRefused(
                "your colleague's browser found other photographs in it than yours",
                remedy="Look together at what opens for each of you. Then take it back, and ask anew.",
            )
    found.agreed_by, found.agreed_on = acting.person.ref, today()
    found.save(update_fields=["agreed_by", "agreed_on"])
    if found.matter == Matter.CLOSE:
        return _enter(acting, "a sealed report closed", found.report, Act.ERASURE, found.photographs.split())
    notices.settle(_path(found.report))
    return _enter(acting, "a decision of two agreed to", found.report)


def _of(report: str, matter: str) -> QuerySet[Decision]:
    return Decision.objects.filter(report=report, matter=matter)


def _raise(acting: Acting, report: str, matter: str) -> Decision:
    return Decision.objects.create(
        organisation=acting.organisation.ref, report=report, matter=matter, on=today()
    )


def _path(report: str) -> str:
    return f"/desk/reports/{report}/"


def _enter(
    acting: Acting, what: str, report: str, act: Act = Act.ALTERATION, photographs: Sequence[str] = ()
) -> None:
    records = [Records("sealed-report", (report, *photographs))]
    enter_change(acting.reader, act, what, records, purpose=PURPOSE)

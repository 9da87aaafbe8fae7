"""Word back: an answer sealed and signed in the browser goes into the resident's mailbox. What takes two of a
desk to decide is kept here too, and how a report is closed.
"""

from __future__ import annotations

import base64
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from lippen.site.accounts import notices
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.roles import locked
from lippen.site.accounts.said import Refusal
from lippen.site.desk.fetching import left_by, must_have_fetched, week_of
from lippen.site.desk.models import Answered, Decision, Log, LogState, Matter
from lippen.site.desk.own_desk import colleagues, must, own_desk, store, today
from lippen.site.desk.sealed_ids import is_sealed_id
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change
from lippen.site.speak.envelope import PACKED, EnvelopeRefused, unpack

PURPOSE: Final = "to bring word back to whoever told the desk"
ASKED: Final = "A colleague asks you to decide with them about a report."
MOST_PHOTOGRAPHS: Final = 12

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
}
"""On what ground two decide. Fixed words: a free one could hold what the resident wrote."""


class AnswerRefused(Refusal):
    """This cannot be answered, closed or decided so."""


@dataclass(frozen=True)
class Template:
    """An answer that stands ready."""

    ident: str
    title: str
    text: str


@dataclass(frozen=True)
class DecisionSeen:
    """A matter that takes two, as the page of its report shows it. `state` is "raised", "asked" or
    "agreed".
    """

    matter: str
    title: str
    ground: str
    state: str
    own: bool


@cache
def templates() -> tuple[Template, ...]:
    """The answers that stand ready, in their order."""
    told = tomllib.loads(resources.files("lippen.site.desk").joinpath("answers.toml").read_text("utf-8"))
    return tuple(Template(ident, one["title"], one["text"]) for ident, one in told.items())


def answer(acting: Acting, report: str, mailbox: str, packed: str) -> None:
    """Put a packed answer (base64) into a resident's mailbox (32 hexadecimal digits).

    The mailbox is kept nowhere here, and the same happens whether there is one or not. Raises
    PermissionError, NoDesk, ReportUnknown, FetchRefused, and AnswerRefused while a stop on answers stands or
    for what is no sealed answer.
    """
    must(acting, "write", "desk")
    week_of(acting, report)
    must_have_fetched(acting, report)
    if not is_sealed_id(mailbox):
        raise AnswerRefused("this is no mailbox")
    sealed = _sealed(packed)
    with transaction.atomic():
        locked(acting)
        if _of(report, Matter.ADVICE).filter(agreed_by="").exists():
            raise AnswerRefused(
                "answers are stopped until advice was taken, and two of the desk say so",
                remedy="Take legal advice first.",
            )
        Answered.objects.get_or_create(
            report=report, defaults={"organisation": acting.organisation.ref, "on": today()}
        )
        _enter(acting, "an answer to a resident sent", report)
        store().answer(bytes.fromhex(mailbox), sealed)


def stop_answers(acting: Acting, report: str) -> None:
    """Stop answers to whoever sent this report until two of the desk lift the stop. The browser asks for it
    when it opens a third message under one receipt: only there the number can be read.

    Raises PermissionError, NoDesk, ReportUnknown, FetchRefused.
    """
    must(acting, "write", "desk")
    week_of(acting, report)
    must_have_fetched(acting, report)
    with transaction.atomic():
        locked(acting)
        if not _of(report, Matter.ADVICE).exists():
            _raise(acting, report, Matter.ADVICE)
            _enter(acting, "a stop on answers", report)


def ask(acting: Acting, report: str, matter: str, ground: str) -> None:
    """Ask a colleague to decide with one, on a ground of `GROUNDS`. Raises PermissionError, NoDesk,
    ReportUnknown, FetchRefused, and AnswerRefused where somebody asked already or the ground is none.
    """
    must(acting, "write", "desk")
    week_of(acting, report)
    must_have_fetched(acting, report)
    if ground not in GROUNDS.get(matter, {}):
        raise AnswerRefused("nobody decides without a ground", remedy="Choose one.")
    with transaction.atomic():
        locked(acting)
        found = _of(report, matter).first()
        if found is None:
            if matter == Matter.ADVICE:
                raise AnswerRefused("no stop on answers stands")
            found = _raise(acting, report, matter)
        if found.asked_by:
            raise AnswerRefused("somebody asked already", remedy="Agree to it, or leave it.")
        found.asked_by, found.ground = acting.person.ref, ground
        found.save(update_fields=["asked_by", "ground"])
        others = colleagues(acting).exclude(ref__in=left_by(report))
        notices.tell(others, _path(report), ASKED, stays=True)
        _enter(acting, "a decision of two asked for", report)


def agree(acting: Acting, report: str, matter: str) -> None:
    """Agree to what a colleague asked for. Raises as `ask`, and AnswerRefused for what one asked oneself."""
    must(acting, "write", "desk")
    week_of(acting, report)
    must_have_fetched(acting, report)
    with transaction.atomic():
        locked(acting)
        found = _of(report, matter).exclude(asked_by="").filter(agreed_by="").first()
        if found is None:
            raise AnswerRefused("nobody asked for it")
        if found.asked_by == acting.person.ref:
            raise AnswerRefused("you asked for it yourself, and a colleague has to agree")
        found.agreed_by, found.agreed_on = acting.person.ref, today()
        found.save(update_fields=["agreed_by", "agreed_on"])
        notices.settle(_path(report))
        _enter(acting, "a decision of two agreed to", report)


def decisions(acting: Acting, report: str) -> list[DecisionSeen]:
    """What of this report takes two, as far as somebody raised it. Raises PermissionError."""
    must(acting, "read", "desk")
    found = Decision.objects.filter(report=report, organisation=acting.organisation.ref).order_by("pk")
    return [
        DecisionSeen(
            one.matter,
            Matter(one.matter).label,
            GROUNDS[one.matter].get(one.ground, ""),
            "agreed" if one.agreed_by else "asked" if one.asked_by else "raised",
            one.asked_by == acting.person.ref,
        )
        for one in found
    ]


def close(acting: Acting, report: str, photographs: Sequence[str], *, one_way: bool) -> None:
    """Close a report: it and its photographs are deleted. Word went back before, unless the resident wanted
    none (`one_way`, which only the browser can tell).

    Raises PermissionError, NoDesk, ReportUnknown, FetchRefused, and AnswerRefused without word back or while
    a draft from it waits.
    """
    must(acting, "erase", "desk")
    week_of(acting, report)
    must_have_fetched(acting, report)
    if len(photographs) > MOST_PHOTOGRAPHS or not all(map(is_sealed_id, photographs)):
        raise AnswerRefused("these are no photographs of a report")
    desk = own_desk(acting)
    with transaction.atomic():
        locked(acting)
        if Log.objects.filter(report=report, state=LogState.DRAFT).exists():
            raise AnswerRefused(
                "a draft from it waits for a second person, who has to see the report",
                remedy="Let it be signed off, or throw it away.",
            )
        if not one_way and not Answered.objects.filter(report=report).exists():
            raise AnswerRefused("no word went back yet", remedy="Answer it first.")
        Answered.objects.filter(report=report).delete()
        _enter(acting, "a sealed report closed", report, Act.ERASURE)
        store().remove(desk.number, bytes.fromhex(report))
        for one in photographs:
            store().remove(desk.number, bytes.fromhex(one), photograph=True)
        notices.settle(_path(report))


def _sealed(packed: str) -> bytes:
    if re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", packed):
        try:
            sealed = base64.b64decode(packed, validate=True)
            unpack(sealed)
        except (ValueError, EnvelopeRefused):
            sealed = b""
        if len(sealed) == PACKED:
            return sealed
    raise AnswerRefused("this answer is not sealed, so it is not sent")


def _of(report: str, matter: str) -> QuerySet[Decision]:
    return Decision.objects.filter(report=report, matter=matter)


def _raise(acting: Acting, report: str, matter: str) -> Decision:
    return Decision.objects.create(
        organisation=acting.organisation.ref, report=report, matter=matter, on=today()
    )


def _path(report: str) -> str:
    return f"/desk/reports/{report}/"


def _enter(acting: Acting, what: str, report: str, act: Act = Act.ALTERATION) -> None:
    enter_change(acting.reader, act, what, [Records("sealed-report", (report,))], purpose=PURPOSE)

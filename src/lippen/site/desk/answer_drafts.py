"""Answers with a worker's own words: sealed to the desk's own keys in her browser, and sent by a colleague,
whose browser opens the draft beside the report, and seals and signs the answer.

Own words could tell whoever found the resident's receipt what the report says, so nobody sends them alone.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from lippen.site.accounts import notices
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.roles import locked
from lippen.site.desk import answering
from lippen.site.desk.answering import AnswerRefused
from lippen.site.desk.drafts import DraftUnknown
from lippen.site.desk.fetching import (
    left_by,
    must_have_fetched,
    must_not_be_closed,
    others_for,
    week_of,
)
from lippen.site.desk.models import AnswerDraft
from lippen.site.desk.own_desk import must, today
from lippen.site.register.models import Act
from lippen.site.speak.envelope import EnvelopeRefused, check_report

WAITS: Final = "An answer waits for a second person."


@dataclass(frozen=True)
class AnswerWaiting:
    """An answer that waits, as pages show it: what is sealed, and nothing of what is in it."""

    ref: str
    report: str
    sealed: str
    own: bool
    written_on: date


def keep_answer(acting: Acting, report: str, sealed: str) -> str:
    """Keep the sealed draft (base64) of an answer, and tell the colleagues. Returns its reference.

    Raises PermissionError, NoDesk, ReportUnknown, FetchRefused, and AnswerRefused for what is no envelope and
    where one waits already.
    """
    must(acting, "write", "desk")
    week_of(acting, report)
    must_have_fetched(acting, report)
    try:
        check_report(base64.b64decode(sealed, validate=True))
    except (ValueError, EnvelopeRefused) as error:
        raise AnswerRefused("this answer is not sealed, so it is not kept") from error
    with transaction.atomic():
        locked(acting)
        must_not_be_closed(report)
        if AnswerDraft.objects.filter(report=report).exists():
            raise AnswerRefused(
                "an answer to it waits already", remedy="Let a colleague send it, or throw it away."
            )
        made = AnswerDraft.objects.create(
            organisation=acting.organisation.ref,
            report=report,
            sealed=sealed,
            written_by=acting.person.ref,
            on=today(),
        )
        notices.tell(others_for(acting, report), path_of(made.ref), WAITS, stays=True)
        answering.enter_answer(acting)
    return made.ref


def answer_that_waits(acting: Acting, ref: str) -> AnswerWaiting:
    """An answer of one's own desk that waits. Whoever shows it enters that. Raises PermissionError,
    DraftUnknown.
    """
    must(acting, "read", "desk")
    return _seen(acting, _open(acting, ref))


def answers_that_wait(acting: Acting) -> Mapping[str, AnswerWaiting]:
    """The answers of one's own desk that wait, by the report that each answers. Raises PermissionError."""
    must(acting, "list", "desk")
    found = [_seen(acting, one) for one in _of(acting).order_by("ref")]
    return {one.report: one for one in found if acting.person.ref not in left_by(one.report)}


def throw_away(acting: Acting, ref: str) -> None:
    """Delete an answer that waits, whoever of the desk wrote it. Raises PermissionError, DraftUnknown."""
    must(acting, "erase", "desk")
    with transaction.atomic():
        locked(acting)
        _open(acting, ref).delete()
        notices.settle(path_of(ref))
        answering.enter_about_answers(acting, "an answer thrown away", Act.ERASURE)


def send(acting: Acting, ref: str, mailbox: str, packed: str) -> None:
    """Send what a colleague wrote, as one's own browser sealed and signed it.

    The draft is taken first: whoever throws it away or sends it at the same moment finds none. It lies there
    again when the answer did not get into the mailbox. Where this process ends between the two it is lost,
    and the report counts as not answered.

    Raises DraftUnknown, AnswerRefused for what one wrote oneself, and what `answering.answer` raises.
    """
    must(acting, "write", "desk")
    found = _open(acting, ref)
    if found.written_by == acting.person.ref:
        raise AnswerRefused("you wrote this yourself, and a second person has to send it")
    taken: list[AnswerDraft] = []

    def take() -> None:
        if not AnswerDraft.objects.filter(pk=found.pk).delete()[0]:
            raise DraftUnknown("somebody else sent it, or threw it away")
        transaction.on_commit(lambda: taken.append(found))  # what was not committed still lies there

    try:
        answering.answer(acting, found.report, mailbox, packed, take)
    except Exception:
        for one in taken:
            _put_back(one)
        raise
    notices.settle(path_of(ref))


def path_of(ref: str) -> str:
    """The address of the page of an answer that waits."""
    return f"/desk/answers/{ref}/"


def _put_back(found: AnswerDraft) -> None:
    """A draft that was taken and not sent, under its own reference; nothing where it still lies there."""
    kept = ("ref", "organisation", "sealed", "written_by", "on")
    AnswerDraft.objects.get_or_create(
        report=found.report, defaults={name: getattr(found, name) for name in kept}
    )


def _of(acting: Acting) -> QuerySet[AnswerDraft]:
    return AnswerDraft.objects.filter(organisation=acting.organisation.ref)


def _open(acting: Acting, ref: str) -> AnswerDraft:
    found = _of(acting).filter(ref=ref).first()
    if found is None or acting.person.ref in left_by(found.report):
        raise DraftUnknown("there is no such draft")
    return found


def _seen(acting: Acting, one: AnswerDraft) -> AnswerWaiting:
    return AnswerWaiting(one.ref, one.report, one.sealed, one.written_by == acting.person.ref, one.on)

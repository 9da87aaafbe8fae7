"""Closing a report: two of the desk say on what ground, and it is deleted with its photographs, and with what
is kept of it here.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.db import transaction

from lippen.site.accounts import notices
from lippen.site.accounts.acting import Acting
from lippen.site.desk.answering import AnswerRefused
from lippen.site.desk.limits import MOST_PHOTOGRAPHS
from lippen.site.desk.models import AnswerDraft, Answered, Decision, Fetch, Log, LogState, Matter
from lippen.site.desk.own_desk import own_desk, store, today
from lippen.site.desk.sealed_ids import is_sealed_id

ANSWERED = "answered"
"""The ground that takes an answer which somebody handed in; to whom it went the site cannot see."""


def must_be_closable(report: str, ground: str) -> None:
    """Raise AnswerRefused while something made from a report waits for a second person, who has to see the
    report, and where the ground is that word went back and none did.
    """
    if Log.objects.filter(report=report, state=LogState.DRAFT).exists():
        raise AnswerRefused(
            "a draft from it waits for a second person, who has to see the report",
            remedy="Let it be signed off, or throw it away.",
        )
    if AnswerDraft.objects.filter(report=report).exists():
        raise AnswerRefused(
            "an answer to it waits for a second person, who has to see the report",
            remedy="Let a colleague send it, or throw it away.",
        )
    if ground == ANSWERED and not Answered.objects.filter(report=report).exists():
        raise AnswerRefused("no word went back yet", remedy="Answer it first.")


def as_kept(photographs: Sequence[str]) -> str:
    """The ids of a report's photographs as a decision keeps them, in their order. Raises AnswerRefused for
    more than a report has, or for what is none.
    """
    if len(photographs) > MOST_PHOTOGRAPHS or not all(map(is_sealed_id, photographs)):
        raise AnswerRefused("these are no photographs of a report")
    return " ".join(sorted(set(photographs)))


def delete(acting: Acting, report: str, photographs: Sequence[str], path: str) -> None:
    """Delete a report that two closed, and its photographs; what waits at `path` is settled. The report goes
    last of what is sealed, and what is kept of it after that: for as long as it lies there, this can be done
    again. Raises NoDesk.

    Whoever kept the sealed bytes can send them in again, under the same id. Neither what two agreed to nor
    that somebody opened it may then still count. What stays is who left it to others, for good, and what was
    handed to protection.
    """
    number, lying = own_desk(acting).number, store()
    for one in photographs:
        lying.remove(number, bytes.fromhex(one), photograph=True)
    lying.remove(number, bytes.fromhex(report))
    with transaction.atomic():
        Answered.objects.filter(report=report).delete()
        Decision.objects.filter(report=report, matter__in=(Matter.CLOSE, Matter.ADVICE)).delete()
        _forget_fetches((report, *photographs))
        notices.settle(path)


def _forget_fetches(idents: Sequence[str]) -> None:
    """Those of today count on towards the day's most, under an id that is drawn and means nothing: nobody
    gets more in a day by closing.
    """
    found = Fetch.objects.filter(sealed__in=idents)
    found.filter(on__lt=today()).delete()
    for one in found:
        one.sealed = secrets.token_hex(16)
        one.save(update_fields=["sealed"])

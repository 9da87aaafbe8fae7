"""Closing a report: two of the desk say on what ground, and it is deleted with its photographs."""

from __future__ import annotations

from collections.abc import Sequence

from lippen.site.accounts import notices
from lippen.site.accounts.acting import Acting
from lippen.site.desk.answering import AnswerRefused
from lippen.site.desk.limits import MOST_PHOTOGRAPHS
from lippen.site.desk.models import AnswerDraft, Answered, Log, LogState
from lippen.site.desk.own_desk import own_desk, store
from lippen.site.desk.sealed_ids import is_sealed_id

ANSWERED = "answered"
"""The ground of which the site can see for itself whether it holds."""


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


def must_be_photographs(photographs: Sequence[str]) -> None:
    """Raise AnswerRefused for more ids than a report has photographs, or for what is none."""
    if len(photographs) > MOST_PHOTOGRAPHS or not all(map(is_sealed_id, photographs)):
        raise AnswerRefused("these are no photographs of a report")


def delete(acting: Acting, report: str, photographs: Sequence[str], path: str) -> None:
    """Delete a report that two closed, and its photographs; what waits at `path` is settled. The report goes
    last of what is sealed: for as long as it lies there, this can be done again. Raises NoDesk.
    """
    number, lying = own_desk(acting).number, store()
    for one in photographs:
        lying.remove(number, bytes.fromhex(one), photograph=True)
    lying.remove(number, bytes.fromhex(report))
    Answered.objects.filter(report=report).delete()
    notices.settle(path)

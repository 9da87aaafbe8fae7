"""How what the desk holds is erased, record by record, as the register asks for it."""

from __future__ import annotations

from django.db.models import Q

from lippen.site.desk.models import AnswerDraft, Answered, Decision, DeskKey, Fetch, Log, PassedOn


def erase_report(sealed: str) -> int:
    """Erase what is kept of one sealed report or photograph. Returns how many rows went."""
    fetched, _ = Fetch.objects.filter(sealed=sealed).delete()
    passed, _ = PassedOn.objects.filter(report=sealed).delete()
    return fetched + passed


def erase_practice(record: str) -> int:
    """Erase a key or a draft of an answer by its reference, or what was done about a report by its id."""
    keys, _ = DeskKey.objects.filter(ref=record).delete()
    drafts, _ = AnswerDraft.objects.filter(Q(ref=record) | Q(report=record)).delete()
    answered, _ = Answered.objects.filter(report=record).delete()
    decided, _ = Decision.objects.filter(report=record).delete()
    return keys + drafts + answered + decided


def erase_log(ref: str) -> int:
    """Erase one log, with to whom it went."""
    return Log.objects.filter(ref=ref).delete()[0]

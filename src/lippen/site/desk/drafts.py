"""Logs from their draft to the sign-off. A draft is sealed to the desk's own keys in the browser; its words
come here when a second worker signs them off, and with them the salt of the first one's commitment: so both
stand for the same words.
"""

from __future__ import annotations

import base64
import hmac
import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils import timezone

from lippen.errors import LippenError
from lippen.site.accounts import notices
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.roles import locked
from lippen.site.desk.fetching import (
    ReportUnknown,
    left_by,
    must_have_fetched,
    must_not_be_closed,
    others_for,
    week_of,
)
from lippen.site.desk.limits import (
    DRAFT_KEPT,
    DRAFTS_OF_ONE,
    DRAFTS_OF_REPORT,
    LOG_KEPT,
    RESTS_HOURS,
    WAITS_HOURS,
)
from lippen.site.desk.log_content import LogContent, LogRefused, read_content
from lippen.site.desk.models import Log, LogGoesTo, LogState
from lippen.site.desk.own_desk import areas_of, going_to, may_have_logs, must, own_desk, today
from lippen.site.desk.sighting_content import SightingContent
from lippen.site.desk.sightings_going import read_own_sighting
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change
from lippen.site.speak.envelope import EnvelopeRefused, check_report

PURPOSE: Final = "to pass on what a resident told without giving them away"
WAITS: Final = "The draft of a log waits for a second person."
_drawn = random.SystemRandom()


class DraftUnknown(LippenError):
    """There is no such draft at this desk, or it is not for this person."""


@dataclass(frozen=True)
class DraftSeen:
    """A draft as its page shows it: what is sealed, and nothing of what is in it."""

    ref: str
    report: str
    state: str
    sealed: str
    own: bool
    written_on: date
    goes_on: date


def keep_draft(acting: Acting, report: str, sealed: str, commitment: str, *, held: bool) -> str:
    """Keep a sealed draft (base64) of a log from a report. `held` says that it names somebody, and so stays
    at the desk. Returns its reference.

    Raises PermissionError, NoDesk, ReportUnknown, FetchRefused, and LogRefused where too many wait, and for
    what is no envelope: the site must never hold the words of a draft.
    """
    must(acting, "write", "desk")
    week_of(acting, report)
    must_have_fetched(acting, report)
    _check_sealed(sealed, commitment)
    with transaction.atomic():
        locked(acting)
        must_not_be_closed(report)
        _must_be_few(acting, report)
        made = Log.objects.create(
            organisation=acting.organisation.ref,
            report=report,
            state=LogState.HELD if held else LogState.DRAFT,
            sealed=sealed,
            commitment=commitment,
            written_by=acting.person.ref,
            written_at=timezone.now(),
            destroy_on=today() + DRAFT_KEPT,
        )
        if held:
            enter_log(acting, "a report held at the desk", made.ref)
        else:
            enter_log(acting, "a draft of a log kept", made.ref)
            notices.tell(others_for(acting, report), path_of(made.ref), WAITS, stays=True)
    return made.ref


def draft(acting: Acting, ref: str) -> DraftSeen:
    """A draft of one's own desk. Whoever shows it enters that. Raises PermissionError, DraftUnknown."""
    must(acting, "read", "desk")
    return _seen(acting, _open(acting, ref))


def drafts(acting: Acting) -> list[DraftSeen]:
    """The drafts of one's own desk that are not signed off. Raises PermissionError."""
    must(acting, "list", "desk")
    found = Log.objects.filter(
        organisation=acting.organisation.ref, state__in=(LogState.DRAFT, LogState.HELD)
    ).order_by("pk")
    return [_seen(acting, one) for one in found if acting.person.ref not in left_by(one.report)]


def throw_away(acting: Acting, ref: str) -> None:
    """Delete a draft, whoever of the desk wrote it. Raises PermissionError, DraftUnknown."""
    must(acting, "erase", "desk")
    with transaction.atomic():
        locked(acting)
        _open(acting, ref).delete()
        notices.settle(path_of(ref))
        enter_log(acting, "a draft of a log thrown away", ref, Act.ERASURE)


def sign(acting: Acting, ref: str, content: str, salt: str) -> None:
    """Sign a colleague's draft off: the draft goes, and the log, or the sighting, waits for its batch.

    `content` is its JSON and `salt` 32 hexadecimal digits, as the draft holds them. Raises
    PermissionError, NoDesk, DraftUnknown, FetchRefused where one has not opened the report, and
    LogRefused for one's own draft, one that is held or beside which another from the same report is, one
    whose report is gone, or words that are not those which the colleague wrote.
    """
    must(acting, "share", "desk-log")
    own_desk(acting)
    with transaction.atomic():
        locked(acting)
        found = _open(acting, ref)
        if found.written_by == acting.person.ref:
            raise LogRefused("you wrote this yourself, and a second person has to sign it off")
        if found.state != LogState.DRAFT:
            raise LogRefused("it names somebody, and is held at the desk")
        if Log.objects.filter(report=found.report, state=LogState.HELD).exists():
            raise LogRefused(
                "another draft from the same report is held at the desk, since it names somebody",
                remedy="Look at that one first. Throw it away if this one may leave.",
            )
        _must_wait(acting, found.report)
        must_have_fetched(acting, found.report)
        if not hmac.compare_digest(_commitment(content, salt), found.commitment):
            raise LogRefused("these are not the words that your colleague kept")
        week = week_of(acting, found.report)
        leaving = read_own_sighting(acting, week, content) or read_log(acting, found.report, content)
        if isinstance(leaving, LogContent) and leaving.at_once:
            raise LogRefused("a log for risk to life goes at once, by whoever wrote it")
        _sign_off(found, leaving)
        notices.settle(path_of(ref))
        enter_log(acting, "a log signed off", ref, Act.DISCLOSURE)


def path_of(ref: str) -> str:
    """The address of a draft's page."""
    return f"/desk/drafts/{ref}/"


def read_log(acting: Acting, report: str, content: str) -> LogContent:
    """A log of one's own desk about this report, from the JSON that its browser wrote.

    Raises NoDesk, and LogRefused, also where it would go to somebody whom the residents' page does not name.
    """
    could = {one.ref: one.name for one in may_have_logs() if one.pk != acting.organisation.pk}
    log = read_content(content, set(areas_of(own_desk(acting))), could, today())
    to = going_to(acting, week_of(acting, report))
    if not to.published:
        raise LogRefused(
            "nothing is published here that says whom the residents' page names",
            remedy="Publish the manifest; until then no log leaves.",
        )
    open_to = {one.ref for one in to.open_to}
    if shut := [could[one] for one in log.partners if one not in open_to]:
        raise LogRefused(
            "the residents' page does not name them, or did not when this was told, or nobody there reads"
            f" logs: {', '.join(shut)}",
            remedy="Choose others; a draft is thrown away and written anew.",
        )
    return log


def _must_be_few(acting: Acting, report: str) -> None:
    waiting = Log.objects.filter(
        organisation=acting.organisation.ref, state__in=(LogState.DRAFT, LogState.HELD)
    )
    if waiting.filter(report=report).count() >= DRAFTS_OF_REPORT:
        raise LogRefused(
            f"{DRAFTS_OF_REPORT} drafts from this report wait already",
            remedy="Throw one away, or have one signed off.",
        )
    if waiting.filter(written_by=acting.person.ref).count() >= DRAFTS_OF_ONE:
        raise LogRefused(
            f"{DRAFTS_OF_ONE} drafts of yours wait already", remedy="Throw one away, or have one signed off."
        )


def _open(acting: Acting, ref: str) -> Log:
    found = Log.objects.filter(
        organisation=acting.organisation.ref, ref=ref, state__in=(LogState.DRAFT, LogState.HELD)
    ).first()
    if found is None or acting.person.ref in left_by(found.report):
        raise DraftUnknown("there is no such draft")
    return found


def _seen(acting: Acting, one: Log) -> DraftSeen:
    own = one.written_by == acting.person.ref
    assert one.written_at is not None  # noqa: S101 - a draft has its moment
    written = timezone.localdate(one.written_at)
    return DraftSeen(one.ref, one.report, one.state, one.sealed, own, written, one.destroy_on)


def _check_sealed(sealed: str, commitment: str) -> None:
    try:
        check_report(base64.b64decode(sealed, validate=True))
    except (ValueError, EnvelopeRefused) as error:
        raise LogRefused("this draft is not sealed, so it is not kept") from error
    if len(commitment) != 64 or not set(commitment) <= set("0123456789abcdef"):
        raise LogRefused("this draft is bound to no words")


def _commitment(content: str, salt: str) -> str:
    try:
        salted = bytes.fromhex(salt)
    except ValueError as error:
        raise LogRefused("this is no salt") from error
    return sha256(salted + content.encode("utf-8", "surrogatepass")).hexdigest() if len(salted) == 16 else ""


def _must_wait(acting: Acting, report: str) -> None:
    try:
        week_of(acting, report)
    except ReportUnknown as gone:
        raise LogRefused(
            "the report is gone, and nobody can tell any more whether this gives away who spoke",
            remedy="Throw the draft away.",
        ) from gone


def _sign_off(found: Log, log: LogContent | SightingContent) -> None:
    """The draft goes with all that led to the report, and the log gets a row that names neither the draft nor
    the two who stand for it: the register does. How long it rests is drawn anew for each log.
    """
    now = timezone.now()
    begins = max(now, _day_begins(log.not_before)) if log.not_before else now
    goes_by = begins + timedelta(hours=_drawn.uniform(*WAITS_HOURS))
    found.delete()
    made = Log.objects.create(
        organisation=found.organisation,
        state=LogState.SIGNED,
        content=log.stored(),
        rests_until=begins + timedelta(hours=_drawn.uniform(*RESTS_HOURS)),
        goes_by=goes_by,
        destroy_on=timezone.localdate(goes_by) + LOG_KEPT,
    )
    send_to(made, log)


def _day_begins(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def send_to(found: Log, log: LogContent | SightingContent) -> None:
    """Keep to whom this goes."""
    LogGoesTo.objects.bulk_create(LogGoesTo(log=found, organisation=one) for one in log.partners)


def enter_log(acting: Acting, what: str, ref: str, act: Act = Act.ALTERATION) -> None:
    """Enter what was done with this log, in the transaction that does it."""
    enter_change(acting.reader, act, what, [Records("desk-log", (ref,))], purpose=PURPOSE)

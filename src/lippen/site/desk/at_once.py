"""Logs that leave at once, for risk to life: without a second person, and looked over by one afterwards.

Nobody waits for a second person where a life is at risk. What only a second person may let stand is mended
first: words of the report itself, where somebody stood, who told it. The gate runs in the worker's browser
and says what it found; the site refuses by that, and by what it can find in a log itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import pyarrow as pa
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from lippen.signals.identity import mask_identity
from lippen.site.accounts import notices
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Organisation, Person
from lippen.site.accounts.roles import locked
from lippen.site.desk.drafts import DraftUnknown, enter_log, read_log, send_to
from lippen.site.desk.fetching import must_have_fetched, others_for, week_of
from lippen.site.desk.limits import LOG_KEPT
from lippen.site.desk.log_content import SOONER, LogContent, LogRefused
from lippen.site.desk.models import Log, LogState
from lippen.site.desk.own_desk import must, readers, today
from lippen.site.desk.releasing import tell_partners
from lippen.site.register.models import Act

LOOK_OVER: Final = "A log was released at once and waits to be looked over."
TAKEN_BACK: Final = "A desk took back a log that went to you. Delete what you copied or wrote down of it."
YOURS_TAKEN_BACK: Final = "A log that you released at once was taken back by a colleague."

TAKEN_BACK_FOR: Final[Mapping[str, str]] = {
    "who-spoke": "It can show who spoke",
    "names": "It names somebody, or says where somebody lives",
    "asked": "It goes against what the resident asked for",
    "no-risk": "No life was at risk, so it should have waited",
    "partner": "It went to a partner who should not have it",
    "not-so": "The report does not say so",
}
"""Why a log that was released at once should not have gone. Fixed words, as of every ground."""

RULES_IN_WORDS: Final[Mapping[str, str]] = {
    "alone": "no other log went with it",
    "band": "few could have known it",
    "not before": "it left before its day",
    "not to": "the resident said no to somebody who is no partner here",
}
"""Rules of the gate whose own name does not say what was found."""

_MOST_FOUND: Final = 200
_LONGEST_RULE: Final = 30


@dataclass(frozen=True)
class AtOnceSeen:
    """A log released at once, as the desk's first page shows it: one that waits to be looked over, or that
    was taken back on a day.
    """

    ref: str
    released_on: date
    own: bool
    taken_back_on: date | None


def release_at_once(
    acting: Acting, report: str, content: str, sooner: str = "", *, let_stand: str, called: bool
) -> str:
    """Release a log without a second person, for risk to life. Returns its reference. A colleague is told,
    and has to look it over.

    `sooner` says why it does not wait for a day that is named in it, from `SOONER`; that stands on the log
    and is entered. `let_stand` is what the gate found and the worker let stand: the JSON of a list of objects
    with `rule` and `needs`. `called` says that 999 was called. Raises PermissionError, NoDesk, ReportUnknown,
    FetchRefused, and LogRefused: before that day without a reason, before 999 was called, and for what only a
    second person may let stand.
    """
    must(acting, "share", "desk-log")
    week_of(acting, report)
    must_have_fetched(acting, report)
    log = read_log(acting, report, content)
    if not log.at_once:
        raise LogRefused("only risk to life goes at once", remedy="Keep a draft for a second person.")
    if not called:
        raise LogRefused("999 comes first", remedy="Call 999, then say that it was called.")
    stored = log.stored() | {"let_stand": _let_stand(let_stand)}
    _must_be_mended(log)
    before_its_day = log.not_before is not None and log.not_before > today()
    if before_its_day:
        if sooner not in SOONER:
            raise LogRefused(
                f"nothing was to leave before {log.not_before}",
                remedy="Say why a life cannot wait until then.",
            )
        stored |= {"held_until": f"{log.not_before}", "sooner": sooner}
    with transaction.atomic():
        locked(acting)
        now = timezone.now()
        made = Log.objects.create(
            organisation=acting.organisation.ref,
            state=LogState.RELEASED,
            content=stored,
            written_by=acting.person.ref,
            written_at=now,
            released_at=now,
            at_once=True,
            destroy_on=today() + LOG_KEPT,
        )
        send_to(made, log)
        notices.tell(others_for(acting, report), path_of(made.ref), LOOK_OVER, stays=True)
        tell_partners(log.partners)
        what = "a log released at once, before its day" if before_its_day else "a log released at once"
        enter_log(acting, what, made.ref, Act.DISCLOSURE)
    return made.ref


def look_over(acting: Acting, ref: str) -> None:
    """Say that it was right to release this log at once. Raises PermissionError, DraftUnknown where none
    waits, LogRefused for one's own.
    """
    must(acting, "share", "desk-log")
    with transaction.atomic():
        locked(acting)
        found = _to_look_over(acting, ref)
        found.reviewed_by, found.reviewed_at = acting.person.ref, timezone.now()
        found.save(update_fields=["reviewed_by", "reviewed_at"])
        notices.settle(path_of(ref))
        enter_log(acting, "a log released at once, looked over", ref)


def take_back(acting: Acting, ref: str, ground: str) -> None:
    """Say that this log should not have gone, on a ground from `TAKEN_BACK_FOR`. Its words are deleted, and
    whoever reads logs for a partner to whom it went is told, as is whoever released it.

    All of these partners and not those alone who opened it: one may be opening it in this moment. Raises
    PermissionError, DraftUnknown where none waits, LogRefused for one's own and without a ground.
    """
    must(acting, "share", "desk-log")
    if ground not in TAKEN_BACK_FOR:
        raise LogRefused("nothing says why it should not have gone", remedy="Choose why.")
    with transaction.atomic():
        locked(acting)
        found = _to_look_over(acting, ref)
        assert isinstance(found.content, dict)  # noqa: S101 - a released log has its words
        found.state, found.taken_back_for = LogState.TAKEN_BACK, ground
        found.content = found.content | {"text": "", "conditions": ""}
        found.reviewed_by, found.reviewed_at = acting.person.ref, timezone.now()
        found.save(update_fields=["state", "taken_back_for", "content", "reviewed_by", "reviewed_at"])
        notices.settle(path_of(ref))
        went_to = found.goes_to.values("organisation")
        for partner in Organisation.objects.filter(ref__in=went_to):
            notices.tell(readers(partner), path_of(ref), TAKEN_BACK)
        notices.tell(Person.objects.filter(ref=found.written_by), path_of(ref), YOURS_TAKEN_BACK)
        enter_log(acting, "a log released at once, taken back", ref, Act.ERASURE)


def released_at_once(acting: Acting) -> list[AtOnceSeen]:
    """The logs of one's own desk that wait to be looked over, or were taken back, the oldest first. Whoever
    shows them enters that. Raises PermissionError.
    """
    must(acting, "list", "desk-log")
    found = Log.objects.filter(
        Q(reviewed_by="") | Q(state=LogState.TAKEN_BACK),
        organisation=acting.organisation.ref,
        at_once=True,
    )
    return [_seen(acting, one) for one in found.order_by("pk")]


def path_of(ref: str) -> str:
    """The address of a released log's page."""
    return f"/logs/{ref}/"


def _to_look_over(acting: Acting, ref: str) -> Log:
    found = Log.objects.filter(
        organisation=acting.organisation.ref, ref=ref, at_once=True, reviewed_by=""
    ).first()
    if found is None:
        raise DraftUnknown("nothing waits to be looked over")
    if found.written_by == acting.person.ref:
        raise LogRefused("you released it yourself, and a colleague has to look it over")
    return found


def _let_stand(sent: str) -> list[str]:
    """The rules of what the gate found and the worker let stand, each once. Raises LogRefused."""
    try:
        told = json.loads(sent)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, list) or len(told) > _MOST_FOUND or not all(map(_is_finding, told)):
        raise LogRefused("nothing says what the gate found", remedy="Release it on the desk's own page.")
    left = sorted({one["rule"] for one in told if one["needs"] != "look"})
    if left:
        raise LogRefused(
            f"only a second person may let this stand, and at once there is none ({', '.join(left)})",
            remedy="Mend it first.",
        )
    return sorted({one["rule"] for one in told})


def _is_finding(one: object) -> bool:
    return (
        isinstance(one, dict)
        and set(one) == {"rule", "needs"}
        and all(isinstance(part, str) for part in one.values())
        and 1 <= len(one["rule"]) <= _LONGEST_RULE
        and set(one["rule"]) <= set("abcdefghijklmnopqrstuvwxyz ")
    )


def _must_be_mended(log: LogContent) -> None:
    """What the site itself can find of what only a second person may let stand: numbers and addresses by
    which somebody is reached or known. It knows far less than the gate, and no altered page can leave it out.
    A postcode may be where help is needed, and the gate lets one person see to it.
    """
    _, counts = mask_identity(pa.array([log.text, log.conditions], pa.string()))
    if found := sorted(set(counts) - {"a full postcode"}):
        raise LogRefused(
            f"only a second person may let this stand, and at once there is none ({', '.join(found)})",
            remedy="Mend it first.",
        )


def _seen(acting: Acting, one: Log) -> AtOnceSeen:
    assert one.released_at is not None  # noqa: S101 - a released log has its moment
    taken = one.state == LogState.TAKEN_BACK and one.reviewed_at is not None
    return AtOnceSeen(
        ref=one.ref,
        released_on=timezone.localdate(one.released_at),
        own=one.written_by == acting.person.ref,
        taken_back_on=timezone.localdate(one.reviewed_at) if taken else None,
    )

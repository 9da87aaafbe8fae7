"""Somebody leaves an organisation: their work is handed over in one step, and their access is gone.

An app whose records are somebody's to do registers how they are handed over (`register_handover`); all of
them, the end of the roles, of the sessions and of the means of sign-in stand or fall together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from lippen.errors import LippenError
from lippen.site.accounts import devices, notices, sign_in
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.colleagues import Colleague, named, with_access
from lippen.site.accounts.links_open import end_those_of
from lippen.site.accounts.models import Notice, Organisation, Person, RoleHeld
from lippen.site.accounts.roles import PURPOSE, RecordUnknown, end_now, locked
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change, enter_reading

Handover = Callable[[Person, Person, Organisation], int]
"""Hands what is the first person's to do in this organisation over to the second; returns how much it was."""

HANDED_OVER: Final = (
    "A colleague left, and their work was handed over to you. What waited for them now waits for you."
)
NOW_ADMINISTRATOR: Final = "A colleague left, and you are an administrator here in their place."

_handovers: Final[dict[str, Handover]] = {}


class LeavingRefused(LippenError):
    """Somebody cannot leave so. The message says why, and what to do instead."""


def register_handover(what: str, handover: Handover) -> None:
    """Called by an app when it starts. `what` is what it hands over, for the page that says so."""
    _handovers[what] = handover


def hand_over_own() -> None:
    """Called once, when Django starts: what accounts themselves hand over."""
    register_handover("what waits for them", _hand_over_notices)


def handed_over() -> tuple[str, ...]:
    """What goes to whoever takes over."""
    return tuple(_handovers)


def who_leaves(acting: Acting, ref: str) -> tuple[Colleague, list[Colleague]] | None:
    """The person of this reference and those who can take over, entered in the register; None when one
    cannot let that person go. Raises PermissionError.
    """
    own = _allowed(acting)
    person = with_access(own).filter(ref=ref).first()
    others = named(with_access(own).exclude(ref=ref)) if person else []
    shown = (person.ref, *(one.ref for one in others)) if person else ()
    what, records = "who leaves and who takes over", [Records("staff", shown)]
    enter_reading(acting.reader, Act.CONSULTATION, what, records, purpose=PURPOSE)
    return (Colleague(person.ref, person.name), others) if person else None


def leave(acting: Acting, leaver_ref: str, successor_ref: str) -> int:
    """Let somebody leave one's organisation, now; returns how many things were handed over.

    When it is their only one their account closes: no password, no device, no session. What they invited
    others to ends: a link that a leaver kept would let them in again. The last
    administrator's successor becomes administrator. Raises PermissionError; RecordUnknown when either does
    not work here; LeavingRefused when nobody else does.
    """
    _allowed(acting)
    with transaction.atomic():
        own = locked(acting)
        leaver = with_access(own).filter(ref=leaver_ref).first()
        if leaver is None:
            raise RecordUnknown
        successor = with_access(own).exclude(pk=leaver.pk).filter(ref=successor_ref).first()
        if successor is None:
            raise LeavingRefused(
                f"{leaver.name} cannot leave without somebody here who takes over",
                remedy="Choose a colleague, or invite one first.",
            )
        if not _administrators(own).exclude(person=leaver).exists():
            RoleHeld.objects.create(
                person=successor, organisation=own, role="administrator", given_by=acting.person.ref
            )
            _enter(acting, "a role given: administrator", successor)
            notices.tell([successor], "/people/", NOW_ADMINISTRATOR)
        for held in _not_ended(leaver).filter(organisation=own):
            end_now(held, acting.person.ref)
        count = sum(handover(leaver, successor, own) for handover in _handovers.values())
        sign_in.end_all(leaver)
        Person.objects.select_for_update().get(pk=leaver.pk)  # who leaves two at once leaves no account open
        if not _not_ended(leaver).exists():
            close_account(leaver)
        _enter(acting, "a person left", leaver)
        end_those_of(leaver, own, acting.reader, PURPOSE)
        notices.settle(f"/people/{leaver.ref}/", with_access(own))
        if count:
            notices.tell([successor], "/you/", HANDED_OVER)
    return count


def _not_ended(leaver: Person) -> QuerySet[RoleHeld]:
    return leaver.roles.filter(Q(until__isnull=True) | Q(until__gt=timezone.localdate()))


def close_account(leaver: Person) -> None:
    """Let no password, no device and no link open this account any more, in the caller's transaction.

    What they declared goes with it. It served to keep them from records that they no longer open, it says
    whom they know in words of their own, and whoever opens the account again is whoever was given a link.
    """
    from allauth.mfa.models import Authenticator

    leaver.conflicts.all().delete()
    Authenticator.objects.filter(user=leaver).delete()
    devices.end_requests(leaver)
    devices.end_links(leaver)  # or one that lies about would open the account when they come back
    leaver.set_unusable_password()
    leaver.is_active = False
    leaver.left_at = timezone.now()
    leaver.save(update_fields=["password", "is_active", "left_at"])


def _allowed(acting: Acting) -> Organisation:
    verdict = acting.may("write", "staff")
    if not verdict or acting.held is None:
        raise PermissionError(verdict.why)
    return acting.held.organisation


def _administrators(own: Organisation) -> QuerySet[RoleHeld]:
    """Those who are administrators for good: one whose role has an end would leave nobody behind one day."""
    today = timezone.localdate()
    return RoleHeld.objects.filter(
        organisation=own,
        role="administrator",
        since__lte=today,
        until__isnull=True,
        person__is_active=True,
    )


def _hand_over_notices(leaver: Person, successor: Person, own: Organisation) -> int:
    """What waits, but for what is about the leaver's own account. Who works elsewhere too keeps all of it."""
    if _not_ended(leaver).exclude(organisation=own).exists():
        return 0
    return (
        Notice.objects.filter(person=leaver, settled_at__isnull=True)
        .exclude(path__startswith="/you/")
        .update(person=successor)
    )


def _enter(acting: Acting, what: str, person: Person) -> None:
    enter_change(acting.reader, Act.ALTERATION, what, [Records("staff", (person.ref,))], purpose=PURPOSE)

"""The verbs of the room Method: to pause assessment, and to lift the pause. The only writer of pauses.

One person is enough to stop it, and two are needed to let it go on: the one who asks and another who agrees.
Reckoning may go on meanwhile; what it finds is shown nowhere (`standing`).
"""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from lippen.errors import LippenError
from lippen.site.accounts import notices
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Person, RoleHeld
from lippen.site.accounts.permissions import permissions
from lippen.site.insight.models import Pause
from lippen.site.register.models import Act
from lippen.site.register.services import enter_change

WHERE: Final = "/method/pause/"
STOPPING: Final = "to keep a model that may be wrong from being believed"
LONGEST_REASON: Final = 2_000

PAUSED: Final = "Assessment was paused. No episode is shown until two people lift the pause."
ASKED: Final = "Somebody asks to lift the pause of assessment, and a second person has to agree."
LIFTED: Final = "The pause of assessment was lifted."


class PauseRefused(LippenError):
    """Assessment cannot be paused, or the pause not lifted, by this person now."""


def pause(acting: Acting, why: str) -> None:
    """Stop assessment: from now on no episode is shown.

    Raises PermissionError, and PauseRefused without a reason or when it is paused already.
    """
    _must_switch(acting)
    if not why.strip():
        raise PauseRefused("nothing is paused without a reason", remedy="Say what is wrong.")
    if len(why) > LONGEST_REASON or "\0" in why:
        raise PauseRefused(f"a reason has at most {LONGEST_REASON:,} characters")
    with transaction.atomic():
        if _open().exists():
            raise PauseRefused("assessment is paused already")
        Pause.objects.create(by=acting.person.ref, organisation=acting.organisation.ref, why=why.strip())
        _changed(acting, "assessment paused", PAUSED)


def ask_to_lift(acting: Acting) -> None:
    """Ask that the pause ends; somebody else has to agree.

    Raises PermissionError, and PauseRefused when it is not paused, or somebody has asked already.
    """
    _must_switch(acting)
    with transaction.atomic():
        paused = _paused()
        if any(one.lift_asked_by for one in paused):
            raise PauseRefused("somebody has asked already", remedy="Agree to it, or leave it paused.")
        for one in paused:
            one.lift_asked_by, one.lift_asked_at = acting.person.ref, timezone.now()
            one.save(update_fields=["lift_asked_by", "lift_asked_at"])
        _changed(acting, "lifting the pause asked for", ASKED, stays=True)


def agree_to_lift(acting: Acting) -> None:
    """End the pause, which somebody else has asked for.

    Raises PermissionError, and PauseRefused when it is not paused, nobody asked, or `acting` did so.
    """
    _must_switch(acting)
    with transaction.atomic():
        paused = _paused()
        if not all(one.lift_asked_by for one in paused):
            raise PauseRefused("nobody has asked to lift the pause", remedy="Ask for it yourself first.")
        if any(one.lift_asked_by == acting.person.ref for one in paused):
            raise PauseRefused(
                "you asked for it yourself, and a second person has to agree",
                remedy="Ask a colleague, or somebody of another partner, who may judge episodes.",
            )
        for one in paused:
            one.lifted_by, one.lifted_at = acting.person.ref, timezone.now()
            one.save(update_fields=["lifted_by", "lifted_at"])
        _changed(acting, "the pause lifted", LIFTED)


def switchers() -> QuerySet[Person]:
    """Who may pause assessment today, in whichever organisation."""
    known = permissions()
    writing = [
        (role, regime)
        for role in known.roles
        for regime in known.regimes
        if known.may(role, "write", "episode", regime)
    ]
    today = timezone.localdate()
    held = RoleHeld.objects.filter(
        Q(until__isnull=True) | Q(until__gt=today), since__lte=today, organisation__closed_on__isnull=True
    ).values_list("person", "role", "organisation__regime")
    return Person.objects.filter(
        is_active=True, pk__in={person for person, role, regime in held if (role, regime) in writing}
    )


def _must_switch(acting: Acting) -> None:
    verdict = acting.may("write", "episode")
    if not verdict:
        raise PermissionError(verdict.why)


def _open() -> QuerySet[Pause]:
    return Pause.objects.filter(lifted_at__isnull=True)


def _paused() -> list[Pause]:
    """The pauses that stand, locked: two who paused at one moment are lifted together."""
    paused = list(_open().select_for_update().order_by("pk"))
    if not paused:
        raise PauseRefused("assessment is not paused")
    return paused


def _changed(acting: Acting, what: str, says: str, *, stays: bool = False) -> None:
    """Enter the change, and tell everybody else who may pause, in place of what they were told before."""
    enter_change(acting.reader, Act.ALTERATION, what, [], purpose=STOPPING)
    notices.settle(WHERE)
    notices.tell(switchers().exclude(pk=acting.person.pk), WHERE, says, stays=stays)

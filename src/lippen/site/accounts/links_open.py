"""Which invitations open something: not used, not withdrawn, not out of date, and their maker still lets in.

An invitation ends with its maker. Else an administrator who knows that they will be let go invites a second
name of their own, keeps the link, and is back the next day. Once an invitation opens nothing any more, its
name and address go.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from lippen.site.accounts.models import Invitation, Organisation, Person, RoleHeld
from lippen.site.accounts.permissions import permissions
from lippen.site.register.models import Act
from lippen.site.register.services import Reader, Records, enter_change


def open_now() -> QuerySet[Invitation]:
    """Invitations that were neither used nor withdrawn, and are not out of date."""
    return Invitation.objects.filter(
        used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=timezone.now()
    )


def stands(one: Invitation) -> bool:
    """Whether whoever made it could make it today: an administrator there still, or one who adds partners,
    while nobody works there yet. The site's first link has no maker.
    """
    place = one.organisation
    if place is None:
        return True
    today = timezone.localdate()
    makers = RoleHeld.objects.filter(
        Q(until__isnull=True) | Q(until__gt=today),
        role="administrator",
        since__lte=today,
        person__ref=one.invited_by,
        person__is_active=True,
        organisation__closed_on__isnull=True,
    ).select_related("organisation")
    if place.roles.exists():
        return makers.filter(organisation=place).exists()
    return place.closed_on is None and any(_adds_partners(held) for held in makers)


def end_those_of(maker: Person, own: Organisation, by: Reader, purpose: str) -> int:
    """Withdraw what somebody who lets nobody in here any more has invited to, in the caller's transaction:
    this organisation, and partners in which nobody works yet. It is entered. Returns how many.
    """
    empty = Q(organisation__roles__isnull=True, organisation__isnull=False)
    ended = list(open_now().filter(Q(organisation=own) | empty, invited_by=maker.ref))
    if ended:
        Invitation.objects.filter(pk__in=[one.pk for one in ended]).update(withdrawn_at=timezone.now())
        shown = [Records("staff", tuple(one.ref for one in ended))]
        enter_change(by, Act.ALTERATION, "an invitation withdrawn", shown, purpose=purpose)
        forget_closed()
    return len(ended)


def forget_closed() -> int:
    """Names and addresses of invitations that open nothing any more go with them; returns how many went."""
    gone = Q(used_at__isnull=False) | Q(withdrawn_at__isnull=False) | Q(expires_at__lte=timezone.now())
    return Invitation.objects.filter(gone).delete()[0]


def _adds_partners(held: RoleHeld) -> bool:
    return permissions().may(held.role, "write", "organisation", held.organisation.regime).scope == "all"

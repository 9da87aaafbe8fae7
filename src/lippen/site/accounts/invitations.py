"""The verbs of invitations: a link that lets one person in, once, for a week.

Nobody signs up by themselves. The link is shown once, to whoever invites, who hands it over; the database
keeps its digest. What a link still opens, `links_open` says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.links import new_link
from lippen.site.accounts.links_open import forget_closed, open_now, stands
from lippen.site.accounts.models import Invitation, Organisation, Person, RoleHeld
from lippen.site.accounts.names import checked, told_apart
from lippen.site.accounts.names_entered import give_name
from lippen.site.accounts.permissions import permissions
from lippen.site.accounts.roles import PURPOSE, RecordUnknown
from lippen.site.accounts.said import Refusal
from lippen.site.register.models import Act
from lippen.site.register.services import Reader, Records, enter_change, enter_reading

LASTS: Final = timedelta(days=7)

FIRST_ROLE: Final = "administrator"
"""Which role the first person of a partner gets."""


class InvitationRefused(Refusal):
    """Somebody cannot be invited so. The message says why, and what to do instead."""


@dataclass(frozen=True)
class Invited:
    """An invitation as a page shows it. `first` is true for the site's first administrator, `known` for
    somebody who works here already. Who left and comes back is as good as new.
    """

    ref: str
    name: str
    email: str
    role: str
    role_title: str
    organisation: str
    made_at: datetime
    expires_at: datetime
    first: bool
    known: bool = False

    @property
    def withdraw(self) -> str:
        """What the button that withdraws it says, and where it leads."""
        return f"Withdraw the invitation of {self.name}"

    @property
    def withdraw_path(self) -> str:
        return f"/invitations/{self.ref}/withdraw/"


def organisations_to_invite_to(acting: Acting) -> list[tuple[str, str]]:
    """References and names: one's own organisation, and partners in which nobody works yet."""
    own = _allowed(acting)
    empty = []
    if acting.may("write", "organisation").scope == "all":
        empty = list(
            Organisation.objects.filter(closed_on__isnull=True, roles__isnull=True)
            .exclude(pk=own.pk)
            .order_by("name")
            .values_list("ref", "name")
        )
    return [(own.ref, own.name), *empty]


def awaiting_administrator(acting: Acting) -> frozenset[str]:
    """References of the partners in which nobody works yet, and whose first administrator `acting` may
    invite.
    """
    if not acting.may("invite", "staff"):
        return frozenset()
    return frozenset(dict(organisations_to_invite_to(acting)[1:]))


def invite(acting: Acting, *, organisation_ref: str, role: str, name: str, email: str) -> str:
    """Invite one person; returns what stands in the link, which is shown this once.

    An open invitation of the same address to the same organisation ends. Raises PermissionError,
    RecordUnknown for an organisation one cannot invite to, InvitationRefused for a role that does not fit it,
    that is not the administrator's in a partner where nobody works yet, that is held already, or for
    oneself; NameRefused.
    """
    own = _allowed(acting)
    if organisation_ref not in dict(organisations_to_invite_to(acting)):
        raise RecordUnknown
    organisation = Organisation.objects.get(ref=organisation_ref)
    if organisation.pk != own.pk and role != FIRST_ROLE:
        raise InvitationRefused(
            f"the first person of {organisation.name} is its administrator",
            remedy="Choose the role of administrator. They invite the others.",
            about="role",
        )
    fitting = {
        one.name: one.title for one in permissions().roles.values() if organisation.kind in one.organisations
    }
    if role not in fitting:
        raise InvitationRefused(
            f"there is no such role in {organisation.name}",
            remedy=f"Choose {' or '.join(fitting.values())}.",
            about="role",
        )
    email = email.strip().lower()
    if email == acting.person.email:
        raise InvitationRefused(
            "nobody gives a role to themselves",
            remedy="Ask another administrator of your organisation.",
            about="email",
        )
    held = RoleHeld.objects.filter(
        Q(until__isnull=True) | Q(until__gt=timezone.localdate()),
        person__email__iexact=email,
        organisation=organisation,
        role=role,
    )
    if held.exists():
        raise InvitationRefused("this person holds this role already", about="role")
    name = checked(name)
    told_apart(name, [organisation], email)
    token, digest = new_link()
    with transaction.atomic():
        open_now().filter(organisation=organisation, email=email).update(withdrawn_at=timezone.now())
        made = Invitation(
            digest=digest,
            organisation=organisation,
            role=role,
            email=email,
            invited_by=acting.person.ref,
            expires_at=timezone.now() + LASTS,
        )
        _enter(acting.reader, f"a person invited: {role}", made.ref, give_name(made, name))
        made.save()
        forget_closed()
    return token


def link_that_ends(acting: Acting, *, organisation_ref: str, email: str) -> bool:
    """Whether a link that still opens something ends when one invites this address anew (`invite`). Raises
    PermissionError.
    """
    _allowed(acting)
    return open_now().filter(organisation__ref=organisation_ref, email=email.strip().lower()).exists()


def withdraw(acting: Acting, ref: str) -> None:
    """End an open invitation to one's own organisation, or one that one made. Raises PermissionError,
    RecordUnknown.
    """
    with transaction.atomic():
        if not _mine(acting).filter(ref=ref).update(withdrawn_at=timezone.now()):
            raise RecordUnknown
        _enter(acting.reader, "an invitation withdrawn", ref)
        forget_closed()


def open_invitations(acting: Acting) -> list[Invited]:
    """Invitations that have not been used yet, newest first, entered in the register. Raises
    PermissionError.
    """
    mine = _mine(acting).select_related("organisation").order_by("-made_at", "-pk")
    found = [seen(one) for one in mine if stands(one)]
    shown = [Records("staff", tuple(one.ref for one in found))]
    enter_reading(acting.reader, Act.CONSULTATION, "open invitations", shown, purpose=PURPOSE)
    return found


def seen(one: Invitation) -> Invited:
    """The invitation as a page shows it."""
    organisation = one.organisation
    return Invited(
        ref=one.ref,
        name=one.name,
        email=one.email,
        role=one.role,
        role_title=permissions().roles[one.role].title,
        organisation=organisation.name if organisation else "",
        made_at=one.made_at,
        expires_at=one.expires_at,
        first=organisation is None,
        known=bool(one.email) and Person.objects.filter(email=one.email, is_active=True).exists(),
    )


def _mine(acting: Acting) -> QuerySet[Invitation]:
    own = _allowed(acting)
    return open_now().filter(
        Q(organisation=own) | Q(invited_by=acting.person.ref), organisation__isnull=False
    )


def _allowed(acting: Acting) -> Organisation:
    verdict = acting.may("invite", "staff")
    if not verdict or acting.held is None:
        raise PermissionError(verdict.why)
    return acting.held.organisation


def _enter(reader: Reader, what: str, ref: str, *more: Records) -> None:
    enter_change(reader, Act.ALTERATION, what, [Records("staff", (ref,)), *more], purpose=PURPOSE)

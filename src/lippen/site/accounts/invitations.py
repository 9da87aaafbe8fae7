"""The verbs of invitations: a link that lets one person in, once, for a week.

Nobody signs up by themselves. The link is shown once, to whoever invites, who hands it over; the database
keeps its digest. Once an invitation is used, withdrawn or out of date, its name and address go.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from lippen.errors import LippenError
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.links import digest_of, new_link
from lippen.site.accounts.models import Invitation, Organisation, Person, RoleHeld
from lippen.site.accounts.permissions import permissions
from lippen.site.accounts.roles import PURPOSE, RecordUnknown
from lippen.site.accounts.services import make_organisation, make_person
from lippen.site.register.models import Act
from lippen.site.register.services import Reader, Records, enter_change, enter_reading

LASTS: Final = timedelta(days=7)
FIRST_LASTS: Final = timedelta(days=1)


class InvitationRefused(LippenError):  # noqa: N818 - named after the event, as the others are
    """Somebody cannot be invited so. The message says why, and what to do instead."""


class LinkSpent(LippenError):  # noqa: N818 - named after the event, as the others are
    """A one-time link that opens nothing: used, withdrawn, out of date, or never made. Which is not told."""

    def __init__(self) -> None:
        super().__init__(
            "this link opens nothing any more",
            remedy="It works once, and for a limited time. Ask whoever gave it to you for a new one.",
        )


@dataclass(frozen=True)
class Invited:
    """An invitation as a page shows it. `first` is true for the site's first administrator."""

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


def first_administrator_link(origin: str) -> str | None:
    """A link with which the site's first administrator enters; None when there has been one.

    It lasts a day, and each call makes a new one and ends the one before.
    """
    with transaction.atomic():
        if RoleHeld.objects.filter(role="administrator").exists():
            return None
        Invitation.objects.filter(organisation__isnull=True).delete()
        token, digest = new_link()
        Invitation.objects.create(
            digest=digest,
            role="administrator",
            invited_by="system",
            expires_at=timezone.now() + FIRST_LASTS,
        )
    return f"{origin.rstrip('/')}/invitations/open/{token}/"


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


def invite(acting: Acting, *, organisation_ref: str, role: str, name: str, email: str) -> str:
    """Invite one person; returns what stands in the link, which is shown this once.

    An open invitation of the same address to the same organisation ends. Raises PermissionError,
    RecordUnknown for an organisation one cannot invite to, InvitationRefused for a role that does not fit it,
    that is not the administrator's in a partner where nobody works yet, that is held already, or for
    oneself.
    """
    own = _allowed(acting)
    if organisation_ref not in dict(organisations_to_invite_to(acting)):
        raise RecordUnknown
    organisation = Organisation.objects.get(ref=organisation_ref)
    known = permissions().roles.get(role)
    if known is None or organisation.kind not in known.organisations:
        raise InvitationRefused(f"there is no such role in {organisation.name}")
    if organisation.pk != own.pk and role != "administrator":
        raise InvitationRefused(
            "the first person of a new partner is its administrator", remedy="They invite the others."
        )
    email = email.strip().lower()
    if email == acting.person.email:
        raise InvitationRefused(
            "nobody gives a role to themselves", remedy="Ask another administrator of your organisation."
        )
    held = RoleHeld.objects.filter(
        Q(until__isnull=True) | Q(until__gt=timezone.localdate()),
        person__email__iexact=email,
        organisation=organisation,
        role=role,
    )
    if held.exists():
        raise InvitationRefused("this person holds this role already")
    token, digest = new_link()
    with transaction.atomic():
        _open().filter(organisation=organisation, email=email).update(withdrawn_at=timezone.now())
        made = Invitation.objects.create(
            digest=digest,
            organisation=organisation,
            role=role,
            name=name.strip(),
            email=email,
            invited_by=acting.person.ref,
            expires_at=timezone.now() + LASTS,
        )
        _enter(acting.reader, f"a person invited: {role}", made.ref)
        _forget_closed()
    return token


def withdraw(acting: Acting, ref: str) -> None:
    """End an open invitation to one's own organisation, or one that one made. Raises PermissionError,
    RecordUnknown.
    """
    with transaction.atomic():
        if not _mine(acting).filter(ref=ref).update(withdrawn_at=timezone.now()):
            raise RecordUnknown
        _enter(acting.reader, "an invitation withdrawn", ref)
        _forget_closed()


def open_invitations(acting: Acting) -> list[Invited]:
    """Invitations that have not been used yet, newest first, entered in the register. Raises
    PermissionError.
    """
    found = [_seen(one) for one in _mine(acting).select_related("organisation").order_by("-made_at", "-pk")]
    shown = [Records("staff", tuple(one.ref for one in found))]
    enter_reading(acting.reader, Act.CONSULTATION, "open invitations", shown, purpose=PURPOSE)
    return found


def behind(token: str) -> Invited:
    """What a link invites to, entered in the register as shown to whoever holds it. Raises LinkSpent."""
    found = _open().select_related("organisation").filter(digest=digest_of(token)).first()
    if found is None:
        raise LinkSpent
    seen = _seen(found)
    if not seen.first:
        shown = [Records("staff", (found.ref,))]
        enter_reading(_holder(found), Act.CONSULTATION, "an invitation", shown, purpose="entering by a link")
    return seen


def accept(token: str, *, name: str, password: str) -> Person:
    """Enter as somebody new. Raises LinkSpent; PersonRefused when that address has an account already."""
    with transaction.atomic():
        found = _use(token)
        assert found.organisation is not None  # noqa: S101 - `accept_first` takes the other kind
        person = make_person(
            name,
            found.email,
            [(found.organisation, found.role)],
            password=password,
            by=_holder(found),
            purpose="entering by a link",
        )
        _forget_closed()
    return person


def accept_first(
    token: str, *, name: str, email: str, password: str, organisation: str, kind: str, regime: str
) -> Person:
    """Enter as the site's first administrator, in an organisation that this makes.

    Raises LinkSpent, also when somebody has become administrator meanwhile; PersonRefused.
    """
    with transaction.atomic():
        found = _use(token, first=True)
        if RoleHeld.objects.filter(role="administrator").exists():
            raise LinkSpent
        made = make_organisation(organisation.strip(), kind, regime)
        reader = Reader(found.ref, "invited", made.ref, made.regime)
        person = make_person(
            name, email, [(made, "administrator")], password=password, by=reader, purpose="opening the site"
        )
        Invitation.objects.filter(pk=found.pk).delete()
    return person


def join(token: str, acting: Acting) -> str:
    """Take up a role offered to somebody who is here already; returns the role's reference.

    Raises LinkSpent; InvitationRefused when the link was made for somebody else.
    """
    with transaction.atomic():
        found = _use(token)
        if found.email != acting.person.email or found.organisation is None:
            raise InvitationRefused(
                "this invitation is for somebody else", remedy="Sign out and give it to them."
            )
        role = RoleHeld.objects.create(
            person=acting.person,
            organisation=found.organisation,
            role=found.role,
            given_by=found.invited_by,
        )
        records = [Records("staff", (acting.person.ref,))]
        enter_change(
            acting.themselves,
            Act.ALTERATION,
            f"a role given: {found.role}",
            records,
            purpose="entering by a link",
        )
        _forget_closed()
    return role.ref


def _use(token: str, *, first: bool = False) -> Invitation:
    """Use the link up, in the caller's transaction: of two at once one finds it open."""
    digest = digest_of(token)
    if not _open().filter(digest=digest, organisation__isnull=first).update(used_at=timezone.now()):
        raise LinkSpent
    return Invitation.objects.select_related("organisation").get(digest=digest)


def _open() -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=timezone.now()
    )


def _mine(acting: Acting) -> QuerySet[Invitation]:
    own = _allowed(acting)
    return _open().filter(Q(organisation=own) | Q(invited_by=acting.person.ref), organisation__isnull=False)


def _allowed(acting: Acting) -> Organisation:
    verdict = acting.may("invite", "staff")
    if not verdict or acting.held is None:
        raise PermissionError(verdict.why)
    return acting.held.organisation


def _forget_closed() -> None:
    """Names and addresses of invitations that open nothing any more go with them."""
    gone = Q(used_at__isnull=False) | Q(withdrawn_at__isnull=False) | Q(expires_at__lte=timezone.now())
    Invitation.objects.filter(gone).delete()


def _holder(invitation: Invitation) -> Reader:
    """Whoever holds the link, who has no account yet."""
    organisation = invitation.organisation
    assert organisation is not None  # noqa: S101 - the first administrator's link shows no record
    return Reader(invitation.ref, "invited", organisation.ref, organisation.regime)


def _seen(one: Invitation) -> Invited:
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
        known=bool(one.email) and Person.objects.filter(email=one.email).exists(),
    )


def _enter(reader: Reader, what: str, ref: str) -> None:
    enter_change(reader, Act.ALTERATION, what, [Records("staff", (ref,))], purpose=PURPOSE)

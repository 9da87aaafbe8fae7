"""Coming in by a one-time link: as somebody new, as somebody who comes back, or into a further role.

Opening the page uses nothing up; accepting does, and of two at once one is let in. Whoever answers for the
organisation is told that somebody came, because an invitation can be made for somebody who does not exist
(`arrivals`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.arrivals import let_in
from lippen.site.accounts.invitations import InvitationRefused, Invited, seen
from lippen.site.accounts.links import LinkSpent, digest_of, new_link
from lippen.site.accounts.links_open import forget_closed, open_now, stands
from lippen.site.accounts.meeting import tell_who_answer
from lippen.site.accounts.models import Invitation, Organisation, Person, RoleHeld
from lippen.site.accounts.partners import PartnerRefused, can_add, checked
from lippen.site.accounts.services import give_up_address, make_organisation, make_person, take_back
from lippen.site.register.models import Act
from lippen.site.register.services import Reader, Records, enter_change, enter_reading

FIRST_LASTS: Final = timedelta(days=1)
PURPOSE: Final = "entering by a link"


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


def behind(token: str) -> Invited:
    """What a link invites to, entered in the register as shown to whoever holds it. Raises LinkSpent."""
    found = open_now().select_related("organisation").filter(digest=digest_of(token)).first()
    if found is None or not stands(found):
        raise LinkSpent
    if found.organisation is not None:
        shown = [Records("staff", (found.ref,))]
        holder = _holder(found, found.organisation)
        enter_reading(holder, Act.CONSULTATION, "an invitation", shown, purpose=PURPOSE)
    return seen(found)


def accept(token: str, *, name: str, password: str) -> Person:
    """Enter as somebody new, or as somebody who left this organisation and comes back: then it is the account
    of before, with this password, no device, and none of the roles of before.

    Whoever worked elsewhere too is somebody new here. An administrator can invite any address and open the
    link themselves, and would else hold what another organisation's person read, and write the name that
    stands in its register.

    Raises LinkSpent; PersonRefused when somebody who works here has that address; NameRefused.
    """
    with transaction.atomic():
        found, organisation = _use(token)
        holder = _holder(found, organisation)
        roles = [(organisation, found.role)]
        left = Person.objects.select_for_update().filter(email=found.email, is_active=False).first()
        inviter = found.invited_by
        if left is not None and left.roles.exclude(organisation=organisation).exists():
            give_up_address(left)
            left = None
        if left is None:
            person = make_person(
                name, found.email, roles, password=password, by=holder, let_in_by=inviter, purpose=PURPOSE
            )
        else:
            person = take_back(
                left, name, roles, password=password, by=holder, let_in_by=inviter, purpose=PURPOSE
            )
        tell_who_answer(person, organisation, inviter)
        forget_closed()
    return person


def accept_first(
    token: str, *, name: str, email: str, password: str, organisation: str, kind: str, regime: str
) -> Person:
    """Enter as the site's first administrator, in an organisation that this makes.

    Raises LinkSpent, also when somebody has become administrator meanwhile; PersonRefused; NameRefused;
    PartnerRefused for an organisation that cannot take part, or that could add no partner.
    """
    organisation = checked(organisation, kind, regime)
    if not can_add(kind, regime):
        raise PartnerRefused(
            "an organisation of this kind adds no partners, so nobody else could ever take part",
            remedy="Let another partner open the site and add this one.",
        )
    with transaction.atomic():
        found = _first(token)
        if RoleHeld.objects.filter(role="administrator").exists():
            raise LinkSpent
        made = make_organisation(organisation, kind, regime, link=found.ref)
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
        found, organisation = _use(token)
        if found.email != acting.person.email:
            raise InvitationRefused(
                "this invitation is for somebody else", remedy="Sign out and give it to them."
            )
        came = let_in(acting.person, organisation, found.invited_by)
        role = RoleHeld.objects.create(
            person=acting.person, organisation=organisation, role=found.role, given_by=found.invited_by
        )
        enter_change(
            acting.themselves,
            Act.ALTERATION,
            f"a role given: {found.role}",
            [Records("staff", (acting.person.ref,))],
            purpose=PURPOSE,
        )
        if came:
            tell_who_answer(acting.person, organisation, found.invited_by)
        forget_closed()
    return role.ref


def _use(token: str) -> tuple[Invitation, Organisation]:
    """Use the link of an invitation up, in the caller's transaction: of two at once one finds it open."""
    digest = digest_of(token)
    if not open_now().filter(digest=digest, organisation__isnull=False).update(used_at=timezone.now()):
        raise LinkSpent
    found = Invitation.objects.select_related("organisation").get(digest=digest)
    if found.organisation is None or not stands(found):
        raise LinkSpent
    return found, found.organisation


def _first(token: str) -> Invitation:
    """The same for the link of the site's first administrator, which names no organisation."""
    digest = digest_of(token)
    if not open_now().filter(digest=digest, organisation__isnull=True).update(used_at=timezone.now()):
        raise LinkSpent
    return Invitation.objects.get(digest=digest)


def _holder(invitation: Invitation, organisation: Organisation) -> Reader:
    """Whoever holds the link, who has no account yet."""
    return Reader(invitation.ref, "invited", organisation.ref, organisation.regime)

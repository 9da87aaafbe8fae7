"""The verbs of people and organisations that need nobody's answer: making them, and erasing one."""

from __future__ import annotations

from django.db import transaction

from lippen.errors import LippenError
from lippen.site.accounts.models import Invitation, Organisation, Person, RoleHeld
from lippen.site.accounts.permissions import permissions
from lippen.site.accounts.sign_in import end_all
from lippen.site.register.models import Act
from lippen.site.register.services import SYSTEM, Reader, Records, enter_change


class PersonRefused(LippenError):  # noqa: N818 - named after the event, as the others are
    """A person or an organisation cannot be made so. The message says why."""


def make_organisation(name: str, kind: str, regime: str) -> Organisation:
    """A new partner. Raises PersonRefused when the kind cannot work under the regime, or the name is
    taken.
    """
    known = permissions().kinds.get(kind)
    if known is None or regime not in known.regimes:
        raise PersonRefused(f"an organisation of the kind {kind} does not work under {regime}")
    if Organisation.objects.filter(name__iexact=name).exists():
        raise PersonRefused(
            "an organisation of this name is here already", remedy="Ask its administrator in."
        )
    return Organisation.objects.create(name=name, kind=kind, regime=regime)


def make_person(
    name: str,
    email: str,
    roles: list[tuple[Organisation, str]],
    *,
    password: str | None = None,
    by: Reader = SYSTEM,
    purpose: str = "letting colleagues in and taking their access away",
) -> Person:
    """Somebody new, with these roles from today on, entered in the register as made by `by`.

    Without a password they sign in with a passkey only. Raises PersonRefused for a role that does not fit its
    organisation, or an address that somebody has.
    """
    email = email.strip().lower()
    for organisation, role in roles:
        known = permissions().roles.get(role)
        if known is None or organisation.kind not in known.organisations:
            raise PersonRefused(f"there is no {role} in an organisation of the kind {organisation.kind}")
    if Person.objects.filter(email__iexact=email).exists():
        raise PersonRefused("somebody with this e-mail address is here already")
    with transaction.atomic():
        person = Person(name=name.strip(), email=email)
        person.set_password(password)
        person.save()
        RoleHeld.objects.bulk_create(
            RoleHeld(person=person, organisation=organisation, role=role, given_by=by.person)
            for organisation, role in roles
        )
        enter_change(by, Act.ALTERATION, "a person added", [Records("staff", (person.ref,))], purpose=purpose)
    return person


def erase_person(ref: str) -> int:
    """Erase everything held about the person, or the invitation, of this reference, and end their sessions.

    Returns how many rows went.
    """
    with transaction.atomic():
        found = Person.objects.filter(ref=ref).first() or Invitation.objects.filter(ref=ref).first()
        if found is None:
            return 0
        ended = end_all(found) if isinstance(found, Person) else 0
        gone, _ = found.delete()
        enter_change(SYSTEM, Act.ERASURE, "a person erased", [Records("staff", (ref,))], purpose="erasure")
    return gone + ended

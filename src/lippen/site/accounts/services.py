"""The verbs of people and organisations that need nobody's answer: making them, and erasing one."""

from __future__ import annotations

from django.db import transaction

from lippen.site.accounts.arrivals import let_in
from lippen.site.accounts.models import GIVEN_UP, Invitation, Notice, Organisation, Person, RoleHeld
from lippen.site.accounts.names import checked, told_apart
from lippen.site.accounts.names_entered import give_name
from lippen.site.accounts.permissions import permissions
from lippen.site.accounts.said import Refusal
from lippen.site.accounts.sign_in import end_all
from lippen.site.register.models import Act
from lippen.site.register.services import SYSTEM, Reader, Records, enter_change


class PersonRefused(Refusal):
    """A person or an organisation cannot be made so. The message says why."""


def make_organisation(name: str, kind: str, regime: str, *, link: str = "") -> Organisation:
    """A new partner, entered in the register as added by whoever holds the `link` of this reference; without
    one by the program. Raises PersonRefused when the kind cannot work under the regime, or the name is taken.
    """
    known = permissions().kinds.get(kind)
    if known is None or regime not in known.regimes:
        raise PersonRefused(f"an organisation of the kind {kind} does not work under {regime}")
    if Organisation.objects.filter(name__iexact=name).exists():
        raise PersonRefused(
            "an organisation of this name is here already",
            remedy="Ask its administrator in.",
            about="organisation",
        )
    made = Organisation(kind=kind, regime=regime)
    by = Reader(link, "invited", made.ref, regime) if link else SYSTEM
    with transaction.atomic():
        itself = [Records("organisation", (made.ref,)), give_name(made, name)]
        made.save()
        enter_change(by, Act.ALTERATION, "an organisation added", itself, purpose="opening the site")
    return made


def make_person(
    name: str,
    email: str,
    roles: list[tuple[Organisation, str]],
    *,
    password: str | None = None,
    by: Reader = SYSTEM,
    let_in_by: str = "",
    purpose: str = "letting colleagues in and taking their access away",
) -> Person:
    """Somebody new, with these roles from today on, entered in the register as made by `by`.

    `let_in_by` is the reference of whoever invited them, where that is somebody else. Without a password they
    sign in with a passkey only. Raises PersonRefused for a role that does not fit its organisation, or an
    address that somebody has, and NameRefused.
    """
    email = email.strip().lower()
    _must_fit(roles)
    name = _name(name, roles, email)
    if Person.objects.filter(email__iexact=email).exists():
        raise PersonRefused("somebody with this e-mail address is here already", about="email")
    with transaction.atomic():
        person = Person(email=email)
        shown = [Records("staff", (person.ref,)), give_name(person, name)]
        person.set_password(password)
        person.save()
        _give(person, roles, let_in_by or by.person)
        enter_change(by, Act.ALTERATION, "a person added", shown, purpose=purpose)
    return person


def take_back(
    person: Person,
    name: str,
    roles: list[tuple[Organisation, str]],
    *,
    password: str,
    by: Reader,
    let_in_by: str,
    purpose: str,
) -> Person:
    """Open the account of somebody who left anew, with these roles from today on and no others.

    The reference stays, and with it what the register says of them. The password is new; every device,
    session and link of before went when they left (`leaving`). Raises PersonRefused for a role that does not
    fit, and NameRefused.
    """
    _must_fit(roles)
    name = _name(name, roles, person.email)
    with transaction.atomic():
        shown = [Records("staff", (person.ref,)), give_name(person, name)]
        person.is_active, person.left_at = True, None
        person.set_password(password)
        person.save()
        _give(person, roles, let_in_by)
        enter_change(by, Act.ALTERATION, "a person came back", shown, purpose=purpose)
    return person


def give_up_address(person: Person) -> None:
    """Free the e-mail address of a closed account, for somebody new, in the caller's transaction. Nobody can
    open that account any more; what it did stands in the register under its own reference and name.
    """
    person.email = f"{person.ref}{GIVEN_UP}".lower()
    person.save(update_fields=["email"])
    records = [Records("staff", (person.ref,))]
    enter_change(
        SYSTEM, Act.ALTERATION, "the address of a closed account given up", records, purpose="entering"
    )


def erase_person(ref: str, by: Reader = SYSTEM) -> int:
    """Erase everything held about the person, or the invitation, of this reference, and end their sessions.

    An open invitation to their address goes with them, and so do others' notices that lead to their page.
    Returns how many rows went.
    """
    with transaction.atomic():
        found = Person.objects.filter(ref=ref).first() or Invitation.objects.filter(ref=ref).first()
        if found is None:
            return 0
        gone = 0
        if isinstance(found, Person):
            gone += end_all(found)
            gone += Invitation.objects.filter(email__iexact=found.email).delete()[0]
            gone += Notice.objects.filter(path__contains=f"/{ref}/").delete()[0]
        gone += found.delete()[0]
        enter_change(by, Act.ERASURE, "a person erased", [Records("staff", (ref,))], purpose="erasure")
    return gone


def _must_fit(roles: list[tuple[Organisation, str]]) -> None:
    for organisation, role in roles:
        known = permissions().roles.get(role)
        if known is None or organisation.kind not in known.organisations:
            raise PersonRefused(f"there is no {role} in an organisation of the kind {organisation.kind}")


def _name(name: str, roles: list[tuple[Organisation, str]], email: str) -> str:
    """The name as it is kept, if nobody in these organisations can be taken for its bearer."""
    kept = checked(name)
    told_apart(kept, [organisation for organisation, _ in roles], email)
    return kept


def _give(person: Person, roles: list[tuple[Organisation, str]], by: str) -> None:
    for organisation, role in roles:
        let_in(person, organisation, by)
        RoleHeld.objects.create(person=person, organisation=organisation, role=role, given_by=by)

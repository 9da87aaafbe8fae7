"""Organisations, people and roles for tests of the site, and test clients in which they are signed in.

Every name and address that is made here is unlike all others, so that a test can tell from a page whom it
shows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from django.test import Client
from django.utils import timezone

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import ApiKey, Organisation, Person, RoleHeld
from lippen.site.accounts.permissions import permissions
from lippen.site.accounts.programs import make_key

_number = count(1)


def make_organisation(kind: str = "community-group", name: str = "", regime: str = "") -> Organisation:
    """An organisation of this kind, under the first regime that one of its kind can work under."""
    return Organisation.objects.create(
        name=name or f"Organisation {next(_number)} of kind {kind}",
        kind=kind,
        regime=regime or permissions().kinds[kind].regimes[0],
    )


def make_colleague(organisation: Organisation, *roles: str, name: str = "") -> Person:
    """Somebody who has held these roles in this organisation since yesterday."""
    number = next(_number)
    person = Person.objects.create(
        name=name or f"Person{number} Madeup{number}x", email=f"person{number}x@example.org"
    )
    for role in roles:
        make_role(person, organisation, role)
    return person


def make_role(person: Person, organisation: Organisation, role: str) -> RoleHeld:
    since = timezone.localdate() - timedelta(days=1)
    return RoleHeld.objects.create(person=person, organisation=organisation, role=role, since=since)


def acting_as(person: Person) -> Acting:
    """The person in the first role that they hold, signed in with a second factor."""
    held = list(person.roles_on(timezone.localdate()).order_by("pk"))
    return Acting(person, held[0] if held else None, second_factor=True, others=tuple(held))


def signed_in(
    person: Person, *, second_factor: bool = True, enforce_csrf: bool = False, just_now: bool = True
) -> Client:
    """A test client in which this person is signed in, by a password and, unless told otherwise, a code.

    `just_now` says that they did so within the time in which sensitive pages do not ask again who they are.
    """
    client = Client(enforce_csrf_checks=enforce_csrf)
    client.force_login(person)
    session = client.session
    used = ["password", "mfa"] if second_factor else ["password"]
    at = time.time() - (0 if just_now else 601)
    session["account_authentication_methods"] = [
        {"method": one, "at": at, "type": "totp", "reauthenticated": just_now} for one in used
    ]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


@dataclass(frozen=True)
class KeyMade:
    """A key with what opens it."""

    key: ApiKey
    secret: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


def make_program(organisation: Organisation, purpose: str, role: str) -> KeyMade:
    """A key in this role and purpose, made by an administrator who holds the role as well."""
    maker = make_colleague(organisation, "administrator", *([role] if role != "administrator" else []))
    ref, secret = make_key(acting_as(maker), purpose, role, 30)
    return KeyMade(ApiKey.objects.get(ref=ref), secret)

"""People for the tests of pages, and the session of a browser in which one of them is signed in."""

from __future__ import annotations

from datetime import date

from allauth.account.internal.flows.login import record_authentication
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse
from django.test import RequestFactory

from lippen.site.accounts.models import Organisation, OrganisationKind, Person, Regime, RoleHeld
from lippen.site.accounts.sign_in import begin, begin_with_password


def make_person(
    name: str = "Ailsa Gow",
    organisation: str = "Invermarrow Homes",
    roles: tuple[str, ...] = ("worker",),
    kind: str = OrganisationKind.HOUSING,
    regime: str = Regime.UK_GDPR,
) -> Person:
    """Somebody who holds these roles since the beginning of the year, in an organisation made for them."""
    partner, _ = Organisation.objects.get_or_create(
        name=organisation, defaults={"kind": kind, "regime": regime}
    )
    person = Person.objects.create(name=name, email=f"person-{Person.objects.count()}@example.org")
    for role in roles:
        RoleHeld.objects.create(person=person, organisation=partner, role=role, since=date(2026, 1, 1))
    return person


def session_of(person: Person, *, second_factor: bool = True) -> str:
    """The key of a session opened just now by this person, with a second factor or without."""
    request = RequestFactory().get("/", headers={"user-agent": "a browser", "host": "localhost"})
    SessionMiddleware(lambda _: HttpResponse()).process_request(request)
    request.user = person
    if second_factor:
        record_authentication(request, person, "mfa", type="totp")
        begin(request, person)
    else:
        begin_with_password(request, person)
    request.session.save()
    assert request.session.session_key is not None
    return request.session.session_key

"""Every address that the site serves, as it serves it, and a town with somebody in every role to ask it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from open_desks import open_desk, receive
from people_factory import make_colleague, make_organisation

from lippen.site.accounts.access import Access, Answering
from lippen.site.accounts.arrivals import STANDING
from lippen.site.accounts.models import Arrival, DeviceReplacement, Organisation, Person
from lippen.site.accounts.permissions import permissions
from lippen.site.register.models import Entry

RULES = permissions()

HOLDERS = [(kind, role.name) for role in RULES.roles.values() for kind in role.organisations]
"""Every role of every kind of organisation."""


UNKNOWN = ("0", "a" * 16, "a" * 43, "a" * 32, "a" * 64, "staff", "2026-11-26")
"""What stands in an address where a test knows nothing that exists: the first that the address takes."""


@dataclass(frozen=True)
class Address:
    """One address as it is served. `route` is its pattern, `taken` the converters of what stands in it."""

    route: str
    name: str
    view: Any
    taken: tuple[tuple[str, Any], ...]

    @property
    def access(self) -> Access:
        assert isinstance(self.view, Answering), self.route
        return self.view.access

    @property
    def methods(self) -> tuple[str, ...]:
        assert isinstance(self.view, Answering), self.route
        return self.view.methods

    def path(self, known: dict[str, str]) -> str:
        """The address with what stands in it filled from `known`, or with something that does not exist."""
        found = self.route
        for name, converter in self.taken:
            unknown = next(one for one in UNKNOWN if re.fullmatch(converter.regex, one))
            found = found.replace(f"<{name}>", known.get(f"{self.name}.{name}", known.get(name, unknown)))
        return "/" + found


def addresses() -> Iterator[Address]:
    yield from within(get_resolver(), "", ())


def within(resolver: URLResolver, before: str, taken: tuple[tuple[str, Any], ...]) -> Iterator[Address]:
    for one in resolver.url_patterns:
        route = before + _plain(str(one.pattern))
        inside = (*taken, *one.pattern.converters.items())
        if isinstance(one, URLResolver):
            yield from within(one, route, inside)
        else:
            assert isinstance(one, URLPattern)
            yield Address(route, one.name or "", one.callback, inside)


def _plain(route: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", route.removeprefix("^"))


EVERY = sorted(addresses(), key=lambda one: one.route)


class Town:
    """One organisation of each kind with somebody in every role, and what stands in addresses of each.

    The administrator, whom a colleague let in and another met, has lost a device. The community group runs a
    desk at which a report waits.
    """

    def __init__(self) -> None:
        self.organisations: dict[str, Organisation] = {kind: make_organisation(kind) for kind in RULES.kinds}
        self.people: dict[tuple[str, str], Person] = {
            (kind, role): make_colleague(self.organisations[kind], role) for kind, role in HOLDERS
        }
        since = timezone.localdate() - STANDING
        for kind, place in self.organisations.items():
            here = [one for (of, _), one in self.people.items() if of == kind]
            for number, one in enumerate(here):
                let_in_by, met_by = here[number - 1].ref, here[number - 2].ref
                Arrival.objects.create(
                    person=one, organisation=place, on=since, let_in_by=let_in_by, met_by=met_by, met_on=since
                )
            lost_by, until = self.people[kind, "administrator"], timezone.now() + timedelta(days=1)
            DeviceReplacement.objects.create(person=lost_by, organisation=place, expires_at=until)
        desk = open_desk(self.organisations["community-group"])
        self.report = receive(desk, timezone.localdate())
        self._stand: dict[str, dict[str, str]] = {}
        self._entries: dict[str, int] = {}

    def known(self, kind: str) -> dict[str, str]:
        """What exists in this organisation, by the name that it has in addresses."""
        if kind not in self._stand:
            self._stand[kind] = self._standing(kind)
        entry = str(self.entry_of(kind))
        return {**self._stand[kind], "api-entry.number": entry, "register-entry.number": entry}

    def _standing(self, kind: str) -> dict[str, str]:
        somebody = self.people[kind, "administrator"]
        return {
            "person.ref": somebody.ref,
            "api-person.ref": somebody.ref,
            "met.ref": somebody.ref,
            "take-back-met.ref": somebody.ref,
            "erase-person.ref": somebody.ref,
            "give-role.ref": somebody.ref,
            "end-role.ref": somebody.ref,
            "end-role.role": somebody.roles.get().ref,
            "leave.ref": somebody.ref,
            "lost-device.ref": somebody.replacements.get().ref,
            "register-record.data_class": "staff",
            "register-record.record": somebody.ref,
            "close-organisation.ref": self.organisations[kind].ref,
            "desk-report.ident": self.report,
        }

    def entry_of(self, kind: str) -> int:
        """The first entry of what somebody of this organisation read or changed; 0 when there is none."""
        if not self._entries.get(kind):
            entries = Entry.objects.filter(organisation=self.organisations[kind].ref)
            self._entries[kind] = entries.values_list("id", flat=True).first() or 0
        return self._entries[kind]

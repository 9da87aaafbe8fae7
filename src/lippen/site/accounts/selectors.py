"""The reader of people and organisations: it filters by permission, and enters each reading before it
answers.

Nobody learns from an answer that somebody else's record exists: a record out of scope is told apart from one
that does not exist by nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from lippen.site.accounts.asking import Asking
from lippen.site.accounts.folding import folded, holds
from lippen.site.accounts.models import Arrival, Organisation, OrganisationKind, Person, Regime, RoleHeld
from lippen.site.accounts.permissions import Verdict, permissions
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_reading

PEOPLE_A_PAGE: Final = 50


@dataclass(frozen=True)
class RoleSeen:
    """A role as a page shows it. `until` is the first day on which it is held no more; a role that was taken
    back before it began has both days the same.
    """

    ref: str
    role: str
    title: str
    organisation: str
    organisation_ref: str
    since: date
    until: date | None
    ended_by_hand: bool

    @property
    def last_day(self) -> date | None:
        """The last day on which it is or was held, all of it or until somebody ended it."""
        if self.until is None or self.ended_by_hand:
            return self.until
        return self.until - timedelta(days=1)

    @property
    def held(self) -> bool:
        today = timezone.localdate()
        return self.since <= today and (self.until is None or self.until > today)

    @property
    def ended(self) -> bool:
        return self.until is not None and (self.until <= timezone.localdate() or self.until == self.since)


@dataclass(frozen=True)
class PersonSeen:
    """Somebody who works with Lippen, and the roles of theirs that the asker may see."""

    ref: str
    name: str
    email: str
    regime: str
    roles: tuple[RoleSeen, ...]
    met: bool
    """Whether a colleague who did not let them in has said that they have met (`meeting`)."""

    @property
    def roles_held(self) -> tuple[RoleSeen, ...]:
        return tuple(role for role in self.roles if role.held)

    @property
    def gone(self) -> bool:
        """Whether they hold no role any more, nor soon will."""
        return all(role.ended for role in self.roles)


@dataclass(frozen=True)
class OrganisationSeen:
    """A partner."""

    ref: str
    name: str
    kind: str
    kind_title: str
    regime: str
    regime_title: str
    closed_on: date | None

    @property
    def is_panel(self) -> bool:
        """Whether it is the scrutiny panel."""
        return self.kind == OrganisationKind.SCRUTINY


def people(
    asking: Asking, *, search: str = "", gone: bool = False, number: int | str = 1, purpose: str
) -> Page[PersonSeen]:
    """A page of the people that `asking` may list, by name. Exactly those shown are entered in the register.

    Those who hold a role or soon will, or, with `gone`, those who hold none any more. `search` looks in names
    and addresses, whatever the case and the accents. A `number` that is text, as somebody types it, leads to
    the nearest page; behind the last one a program's number finds an empty page, so that counting ends.
    Raises PermissionError, and RegisterUnavailable when the reading cannot be entered.
    """
    found = [
        one
        for one in _ordered(asking, "list")
        if gone == one.gone and holds(f"{one.name} {one.email}", search)
    ]
    paginator = Paginator(found, PEOPLE_A_PAGE)
    page = paginator.get_page(number)
    if isinstance(number, int) and number > paginator.num_pages:
        page = Page([], number, paginator)
    shown = list(page.object_list)
    what = "people, searched by name" if search.strip() else "people"
    enter_reading(asking.reader, Act.CONSULTATION, what, _records(shown), purpose=purpose)
    return page


def person(
    asking: Asking, ref: str, *, purpose: str, beside: frozenset[str] = frozenset()
) -> PersonSeen | None:
    """One person; None when there is none of this reference that `asking` may read.

    `beside` are references of all whom the same answer names beside this person, for one answer makes one
    entry. Both answers are entered: a search that found nobody says something too. Raises PermissionError,
    and RegisterUnavailable.
    """
    found = next((_seen(one, asking) for one in _in_scope(asking, "read").filter(ref=ref)), None)
    shown = [Records("staff", (found.ref, *sorted(beside - {found.ref})))] if found else []
    what = "a person" if found else "a person, not found"
    enter_reading(asking.reader, Act.CONSULTATION, what, shown, purpose=purpose)
    return found


def names_within(asking: Asking, refs: Iterable[str]) -> Mapping[str, str]:
    """The names of those of these people whose pages `asking` may open, for an answer that names them beside
    their references. Nothing is entered: whoever shows the names enters that as a reading of these people.
    """
    if not asking.may("read", "staff"):
        return {}
    return dict(_in_scope(asking, "read").filter(ref__in=list(refs)).values_list("ref", "name"))


def people_export(asking: Asking, *, purpose: str) -> Iterator[PersonSeen]:
    """Everybody that `asking` may take out a copy of, entered as a whole before the first of them is
    given.

    Raises PermissionError, and RegisterUnavailable.
    """
    leaving = list(_ordered(asking, "export"))
    enter_reading(
        asking.reader, Act.DISCLOSURE, "people, taken out as a file", _records(leaving), purpose=purpose
    )
    return iter(leaving)


def organisations(asking: Asking, *, closed: bool = False) -> list[OrganisationSeen]:
    """Partners that take part, or with `closed` those that no longer do, by name. Raises PermissionError.

    It says nothing about a person, so nothing is entered.
    """
    verdict = _allowed(asking, "list", "organisation")
    found = Organisation.objects.filter(closed_on__isnull=not closed)
    if verdict.scope != "all":
        found = found.filter(ref=asking.reader.organisation)
    return sorted((_organisation(one) for one in found), key=lambda one: folded(one.name))


def organisation(asking: Asking, ref: str) -> OrganisationSeen | None:
    """One partner; None when there is none of this reference. Raises PermissionError."""
    both = [*organisations(asking), *organisations(asking, closed=True)]
    return next((one for one in both if one.ref == ref), None)


def _allowed(asking: Asking, verb: str, data: str) -> Verdict:
    verdict = asking.may(verb, data)
    if not verdict:
        raise PermissionError(verdict.why)
    return verdict


def _in_scope(asking: Asking, verb: str) -> QuerySet[Person]:
    """The people that this verb reaches for `asking`, with those roles of theirs that it reaches."""
    verdict = _allowed(asking, verb, "staff")
    reader = asking.reader
    roles = RoleHeld.objects.select_related("organisation").order_by("since", "pk")
    people = Person.objects.all()
    if verdict.scope == "own":
        people = people.filter(ref=reader.person)
    elif verdict.scope != "all":
        within = Q(organisation__ref=reader.organisation)
        roles = roles.filter(within)
        people = people.filter(pk__in=RoleHeld.objects.filter(within).values("person_id"))
    arrivals = Arrival.objects.filter(organisation__ref=reader.organisation)
    return people.prefetch_related(
        Prefetch("roles", queryset=roles),
        Prefetch("arrivals", queryset=arrivals),
    )


def _ordered(asking: Asking, verb: str) -> list[PersonSeen]:
    seen = [_seen(one, asking) for one in _in_scope(asking, verb)]
    return sorted(seen, key=lambda one: (folded(one.name), one.ref))


def _seen(one: Person, asking: Asking) -> PersonSeen:
    titles = permissions().roles
    return PersonSeen(
        ref=one.ref,
        name=one.name,
        email=one.address,
        regime=asking.reader.regime,
        roles=tuple(
            RoleSeen(
                ref=held.ref,
                role=held.role,
                title=titles[held.role].title if held.role in titles else held.role,
                organisation=held.organisation.name,
                organisation_ref=held.organisation.ref,
                since=held.since,
                until=held.until,
                ended_by_hand=bool(held.ended_by),
            )
            for held in one.roles.all()  # those that `_in_scope` fetched
        ),
        met=any(here.met_by for here in one.arrivals.all()),  # in the asker's organisation, fetched too
    )


def _organisation(one: Organisation) -> OrganisationSeen:
    return OrganisationSeen(
        ref=one.ref,
        name=one.name,
        kind=one.kind,
        kind_title=OrganisationKind(one.kind).label,
        regime=one.regime,
        regime_title=Regime(one.regime).label,
        closed_on=one.closed_on,
    )


def _records(shown: list[PersonSeen]) -> list[Records]:
    return [Records("staff", tuple(one.ref for one in shown))]

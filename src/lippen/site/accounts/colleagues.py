"""Those who have access in an organisation today, as the verbs that need two people or a successor ask."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from lippen.site.accounts.models import Organisation, Person, RoleHeld


@dataclass(frozen=True)
class Colleague:
    ref: str
    name: str


def with_access(organisation: Organisation) -> QuerySet[Person]:
    """Who holds a role there today and has not left."""
    today = timezone.localdate()
    not_ended = Q(roles__until__isnull=True) | Q(roles__until__gt=today)
    return Person.objects.filter(
        not_ended, is_active=True, roles__organisation=organisation, roles__since__lte=today
    ).distinct()


def officers(organisation: Organisation) -> QuerySet[Person]:
    """Its data-protection officers."""
    return _with_role(organisation, "protection-officer")


def answering_for(organisation: Organisation) -> QuerySet[Person]:
    """Its data-protection officers and administrators: those who are told when an account changes hands."""
    return _with_role(organisation, "protection-officer", "administrator")


def named(people: QuerySet[Person]) -> list[Colleague]:
    return [Colleague(one.ref, one.name) for one in people.order_by("name", "pk")]


def _with_role(organisation: Organisation, *roles: str) -> QuerySet[Person]:
    today = timezone.localdate()
    held = RoleHeld.objects.filter(organisation=organisation, role__in=roles, since__lte=today)
    return Person.objects.filter(is_active=True, pk__in=held.exclude(until__lte=today).values("person_id"))

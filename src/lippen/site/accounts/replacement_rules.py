"""Who has to agree that a lost device is replaced, and whether they have."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from lippen.site.accounts.arrivals import counting
from lippen.site.accounts.models import Approval, DeviceReplacement, Organisation, Person, RoleHeld
from lippen.site.accounts.permissions import permissions

AGREED_BY: Final = 2
COLLEAGUES_HAVE: Final = timedelta(days=3)
IN_VAIN_AT_MOST: Final = 3
"""How many requests of one colleague within a day may wait or come to nothing. Others ask meanwhile."""

NOBODY_CAN: Final = "Too few of those whose yes counts are left, so this ends without a new device."


def waiting_now() -> QuerySet[DeviceReplacement]:
    """Requests that can still be agreed to or refused."""
    return DeviceReplacement.objects.filter(
        refused_at__isnull=True,
        done_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__gt=timezone.now(),
        person__is_active=True,
    )


def asked_in_vain(person: Person) -> int:
    """How many requests this person made within a day by which nobody got a new device, or not yet."""
    first_yes = Approval.objects.filter(replacement=OuterRef("pk")).order_by("pk").values("colleague")[:1]
    asked = DeviceReplacement.objects.annotate(asked_by=Subquery(first_yes)).filter(asked_by=person.pk)
    return asked.filter(asked_at__gt=timezone.now() - timedelta(days=1), revoked_at__isnull=True).count()


def works_in(person: Person) -> list[Organisation]:
    """Where this person holds a role, or soon will: a device replaced today opens tomorrow's role as well."""
    held = open_roles().filter(person=person)
    return list(Organisation.objects.filter(pk__in=held.values("organisation_id")).order_by("pk"))


def open_roles() -> QuerySet[RoleHeld]:
    """Roles held now or from a later day."""
    return RoleHeld.objects.filter(organisation__closed_on__isnull=True).exclude(
        until__lte=timezone.localdate()
    )


def see_colleagues(people: QuerySet[Person], organisation: Organisation) -> QuerySet[Person]:
    """Those of them who may read there who their colleagues are. The others are asked and told nothing."""
    rules = permissions()
    seeing = [role for role in rules.roles if rules.may(role, "list", "staff", organisation.regime)]
    today = timezone.localdate()
    held = RoleHeld.objects.filter(organisation=organisation, role__in=seeing, since__lte=today)
    return people.filter(pk__in=held.exclude(until__lte=today).values("person_id"))


def counted(asked: DeviceReplacement) -> list[Approval]:
    """The yeses of those who still count where they said it."""
    given = asked.agreed.select_related("colleague", "organisation").order_by("at", "pk")
    return [one for one in given if counting(one.organisation).filter(pk=one.colleague_id).exists()]


def still(asked: DeviceReplacement, own: Organisation) -> str:
    """Who has yet to agree, as those in `own` are told; empty when nobody has."""
    given = counted(asked)
    agreed = {one.organisation_id for one in given}
    lacking = {one.pk for one in works_in(asked.person)} - agreed
    told = []
    if own.pk in lacking:
        told.append("Somebody here has to agree.")
    if lacking - {own.pk}:
        told.append("Somebody in each other organisation in which they work has to agree.")
    if len(given) < AGREED_BY and not told:
        told.append("One more colleague has to agree.")
    if told and not enough_can_agree(asked.person):
        told = [NOBODY_CAN]
    return " ".join(told)


def enough_can_agree(person: Person) -> bool:
    """Whether there are today, besides the person, two whose yes counts, and for each of their organisations
    another one: a colleague who works in two of them says yes for one only.
    """
    places = works_in(person)
    enough = max(AGREED_BY, len(places))
    able = [
        set(
            see_colleagues(counting(place), place)
            .exclude(pk=person.pk)
            .order_by("pk")
            .values_list("pk", flat=True)[:enough]
        )
        for place in places
    ]
    return len(set().union(*able)) >= AGREED_BY and _one_each(able, frozenset())


def _one_each(able: list[set[int]], taken: frozenset[int]) -> bool:
    """Whether one can be taken from each of these sets, and none twice."""
    return not able or any(_one_each(able[1:], taken | {one}) for one in able[0] - taken)

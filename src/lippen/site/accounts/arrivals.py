"""How people came into an organisation, and who counts where two must agree.

An administrator can invite somebody who does not exist, and be that person. No page can tell; a colleague
can. So whoever was let in is marked for all to see until a second colleague, who did not let them in, says
that they have met (`meeting`); and among those who replace a device only they count who were met and have
been here for a while. It stops no work: somebody new reads and writes from the first day.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from lippen.site.accounts.colleagues import with_access
from lippen.site.accounts.models import Arrival, Organisation, Person
from lippen.site.register.services import SYSTEM

STANDING: Final = timedelta(days=14)
"""How long somebody has been in an organisation before they count. A request for a device ends after three
days and an invitation after seven, so nobody who was invented for one request counts in it; and in two weeks
even somebody who works part-time, or was away for one, has seen the mark and can ask who that is."""


def let_in(person: Person, organisation: Organisation, by: str, on: date | None = None) -> bool:
    """Keep who let this person in, unless they hold a role here still; returns whether they came in now.

    Called before the role is given. The first person of an organisation, and those whom the program makes,
    have nobody here to meet them and count as met.
    """
    on = on or timezone.localdate()
    if person.roles.filter(organisation=organisation).exclude(until__lte=timezone.localdate()).exists():
        return False
    first = not Arrival.objects.filter(organisation=organisation).exclude(person=person).exists()
    met = first or by == SYSTEM.person
    Arrival.objects.update_or_create(
        person=person,
        organisation=organisation,
        defaults={
            "on": on,
            "let_in_by": by,
            "met_by": by if met else "",
            "met_on": on if met else None,
        },
    )
    return True


def counting(organisation: Organisation) -> QuerySet[Person]:
    """Those whose yes counts there: who have access today, were met, and have been there for `STANDING`."""
    standing = Arrival.objects.filter(organisation=organisation, on__lte=timezone.localdate() - STANDING)
    return with_access(organisation).filter(pk__in=standing.exclude(met_by="").values("person_id"))


def why_not_counted(person: Person, organisation: Organisation) -> str:
    """Why the yes of somebody with access there does not count, and what to do; empty when it does."""
    arrival = Arrival.objects.filter(person=person, organisation=organisation).first()
    if arrival is None or not arrival.met_by:
        return (
            "Your yes does not count yet: nobody but whoever let you in has said that they have met you. "
            "Ask a colleague to open your page under People and say so."
        )
    counts_from = arrival.on + STANDING
    if counts_from > timezone.localdate():
        return (
            f"You can ask for this and agree to it from {counts_from.day} {counts_from:%B %Y}, when you have "
            f"been here for {STANDING.days} days. Ask colleagues who have been here longer."
        )
    return ""

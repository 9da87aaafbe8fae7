"""A colleague says that they have met somebody whom another let in.

Whoever says so was met themself, or two inventions would vouch for each other. Where nobody is there who
could say so but whoever let the person in, any other colleague can: else an organisation of two or three
could never begin. An organisation in which everybody but one administrator is new is therefore not protected
from that administrator.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from lippen.errors import LippenError
from lippen.site.accounts import notices
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.colleagues import with_access
from lippen.site.accounts.models import Arrival, Organisation, Person
from lippen.site.accounts.roles import PURPOSE, RecordUnknown
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change, enter_reading


class MeetingRefused(LippenError):  # noqa: N818 - named after the event, as the others are
    """Somebody cannot say that they met this person. The message says why."""


@dataclass(frozen=True)
class ArrivalSeen:
    """How somebody came here, as a colleague sees it.

    `let_in_by` and `met_by` are names, empty for whoever is of no concern to the asker: another partner, the
    program itself, somebody erased. `why_not` says why the asker cannot say that they met; it is empty when
    they can.
    """

    on: date
    let_in_by: str
    met: bool
    met_by: str
    met_on: date | None
    why_not: str


def arrival_of(acting: Acting, person: str) -> ArrivalSeen | None:
    """How the person of this reference came into the organisation one acts for, entered in the register with
    the names that it says. None when nothing is known. Raises PermissionError.
    """
    _allowed(acting)
    found = _found(acting, person)
    if found is None:
        return None
    wanted = {found.let_in_by, found.met_by} - {""}
    here = Person.objects.filter(ref__in=wanted, roles__organisation=acting.organisation).distinct()
    names = dict(here.values_list("ref", "name"))
    if names:
        shown = [Records("staff", (found.person.ref, *sorted(names)))]
        enter_reading(acting.reader, Act.CONSULTATION, "who let a person in", shown, purpose=PURPOSE)
    return ArrivalSeen(
        on=found.on,
        let_in_by=names.get(found.let_in_by, ""),
        met=bool(found.met_by),
        met_by=names.get(found.met_by, ""),
        met_on=found.met_on,
        why_not=_why_not(acting, found),
    )


def say_met(acting: Acting, person: str) -> None:
    """Say that one has met this person. Raises PermissionError; RecordUnknown for anybody but a colleague
    with access; MeetingRefused of oneself, by whoever let them in, and by whoever was not met themself.
    """
    _allowed(acting)
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=acting.organisation.pk)
        found = _found(acting, person)
        if found is None or not with_access(acting.organisation).filter(ref=person).exists():
            raise RecordUnknown
        if why_not := _why_not(acting, found):
            raise MeetingRefused(why_not)
        found.met_by, found.met_on = acting.person.ref, timezone.localdate()
        found.save(update_fields=["met_by", "met_on"])
        records = [Records("staff", (found.person.ref,))]
        enter_change(acting.reader, Act.ALTERATION, "a colleague met", records, purpose=PURPOSE)
        notices.settle(f"/people/{person}/", with_access(acting.organisation))


def _why_not(acting: Acting, found: Arrival) -> str:
    if found.met_by:
        return "a colleague has met them already"
    if found.person_id == acting.person.pk:
        return "nobody says this of themselves"
    if found.let_in_by == acting.person.ref:
        return "you let them in, so somebody else has to say this as well"
    met = Arrival.objects.filter(
        organisation=acting.organisation, person__in=with_access(acting.organisation)
    ).exclude(met_by="")
    others = met.exclude(person=found.person).exclude(person__ref=found.let_in_by)
    if others.exists() and not others.filter(person=acting.person).exists():
        return "no colleague has met you yourself yet, so ask one who was met to say this"
    return ""


def _found(acting: Acting, person: str) -> Arrival | None:
    found = Arrival.objects.filter(organisation=acting.organisation, person__ref=person)
    return found.select_related("person").first()


def _allowed(acting: Acting) -> None:
    verdict = acting.may("read", "staff")
    if not verdict:
        raise PermissionError(verdict.why)

"""A colleague says that they have met somebody whom another let in.

Whoever says so was met themself, or two inventions would vouch for each other. Where nobody is there who
could say so but whoever let the person in, any other colleague can: else an organisation of two or three
could never begin. An organisation in which everybody but one administrator is new is therefore not protected
from that administrator.

A button is pressed by mistake, so whoever said it takes it back on the same day. With it goes what the person
whom they had not met said meanwhile, which counted by their word alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.utils import timezone

from lippen.errors import LippenError
from lippen.site.accounts import notices, selectors
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.colleagues import answering_for, with_access
from lippen.site.accounts.models import Approval, Arrival, DeviceReplacement, Organisation, Person
from lippen.site.accounts.roles import PURPOSE, RecordUnknown
from lippen.site.accounts.said import sentence
from lippen.site.accounts.selectors import PersonSeen
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change

CAME_IN: Final = "Somebody was let in. This waits until a second colleague says that they have met them."


class MeetingRefused(LippenError):
    """Somebody cannot say that they met this person, or take it back. The message says why."""


@dataclass(frozen=True)
class ArrivalSeen:
    """How somebody came here, as a colleague sees it.

    `let_in_by` and `met_by` are names, empty for whoever is of no concern to the asker: another partner, the
    program itself, somebody erased. `why_not` says why the asker cannot say that they met; it is empty when
    they can. `can_take_back` says whether the asker said it, and can take it back now.
    """

    on: date
    let_in_by: str
    met: bool
    met_by: str
    met_on: date | None
    why_not: str
    can_take_back: bool


def person_and_arrival(
    acting: Acting, ref: str, *, purpose: str
) -> tuple[PersonSeen, ArrivalSeen | None] | None:
    """One person, and how they came into the organisation one acts for, where that is known. None when there
    is none of this reference that one may read.

    One entry holds all whom it names, whoever looks and for whatever reason. Raises PermissionError.
    """
    _allowed(acting)
    found = _found(acting, ref)
    names = _names(acting, found) if found else {}
    person = selectors.person(acting, ref, purpose=purpose, beside=frozenset(names))
    if person is None:
        return None
    return person, _seen(acting, found, names) if found else None


def _names(acting: Acting, found: Arrival) -> dict[str, str]:
    """References and names of those here who let the person in and who met them."""
    wanted = {found.let_in_by, found.met_by} - {""}
    here = Person.objects.filter(ref__in=wanted, roles__organisation=acting.organisation).distinct()
    return dict(here.values_list("ref", "name"))


def _seen(acting: Acting, found: Arrival, names: dict[str, str]) -> ArrivalSeen:
    return ArrivalSeen(
        on=found.on,
        let_in_by=names.get(found.let_in_by, ""),
        met=bool(found.met_by),
        met_by=names.get(found.met_by, ""),
        met_on=found.met_on,
        why_not=_why_not(acting, found),
        can_take_back=_why_kept(acting, found) is None,
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


def why_not_met(acting: Acting, person: str) -> str:
    """Why one cannot say that one has met this person, as a sentence; empty when one can. Raises
    PermissionError, RecordUnknown.
    """
    _allowed(acting)
    found = _found(acting, person)
    if found is None:
        raise RecordUnknown
    why_not = _why_not(acting, found)
    return sentence(MeetingRefused(why_not)) if why_not else ""


def take_back_met(acting: Acting, person: str) -> None:
    """Take back that one has met this person. Raises PermissionError; RecordUnknown for anybody but a
    colleague; MeetingRefused by whoever did not say it, on another day, and once a lost device was replaced
    that would not have been without it.

    It is entered, and waits again for a second colleague, as does whom they said meanwhile that they met.
    """
    _allowed(acting)
    own = acting.organisation
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=own.pk)
        found = _found(acting, person)
        if found is None:
            raise RecordUnknown
        hanging = _hanging_on(found, acting)
        whose = DeviceReplacement.objects.filter(agreed__colleague__in=[one.person_id for one in hanging])
        list(Person.objects.select_for_update().filter(pk__in=whose.values("person")))  # nobody agrees now
        if kept := _why_kept(acting, found):
            raise kept
        for one in hanging:
            one.met_by, one.met_on = "", None
            one.save(update_fields=["met_by", "met_on"])
            tell_who_answer(one.person, own, one.let_in_by)
        records = [Records("staff", tuple(one.person.ref for one in hanging))]
        enter_change(acting.reader, Act.ALTERATION, "a meeting taken back", records, purpose=PURPOSE)


def why_kept(acting: Acting, person: str) -> MeetingRefused | None:
    """Why one cannot take back that one has met this person; None when one can. Raises PermissionError,
    RecordUnknown.
    """
    _allowed(acting)
    found = _found(acting, person)
    if found is None:
        raise RecordUnknown
    return _why_kept(acting, found)


def tell_who_answer(person: Person, organisation: Organisation, inviter: str) -> None:
    """Tell those who answer for the organisation, but for whoever invited, that somebody came in whom nobody
    else has met.
    """
    others = answering_for(organisation).exclude(pk=person.pk).exclude(ref=inviter)
    notices.tell(others, f"/people/{person.ref}/", CAME_IN, stays=True)


def _why_kept(acting: Acting, found: Arrival) -> MeetingRefused | None:
    if found.met_by != acting.person.ref or found.met_by == found.let_in_by:
        return MeetingRefused("only whoever said it can take it back")
    if found.met_on != timezone.localdate():
        return MeetingRefused(
            "this can be taken back on the day on which it was said, and that day is over",
            remedy=f"If you have not met them, tell {acting.whom_to_tell}.",
        )
    relied_on = Approval.objects.filter(
        colleague__in=[one.person_id for one in _hanging_on(found, acting)],
        organisation=acting.organisation,
        replacement__revoked_at__date__gte=found.met_on,
    )
    if relied_on.exists():
        return MeetingRefused(
            "a lost device has been replaced since, and they were one of those who agreed",
            remedy=f"Tell {acting.whom_to_tell} now.",
        )
    return None


def _hanging_on(found: Arrival, acting: Acting) -> list[Arrival]:
    """This arrival, and those that count as met by what its person said today, and so on; never the asker's
    own.
    """
    hanging = [found]
    for one in hanging:
        said = Arrival.objects.filter(
            organisation=acting.organisation, met_by=one.person.ref, met_on=timezone.localdate()
        ).exclude(let_in_by=one.person.ref)
        known = [acting.person.pk, *(each.person_id for each in hanging)]
        hanging += said.exclude(person__in=known).select_related("person").order_by("pk")
    return hanging


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
        return (
            "no colleague has met you yourself yet, so ask one who was met to say this, and to say it of you "
            "on your own page. Then you can say it of others"
        )
    return ""


def _found(acting: Acting, person: str) -> Arrival | None:
    found = Arrival.objects.filter(organisation=acting.organisation, person__ref=person)
    return found.select_related("person").first()


def _allowed(acting: Acting) -> None:
    verdict = acting.may("read", "staff")
    if not verdict:
        raise PermissionError(verdict.why)

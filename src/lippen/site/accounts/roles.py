"""The verbs of roles: given by somebody else than whoever gets one, from one day until another, and ended at
once.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from lippen.errors import LippenError
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.arrivals import let_in
from lippen.site.accounts.devices import end_requests
from lippen.site.accounts.links_open import end_those_of
from lippen.site.accounts.models import Organisation, Person, RoleHeld
from lippen.site.accounts.permissions import permissions
from lippen.site.accounts.replacement_rules import works_in
from lippen.site.accounts.said import Refusal
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change

PURPOSE = "letting colleagues in and taking their access away"


class RoleRefused(Refusal):
    """A role cannot be given or ended so. The message says why, and what to do instead."""


class RecordUnknown(LippenError):
    """There is no such record, or it is not one of the asker's own organisation. Which of the two is not
    told.
    """

    def __init__(self) -> None:
        super().__init__("there is no such record in your organisation")


def roles_that_fit(acting: Acting) -> list[tuple[str, str]]:
    """Names and titles of the roles that can be held in the organisation that `acting` works for."""
    kind = _organisation_of(acting).kind
    return [(one.name, one.title) for one in permissions().roles.values() if kind in one.organisations]


def locked(acting: Acting) -> Organisation:
    """The row of the organisation that `acting` works for, locked until the caller's transaction ends.

    So two administrators cannot end each other at the same time: the second waits here, and by then holds the
    role no more in which they asked. Raises PermissionError for whoever does not.
    """
    organisation = Organisation.objects.select_for_update().get(pk=_organisation_of(acting).pk)
    today = timezone.localdate()
    if acting.held is None or not acting.person.roles_on(today).filter(pk=acting.held.pk).exists():
        raise PermissionError("The role in which you asked for this has just ended. Nothing was changed.")
    return organisation


def give_role(acting: Acting, person_ref: str, role: str, since: date, last_day: date | None = None) -> str:
    """Give a role in one's own organisation to somebody who has or had one there; returns its reference.

    It is held from `since` to the end of `last_day`, or until it is ended.

    Raises PermissionError, RecordUnknown for anybody else, and RoleRefused for a role to oneself, one that
    does not fit the organisation, one held already, or days that do not follow one another.
    """
    _allowed(acting)
    today = timezone.localdate()
    with transaction.atomic():
        organisation = locked(acting)
        person = _colleague(organisation, person_ref)
        if person.ref == acting.person.ref:
            raise RoleRefused(
                "nobody gives a role to themselves",
                remedy="Ask another administrator of your organisation, or invite one first.",
            )
        if not person.is_active:
            raise RoleRefused("this person has left", remedy="Invite them anew if they come back.")
        if role not in dict(roles_that_fit(acting)):
            raise RoleRefused("this role does not exist in your kind of organisation", about="role")
        if since < today:
            raise RoleRefused("a role begins today or later, never in the past", about="since")
        if last_day is not None and not since <= last_day < date.max:
            raise RoleRefused("the last day of a role is its first day or later", about="last_day")
        if _not_ended(organisation, since).filter(person=person, role=role).exists():
            raise RoleRefused(
                "they hold this role already", remedy="End it first to give it other days.", about="role"
            )
        let_in(person, organisation, acting.person.ref, since)
        given = RoleHeld.objects.create(
            person=person,
            organisation=organisation,
            role=role,
            since=since,
            until=None if last_day is None else last_day + timedelta(days=1),
            given_by=acting.person.ref,
        )
        _enter(acting, f"a role given: {role}", (person.ref,))
    return given.ref


def end_role(acting: Acting, role_ref: str) -> str:
    """End a role in one's own organisation now: access is gone at the next request, and with the role of
    administrator what its holder invited to. Returns the person's ref.

    Raises PermissionError, RecordUnknown, and RoleRefused for the last administrator or a role that has
    ended.
    """
    _allowed(acting)
    today = timezone.localdate()
    with transaction.atomic():
        organisation = locked(acting)
        held = (
            RoleHeld.objects.filter(organisation=organisation, ref=role_ref).select_related("person").first()
        )
        if held is None:
            raise RecordUnknown
        if held.until is not None and held.until <= max(today, held.since):
            raise RoleRefused("this role has ended already")
        if held.role == "administrator" and not _other_administrator(organisation, held, today):
            raise RoleRefused(
                "this is the last administrator, and without one nobody could let anybody in",
                remedy="Give somebody else that role first, or close the organisation.",
            )
        end_now(held, acting.person.ref)
        _enter(acting, f"a role ended: {held.role}", (held.person.ref,))
        if held.role == "administrator":
            end_those_of(held.person, organisation, acting.reader, PURPOSE)
    return held.person.ref


def end_now(held: RoleHeld, by: str) -> None:
    """End a role today, or take it back before it begins, in the caller's transaction, which enters it. With
    somebody's last role end the requests for their device.
    """
    held.until = max(timezone.localdate(), held.since)
    held.ended_by = by
    held.save(update_fields=["until", "ended_by"])
    if not works_in(held.person):
        end_requests(held.person)


def _allowed(acting: Acting) -> None:
    verdict = acting.may("write", "staff")
    if not verdict:
        raise PermissionError(verdict.why)


def _organisation_of(acting: Acting) -> Organisation:
    if acting.held is None:
        raise PermissionError(acting.without)
    return acting.held.organisation


def _colleague(organisation: Organisation, ref: str) -> Person:
    found = Person.objects.filter(ref=ref, roles__organisation=organisation).first()
    if found is None:
        raise RecordUnknown
    return found


def _not_ended(organisation: Organisation, day: date) -> QuerySet[RoleHeld]:
    return RoleHeld.objects.filter(Q(until__isnull=True) | Q(until__gt=day), organisation=organisation)


def _other_administrator(organisation: Organisation, than: RoleHeld, day: date) -> bool:
    others = _not_ended(organisation, day).filter(
        role="administrator", since__lte=day, until__isnull=True, person__is_active=True
    )
    return others.exclude(person_id=than.person_id).exists()


def _enter(acting: Acting, what: str, refs: tuple[str, ...]) -> None:
    enter_change(acting.reader, Act.ALTERATION, what, [Records("staff", refs)], purpose=PURPOSE)

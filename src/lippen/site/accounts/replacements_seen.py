"""Requests to replace a lost device, as colleagues see them. Each reading is entered.

Who may not read about colleagues, as a researcher may not, sees no request but one about themselves, and
nobody's name in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils import timezone

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.arrivals import STANDING, why_not_counted
from lippen.site.accounts.colleagues import Colleague, with_access
from lippen.site.accounts.devices import PURPOSE
from lippen.site.accounts.folding import holds
from lippen.site.accounts.models import DeviceReplacement, Organisation, Person
from lippen.site.accounts.replacement_rules import (
    AGREED_BY,
    counted,
    enough_can_agree,
    open_roles,
    still,
    waiting_now,
)
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_reading

A_PAGE: Final = 50
"""How many colleagues, and how many requests, one page names and one entry of the register holds."""

A_COLLEAGUE: Final = "a colleague"
ELSEWHERE: Final = "somebody with another partner"
TOO_FEW: Final = (
    "Too few people work here for this: two have to agree besides whoever lost the device. What helps now: "
    "everybody sets up two devices, under You and How you sign in, and keeps their spare codes safe. When "
    f"three of you have been here for {STANDING.days} days, and each was met by somebody else than whoever "
    "let them in, two can agree for the third."
)
GONE: Final = "somebody who is gone"


@dataclass(frozen=True)
class ReplacementSeen:
    """A request to replace a device as colleagues see it.

    `state` is "waiting", "agreed", "refused" or "too late". `yes` are the names of those of one's own
    organisation who agreed, `yes_elsewhere` the number of others, `refused_by` who said no, and
    `refused_by_asker` whether that is the asker. `still` says who has yet to agree, and `why_not` why the
    asker cannot; it is empty when they can. `own` is true when it is the asker's own device.
    """

    ref: str
    person: Colleague
    own: bool
    password_too: bool
    asked_at: datetime
    expires_at: datetime
    state: str
    yes: tuple[str, ...]
    yes_elsewhere: int
    refused_by: str
    refused_by_asker: bool
    still: str
    why_not: str
    names: tuple[str, ...]
    """References of all whom it names: the entry of the reading holds them."""


@dataclass(frozen=True)
class LostSeen:
    """The requests that wait, the A_PAGE oldest of them, and a page of those whose device one can ask to
    replace, by name; no page, and why not, while one's own yes does not count or too few work here.
    """

    waiting: tuple[ReplacementSeen, ...]
    page: Page[Colleague] | None
    why_not: str


def sees_colleagues(acting: Acting) -> Organisation:
    """The organisation that they act in, for whoever may read who works there. Raises PermissionError."""
    verdict = acting.may("list", "staff")
    if not verdict:
        raise PermissionError(verdict.why)
    return acting.organisation


def lost_devices(acting: Acting, *, search: str = "", number: int | str = 1) -> LostSeen:
    """What waits for colleagues, and of whom one can ask for more. Exactly those shown are entered, in one
    entry.

    `search` looks in names, whatever the case and the accents. Raises PermissionError.
    """
    own = sees_colleagues(acting)
    waiting = [_seen(one, acting) for one in of(own, waiting_now()).order_by("asked_at", "pk")[:A_PAGE]]
    why_not = TOO_FEW if _too_few(acting, own) else why_not_counted(acting.person, own)
    page = None if why_not else _colleagues(acting, own, search, number)
    named = [ref for one in waiting for ref in one.names]
    named += [one.ref for one in page.object_list] if page else []
    _entered(acting, "devices to be replaced", named)
    return LostSeen(tuple(waiting), page, why_not)


def _too_few(acting: Acting, own: Organisation) -> bool:
    """Whether so few work here that nobody's device could be replaced, whoever asked."""
    here = list(with_access(own).order_by("pk")[: AGREED_BY + 1])
    colleagues = [one for one in here if one.pk != acting.person.pk]
    return len(here) <= AGREED_BY and not any(enough_can_agree(one) for one in colleagues)


def _colleagues(acting: Acting, own: Organisation, search: str, number: int | str) -> Page[Colleague]:
    found = with_access(own).exclude(pk=acting.person.pk).order_by("name", "pk").values_list("ref", "name")
    named = [Colleague(ref, name) for ref, name in found if not search or holds(name, search)]
    return Paginator(named, A_PAGE).get_page(number)


def replacement(acting: Acting, ref: str) -> ReplacementSeen | None:
    """One request, waiting or ended, entered in the register; None when there is none that they may see.
    Raises PermissionError.
    """
    if acting.must_set_up:
        raise PermissionError("Set up your own second step first.")
    asked = of(acting.organisation, DeviceReplacement.objects.filter(ref=ref))
    if not acting.may("list", "staff"):
        asked = asked.filter(person=acting.person)
    found = [_seen(one, acting) for one in asked]
    _entered(acting, "a device to be replaced", [ref for one in found for ref in one.names])
    return found[0] if found else None


def of(own: Organisation, found: QuerySet[DeviceReplacement]) -> QuerySet[DeviceReplacement]:
    """Those for people who work in `own`, whichever of their organisations it was asked in."""
    held = open_roles().filter(organisation=own)
    return found.filter(person__in=held.values("person_id")).select_related("person")


def _seen(one: DeviceReplacement, acting: Acting) -> ReplacementSeen:
    own = acting.organisation
    said_yes = counted(one)
    here = [each.colleague for each in said_yes if each.organisation_id == own.pk]
    refuser = Person.objects.filter(ref=one.refused_by, roles__organisation=own).first()
    named = [each for each in (*here, refuser) if each is not None] if acting.may("list", "staff") else []
    if acting.person.pk == one.person_id:
        why = "If you did not ask for it, refuse it."
    elif one.agreed.filter(colleague=acting.person).exists():
        why = "You have agreed."
    else:
        why = why_not_counted(acting.person, own)
    return ReplacementSeen(
        ref=one.ref,
        person=Colleague(one.person.ref, one.person.name),
        own=acting.person.pk == one.person_id,
        password_too=one.password_too,
        asked_at=one.asked_at,
        expires_at=one.expires_at,
        state=_state(one),
        yes=tuple(each.name if each in named else A_COLLEAGUE for each in here),
        yes_elsewhere=len(said_yes) - len(here),
        refused_by=_refused_by(one, refuser, named),
        refused_by_asker=one.refused_by == acting.person.ref,
        still=still(one, own),
        why_not=why,
        names=tuple(dict.fromkeys([one.person.ref, *(each.ref for each in named)])),
    )


def _refused_by(one: DeviceReplacement, refuser: Person | None, named: list[Person]) -> str:
    if one.refused_at is None:
        return ""
    if one.refused_by == one.person.ref:
        return one.person.name
    if refuser is None:
        return ELSEWHERE if Person.objects.filter(ref=one.refused_by).exists() else GONE
    return refuser.name if refuser in named else A_COLLEAGUE


def _state(one: DeviceReplacement) -> str:
    if one.refused_at is not None:
        return "refused"
    if one.revoked_at is not None:
        return "agreed"
    return "waiting" if one.done_at is None and one.expires_at > timezone.now() else "too late"


def _entered(acting: Acting, what: str, refs: list[str]) -> None:
    enter_reading(acting.reader, Act.CONSULTATION, what, [Records("staff", tuple(refs))], purpose=PURPOSE)

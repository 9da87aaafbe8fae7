"""The verbs of organisations: added by a partner who is here already, and closed by themselves."""

from __future__ import annotations

import unicodedata

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from lippen.errors import LippenError
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.folding import folded
from lippen.site.accounts.models import (
    ApiKey,
    Invitation,
    Organisation,
    OrganisationKind,
    Person,
    RoleHeld,
)
from lippen.site.accounts.permissions import Verdict, permissions
from lippen.site.accounts.roles import RecordUnknown
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change

PURPOSE = "keeping the list of partners"


class PartnerRefused(LippenError):  # noqa: N818 - named after the event, as the others are
    """An organisation cannot be added or closed so. The message says why, and what to do instead."""


def checked(name: str, kind: str, regime: str) -> str:
    """The name of a new organisation, with single blanks, if one of this kind and regime can be so called.

    Raises PartnerRefused for a kind that cannot work under the regime, a name that cannot be read, and one of
    a recipient who is ruled out.
    """
    name = " ".join(name.split())
    rules = permissions()
    if not folded(name) or len(name) > 120 or any(unicodedata.category(one)[0] == "C" for one in name):
        raise PartnerRefused("a name has letters that can be seen, and no more than 120 of them")
    if word := rules.excluded_word(name):
        raise PartnerRefused(
            f"nobody who works in this field can take part ({word})", remedy=rules.excluded_why
        )
    if kind not in rules.kinds:
        raise PartnerRefused("there is no such kind of organisation")
    if regime not in rules.kinds[kind].regimes:
        raise PartnerRefused(
            f"{rules.kinds[kind].title.lower()} cannot work under this regime",
            remedy=f"Choose {' or '.join(rules.regimes[one] for one in rules.kinds[kind].regimes)}.",
        )
    return name


def add_organisation(acting: Acting, name: str, kind: str, regime: str) -> str:
    """Add a partner; returns its reference.

    Raises PermissionError, and PartnerRefused for what `checked` refuses, for a name that another has,
    whatever the case and accents, and for a second scrutiny panel: its members see the whole register, so
    nobody may make one of their own beside it.
    """
    if _may_write(acting).scope != "all":
        raise PermissionError("Your organisation decides on no other partner.")
    name = checked(name, kind, regime)
    with transaction.atomic():
        _lock_all()
        if any(folded(one) == folded(name) for one in Organisation.objects.values_list("name", flat=True)):
            raise PartnerRefused(
                "an organisation of this name is here already", remedy="Add its place to the name."
            )
        if kind == OrganisationKind.SCRUTINY and Organisation.objects.filter(kind=kind).exists():
            raise PartnerRefused(
                "this partnership has, or had, a scrutiny panel, and nobody adds another beside it",
                remedy="Ask a member of the panel to invite people into it.",
            )
        added = Organisation.objects.create(name=name, kind=kind, regime=regime)
        enter_change(acting.reader, Act.ALTERATION, "an organisation added", [], purpose=PURPOSE)
    return added.ref


def close_organisation(acting: Acting, ref: str) -> None:
    """Close a partner: every role in it, every invitation to it and every key of it ends now.

    One's own, or another in which nobody holds a role. Raises PermissionError, RecordUnknown, and
    PartnerRefused for one that people still work in, or the last that has an administrator.
    """
    scope = _may_write(acting).scope
    today = timezone.localdate()
    with transaction.atomic():
        _lock_all()
        organisation = Organisation.objects.filter(ref=ref, closed_on__isnull=True).first()
        own = acting.held is not None and organisation == acting.held.organisation
        if organisation is None or not (own or scope == "all"):
            raise RecordUnknown
        people = Person.objects.filter(pk__in=_open_roles(organisation).values("person_id"))
        touched = tuple(people.values_list("ref", flat=True))
        if touched and not own:
            raise PartnerRefused(
                "people still work in this organisation", remedy="Ask its own administrator to close it."
            )
        if own and not _administrators_elsewhere(organisation):
            raise PartnerRefused(
                "no other organisation has an administrator, so nobody could let anybody in",
                remedy="To end the whole site, ask whoever runs it to use lippen retire.",
            )
        now = timezone.now()
        for held in _open_roles(organisation):
            held.until = max(today, held.since)
            held.ended_by = acting.person.ref
            held.save(update_fields=["until", "ended_by"])
        Invitation.objects.filter(
            organisation=organisation, used_at__isnull=True, withdrawn_at__isnull=True
        ).update(withdrawn_at=now)
        ApiKey.objects.filter(organisation=organisation, ended_at__isnull=True).update(ended_at=now)
        organisation.closed_on = today
        organisation.save(update_fields=["closed_on"])
        enter_change(
            acting.reader,
            Act.ALTERATION,
            "an organisation closed",
            [Records("staff", touched)],
            purpose=PURPOSE,
        )


def _may_write(acting: Acting) -> Verdict:
    verdict = acting.may("write", "organisation")
    if not verdict:
        raise PermissionError(verdict.why)
    return verdict


def _lock_all() -> None:
    """Every organisation's row, so that two of them cannot close each other or take one name at one time."""
    list(Organisation.objects.select_for_update().order_by("pk").values_list("pk"))


def _open_roles(organisation: Organisation) -> QuerySet[RoleHeld]:
    return RoleHeld.objects.filter(organisation=organisation).exclude(until__lte=timezone.localdate())


def _administrators_elsewhere(organisation: Organisation) -> bool:
    today = timezone.localdate()
    return (
        RoleHeld.objects.filter(
            role="administrator",
            since__lte=today,
            person__is_active=True,
            organisation__closed_on__isnull=True,
        )
        .exclude(until__lte=today)
        .exclude(organisation=organisation)
        .exists()
    )

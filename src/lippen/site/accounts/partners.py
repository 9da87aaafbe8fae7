"""The verbs of organisations: added by a partner who is here already, and closed by themselves."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from lippen.site.accounts import names, notices
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.colleagues import answering_for
from lippen.site.accounts.look_alikes import looks_like
from lippen.site.accounts.models import (
    ApiKey,
    Invitation,
    Organisation,
    OrganisationKind,
    Person,
    RoleHeld,
)
from lippen.site.accounts.names_entered import give_name
from lippen.site.accounts.permissions import Verdict, permissions
from lippen.site.accounts.roles import RecordUnknown, end_now
from lippen.site.accounts.said import Refusal
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change

PURPOSE = "keeping the list of partners"

ADMINISTRATOR: Final = "administrator"

PANEL_ADDED: Final = "A scrutiny panel was added. Its members see the whole register: ask who they are to be."
PANEL_CLOSED: Final = (
    "The scrutiny panel was closed, and nobody checks now what all partners read. Ask why, and who is to add "
    "another."
)
CLOSED: Final = "An organisation in which you worked was closed, and your role there ended with it."


class PartnerRefused(Refusal):
    """An organisation cannot be added or closed so. The message says why, and what to do instead."""


def can_add(kind: str, regime: str) -> bool:
    """Whether the administrator of an organisation of this kind and regime adds partners. The first of a site
    must be one, or no other could ever take part.
    """
    rules = permissions()
    fits = kind in rules.roles[ADMINISTRATOR].organisations and regime in rules.kinds[kind].regimes
    return fits and rules.may(ADMINISTRATOR, "write", "organisation", regime).scope == "all"


def checked(name: str, kind: str, regime: str) -> str:
    """The name of a new organisation, with single blanks, if one of this kind and regime can be so called.

    Raises PartnerRefused for a kind that cannot work under the regime, a name that `names` refuses, and one
    of a recipient who is ruled out.
    """
    rules = permissions()
    name = name_checked(name)
    if kind not in rules.kinds:
        raise PartnerRefused("there is no such kind of organisation", about="kind")
    if regime not in rules.kinds[kind].regimes:
        raise PartnerRefused(
            f"{rules.kinds[kind].title.lower()} cannot work under this law",
            remedy=f"Choose {' or '.join(rules.regimes[one] for one in rules.kinds[kind].regimes)}.",
            about="regime",
        )
    return name


def name_checked(name: str) -> str:
    """The name of a new organisation, with single blanks. Raises PartnerRefused for one that `names` refuses,
    and for that of a recipient who is ruled out.
    """
    rules = permissions()
    try:
        name = names.checked(name)
    except names.NameRefused as why:
        raise PartnerRefused(why.what, remedy=why.remedy, about="name") from why
    if word := rules.excluded_word(name):
        raise PartnerRefused(
            f"nobody who enforces immigration rules or benefits can take part, and the name says “{word}”",
            remedy=f"{rules.excluded_why} If they only advise or help people, write the name without that "
            "word, and say why in the agreement with them.",
            about="name",
        )
    return name


def must_add(acting: Acting) -> None:
    """Raise PermissionError, saying whom to ask, for whoever adds no partner."""
    if _may_write(acting).scope != "all":
        law = permissions().regimes[acting.organisation.regime]
        raise PermissionError(
            f"Your organisation works under {law}, and decides on no other partner. "
            "An administrator of another partner can add it: ask one of them."
        )


def add_organisation(acting: Acting, name: str, kind: str, regime: str) -> str:
    """Add a partner; returns its reference.

    Raises PermissionError, and PartnerRefused for what `checked` refuses, for a name that another has or that
    looks like it, and for a second scrutiny panel beside one that is open: its members see the whole
    register, so nobody may make one of their own. Of each new one all who answer for a partner are told.
    """
    must_add(acting)
    name = checked(name, kind, regime)
    with transaction.atomic():
        _lock_all()
        if any(looks_like(name, one) for one in Organisation.objects.values_list("name", flat=True)):
            raise PartnerRefused(
                "an organisation of this name, or of one that looks like it, is here already",
                remedy="Add its place to the name.",
                about="name",
            )
        if kind == OrganisationKind.SCRUTINY:
            _no_other_panel()
        added = Organisation(kind=kind, regime=regime)
        itself = [Records("organisation", (added.ref,)), give_name(added, name)]
        added.save()
        enter_change(acting.reader, Act.ALTERATION, "an organisation added", itself, purpose=PURPOSE)
        if kind == OrganisationKind.SCRUTINY:
            _tell_of_panel(acting, "/organisations/", PANEL_ADDED)
    return added.ref


def close_organisation(acting: Acting, ref: str) -> None:
    """Close a partner: every role in it, every invitation to it and every key of it ends now.

    One's own, or another in which nobody holds a role. Whoever held a role in it is told, and of a scrutiny
    panel all who answer for a partner. Raises PermissionError, RecordUnknown, and PartnerRefused for one that
    people still work in, or the last that has an administrator.
    """
    scope = _may_write(acting).scope
    today = timezone.localdate()
    with transaction.atomic():
        _lock_all()
        organisation = Organisation.objects.filter(ref=ref, closed_on__isnull=True).first()
        own = acting.held is not None and organisation == acting.held.organisation
        if organisation is None or not (own or scope == "all"):
            raise RecordUnknown
        people = list(Person.objects.filter(pk__in=_open_roles(organisation).values("person_id")))
        touched = tuple(one.ref for one in people)
        if refusal := _why_open(organisation, own):
            raise refusal
        now = timezone.now()
        for held in _open_roles(organisation):
            end_now(held, acting.person.ref)
        Invitation.objects.filter(
            organisation=organisation, used_at__isnull=True, withdrawn_at__isnull=True
        ).update(withdrawn_at=now)
        keys = ApiKey.objects.filter(organisation=organisation, ended_at__isnull=True)
        ended = tuple(keys.values_list("ref", flat=True))
        keys.update(ended_at=now)
        organisation.closed_on = today
        organisation.save(update_fields=["closed_on"])
        enter_change(
            acting.reader,
            Act.ALTERATION,
            "an organisation closed",
            [Records("organisation", (ref,)), Records("staff", touched), Records("api-key", ended)],
            purpose=PURPOSE,
        )
        notices.tell([one for one in people if one.pk != acting.person.pk], "/you/#roles", CLOSED)
        if organisation.kind == OrganisationKind.SCRUTINY:
            _tell_of_panel(acting, "/organisations/#closed", PANEL_CLOSED)


def closable(acting: Acting) -> frozenset[str]:
    """References of the partners that `acting` could close now. Raises PermissionError."""
    open_ones = Organisation.objects.filter(closed_on__isnull=True)
    if _may_write(acting).scope != "all":
        open_ones = open_ones.filter(pk=acting.organisation.pk)
    return frozenset(one.ref for one in open_ones if _why_open(one, one == acting.organisation) is None)


def why_open(acting: Acting, ref: str) -> PartnerRefused | None:
    """Why an open partner of this reference cannot be closed by `acting` now; None when it can."""
    return _why_open(Organisation.objects.get(ref=ref), acting.organisation.ref == ref)


def _why_open(organisation: Organisation, own: bool) -> PartnerRefused | None:
    if not own and _open_roles(organisation).exists():
        return PartnerRefused(
            "people still work in this organisation", remedy="Ask its own administrator to close it."
        )
    if own and not _administrators_elsewhere(organisation):
        return PartnerRefused(
            "no other organisation has an administrator, so nobody could let anybody in",
            remedy="To end the whole site, ask whoever runs it to use lippen retire.",
        )
    return None


def _no_other_panel() -> None:
    """Raise PartnerRefused, saying what to do, while there is a scrutiny panel."""
    here = Organisation.objects.filter(kind=OrganisationKind.SCRUTINY, closed_on__isnull=True).first()
    if here is None:
        return
    raise PartnerRefused(
        f"{here.name} is the scrutiny panel, and nobody adds another beside it",
        remedy="Only its own administrator invites people into it."
        if here.roles.exists()
        else "Nobody has joined it yet: invite its first administrator, or close it if it is wrong.",
        about="kind",
    )


def _tell_of_panel(acting: Acting, path: str, says: str) -> None:
    """Tell those who answer for each partner that there is a panel, or none any more. Whoever adds one could
    make it of invented people, above all after another was closed, and whoever closes it ends all checking:
    everybody who could ask has to know.
    """
    for partner in Organisation.objects.filter(closed_on__isnull=True):
        notices.tell(answering_for(partner).exclude(pk=acting.person.pk), path, says)


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
            role=ADMINISTRATOR,
            since__lte=today,
            person__is_active=True,
            organisation__closed_on__isnull=True,
        )
        .exclude(until__lte=today)
        .exclude(organisation=organisation)
        .exists()
    )

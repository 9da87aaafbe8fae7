"""Which desk an organisation runs, who works at it, and where what is sealed to it lies.

A desk stands in `speak/partnership.toml` under the name of the organisation that runs it: residents read
that name, so there is one for both. Partners from whom a resident may keep a report are named likewise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from lippen.errors import LippenError
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.colleagues import with_access
from lippen.site.accounts.folding import folded
from lippen.site.accounts.models import Organisation, Person, RoleHeld
from lippen.site.accounts.permissions import permissions
from lippen.site.speak.areas import AreasRefused
from lippen.site.speak.partnership import Partner, Partnership, PartnershipRefused, read_partnership
from lippen.site.speak.store import FILE, Store, StoreMissing, StoreNewer

_DESK_BYTES = 16


class NoDesk(LippenError):
    """This organisation runs no desk to which anything could be sealed."""


@dataclass(frozen=True)
class OwnDesk:
    """A desk with the partnership that it stands in. `ident` is its id there, `number` the 16 bytes by which
    the store knows it (docs/speak-protocol.md, 9).
    """

    ident: str
    name: str
    partnership: Partnership

    @property
    def number(self) -> bytes:
        return sha256(f"lippen-speak/1 desk{self.ident}".encode()).digest()[:_DESK_BYTES]

    @property
    def folder(self) -> Path:
        """Where the public halves of its workers' keys lie, from which the manifest is made."""
        return speak_folder() / "desks" / self.ident


def speak_folder() -> Path:
    return Path(settings.CONFIGURATION.workspace) / "speak"


def own_desk(acting: Acting) -> OwnDesk:
    """The desk of the organisation that `acting` acts for. Raises NoDesk."""
    return desk_of(acting.organisation)


def desk_of(organisation: Organisation) -> OwnDesk:
    """The desk of this organisation. Raises NoDesk, which says what to do."""
    try:
        partnership = read_partnership(speak_folder())
    except (PartnershipRefused, AreasRefused) as error:
        raise NoDesk(
            "residents have no door here yet", remedy="Whoever runs this site opens it, and names your desk."
        ) from error
    for one in partnership.desks:
        if folded(one.name) == folded(organisation.name):
            return OwnDesk(one.id, one.name, partnership)
    raise NoDesk(
        f"no desk is called {organisation.name}",
        remedy="Whoever runs this site gives the desk the name under which your organisation takes part.",
    )


def store() -> Store:
    """Where what was sealed lies. Raises NoDesk where nothing was ever sent."""
    try:
        return Store(Path(settings.CONFIGURATION.workspace) / FILE, make=False)
    except (StoreMissing, StoreNewer) as error:
        raise NoDesk(
            "nothing can have come in: residents have no door here yet",
            remedy="Whoever runs this site opens it.",
        ) from error


def workers(organisation: Organisation) -> QuerySet[Person]:
    """Who works at the desk of this organisation today."""
    return _holding(organisation, ["desk"])


def readers(organisation: Organisation) -> QuerySet[Person]:
    """Who may read released logs for this organisation today."""
    known = permissions()
    return _holding(
        organisation,
        [role for role in known.roles if known.may(role, "read", "desk-log", organisation.regime)],
    )


def _holding(organisation: Organisation, roles: list[str]) -> QuerySet[Person]:
    day = today()
    held = RoleHeld.objects.filter(
        Q(until__isnull=True) | Q(until__gt=day),
        organisation=organisation,
        role__in=roles,
        since__lte=day,
    )
    return with_access(organisation).filter(pk__in=held.values("person_id"))


def colleagues(acting: Acting) -> QuerySet[Person]:
    """The other workers of the desk."""
    return workers(acting.organisation).exclude(pk=acting.person.pk)


def partners() -> list[Organisation]:
    """The organisations to which a log can go now: somebody there may read it today. By name."""
    known = permissions()
    return [
        one
        for one in may_have_logs()
        if _holding(one, [role for role in known.roles if _shares(role, one.regime)]).exists()
    ]


def may_have_logs() -> list[Organisation]:
    """The organisations in which somebody can be given a role that reads released logs, by name."""
    known = permissions()
    reading = [
        (kind, regime)
        for kind in known.kinds
        for regime in known.kinds[kind].regimes
        if any(kind in role.organisations and _shares(role.name, regime) for role in known.roles.values())
    ]
    standing = Organisation.objects.filter(closed_on__isnull=True).order_by("name", "pk")
    return [one for one in standing if (one.kind, one.regime) in reading]


def other_partners(acting: Acting) -> list[Organisation]:
    """Those to whom a log of one's own desk can go, by name. Its own organisation has each of its logs
    anyway, and is none of them.
    """
    return [one for one in partners() if one.pk != acting.organisation.pk]


def _shares(role: str, regime: str) -> bool:
    """Whether a role reads logs that other organisations' desks released."""
    return permissions().may(role, "read", "desk-log", regime).scope == "shared"


def is_partner(one: Partner, organisation: Organisation) -> bool:
    """Whether a resident who refuses this partner of `partnership.toml` keeps her report from this
    organisation: by its kind or by its name, as web/desk/conditions.ts tells it.
    """
    ident, name = _as_compared(one.id), _as_compared(one.name)
    return one.id == organisation.kind or _as_compared(organisation.name) in (ident, name)


def cannot_be_refused(partnership: Partnership) -> list[Organisation]:
    """Those who may have logs and whom the page does not name to residents, by name."""
    return [
        one
        for one in may_have_logs()
        if not any(is_partner(partner, one) for partner in partnership.partners)
    ]


def _as_compared(name: str) -> str:
    return name.strip().lower()


def areas_of(desk: OwnDesk) -> list[str]:
    """The larger areas of which a log can be, and at last the whole of them: a partnership is no place."""
    return [
        *(one.name for one in desk.partnership.areas),
        f"Somewhere in the area of {desk.partnership.name}",
    ]


def must(acting: Acting, verb: str, data: str) -> None:
    """Raise PermissionError unless `acting` may do this."""
    verdict = acting.may(verb, data)
    if not verdict:
        raise PermissionError(verdict.why)


def today() -> date:
    return timezone.localdate()

"""Which desk an organisation runs, who works at it, and where what is sealed to it lies.

A desk stands in `speak/partnership.toml` under the name of the organisation that runs it: residents read
that name, so there is one for both. Partners from whom a resident may keep a report are named likewise.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from lippen.site.speak import manifest
from lippen.site.speak.areas import AreasRefused
from lippen.site.speak.page import MANIFEST
from lippen.site.speak.partnership import Partner, Partnership, PartnershipRefused, read_partnership
from lippen.site.speak.publishing import PublishingRefused, before, content_of
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


@dataclass(frozen=True)
class GoingTo:
    """To whom a log of a desk can go (`open_to`), and why to nobody else, each in the order of names.

    Residents read on their page who may see what they told, and that it is nobody else. So a log goes to
    those alone whom the published manifest names, and named when the report came. `unread` are names that
    stand there, and nobody at them can read a log yet; `unshown` could read one, and the page does not name
    them, or did not. `published` is False where no manifest that can be read is there to compare with: then
    nobody can have one. The desk's own organisation has each of its logs anyway, and is none of them.
    """

    open_to: Sequence[Organisation]
    unread: Sequence[str]
    unshown: Sequence[Organisation]
    published: bool


def going_to(acting: Acting, week: date) -> GoingTo:
    """To whom a log of one's own desk can go now, from a report of the week of this Monday."""
    shown = shown_to_residents(speak_folder())
    others = [one for one in may_have_logs() if one.pk != acting.organisation.pk]
    named = [one for one in others if was_named(one, week)]
    reading = {one.pk for one in partners()}
    nowhere = [one.name for one in shown or () if not any(is_partner(one, other) for other in others)]
    return GoingTo(
        [one for one in named if one.pk in reading],
        sorted([*nowhere, *(one.name for one in named if one.pk not in reading)]),
        [one for one in others if one.pk in reading and one not in named],
        shown is not None,
    )


def was_named(organisation: Organisation, week: date) -> bool:
    """Whether the residents' page names this organisation now, and named it ever since the week of this
    Monday: so whoever wrote in that week could refuse it.
    """
    folder = speak_folder()
    pages = [
        shown_to_residents(folder) or (),
        *(_named_in(file) or () for until, file in before(folder) if until >= week),
    ]
    return all(is_named(organisation, page) for page in pages)


def shown_to_residents(folder: Path) -> Sequence[Partner] | None:
    """The partners that the manifest published in `folder` names to residents, whether it still stands or ran
    out; None where there is none that their pages could read.
    """
    return _named_in(folder / MANIFEST)


def _named_in(file: Path) -> Sequence[Partner] | None:
    try:
        return manifest.read_manifest(content_of(file), file).payload.partners
    except (PublishingRefused, manifest.ManifestUnreadable, manifest.ManifestNotSigned):
        return None


def _shares(role: str, regime: str) -> bool:
    """Whether a role reads logs that other organisations' desks released."""
    return permissions().may(role, "read", "desk-log", regime).scope == "shared"


def is_partner(one: Partner, organisation: Organisation) -> bool:
    """Whether a resident who refuses this partner of `partnership.toml` keeps her report from this
    organisation: by its kind or by its name, as web/desk/conditions.ts tells it.
    """
    ident, name = _as_compared(one.id), _as_compared(one.name)
    return one.id == organisation.kind or _as_compared(organisation.name) in (ident, name)


def is_named(organisation: Organisation, named: Sequence[Partner]) -> bool:
    """Whether this organisation is one of those named, so that a resident can refuse it."""
    return any(is_partner(partner, organisation) for partner in named)


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

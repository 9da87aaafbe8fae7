"""The scrutiny panel: whoever may check the register, and the notices that something waits for them there."""

from __future__ import annotations

from functools import partial
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from lippen.site.accounts import notices
from lippen.site.accounts.models import Person, RoleHeld
from lippen.site.accounts.permissions import permissions
from lippen.site.register import resolvers

UNUSUAL: Final = "Unusual reading was noticed. The newest stands first."
NOT_WHOLE: Final = "The check of the night found that the register, or its copy, is not as it was sealed."
NOT_WHOLE_ELSEWHERE: Final = (
    "The check of the night found something. The scrutiny panel was told; ask whoever runs this site to run "
    "lippen register verify."
)
SHORTER: Final = "The register is to keep its lines for a shorter time than before."
RESUMED: Final = "A backup was put in the register's place, and lines are lost. Ask who ordered it."
RESEALED: Final = "The key that seals the register was replaced. Ask for the new seal.pub by hand."


def provide() -> None:
    """Tell the register how the panel is told of what it found. For the start of the site."""
    resolvers.provide_panel(resolvers.UNUSUAL_READING, partial(_tell, "/register/unusual/", UNUSUAL))
    resolvers.provide_panel(resolvers.KEPT_SHORTER, partial(_tell, "/register/", SHORTER))
    resolvers.provide_panel(resolvers.NOT_WHOLE, _tell_not_whole)
    resolvers.provide_panel(resolvers.SEAL_KEY_REPLACED, partial(_tell, "/register/#seal-key", RESEALED))
    resolvers.provide_panel(resolvers.RESUMED, partial(_tell, "/register/#lost", RESUMED))


def members() -> QuerySet[Person]:
    """Who holds a role today, in an organisation that is open, that may check everybody's reading."""
    known = permissions()
    checking = [
        (role, regime)
        for role in known.roles
        for regime in known.regimes
        if known.may(role, "verify", "register", regime)
    ]
    today = timezone.localdate()
    held = RoleHeld.objects.filter(
        Q(until__isnull=True) | Q(until__gt=today), since__lte=today, organisation__closed_on__isnull=True
    ).values_list("person", "role", "organisation__regime")
    return Person.objects.filter(
        is_active=True, pk__in=[person for person, role, regime in held if (role, regime) in checking]
    )


def administrators() -> QuerySet[Person]:
    """Who administers an open organisation today."""
    today = timezone.localdate()
    held = RoleHeld.objects.filter(
        role="administrator", since__lte=today, organisation__closed_on__isnull=True
    ).exclude(until__lte=today)
    return Person.objects.filter(is_active=True, pk__in=held.values("person"))


def _tell_not_whole() -> None:
    """Administrators too: a site may have no panel, and nobody but they may know who runs it. What it is they
    do not read.
    """
    told = members()
    notices.tell(told, "/register/check/", NOT_WHOLE)
    notices.tell(administrators().exclude(pk__in=told), "/register/", NOT_WHOLE_ELSEWHERE)


def _tell(path: str, says: str) -> None:
    notices.tell(members(), path, says)

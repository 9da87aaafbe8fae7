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
SHORTER: Final = "The register is to keep its lines for a shorter time than before."


def provide() -> None:
    """Tell the register how the panel is told of what it found. For the start of the site."""
    resolvers.provide_panel(resolvers.UNUSUAL_READING, partial(_tell, "/register/unusual/", UNUSUAL))
    resolvers.provide_panel(resolvers.KEPT_SHORTER, partial(_tell, "/register/", SHORTER))


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


def _tell(path: str, says: str) -> None:
    notices.tell(members(), path, says)

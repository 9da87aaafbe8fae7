"""Which of the site's rooms somebody finds at the head of a page: those that exist and that they may open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.urls import Resolver404, resolve

from lippen.site.accounts.access import Access, Answering
from lippen.site.accounts.acting import Acting

ROOMS: Final = (
    ("/", "Home"),
    ("/today/", "Today"),
    ("/incidents/", "Incidents"),
    ("/search/", "Search"),
    ("/episodes/", "Episodes"),
    ("/method/", "Method"),
    ("/trade/", "Trade"),
    ("/imports/", "Imports"),
    ("/desk/", "Desk"),
    ("/logs/", "Logs from desks"),
    ("/sightings/", "Sightings"),
    ("/people/", "People"),
    ("/organisations/", "Partners"),
    ("/programs/", "Programs"),
    ("/register/", "The register"),
    ("/you/", "You"),
)
"""Address and name of each room, in the order in which they stand."""


@dataclass(frozen=True)
class Way:
    """A link at the head of a page. `here` when the page shown lies in that room."""

    path: str
    title: str
    here: bool


def opens(path: str, acting: Acting | None) -> bool:
    """Whether this address exists and says that `acting` (None for nobody signed in) may open it."""
    access = _access_of(path)
    if access is None:
        return False
    if access.who == "everybody":
        return True
    return acting is not None and access.who != "key" and not access.why_closed(acting)


@lru_cache(maxsize=256)
def _access_of(path: str) -> Access | None:
    """What this address says of who may open it; None where nothing answers there. Every page asks this of a
    dozen addresses, which do not change while the site runs.
    """
    try:
        found = resolve(path).func
    except Resolver404:
        return None
    return found.access if isinstance(found, Answering) else None


def ways(acting: Acting | None, path: str) -> list[Way]:
    """The rooms for whoever acts; none for somebody not signed in, for whom the first page says it all."""
    if acting is None:
        return []
    return [
        Way(room, title, path == room if room == "/" else path.startswith(room))
        for room, title in ROOMS
        if opens(room, acting)
    ]

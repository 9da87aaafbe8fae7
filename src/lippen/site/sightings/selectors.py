"""What the room shows: to whom sightings go, the areas that can be chosen, and what of one's own waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from django.conf import settings

from lippen.site.accounts.acting import Acting
from lippen.site.insight.incident_figures import larger_known
from lippen.site.insight.place_names import larger_area
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_reading
from lippen.site.sightings.limits import AREA
from lippen.site.sightings.models import Channel, Waiting
from lippen.site.sightings.services import TELLING
from lippen.site.speak.areas import AreasRefused
from lippen.site.speak.partnership import PartnershipRefused, read_partnership

_SAID_OF_IT: Final = 24


@dataclass(frozen=True)
class OwnWaiting:
    """A sighting of one's own that still waits."""

    ref: str
    product: str
    words: str
    price: str
    channel: str
    larger_area: str
    week: date

    @property
    def way_back(self) -> str:
        """What the button says that takes it back: to which of several it is done."""
        return f"Take back “{self.product[:_SAID_OF_IT]}{'…' if len(self.product) > _SAID_OF_IT else ''}”"


def own_waiting(acting: Acting) -> list[OwnWaiting]:
    """What one told oneself that did not go on yet, the newest first; entered. Raises PermissionError."""
    verdict = acting.may("list", "sighting")
    if not verdict:
        raise PermissionError(verdict.why)
    found = list(Waiting.objects.filter(by=acting.person.ref).order_by("-pk"))
    about = [Records("sighting", tuple(one.ref for one in found))]
    enter_reading(acting.reader, Act.CONSULTATION, "own sightings that wait", about, purpose=TELLING)
    return [
        OwnWaiting(
            ref=one.ref,
            product=one.product,
            words=one.words,
            price=_price(one),
            channel=Channel(one.channel).label,
            larger_area=called(one.larger_area),
            week=one.week,
        )
        for one in found
    ]


def _price(one: Waiting) -> str:
    price = f"£{one.price_gbp}" if one.price_gbp else "no price"
    return f"{price}, {one.quantity}" if one.quantity else price


def areas() -> list[str]:
    """The larger areas that can be chosen, by name: those of the residents' page and those of the incidents;
    at last the whole of them, for whoever cannot say or was online.
    """
    try:
        named = {one.name for one in read_partnership(_speak_folder()).areas}
    except (PartnershipRefused, AreasRefused):
        named = set()
    known = (one for one in named | set(larger_known()) if len(one) <= AREA)
    return [*sorted(known, key=str.casefold), everywhere()]


def everywhere() -> str:
    """What stands for the whole place, as a desk says it of a log."""
    return f"Somewhere in the area of {settings.CONFIGURATION.name}"[:AREA]


def called(area: str) -> str:
    """What pages call an area."""
    return area if area == everywhere() else larger_area(area)


def told_by(ref: str) -> frozenset[str]:
    """The reference of whoever told a sighting that still waits: they may know who read it."""
    return frozenset(Waiting.objects.filter(ref=ref).exclude(by="").values_list("by", flat=True))


def _speak_folder() -> Path:
    return Path(settings.CONFIGURATION.workspace) / "speak"

"""The kinds of signal that are brought in on pages, and what pages call each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

INCIDENT: Final = "incident"
LISTING: Final = "listing"
SIGHTING: Final = "sighting"

TRADE: Final = "trade"
"""What listings and sightings are held as: together, since what is sold is worked out from both."""


@dataclass(frozen=True)
class BroughtIn:
    """A kind of signal as pages speak of it. `held_as` is the key of its holder (`models.Holding`), `held`
    what that holder holds, in words; `title` and `says` stand where somebody chooses what to upload, `lede`
    and `file` above and on the box for its files.
    """

    name: str
    held_as: str
    held: str
    one: str
    many: str
    title: str
    says: str
    lede: str
    file: str


KINDS: Final = {
    one.name: one
    for one in (
        BroughtIn(
            name=INCIDENT,
            held_as=INCIDENT,
            held="incidents",
            one="incident",
            many="incidents",
            title="Closed incidents",
            says="Calls that a control room has closed: a row each, with kind, time, place and how it ended.",
            lede="Choose the file as the control room's system made it.",
            file="Export of closed incidents",
        ),
        BroughtIn(
            name=LISTING,
            held_as=TRADE,
            held="adverts and sightings",
            one="advert",
            many="adverts",
            title="Adverts of a collection",
            says="Posts of a market, a chat or a forum that your organisation lawfully holds. You are asked"
            " by what right, and until when. Lippen fetches none itself.",
            lede="Choose the file as it was collected: a crawl of a market, an exported chat, or threads of"
            " a forum.",
            file="Collection of adverts",
        ),
        BroughtIn(
            name=SIGHTING,
            held_as=TRADE,
            held="adverts and sightings",
            one="sighting",
            many="sightings",
            title="Sightings",
            says="What people happened to see offered for sale: a row each, with what, through what, where"
            " and in which week. Nobody is named in it.",
            lede="Choose the file in which sightings were written down.",
            file="Table of sightings",
        ),
    )
}
"""In the order in which they are offered."""

OF_TRADE: Final = tuple(one.name for one in KINDS.values() if one.held_as == TRADE)

"""A sighting as it leaves a desk: what a resident saw offered for sale, without what could show who saw it.

It is signed off and waits for its batch as a log does (`log_content`). Then it becomes a signal of kind
`sighting`, which is counted with all others. So it carries no grade and no condition: whoever has the count
could keep to none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any, Final

import pyarrow as pa

from lippen.signals.contacts import remove_contacts
from lippen.signals.identity import mask_identity
from lippen.site.desk.log_content import LATEST, LogRefused, day_of, has_letter, is_plain, latest
from lippen.site.sightings.limits import PRODUCT, QUANTITY, WORDS
from lippen.site.sightings.models import Channel

CHANNELS: Final[Mapping[str, str]] = {one.value: one.label for one in Channel}
"""Where it was offered, by the words of the kind `sighting`."""

LONGEST: Final[Mapping[str, int]] = {"product": PRODUCT, "words": WORDS, "quantity": QUANTITY}
"""The texts of a sighting, and how many signs each has at most."""

_TEXTS: Final = ("sighting", "product", "channel", "words", "price", "quantity", "area", "week", "holder")
_PARTS: Final = (*_TEXTS, "v", "not_before")
_PRICE: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{2})?")
_PLACES: Final = tuple(
    re.compile(pattern, re.IGNORECASE if "i" in flags else 0)
    for pattern, flags in json.loads(files(__package__).joinpath("places.json").read_text("utf-8"))
)
"""Streets, houses, flats and floors. The desk's page reads the same list (`web/desk/places.ts`)."""


@dataclass(frozen=True)
class SightingContent:
    """What a sighting says. `price` is in pounds, as `35` or `35.50`, or ""; `week` is a Monday, and `holder`
    the reference of the organisation that it goes to.
    """

    product: str
    channel: str
    words: str
    price: str
    quantity: str
    area: str
    week: date
    holder: str
    not_before: date | None

    @property
    def partners(self) -> tuple[str, ...]:
        """Whom it goes to, as a log has them."""
        return (self.holder,)

    def stored(self) -> dict[str, Any]:
        """The same for the database."""
        return {
            "sighting": "offer",
            "product": self.product,
            "channel": self.channel,
            "words": self.words,
            "price": self.price,
            "quantity": self.quantity,
            "area": self.area,
            "week": f"{self.week}",
        }


def is_sighting(content: Mapping[str, Any] | None) -> bool:
    """Whether what the database keeps of a log is a sighting."""
    return content is not None and "sighting" in content


def sighting_in(written: str) -> dict[str, Any] | None:
    """What stands in the JSON of a sighting; None where it is something else, such as a log."""
    try:
        told = json.loads(written) if len(written) <= 16_384 else None
    except (ValueError, RecursionError):
        told = None
    return told if isinstance(told, dict) and "sighting" in told else None


def read_sighting(told: dict[str, Any], areas: Collection[str], holder: str, day: date) -> SightingContent:
    """A sighting from what a desk's browser wrote on this day (`sighting_in`).

    `areas` are those that a sighting can be of, `holder` the reference of the organisation that takes
    sightings. Raises LogRefused, also for an account, a number or a link in any text, and for a place
    smaller than an area.
    """
    if set(told) != set(_PARTS) or type(told["v"]) is not int or told["v"] != 1:
        raise LogRefused("this is no sighting", remedy="Write it on the desk's own page.")
    for part in _TEXTS:
        if not isinstance(told[part], str):
            raise LogRefused(f"{part} is no text")
        if not is_plain(told[part]) or "\n" in told[part]:
            raise LogRefused(
                f"signs that are no text, or that nobody sees, stand in {part}",
                remedy="Write it anew: copying from another program brings them along.",
            )
    if told["sighting"] != "offer" or told["channel"] not in CHANNELS:
        raise LogRefused("a sighting says through what kind of channel", remedy="Choose one.")
    if told["area"] not in areas:
        raise LogRefused("a sighting is of a larger area", remedy="Choose one of those listed.")
    if told["holder"] != holder:
        raise LogRefused("it goes to whoever holds sightings here, and to nobody else")
    texts = {part: told[part].strip() for part in LONGEST}
    for part, text in texts.items():
        if len(text) > LONGEST[part]:
            raise LogRefused(f"{part} has at most {LONGEST[part]} signs")
    if not has_letter(texts["product"]):
        raise LogRefused("a sighting says what was offered, in letters")
    if told["price"] and not _PRICE.fullmatch(told["price"]):
        raise LogRefused("the price is no number of pounds", remedy="Write 35 or 35.50.")
    _must_lead_to_nobody(texts)
    _must_name_no_place(texts, areas)
    week = day_of(told["week"])
    if week is None or week.weekday() != 0 or week > day:
        raise LogRefused("a sighting tells the week alone: a Monday that has come")
    not_before = None if told["not_before"] is None else day_of(told["not_before"])
    if told["not_before"] is not None and (not_before is None or not_before > latest(day)):
        raise LogRefused(f"a sighting is held back for at most {LATEST.days} days after its week")
    return SightingContent(
        **texts,
        channel=told["channel"],
        price=told["price"],
        area=told["area"],
        week=week,
        holder=holder,
        not_before=not_before,
    )


def _must_lead_to_nobody(texts: Mapping[str, str]) -> None:
    """The site's own look, which no altered page can leave out: accounts, numbers, links, registrations and
    postcodes, by the rules with which any sighting is read in.
    """
    written = pa.array([*texts.values()], pa.string())
    _, counts = mask_identity(written)
    _, held = remove_contacts(written)
    if held or counts:
        found = sorted({*counts, *(["an account, a number or a link"] if held else [])})
        raise LogRefused(
            f"a sighting leads to nobody, and this does ({', '.join(found)})",
            remedy="Throw this draft away, and have it written anew without that.",
        )


def _must_name_no_place(texts: Mapping[str, str], areas: Collection[str]) -> None:
    """Nothing smaller than the area leaves the desk."""
    known = {area.lower() for area in areas}
    found = (match for text in texts.values() for one in _PLACES for match in one.finditer(text))
    if any(match[match.lastindex or 0].lower() not in known for match in found):
        raise LogRefused(
            "a sighting names nothing smaller than its area, and this names a street, a house or a flat",
            remedy="Throw this draft away, and have it written anew without that.",
        )

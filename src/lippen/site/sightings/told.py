"""What somebody tells of one thing that they saw for sale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from lippen.site.sightings.limits import WEEKS


@dataclass(frozen=True)
class Told:
    """One sighting, without contacts (`redacting`). `week` is the Monday of the week in which it was seen,
    `channel` one of `models.Channel`, `price_gbp` in pounds.
    """

    product: str
    channel: str
    larger_area: str
    week: date
    words: str = ""
    price_gbp: Decimal | None = None
    quantity: str = ""


def weeks_until(today: date) -> list[date]:
    """The Mondays of the weeks in which something can have been seen, the newest first."""
    this = today - timedelta(days=today.weekday())
    return [this - timedelta(weeks=back) for back in range(WEEKS)]

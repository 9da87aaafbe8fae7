"""How many sightings, how long they wait, and what may stand in one."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

HOLDS: Final = "trade"
"""What the organisation holds to which sightings go: one `Holding` for listings and sightings together."""

BATCH: Final = 5
"""As soon as so many wait, they go on together. Fewer go on the day after the first of them was told."""

WAITS_AT_MOST: Final = timedelta(days=30)
"""What nobody took until then is deleted: whoever was to have it holds sightings no more."""

A_DAY: Final = 20
"""Sightings that one person can tell in a day, those that were stopped included."""

ACCOUNTS_A_DAY: Final = 20
"""Accounts of which one person can learn in a day whether somebody named them. Each that is compared counts,
whether it was named or not, and whatever became of what was told with it.
"""

WEEKS: Final = 12
"""How many weeks back something can have been seen: this one and those before it."""

MOST_ACCOUNTS: Final = 3
"""Different accounts that can stand in one sighting. With more of them it is told without any."""

PRODUCT, WORDS, QUANTITY, PRICE, AREA = 120, 200, 40, 9, 80
"""The longest of each text, in signs."""

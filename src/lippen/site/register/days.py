"""Days by the site's own clock (`time_zone` in site.toml): when one begins and ends, and on which a moment
lies.

Where clocks are put forward or back a day has 23 or 25 hours, and midnight itself may be left out or come
twice. A day begins at the first moment that its date has.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

_FIRST: Final = date(2, 1, 1)
_LAST: Final = date(9998, 12, 30)
"""Whoever asks may name any day of the calendar, and reckoning from one zone to another fails at its ends."""


def zone() -> ZoneInfo:
    """The site's own time zone."""
    return ZoneInfo(settings.TIME_ZONE)


def begins(day: date) -> datetime:
    """The first moment of this day."""
    return _midnight(_reckoned_with(day))


def ends(day: date) -> datetime:
    """The first moment after this day."""
    return _midnight(_reckoned_with(day) + timedelta(days=1))


def day_of(moment: datetime) -> date:
    """The day on which this moment lies."""
    return moment.astimezone(zone()).date()


def _reckoned_with(day: date) -> date:
    return min(max(day, _FIRST), _LAST)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, zone())

"""Local clocks to UTC and back, for whole arrays at once, from the zone's table of changes.

A local time in the hour that a change of clocks skips never existed. One in the hour that occurs twice is
taken as the first of the two.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Micros = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_SECOND = 1_000_000
_FIRST = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
_LAST = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
_STEP = dt.timedelta(days=7)  # shorter than any stretch between two changes of clocks


@dataclass(frozen=True)
class ZoneTable:
    """The changes of clocks of one zone between 1900 and 2100, in microseconds.

    `at_utc[i]` is the instant of change i; `offset[i]` holds before it and `offset[i + 1]` from it on.
    """

    at_utc: Micros
    offset: Micros

    def to_utc(self, local: Micros) -> tuple[Micros, Mask, Mask]:
        """UTC for local clock times, and which of them fall in a skipped and in a doubled hour.

        A doubled time gets the earlier instant. What is given for a skipped time has no meaning.
        """
        before, after = self.offset[:-1], self.offset[1:]
        change = np.searchsorted(self.at_utc + np.maximum(before, after), local, side="right")
        utc = local - self.offset[change]
        if not len(self.at_utc):
            nowhere = np.zeros(len(local), dtype=bool)
            return utc, nowhere, nowhere
        coming = np.minimum(change, len(self.at_utc) - 1)
        starts = (self.at_utc + np.minimum(before, after))[coming]
        odd = (change < len(self.at_utc)) & (local >= starts)
        skipped = odd & (after > before)[coming]
        return utc, skipped, odd & ~skipped

    def to_local(self, utc: Micros) -> Micros:
        """The local clock time of UTC instants."""
        return utc + self.offset[np.searchsorted(self.at_utc, utc, side="right")]


@lru_cache
def zone_table(name: str) -> ZoneTable:
    """The table of changes of an IANA zone; raises zoneinfo.ZoneInfoNotFoundError when there is none."""
    zone = zoneinfo.ZoneInfo(name)
    changes: list[int] = []
    offsets = [_offset(_FIRST, zone)]
    moment = _FIRST
    while moment < _LAST:
        following = moment + _STEP
        if _offset(following, zone) != offsets[-1]:
            changes.append(_find_change(moment, following, zone))
            offsets.append(_offset(following, zone))
        moment = following
    return ZoneTable(
        at_utc=np.array(changes, dtype=np.int64) * _SECOND, offset=np.array(offsets, dtype=np.int64) * _SECOND
    )


def _offset(moment: dt.datetime, zone: zoneinfo.ZoneInfo) -> int:
    shift = moment.astimezone(zone).utcoffset()
    return int(shift.total_seconds()) if shift is not None else 0


def _find_change(low: dt.datetime, high: dt.datetime, zone: zoneinfo.ZoneInfo) -> int:
    """The first second (since 1970, UTC) at which the offset is no longer what it is at `low`."""
    start, first, last = _offset(low, zone), int(low.timestamp()), int(high.timestamp())
    while last - first > 1:
        middle = (first + last) // 2
        if _offset(dt.datetime.fromtimestamp(middle, dt.UTC), zone) == start:
            first = middle
        else:
            last = middle
    return last

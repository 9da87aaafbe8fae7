"""Times that cannot be, or that are twice, written the way the clean cell beside them is written.

The invariant: only the time is wrong, never the way of writing it, so a reader has to notice the time itself.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lippen.signals.mapping import Mapping
from lippen.signals.times import FINE, TimeFormat, day_formats, read_times
from lippen.signals.zones import zone_table

_COUNTED = ("unix", "unix_ms", "excel")
_EPOCH = dt.datetime(1970, 1, 1)  # a clock on the wall, in no zone


@dataclass(frozen=True)
class Written:
    """A cell with a time: the text, the format it is written in, and the clock on the wall that it means."""

    text: str
    form: TimeFormat
    clock: dt.datetime

    @property
    def has_clock(self) -> bool:
        """Whether the way of writing holds an hour and a minute, and no offset from UTC."""
        form = self.form.text
        if form == "iso":
            return ":" in self.text
        return "%M" in form and ("%H" in form or "%I" in form) and "%z" not in form

    def instead(self, year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> str | None:
        """Another time in the same way of writing, whether or not there is such a day; None when this way
        counts days or seconds, or has two digits for a year that needs four."""
        if self.form.text in _COUNTED or ("%y" in self.form.text and not 1969 <= year < 2069):
            return None
        if self.form.text == "iso":
            written = f"{year:04}-{month:02}-{day:02}"
            if ":" not in self.text:
                return written
            return f"{written}{self.text[10]}{hour:02}:{minute:02}:00"
        parts = {
            "Y": f"{year:04}", "y": f"{year % 100:02}", "m": f"{month:02}", "d": f"{day:02}",
            "H": f"{hour:02}", "I": f"{(hour - 1) % 12 + 1:02}", "M": f"{minute:02}", "S": "00", "f": "000",
            "p": "PM" if hour >= 12 else "AM", "b": calendar.month_abbr[month],
            "B": calendar.month_name[month], "z": "+0000", "a": "Mon", "A": "Monday", "*": "-", "%": "%",
        }  # fmt: skip
        return re.sub("%(.)", lambda found: parts[found[1]], self.form.text.strip())


def read_cell(text: str, mapping: Mapping, *, day: bool) -> Written | None:
    """What a cell says, by the first of the mapping's formats that reads it; None when none does.

    `day` says that only the day of it counts.
    """
    zone = zone_table(mapping.zone)
    for form in day_formats(mapping.formats) if day else mapping.formats:
        times = read_times(pa.array([text.strip()]), (form,), zone)
        if times.problem[0] == FINE:
            return Written(text.strip(), form, _EPOCH + dt.timedelta(microseconds=int(times.local[0])))
    return None


def last_change(zone: str, before: dt.datetime, *, forward: bool) -> dt.datetime | None:
    """The middle of the last hour before a wall clock that the clocks of a zone skipped (`forward`) or went
    through twice; None when there was none since 1970."""
    table = zone_table(zone)
    ahead = table.offset[1:] > table.offset[:-1]
    middle = table.at_utc + (table.offset[:-1] + table.offset[1:]) // 2
    latest = (before - _EPOCH) // dt.timedelta(microseconds=1)
    found = np.flatnonzero((ahead == forward) & (middle < latest) & (middle > 0))
    return _EPOCH + dt.timedelta(microseconds=int(middle[found[-1]])) if len(found) else None

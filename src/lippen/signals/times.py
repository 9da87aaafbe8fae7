"""Reading times: format patterns over whole columns of text, never row by row.

A format is written as for `strptime`, or is one of the words `iso`, `unix`, `unix_ms` and `excel`. `%*`
stands for a run of characters without a space that is to be skipped (an export that writes
`2014-09-29 04:00:00` in one column and the real clock `0100` in another is read with `"%Y-%m-%d %* %H%M"`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.zones import Mask, Micros, ZoneTable

# Each directive as a named group. Digits may go unpadded: Excel drops leading zeros without asking.
_DIRECTIVES = {
    "Y": r"(?P<Y>\d{4})", "y": r"(?P<y>\d{2})", "m": r"(?P<m>\d{1,2})", "d": r"(?P<d>\d{1,2})",
    "H": r"(?P<H>\d{1,2})", "I": r"(?P<I>\d{1,2})", "M": r"(?P<M>\d{2})", "S": r"(?P<S>\d{2})",
    "f": r"(?P<f>\d{1,9})", "p": r"(?P<p>[AaPp]\.?[Mm]\.?)", "b": r"(?P<b>[A-Za-z]{3,9}\.?)",
    "B": r"(?P<b>[A-Za-z]{3,9}\.?)", "z": r"(?P<z>Z|[+-](?:0\d|1[0-4]):?[0-5]\d)",
    "a": r"[A-Za-z]+\.?", "A": r"[A-Za-z]+\.?", "*": r"\S+", "%": "%",
}  # fmt: skip
_CLOCK = r"(?P<H>\d{0,2}?)(?P<M>\d{1,2})"  # HHMM that lost its leading zeros: 5 is 00:05, 130 is 01:30
_ISO = (
    r"^(?P<Y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"
    r"(?:[ T](?P<H>\d{2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r" ?(?P<z>Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?)?$"
)
_NUMBER = r"^(?P<n>-?\d{1,15})(?:\.(?P<f>\d{1,9})\d*)?$"
_WORDS = {"iso": _ISO, "unix": _NUMBER, "unix_ms": _NUMBER, "excel": _NUMBER}
# No array yet: with the first one pyarrow loads pandas, and most processes of a site never read a time.
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EXCEL_START = np.datetime64("1899-12-30", "D").astype("datetime64[us]").astype(np.int64)
_DAY = 86_400_000_000

FINE, EMPTY, NO_FORMAT, NO_DATE, SKIPPED_HOUR = range(5)
REASONS = {
    EMPTY: "there is no time; complete it at the source",
    NO_FORMAT: "the time is not written in any of the mapping's formats; "
    "add its format under [times] formats",
    NO_DATE: "there is no such day or time of day; "
    "correct it at the source, or check the order of day and month",
    SKIPPED_HOUR: "this local time never existed: the clocks went forward over it; check the zone, "
    "or whether the export is in UTC",
}
DAY_REASONS = {
    EMPTY: "there is no day; complete it at the source",
    NO_FORMAT: "the day is not written in any of the mapping's formats; add its format under [times] formats",
    NO_DATE: "there is no such day; correct it at the source, or check the order of day and month",
}
_CLOCK_PART = re.compile(r"[\sT,]*(?:%[HIMSfpz*][:.\s]*)+")


class FormatError(ValueError):
    """A time format that cannot be understood."""


@dataclass(frozen=True)
class TimeFormat:
    """One way of writing a time. `text` is as in the mapping; raises FormatError on an unknown directive."""

    text: str

    def __post_init__(self) -> None:
        _ = self.pattern

    @property
    def pattern(self) -> str:
        """The regular expression, with a named group for each part of the time."""
        if self.text in _WORDS:
            return _WORDS[self.text]
        seen: set[str] = set()
        pattern = ""
        rest = self.text.strip()
        while rest:
            if rest.startswith("%H%M"):
                pattern, rest, names = pattern + _CLOCK, rest[4:], ["H", "M"]
            elif rest.startswith("%"):
                letter = rest[1:2]
                if letter not in _DIRECTIVES:
                    raise FormatError(
                        f"%{letter} is not a directive; known are {' '.join('%' + c for c in _DIRECTIVES)}"
                    )
                pattern, rest, names = pattern + _DIRECTIVES[letter], rest[2:], [letter]
            elif rest[0].isspace():
                pattern, rest, names = pattern + r"\s+", rest.lstrip(), []
            else:
                pattern, rest, names = pattern + re.escape(rest[0]), rest[1:], []
            for name in names:
                if name in seen and name not in "aA*%":
                    raise FormatError(f"%{name} stands in it twice")
                seen.add("b" if name == "B" else name)
        if not ({"Y", "y"} & seen and {"m", "b"} & seen and "d" in seen):
            raise FormatError("it needs a year, a month and a day")
        if ("I" in seen) != ("p" in seen):
            raise FormatError("%I and %p (am or pm) go together; a 24-hour clock is %H")
        return f"^{pattern}$"


def day_formats(formats: tuple[TimeFormat, ...]) -> tuple[TimeFormat, ...]:
    """Formats that read a day: each as it is, then its day alone and with a plain clock behind it."""
    found = dict.fromkeys(formats)
    for form in formats:
        day = _CLOCK_PART.sub(" ", form.text).strip()
        if "%" in day:
            found |= dict.fromkeys(TimeFormat(f"{day}{clock}") for clock in ("", " %H:%M", " %H:%M:%S"))
    return tuple(found)


@dataclass(frozen=True)
class Times:
    """Times read from text, in microseconds since 1970.

    `local` is the wall clock in the export's zone; `problem` is FINE, EMPTY, NO_FORMAT, NO_DATE or
    SKIPPED_HOUR; `doubled` marks clock times that occur twice and were taken as the first. Values where
    `problem` is not FINE have no meaning.
    """

    utc: Micros
    local: Micros
    problem: Any
    doubled: Mask


def read_times(values: pa.StringArray, formats: tuple[TimeFormat, ...], zone: ZoneTable) -> Times:
    """Read a column of trimmed text, each with the first format under which it is a real time.

    Empty text is no time.
    """
    rows = len(values)
    clock = np.zeros(rows, dtype=np.int64)
    fixed = np.zeros(rows, dtype=bool)  # already UTC: it came with an offset, or counts from 1970
    problem = np.full(rows, NO_FORMAT, dtype=np.int8)
    problem[pc.equal(values, "").to_numpy(zero_copy_only=False)] = EMPTY
    for form in formats:
        left = np.flatnonzero((problem == NO_FORMAT) | (problem == NO_DATE))
        if not len(left):
            break
        part = values if len(left) == rows else values.take(pa.array(left))
        found = _cast_iso(part) if form.text == "iso" else None
        micros, is_utc, fits, real = found or _read(part, form)
        problem[left[fits & ~real]] = NO_DATE
        good = left[real]
        problem[good] = FINE
        clock[good] = micros[real]
        fixed[good] = is_utc[real]
    utc, skipped, doubled = zone.to_utc(clock)
    utc = np.where(fixed, clock, utc)
    problem[skipped & ~fixed & (problem == FINE)] = SKIPPED_HOUR
    local = np.where(fixed, zone.to_local(clock), clock) if fixed.any() else clock
    return Times(utc=utc, local=local, problem=problem, doubled=doubled & ~fixed & (problem == FINE))


_Read = tuple[Micros, Mask, Mask, Mask]


def _cast_iso(values: pa.StringArray) -> _Read | None:
    """Arrow's own reading, ten times faster than the pattern: all YYYY-MM-DD?HH:MM:SS, or all YYYY-MM-DD."""
    lengths = pc.min_max(pc.binary_length(values)).as_py()
    if lengths["min"] != lengths["max"] or lengths["max"] not in (10, 19):
        return None
    try:
        micros = values.cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
    except pa.ArrowInvalid:
        return None
    every = np.ones(len(values), dtype=bool)
    return micros, ~every, every, every


def _read(values: pa.StringArray, form: TimeFormat) -> _Read:
    """Microseconds, whether they are UTC, whether the pattern fits, and whether it is also a real time."""
    parts = pc.extract_regex(values, form.pattern)
    fits = parts.is_valid().to_numpy(zero_copy_only=False)
    if not fits.any():  # as most formats do where one is guessed: a third of a look at a small export
        return np.zeros(len(values), dtype=np.int64), fits, fits, fits
    names = [part.name for part in parts.type]
    number = {name: _numbers(parts.field(name)) for name in names if name in "YymdHIMSn"}
    none = np.zeros(len(values), dtype=np.int64)
    fraction = _fraction(parts.field("f")) if "f" in names else none
    if form.text in ("unix", "unix_ms", "excel"):
        scale = {"unix": 1_000_000, "unix_ms": 1_000, "excel": _DAY}[form.text]
        whole = number["n"]
        real = fits & (np.abs(whole) < 2**62 // scale)
        micros = np.where(real, whole, 0) * scale + np.sign(whole + 0.5).astype(np.int64) * (
            fraction * scale // 1_000_000
        )
        if form.text == "excel":
            # A serial number holds a clock time only to about half a millisecond: take the nearest second.
            micros = _EXCEL_START + (micros + 500_000) // 1_000_000 * 1_000_000
        return micros, np.full(len(values), form.text != "excel"), fits, real
    year = number["Y"] if "Y" in number else _full_year(number["y"])
    month = number["m"] if "m" in number else _month(parts.field("b"))
    day, minute, second = number["d"], number.get("M", none), number.get("S", none)
    hour, clock_fits = number.get("H", none), np.ones(len(values), dtype=bool)
    if "I" in number:
        clock_fits = (number["I"] >= 1) & (number["I"] <= 12)
        afternoon = (
            pc.match_substring_regex(parts.field("p"), "^[Pp]")
            .fill_null(False)
            .to_numpy(zero_copy_only=False)
        )
        hour = number["I"] % 12 + 12 * afternoon
    real = fits & clock_fits & (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    real &= (hour <= 23) & (minute <= 59) & (second <= 59)
    months = (np.where(real, year, 1970) - 1970) * 12 + np.where(real, month, 1) - 1
    start = months.astype("datetime64[M]")
    length = ((start + 1).astype("datetime64[D]") - start.astype("datetime64[D]")).astype(np.int64)
    real &= day <= length
    days = start.astype("datetime64[D]").astype(np.int64) + day - 1
    micros = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000 + fraction
    if "z" not in names:
        return micros, np.zeros(len(values), dtype=bool), fits, real
    shift, has_shift = _offsets(parts.field("z"))
    return micros - shift, has_shift, fits, real


def _numbers(part: pa.StringArray) -> Micros:
    filled = pc.if_else(pc.equal(part, ""), "0", part).fill_null("0")
    return _as_numpy(filled)


def _as_numpy(values: pa.Array) -> Micros:
    whole: Micros = values.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return whole


def _fraction(part: pa.StringArray) -> Micros:
    """Digits after the point as microseconds: 5 is 500,000."""
    padded = pc.utf8_slice_codeunits(pc.utf8_rpad(part.fill_null(""), 6, "0"), 0, 6)
    return _as_numpy(padded)


def _full_year(short: Micros) -> Micros:
    return short + np.where(short < 69, 2000, 1900)  # the POSIX rule


def _month(part: pa.StringArray) -> Micros:
    """1-12 from an English month name, by its first three letters; 0 when it is none."""
    stem = pc.utf8_slice_codeunits(pc.ascii_lower(part.fill_null("")), 0, 3)
    return _as_numpy(pc.add(pc.index_in(stem, pa.array(_MONTHS)).fill_null(-1), 1))


def _offsets(part: pa.StringArray) -> tuple[Micros, Mask]:
    """The offset from UTC in microseconds, and where one was given."""
    text = part.fill_null("")
    given = pc.not_equal(text, "").to_numpy(zero_copy_only=False)
    digits = pc.replace_substring_regex(text, "[^0-9]", "")
    digits = pc.utf8_rpad(pc.if_else(pc.equal(digits, ""), "0000", digits), 4, "0").cast(pa.int64())
    hhmm = digits.to_numpy(zero_copy_only=False)
    west = pc.starts_with(text, "-").to_numpy(zero_copy_only=False)
    return (hhmm // 100 * 60 + hhmm % 100) * 60_000_000 * np.where(west, -1, 1), given

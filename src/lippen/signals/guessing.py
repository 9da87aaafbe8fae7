"""Guesses about an export nobody has mapped: which column is what, how times are written, what codes mean.

Every guess is shown to the analyst as a guess. Where two readings fit equally well, that is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.coordinates import read_degrees
from lippen.signals.folding import header_words
from lippen.signals.kinds import Column, Kind
from lippen.signals.numbers import read_decimals, read_yes_or_no
from lippen.signals.protected import protected_classes_of
from lippen.signals.times import FINE, TimeFormat, read_times
from lippen.signals.zones import zone_table

_FORMATS = (
    "iso",
    "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d/%m/%Y", "%m/%d/%Y",
    "%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%d/%m/%Y %I:%M %p",
    "%d/%m/%y %H:%M:%S", "%m/%d/%y %H:%M:%S", "%d/%m/%y %H:%M", "%m/%d/%y %H:%M", "%d/%m/%y", "%m/%d/%y",
    "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y",
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d",
    "%Y%m%d %H%M%S", "%Y%m%d%H%M%S", "%Y%m%d %H%M", "%Y%m%d",
    "%d %b %Y %H:%M:%S", "%d %b %Y %H:%M", "%d %b %Y", "%d-%b-%Y %H:%M:%S", "%d-%b-%Y %H:%M", "%d-%b-%Y",
    "%d-%b-%y %H:%M", "%d-%b-%y",
    "%b %d %Y %I:%M %p", "%b %d, %Y %H:%M", "%b %d, %Y %I:%M %p", "unix", "unix_ms",
)  # fmt: skip
_CLOCKS = ((r"^\d{1,2}:\d{2}:\d{2}$", "%H:%M:%S"), (r"^\d{1,2}:\d{2}$", "%H:%M"), (r"^\d{1,4}$", "%H%M"),
           (r"^\d{1,2}:\d{2} ?[AaPp][Mm]$", "%I:%M %p"))  # fmt: skip

_UNFOUNDED = re.compile(
    r"unable to locate|\butl\b|no trace|not traced|\bgoa\b|gone on arrival|gone upon|nothing found|"
    r"none found|\bunfounded\b|\bfalse\b|no sign|hoax|malicious call|not found|area searched|"
    r"quiet on arrival|all in order|no evidence of|good intent",
    re.I,
)
_UNKNOWN = re.compile(
    r"cancel|duplicate|\bdup\b|in progress|under investigation|awaiting|unavailable|pending|\bopen$|transfer|"
    r"unknown|error|\btest\b|\bnot (?:attended|dealt|deployed|resourced)|no (?:attendance|deployment)|^\W*$",
    re.I,
)
_FOUNDED = re.compile(
    r"arrest|report|citation|advis|advice|filed|complet|referr|charg|resolved|crime|recorded|warn|ticket|"
    r"investigat|attended|dealt|conveyed|assist|summons|prosecut|settled|cleared|booked|contact made|caution|"
    r"penalty|resolution|offender|ordered|dispersed|moved on",
    re.I,
)
# Kinds that their own source calls officer activity are the ground of this: the README of Milwaukee's calls
# (github.com/uofthcdslab/seniordesign1819), with spelled-out and British names of the same. "Reports" and
# "investigation" count only by themselves: after another word somebody reported something.
_OWN = re.compile(
    r"patrol|traffic stop|follow.?up|\bcourt\b|admin|business check|out of service|assignment|\bassign\b|"
    r"^\W*reports?\W*$|^\W*(?:bus(?:iness)?\s+)?investigatio\w*\W*$|\bprobation\b|\bparole\b|prob_parol|"
    r"\bts targeted\b|targeted stop|"
    r"park and walk|return station|prisoner|property pickup|convey property|tavern check|vacant house|"
    r"subj stop|citizen contact|self.?initiated|proactive|directed|warrant|meal break|refs break|refuel|"
    r"vehicle maint|training|briefing|escort|reassurance|visit to premises|pre.?planned|stop and search|"
    r"field interview|crime prevent initiative|community meeting|problem solving|comm relations",
    re.I,
)
_SENSOR = re.compile(
    r"shot ?spotter|alarm|sensor|detector|anpr|\balpr\b|cctv activation|auto(?:matic)? call|ecall", re.I
)

_TAKEN_BACK = re.compile(
    r"\b(?:non|not)[\s_-]+(?!harassment|molestation|returned|been|seen|breathing)\w+"
    r"|\b(?:fraud|benefits?)[\s_/-]+welfare\b|\bwelfare[\s_/-]+(?:fraud|benefits?)\b",
    re.I,
)

# Where a median point lies decides the proposed zone: south, west, north, east. Rough, and said to be so.
_ZONES = (
    (49.8, -8.7, 61.0, 1.9, "Europe/London"),
    (51.3, -10.7, 55.5, -5.3, "Europe/Dublin"),
    (24.0, -85.0, 49.0, -66.0, "America/New_York"),
    (25.0, -104.0, 49.5, -85.0, "America/Chicago"),
    (31.0, -114.5, 49.5, -104.0, "America/Denver"),
    (32.0, -125.0, 49.5, -114.5, "America/Los_Angeles"),
)


@dataclass(frozen=True)
class TimeGuess:
    """The columns that together hold a time, the formats that read them, the share read, and any doubt."""

    columns: tuple[str, ...]
    formats: tuple[str, ...]
    share: float
    doubt: str = ""


def guess_columns(kind: Kind, columns: Mapping[str, pa.StringArray], barred: Sequence[str]) -> dict[str, str]:
    """Which export column is which column of the kind, going by its header and a glance at its values.

    `barred` columns (identity) are considered only for what the kind keeps as personal. Each export column is
    used once.
    """
    order = list(columns)
    offers = []
    for column in kind.mappable():
        for name in order:
            if name in barred and column.reads != "personal":
                continue
            score = _header_score(name, column.synonyms)
            if score and _values_suit(column, columns[name]):
                offers.append((score, -order.index(name), column.name, name))
    chosen: dict[str, str] = {}
    for _, _, ours, theirs in sorted(offers, reverse=True):
        if ours not in chosen and theirs not in chosen.values():
            chosen[ours] = theirs
    return chosen


def guess_block(columns: Mapping[str, pa.StringArray], street: str) -> str | None:
    """The column with the block or house number that belongs before `street`, if there is one."""
    if not {"street", "road"} & set(header_words(street)):
        return None
    for name, values in columns.items():
        words = set(header_words(name))
        if "block" in words and pc.mean(pc.match_substring_regex(values, r"^\d+(\.0)?$")).as_py() > 0.8:
            return name
    return None


def _header_score(header: str, synonyms: Sequence[str]) -> int:
    """How well a header fits: a synonym word for word, then all its words; earlier synonyms count more."""
    words = header_words(header)
    whole, bag = " ".join(words), set(words)
    best = 0
    for at, synonym in enumerate(synonyms):
        theirs = header_words(synonym)
        if whole == " ".join(theirs):
            best = max(best, 1000 - at)
        elif len(theirs) > 1 and set(theirs) <= bag:
            best = max(best, 600 - at)
        elif len(theirs) == 1 and theirs[0] in bag:
            best = max(best, 300 - at - 20 * len(words))
    return best


def _values_suit(column: Column, values: pa.StringArray) -> bool:
    filled = values.filter(pc.not_equal(values, ""))
    if not len(filled):
        return False
    distinct = len(filled.unique())
    if column.reads in ("lat", "lon"):
        degrees, _, bad = read_degrees(filled, decimal_comma=True)
        limit = 90 if column.reads == "lat" else 180
        return bool(bad.mean() < 0.2 and np.nanmax(np.abs(degrees), initial=0) <= limit and distinct > 1)
    if column.reads == "id":
        return distinct > 0.5 * len(filled) and guess_format(filled).share < 0.9
    if column.reads in ("time", "day"):
        return guess_format(filled).share > 0.5
    if column.reads == "decimal":
        pounds = column.unit == "GBP"
        return bool((~read_decimals(filled, comma=True, pounds=pounds)[1]).mean() > 0.8)
    if column.reads == "yes_no":
        return bool((~read_yes_or_no(filled)[1]).mean() > 0.8)
    if column.reads == "whole":
        return pc.all(pc.match_substring_regex(filled, r"^\d{1,3}(\.0+)?$")).as_py() is True
    if column.reads in ("code", "disposal", "area"):
        return distinct <= max(30, 0.2 * len(filled)) and guess_format(filled).share < 0.9
    return True


def guess_format(values: pa.StringArray) -> TimeGuess:
    """How the times of a column are written; `share` is the part of its filled values that can be read so."""
    filled = pc.utf8_trim_whitespace(values)
    filled = filled.filter(pc.not_equal(filled, ""))[:2000]
    if not len(filled):
        return TimeGuess((), (), 0.0)
    zone = zone_table("Etc/UTC")
    shares = {}
    for form in _FORMATS:
        if form.startswith("unix") and not _plausible_unix(filled, form):
            continue
        shares[form] = float((read_times(filled, (TimeFormat(form),), zone).problem == FINE).mean())
    best = max(shares, key=lambda form: shares[form])
    if shares[best] == 0:
        return TimeGuess((), (), 0.0)
    turned = best.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")
    doubt = ""
    if turned != best and shares.get(turned, 0) == shares[best]:
        doubt = "every day is 12 or less, so day and month cannot be told apart"
    return TimeGuess((), (best,), shares[best], doubt)


def _plausible_unix(values: pa.StringArray, form: str) -> bool:
    digits = r"^1\d{9}(\.\d+)?$" if form == "unix" else r"^1\d{12}$"
    return pc.all(pc.match_substring_regex(values, digits)).as_py() is True


def guess_day(values: pa.StringArray, column: str) -> TimeGuess:
    """How the days of `column` are written; a clock beside a day is left away, so none is looked for."""
    guess = guess_format(values)
    return TimeGuess((column,), guess.formats or ("iso",), guess.share, guess.doubt)


def guess_reported(columns: Mapping[str, pa.StringArray], column: str, barred: Sequence[str]) -> TimeGuess:
    """How the time of report is held: in `column` alone, or with its clock in a column of its own."""
    values = pc.utf8_trim_whitespace(columns[column])
    alone = guess_format(values)
    if not alone.formats:
        return TimeGuess((column,), ("iso",), 0.0)
    times = read_times(values, tuple(TimeFormat(form) for form in alone.formats), zone_table("Etc/UTC"))
    clocks = np.unique(times.utc[times.problem == FINE] % 86_400_000_000)
    if len(clocks) <= 3:
        for name in columns:
            if name == column or name in barred or not {"time", "hour", "clock", "hhmm"} & set(_loose(name)):
                continue
            filled = columns[name].filter(pc.not_equal(columns[name], ""))
            for pattern, clock in _CLOCKS:
                if len(filled) and (pc.mean(pc.match_substring_regex(filled, pattern)).as_py() or 0) > 0.95:
                    day = _day_only(alone.formats[0], values)
                    return TimeGuess((column, name), (f"{day} {clock}",), alone.share, alone.doubt)
    return TimeGuess((column,), alone.formats, alone.share, alone.doubt)


def _loose(header: str) -> set[str]:
    words = set(header_words(header))
    return words | {part for word in words for part in ("time", "hour", "clock") if part in word}


def _day_only(form: str, values: pa.StringArray) -> str:
    """The format of the day alone; a clock that says the same on every row is skipped with %*."""
    if form == "iso":
        clock = (pc.max(pc.binary_length(values)).as_py() or 0) > 10
        return "%Y-%m-%d %*" if clock else "%Y-%m-%d"
    return re.sub(r" %[HI]%?:?.*$", " %*", form)


def guess_outcome(code: str) -> str:
    """founded, unfounded or unknown, by the words of a disposal code."""
    if _UNFOUNDED.search(code):
        return "unfounded"
    if _UNKNOWN.search(code):
        return "unknown"
    return "founded" if _FOUNDED.search(code) else "unknown"


def looks_protected(kind: str) -> str | None:
    """The protected class that a kind belongs to by its words, or None.

    Here a word that is taken back ("non domestic") or that means something else ("fraud-welfare") does not
    count. At import it does: those lists stay cautious.
    """
    classes = protected_classes_of(_TAKEN_BACK.sub(" ", kind))
    return classes[0] if classes else None


def looks_own_activity(kind: str) -> bool:
    """Whether a kind sounds like the police's own activity."""
    return _OWN.search(kind) is not None


def looks_sensor(kind: str) -> bool:
    """Whether a kind sounds like a sensor or an alarm."""
    return _SENSOR.search(kind) is not None


def guess_zone(point: tuple[float, float] | None, formats: Sequence[str]) -> tuple[str, str]:
    """A time zone, and what the guess rests on."""
    if point is not None:
        for south, west, north, east, zone in _ZONES:
            if south <= point[0] <= north and west <= point[1] <= east:
                return zone, "going by the coordinates"
    if any(form.startswith(("%m/%d", "%b %d")) for form in formats):
        return "America/New_York", "going only by the order of month and day"
    return "Europe/London", "for want of anything to go by"

"""One stretch of rows in, accepted incidents and refused rows out: every check, in one fixed order.

The invariant: each row comes out exactly once, accepted or with one reason (the first check it failed).
Everything is done on whole columns, so the readers' fast and careful ways go through the same checks.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.codes import masked_codes, read_flags, read_outcomes
from lippen.signals.coordinates import check_coordinates
from lippen.signals.identity import (
    dialled_within,
    identity_by_content,
    looks_like_a_contact,
    mask_identity,
    of_one_shape,
    running_numbers,
    street_addresses,
)
from lippen.signals.mapping import Mapping
from lippen.signals.places import cell_names, cut_to_block, place_key
from lippen.signals.refusing import Refusals
from lippen.signals.rows import RowBatch, join_columns
from lippen.signals.times import FINE, REASONS, TimeFormat, Times, read_times
from lippen.signals.zones import zone_table

Mask = npt.NDArray[np.bool_]

_DAY = 86_400_000_000
_LONGEST_ID = 200
_STRAYED = 0.2
_DIGEST_GAP = "\x1f"  # stands between fields of a digest; no export writes it
# What a reader that knows times from text writes: alone, or a cell with the day before one with the clock.
_TYPED = (TimeFormat("iso"), TimeFormat("%Y-%m-%d %* %H:%M:%S"))


class IdentityFound(Exception):  # noqa: N818 - named after the event
    """A mapped column turned out to be full of what identifies people: `column` and what it `holds`."""

    def __init__(self, column: str, holds: str) -> None:
        super().__init__(f"{column}: {holds}")
        self.column = column
        self.holds = holds


@dataclass
class Accepted:
    """The outcome of one stretch: `incidents` (with `place_key` and `content` beside the schema's columns,
    `incident_id` empty where the export gave none), `quarantine`, and counts of what was done to rows."""

    incidents: pa.Table
    quarantine: pa.Table
    notes: Counter[str] = field(default_factory=Counter)
    unlisted_codes: Counter[str] = field(default_factory=Counter)


def staged_schema(mapping: Mapping) -> pa.Schema:
    """The schema of accepted rows before ids are made, duplicates found and places filled in."""
    fields = [pa.field(entry.name, entry.type) for entry in mapping.kind.schema()]
    return pa.schema([*fields, pa.field("place_key", pa.string()), pa.field("content", pa.string())])


def accept(batch: RowBatch, mapping: Mapping, file: str, *, typed: bool) -> Accepted:
    """Check and translate one stretch of rows.

    `typed` says that the reader knew times from text (Excel, Parquet), so that ISO is read beside the
    mapping's own formats. Raises IdentityFound when a mapped column is full of telephone numbers or the like.
    """
    return _Stretch(batch, mapping, file, typed).run()


class _Stretch:
    def __init__(self, batch: RowBatch, mapping: Mapping, file: str, typed: bool) -> None:
        self.batch = batch
        self.mapping = mapping
        self.file = file
        self.rows = len(batch.lines)
        self.refusals = Refusals(file, batch.lines)
        self.notes: Counter[str] = Counter()
        self.unlisted: Counter[str] = Counter()
        self.formats = tuple(dict.fromkeys((*mapping.formats, *(_TYPED if typed else ()))))
        self.zone = zone_table(mapping.zone)

    def run(self) -> Accepted:
        self._look_for_identity()
        self.refusals.add_records(self.batch.refused)
        out: dict[str, Any] = {}
        self._not_empty()
        out["incident_id"] = self._incident_id()
        out["kind"] = self._kind()
        reported = self._reported()
        out["reported_at"] = pa.array(reported.utc).cast(pa.timestamp("us"))
        out["local_day"] = pa.array((reported.local // _DAY).astype(np.int32)).cast(pa.date32())
        out["local_hour"] = pa.array((reported.local % _DAY // 3_600_000_000).astype(np.int16))
        for name in ("closed_at", "dispatched_at", "arrived_at", "cleared_at"):
            out[name] = self._other_time(name)
        lat, lon = self._coordinates()
        units = self._units()
        out["lat"], out["lon"] = pa.array(lat, from_pandas=True), pa.array(lon, from_pandas=True)
        out["placed"] = pa.nulls(self.rows, pa.bool_())
        out["place"], out["place_key"] = self._place()
        out["area"] = self._area(lat, lon)
        for name in ("larger_area", "priority"):
            out[name] = self._code(name)
        out["text"] = self._text()
        out["disposal"], out["outcome"] = self._outcome()
        out["units"] = units
        out.update(read_flags(self._given("kind"), self._values("text"), self.mapping))
        out["file"] = pa.repeat(self.file, self.rows)
        out["line"] = pa.array(self.batch.lines)
        out["content"] = self._content(out)
        if self.batch.repaired:
            self.notes["lines that were not UTF-8, read as Windows-1252"] += self.batch.repaired
        schema = staged_schema(self.mapping)
        incidents = pa.table(
            {entry.name: out[entry.name].cast(entry.type) for entry in schema}, schema=schema
        )
        if not self.refusals.open.all():
            incidents = incidents.filter(pa.array(self.refusals.open))
        return Accepted(incidents, self.refusals.table(), self.notes, self.unlisted)

    # -- columns of the export -----------------------------------------------------------------------------

    def _named(self, name: str) -> str:
        return " + ".join(self.mapping.columns[name])

    def _values(self, name: str) -> pa.StringArray | None:
        """The trimmed text of a column of the kind, joined where several make it; None if unmapped."""
        names = self.mapping.columns.get(name)
        if names is None:
            return None
        parts = [pc.utf8_trim_whitespace(self.batch.columns[part]) for part in names]
        joined = join_columns(parts, self.mapping.join.get(name, " "))
        return parts[0] if len(parts) == 1 else pc.utf8_trim_whitespace(joined)

    def _given(self, name: str) -> pa.StringArray:
        """`_values` of a column that every mapping has."""
        values = self._values(name)
        assert values is not None  # noqa: S101 - parse_mapping refuses a mapping without it
        return values

    def _look_for_identity(self) -> None:
        for name, columns in self.mapping.columns.items():
            if name.endswith("_at") or name in ("lat", "lon", "units"):
                continue  # times and numbers are kept as nothing else
            for column in columns:
                holds = identity_by_content(self.batch.columns[column], is_place=name == "place")
                if name in ("area", "larger_area") and not holds:
                    # An area of one address is a household.
                    holds = "street addresses" if street_addresses(self.batch.columns[column]) else None
                if holds and column not in self.mapping.allow:
                    raise IdentityFound(column, holds)

    def _not_empty(self) -> None:
        kinds = self._given("kind")
        maybe = np.flatnonzero(_is(kinds, ""))
        for values in self.batch.columns.values():
            if not len(maybe):
                return
            part = pc.utf8_trim_whitespace(values.take(pa.array(maybe)))
            maybe = maybe[_is(part, "")]
        nothing = np.zeros(self.rows, dtype=bool)
        nothing[maybe] = True
        reason = "the row is empty in every column that the mapping reads; delete it at the source"
        self.refusals.refuse(nothing, None, kinds, reason)

    def _incident_id(self) -> pa.Array:
        values = self._values("incident_id")
        if values is None:
            return pa.nulls(self.rows, pa.string())
        named = self._named("incident_id")
        long = pc.greater(pc.binary_length(values), _LONGEST_ID).to_numpy(zero_copy_only=False)
        reason = (
            f"the id is longer than {_LONGEST_ID} bytes; name the column with the short one in the mapping"
        )
        self.refusals.refuse(long, named, values, reason)
        # Everything else is masked, but an id is kept as it is: one that is a telephone number stays out.
        contact = _flags(looks_like_a_contact(values))
        allowed = all(name in self.mapping.allow for name in self.mapping.columns["incident_id"])
        if contact.any() and not allowed and not running_numbers(values):
            reason = (
                "the id looks like a telephone number or an e-mail address, which may be the caller's; "
                "correct it at the source, or say under [allow] why it is none"
            )
            self.refusals.refuse(contact, named, values, reason)
        if not allowed:
            inside = _flags(dialled_within(values))
            masked, _ = mask_identity(values)
            changed = _flags(pc.not_equal(masked, values))
            # Where many ids only look like numbers of people, that is the shape of the ids.
            if changed.sum() <= _STRAYED * self.rows:
                inside |= changed & ~_flags(of_one_shape(values))
            reason = (
                "the id holds what looks like a telephone number or the like, which may be the caller's; "
                "correct it at the source, or say under [allow] why it is none"
            )
            self.refusals.refuse(inside & ~running_numbers(values), named, values, reason)
        return _null_if_empty(values)

    def _kind(self) -> pa.Array:
        values = self._given("kind")
        reason = "the row names no kind of incident; complete it at the source"
        self.refusals.refuse(_is(values, ""), self._named("kind"), values, reason)
        masked = masked_codes(values)
        self._note_masked_codes("kind", values, masked)
        return masked

    def _time(self, name: str, values: pa.StringArray) -> Times:
        times = read_times(values, self.formats, self.zone)
        for problem, reason in REASONS.items():
            if problem != 1 or name == "reported_at":
                self.refusals.refuse(times.problem == problem, self._named(name), values, reason)
        doubled = int((times.doubled & self.refusals.open).sum())
        if doubled:
            self.notes["times in the hour that occurs twice, taken as the first"] += doubled
        return times

    def _reported(self) -> Times:
        values = self._given("reported_at")
        times = self._time("reported_at", values)
        days = times.local // _DAY
        first = (self.mapping.earliest - dt.date(1970, 1, 1)).days
        self.refusals.refuse(
            (days < first) & (times.problem == FINE),
            self._named("reported_at"),
            values,
            f"the day is before {self.mapping.earliest}; if it is right, set [times] earliest",
        )
        latest = self.mapping.latest or dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
        self.refusals.refuse(
            (days > (latest - dt.date(1970, 1, 1)).days) & (times.problem == FINE),
            self._named("reported_at"),
            values,
            "the day lies in the future; correct it, or check the order of day and month"
            if self.mapping.latest is None
            else f"the day is after {latest}; if it is right, set [times] latest",
        )
        return times

    def _other_time(self, name: str) -> pa.Array:
        values = self._values(name)
        if values is None:
            return pa.nulls(self.rows, pa.timestamp("us"))
        times = self._time(name, values)
        return pa.array(times.utc, mask=times.problem != FINE).cast(pa.timestamp("us"))

    def _coordinates(self) -> tuple[Any, Any]:
        if "lat" not in self.mapping.columns:
            nowhere = np.full(self.rows, np.nan)
            return nowhere, nowhere
        return check_coordinates(self._given("lat"), self._given("lon"), self.mapping, self.refusals)

    def _units(self) -> pa.Array:
        values = self._values("units")
        if values is None:
            return pa.nulls(self.rows, pa.int32())
        number = pc.match_substring_regex(values, r"^\d{1,4}(?:\.0+)?$").to_numpy(zero_copy_only=False)
        empty = _is(values, "")
        reason = "the number of units is not a whole number below 10,000; correct it at the source"
        self.refusals.refuse(~number & ~empty, self._named("units"), values, reason)
        whole = pc.replace_substring_regex(values, r"\..*$", "")
        return pc.if_else(pa.array(number), whole, None).cast(pa.int32())

    def _place(self) -> tuple[pa.Array, pa.Array]:
        values = self._values("place")
        if values is None:
            return pa.nulls(self.rows, pa.string()), pa.nulls(self.rows, pa.string())
        coded = values.dictionary_encode()
        block, counts = mask_identity(cut_to_block(coded.dictionary))
        self._note_masks(counts, "places")
        keys = pa.array([place_key(place) for place in block.to_pylist()], pa.string())
        return _null_if_empty(block.take(coded.indices)), _null_if_empty(keys.take(coded.indices))

    def _area(self, lat: Any, lon: Any) -> pa.Array:
        if "area" in self.mapping.columns:
            return self._code("area")
        given = ~np.isnan(lat)
        cells = cell_names(np.where(given, lat, 0.0), np.where(given, lon, 0.0), self.mapping.grid_km)
        return pc.if_else(pa.array(given), cells, None)

    def _code(self, name: str) -> pa.Array:
        values = self._values(name)
        if values is None:
            return pa.nulls(self.rows, pa.string())
        masked = masked_codes(values)
        self._note_masked_codes(name, values, masked)
        return _null_if_empty(masked)

    def _text(self) -> pa.Array:
        values = self._values("text")
        if values is None:
            return pa.nulls(self.rows, pa.string())
        masked, counts = mask_identity(values)
        self._note_masks(counts, "texts")
        return _null_if_empty(masked)

    def _note_masks(self, counts: dict[str, int], where: str) -> None:
        for says, count in counts.items():
            self.notes[f"{where} with {says}, masked"] += count

    def _note_masked_codes(self, name: str, given: pa.StringArray, masked: pa.StringArray) -> None:
        changed = pc.sum(pc.not_equal(given, masked)).as_py()
        if changed:
            self.notes[f"values of {self._named(name)!r} with a telephone number or the like, masked"] += (
                changed
            )

    def _outcome(self) -> tuple[pa.Array, pa.Array]:
        names = self.mapping.columns.get("disposal")
        if names is None:
            return pa.nulls(self.rows, pa.string()), pa.repeat(self.mapping.default_outcome, self.rows)
        codes = [pc.utf8_trim_whitespace(self.batch.columns[name]) for name in names]
        disposal, outcome, unlisted = read_outcomes(codes, self.mapping, self.refusals.open)
        self.unlisted += unlisted
        self._note_masked_codes("disposal", join_columns(codes, " | "), disposal)
        return _null_if_empty(disposal), outcome

    def _content(self, out: dict[str, Any]) -> pa.Array:
        """What a row's id is made from when the export gave none: everything the export said about it."""
        without = out["incident_id"].is_null()
        if not pc.any(without).as_py():
            return pa.nulls(self.rows, pa.string())
        names = sorted(name for name in self.mapping.columns if name != "incident_id")
        parts = [
            out[name].cast(pa.int64()).cast(pa.string())
            if name.endswith("_at")
            else out[name].cast(pa.string())
            for name in names
        ]
        joined = pc.binary_join_element_wise(
            *parts, _DIGEST_GAP, null_handling="replace", null_replacement=""
        )
        return pc.if_else(without, joined, None)


def _is(values: pa.StringArray, text: str) -> Mask:
    found: Mask = pc.equal(values, text).to_numpy(zero_copy_only=False)
    return found


def _flags(mask: pa.BooleanArray) -> Mask:
    """As numpy knows it; Arrow gives an empty one as objects."""
    return np.asarray(mask.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _null_if_empty(values: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(values, ""), None, values)

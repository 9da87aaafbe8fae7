"""One stretch of rows in, accepted incidents and refused rows out: every check, in one fixed order.

The invariant: each row comes out exactly once, accepted or with one reason (the first check it failed).
Everything is done on whole columns, so the readers' fast and careful ways go through the same checks.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.folding import fold
from lippen.signals.identity import identity_by_content, mask_identity, mask_value
from lippen.signals.kinds import QUARANTINE_SCHEMA
from lippen.signals.mapping import Mapping
from lippen.signals.places import DECIMALS, cell_names, cut_to_block, place_key, read_coordinates
from lippen.signals.protected import has_protected_words
from lippen.signals.rows import RowBatch
from lippen.signals.times import FINE, REASONS, TimeFormat, Times, read_times
from lippen.signals.zones import zone_table

Mask = npt.NDArray[np.bool_]

_DAY = 86_400_000_000
_LONGEST_ID = 200
_DIGEST_GAP = "\x1f"  # stands between fields of a digest; no export writes it


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
        self.open: Mask = np.ones(self.rows, dtype=bool)
        self.refusals: list[pa.Table] = []
        self.notes: Counter[str] = Counter()
        self.unlisted: Counter[str] = Counter()
        iso = (
            (TimeFormat("iso"),) if typed and not any(form.text == "iso" for form in mapping.formats) else ()
        )
        self.formats = (*mapping.formats, *iso)
        self.zone = zone_table(mapping.zone)

    def run(self) -> Accepted:
        self._look_for_identity()
        self._structural()
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
        out.update(self._flags(out["kind"], out["text"]))
        out["file"] = pa.repeat(self.file, self.rows)
        out["line"] = pa.array(self.batch.lines)
        out["content"] = self._content(out)
        if self.batch.repaired:
            self.notes["lines that were not UTF-8, read as Windows-1252"] += self.batch.repaired
        schema = staged_schema(self.mapping)
        incidents = pa.table(
            {entry.name: out[entry.name].cast(entry.type) for entry in schema}, schema=schema
        )
        if not self.open.all():
            incidents = incidents.filter(pa.array(self.open))
        quarantine = pa.concat_tables(self.refusals) if self.refusals else QUARANTINE_SCHEMA.empty_table()
        return Accepted(incidents, quarantine, self.notes, self.unlisted)

    # -- refusing ------------------------------------------------------------------------------------------

    def refuse(self, mask: Any, column: str, values: pa.Array, reason: str | Callable[[int], str]) -> None:
        """Refuse the rows of `mask` that are still open, for one reason or one for each row."""
        at = np.flatnonzero(np.asarray(mask) & self.open)
        if not len(at):
            return
        self.open[at] = False
        shown = {value: mask_value(value) for value in values.take(pa.array(at)).unique().to_pylist()}
        given = [shown[value] for value in values.take(pa.array(at)).to_pylist()]
        reasons = [reason(int(row)) for row in at] if callable(reason) else [reason] * len(at)
        self._add(self.batch.lines[at], [column] * len(at), given, reasons)

    def _add(self, lines: Any, columns: list[str | None], values: list[str], reasons: list[str]) -> None:
        self.refusals.append(
            pa.table(
                {
                    "file": pa.array([self.file] * len(reasons), pa.string()),
                    "line": pa.array(lines, pa.int64()),
                    "column": pa.array(columns, pa.string()),
                    "value": pa.array(values, pa.string()),
                    "reason": pa.array(reasons, pa.string()),
                },
                schema=QUARANTINE_SCHEMA,
            )
        )

    def _structural(self) -> None:
        refused = self.batch.refused
        if refused:
            self._add(
                [entry.line for entry in refused],
                [None] * len(refused),
                [entry.value for entry in refused],
                [entry.reason for entry in refused],
            )

    # -- columns of the export -----------------------------------------------------------------------------

    def _named(self, name: str) -> str:
        return " + ".join(self.mapping.columns[name])

    def _values(self, name: str) -> pa.StringArray | None:
        """The trimmed text of a column of the kind, joined where the mapping names several; None if unmapped."""
        names = self.mapping.columns.get(name)
        if names is None:
            return None
        parts = [pc.utf8_trim_whitespace(self.batch.columns[part]) for part in names]
        if len(parts) == 1:
            return parts[0]
        between = self.mapping.join.get(name, " ")
        empty_as_null = [pc.if_else(pc.equal(part, ""), None, part) for part in parts]
        joined = pc.binary_join_element_wise(*empty_as_null, between, null_handling="skip")
        return pc.utf8_trim_whitespace(joined.cast(pa.string()))

    def _look_for_identity(self) -> None:
        for name, columns in self.mapping.columns.items():
            if name.endswith("_at") or name in ("lat", "lon", "units"):
                continue  # times and numbers are kept as nothing else
            for column in columns:
                holds = identity_by_content(self.batch.columns[column], is_place=name == "place")
                if holds and column not in self.mapping.allow:
                    raise IdentityFound(column, holds)

    def _not_empty(self) -> None:
        maybe = np.flatnonzero(_is(self._values("kind"), ""))
        for values in self.batch.columns.values():
            if not len(maybe):
                return
            part = pc.utf8_trim_whitespace(values.take(pa.array(maybe)))
            maybe = maybe[_is(part, "")]
        nothing = np.zeros(self.rows, dtype=bool)
        nothing[maybe] = True
        self.refuse(
            nothing, "", self._values("kind"), "the row is empty in every column that the mapping reads"
        )

    def _incident_id(self) -> pa.Array:
        values = self._values("incident_id")
        if values is None:
            return pa.nulls(self.rows, pa.string())
        long = pc.greater(pc.binary_length(values), _LONGEST_ID).to_numpy(zero_copy_only=False)
        self.refuse(long, self._named("incident_id"), values, f"the id is longer than {_LONGEST_ID} bytes")
        return _null_if_empty(values)

    def _kind(self) -> pa.Array:
        values = self._values("kind")
        assert values is not None  # noqa: S101 - load_mapping refuses a mapping without it
        self.refuse(_is(values, ""), self._named("kind"), values, "the row names no kind of incident")
        return self._masked(values)

    def _time(self, name: str, values: pa.StringArray) -> Times:
        times = read_times(values, self.formats, self.zone)
        for problem, reason in REASONS.items():
            if problem != 1 or name == "reported_at":
                self.refuse(times.problem == problem, self._named(name), values, reason)
        doubled = int((times.doubled & self.open).sum())
        if doubled:
            self.notes["times in the hour that occurs twice, taken as the first"] += doubled
        return times

    def _reported(self) -> Times:
        values = self._values("reported_at")
        assert values is not None  # noqa: S101 - as above
        times = self._time("reported_at", values)
        days = times.local // _DAY
        first = (self.mapping.earliest - dt.date(1970, 1, 1)).days
        self.refuse(
            (days < first) & (times.problem == FINE),
            self._named("reported_at"),
            values,
            f"the day is before {self.mapping.earliest}; if it is right, set [times] earliest",
        )
        latest = self.mapping.latest or dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
        self.refuse(
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
        names = self.mapping.columns
        if "lat" not in names:
            nowhere = np.full(self.rows, np.nan)
            return nowhere, nowhere
        read = {}
        for name in ("lat", "lon"):
            values = self._values(name)
            assert values is not None  # noqa: S101 - lat and lon come together
            read[name] = (
                *read_coordinates(values, self.mapping.decimal_comma, self.mapping.missing_coordinates),
                values,
            )
        (lat, no_lat, bad_lat, lat_text), (lon, no_lon, bad_lon, lon_text) = read["lat"], read["lon"]
        not_number = "the coordinate is not a number of degrees; if it stands for nothing, list it under [places] missing"
        self.refuse(bad_lat, self._named("lat"), lat_text, not_number)
        self.refuse(bad_lon, self._named("lon"), lon_text, not_number)
        half = no_lat != no_lon
        placeholder = half & ((lat == 0) | (lon == 0))
        self.refuse(
            half & ~placeholder, self._named("lat"), lat_text, "one of latitude and longitude is missing"
        )
        lat, lon = np.where(no_lat | no_lon, np.nan, lat), np.where(no_lat | no_lon, np.nan, lon)
        given = ~np.isnan(lat)
        box = self.mapping.box
        south, north = (box.south, box.north) if box else (-90.0, 90.0)
        west, east = (box.west, box.east) if box else (-180.0, 180.0)
        inside = (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)
        swapped = (lon >= south) & (lon <= north) & (lat >= west) & (lat <= east)
        both = pc.binary_join_element_wise(lat_text, lon_text, ", ")
        column = f"{self._named('lat')}, {self._named('lon')}"
        self.refuse(
            given & ~inside & swapped,
            column,
            both,
            "latitude and longitude look swapped; swap them in the mapping",
        )
        where = "the mapping's box; widen [places] box" if box else "the globe; check that they are degrees"
        self.refuse(
            given & ~inside,
            column,
            both,
            f"the coordinates lie outside {where}, or list them under [places] missing",
        )
        return np.round(lat, DECIMALS), np.round(lon, DECIMALS)

    def _units(self) -> pa.Array:
        values = self._values("units")
        if values is None:
            return pa.nulls(self.rows, pa.int32())
        number = pc.match_substring_regex(values, r"^\d{1,4}(?:\.0+)?$").to_numpy(zero_copy_only=False)
        empty = _is(values, "")
        self.refuse(
            ~number & ~empty, self._named("units"), values, "the number of units is not a whole number"
        )
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
        return pa.nulls(self.rows, pa.string()) if values is None else _null_if_empty(self._masked(values))

    def _text(self) -> pa.Array:
        values = self._values("text")
        if values is None:
            return pa.nulls(self.rows, pa.string())
        masked, counts = mask_identity(values)
        self._note_masks(counts, "texts")
        return _null_if_empty(masked)

    def _masked(self, values: pa.StringArray) -> pa.Array:
        """A column of few different values, masked once for each value."""
        coded = values.dictionary_encode()
        masked, _ = mask_identity(coded.dictionary)
        return masked.take(coded.indices)

    def _note_masks(self, counts: dict[str, int], where: str) -> None:
        for says, count in counts.items():
            self.notes[f"{where} with a {says}, masked"] += count

    # -- what follows from codes and kinds -----------------------------------------------------------------

    def _outcome(self) -> tuple[pa.Array, pa.Array]:
        names = self.mapping.columns.get("disposal")
        default = self.mapping.default_outcome
        if names is None:
            return pa.nulls(self.rows, pa.string()), pa.repeat(default, self.rows)
        decided = pa.nulls(self.rows, pa.string())
        shown = []
        for name in names:
            coded = pc.utf8_trim_whitespace(self.batch.columns[name]).dictionary_encode()
            codes = coded.dictionary.to_pylist()
            outcomes = pa.array([self.mapping.outcomes.get(fold(code)) for code in codes], pa.string())
            decided = pc.coalesce(decided, outcomes.take(coded.indices))
            shown.append(_null_if_empty(self._masked(coded.dictionary).take(coded.indices)))
            counted = pc.value_counts(coded.indices.filter(pa.array(self.open))).to_pylist()
            for entry in counted:
                code = codes[entry["values"]]
                if code and fold(code) not in self.mapping.outcomes:
                    self.unlisted[mask_value(code)] += entry["counts"]
        disposal = (
            shown[0]
            if len(shown) == 1
            else _null_if_empty(pc.binary_join_element_wise(*shown, " | ", null_handling="skip"))
        )
        return disposal, pc.coalesce(decided, default)

    def _flags(self, kinds: pa.Array, texts: pa.Array) -> dict[str, Any]:
        coded = kinds.dictionary_encode()
        names = coded.dictionary.to_pylist()
        folded = [fold(name) for name in names]
        mapping = self.mapping

        def listed(of: frozenset[str]) -> pa.Array:
            return pa.array([name in of for name in folded], pa.bool_()).take(coded.indices)

        by_word = has_protected_words(coded.dictionary, mapping.protected_words)
        protected = pc.or_(listed(mapping.protected_kinds), by_word.take(coded.indices))
        if texts.null_count < self.rows:
            protected = pc.or_(protected, has_protected_words(texts, mapping.protected_words))
        return {
            "own_activity": listed(mapping.own_activity),
            "sensor": listed(mapping.sensor),
            "protected": protected,
        }

    def _content(self, out: dict[str, Any]) -> pa.Array:
        """What a row's id is made from when the export gave none: everything the export said about it."""
        without = out["incident_id"].is_null()
        if not pc.any(without).as_py():
            return pa.nulls(self.rows, pa.string())
        names = [name for name in self.mapping.columns if name != "incident_id"]
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


def _null_if_empty(values: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(values, ""), None, values)

"""One stretch of rows in, accepted signals and refused rows out: every check, in one fixed order.

The invariant: each row comes out exactly once, accepted or with one reason (the first check it failed).
Everything is done on whole columns, so the readers' fast and careful ways go through the same checks.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.codes import read_flags
from lippen.signals.column_rules import read_column
from lippen.signals.contacts import full_of_handles, hashed_alike
from lippen.signals.identity import identity_by_content, street_addresses
from lippen.signals.kept_cells import kept_cells
from lippen.signals.mapping import Mapping
from lippen.signals.rows import RowBatch
from lippen.signals.stretch import Hashed, Stretch, is_text

_DIGEST_GAP = "\x1f"  # stands between fields of a digest; no export writes it
# Times and numbers are kept as nothing else; what is personal is kept under an authority.
_NOT_SEARCHED = frozenset({"time", "day", "decimal", "whole", "yes_no", "lat", "lon", "personal"})


class IdentityFound(Exception):
    """A mapped column turned out to be full of what identifies people: `column` and what it `holds`."""

    def __init__(self, column: str, holds: str) -> None:
        super().__init__(f"{column}: {holds}")
        self.column = column
        self.holds = holds


@dataclass
class Accepted:
    """The outcome of one stretch: the rows `taken` (with `content`, and `place_key` where the kind has a
    place, beside the schema's columns; the id empty where the export gave none), `quarantine`, and counts of
    what was done to rows."""

    taken: pa.Table
    quarantine: pa.Table
    notes: Counter[str] = field(default_factory=Counter)
    unlisted_codes: Counter[str] = field(default_factory=Counter)


def staged_schema(mapping: Mapping) -> pa.Schema:
    """The schema of accepted rows before ids are made, duplicates found and places filled in."""
    kind = mapping.kind
    fields = [pa.field(entry.name, entry.type) for entry in kind.schema()]
    keys = [pa.field("place_key", pa.string())] if kind.reading("place") else []
    return pa.schema([*fields, *keys, pa.field("content", pa.string())])


def accept(
    batch: RowBatch, mapping: Mapping, file: str, *, typed: bool, hashed: Hashed | None = None
) -> Accepted:
    """Check and translate one stretch of rows.

    `typed` says that the reader knew times from text (Excel, Parquet), so that ISO is read beside the
    mapping's own formats; `hashed` gives the hash of a contact in a month, and without it contacts are
    removed where the kind hashes them. Raises IdentityFound when a mapped column is full of telephone numbers
    or the like.
    """
    _look_for_identity(batch, mapping)
    stretch = Stretch(batch, mapping, file, typed=typed, hashed=hashed)
    stretch.refusals.add_records(batch.refused)
    _refuse_empty_rows(stretch)
    # Codes that are not listed are counted over the rows that no other check refuses.
    for column in sorted(mapping.kind.mappable(), key=lambda column: column.reads == "disposal"):
        stretch.made.update(read_column(stretch, column))
    if mapping.kind.has("protected"):
        stretch.made.update(read_flags(stretch.given("kind"), stretch.values("text"), mapping))
    stretch.made["file"] = pa.repeat(file, stretch.rows)
    stretch.made["line"] = pa.array(batch.lines)
    stretch.made["content"] = _content(stretch)
    if batch.repaired:
        stretch.notes["lines that were not UTF-8, read as Windows-1252"] += batch.repaired
    stretch.notes.update(batch.left_out)
    refused = stretch.refusals.table(lambda at: kept_cells(stretch, at))
    return Accepted(_taken(stretch), refused, stretch.notes, stretch.unlisted)


def _taken(stretch: Stretch) -> pa.Table:
    schema = staged_schema(stretch.mapping)
    nothing = pa.nulls(stretch.rows)
    columns = {entry.name: stretch.made.get(entry.name, nothing).cast(entry.type) for entry in schema}
    taken = pa.table(columns, schema=schema)
    still_open = stretch.refusals.open
    return taken if still_open.all() else taken.filter(pa.array(still_open))


def _look_for_identity(batch: RowBatch, mapping: Mapping) -> None:
    for column in mapping.kind.mappable():
        if column.reads in _NOT_SEARCHED:
            continue
        for name in mapping.columns.get(column.name, ()):
            values = batch.columns[name]
            holds = identity_by_content(values, is_place=column.reads == "place")
            # An area of one address is a household.
            if not holds and column.reads in ("area", "cell") and street_addresses(values):
                holds = "street addresses"
            if (
                not holds
                and mapping.kind.contacts
                and column.reads in ("text", "code")
                and full_of_handles(values)
            ):
                holds = "handles or numbers of accounts"
            if holds and name not in mapping.allow:
                raise IdentityFound(name, holds)


def _refuse_empty_rows(stretch: Stretch) -> None:
    shown = stretch.given(stretch.mapping.kind.must_name()[0].name)
    maybe = np.flatnonzero(is_text(shown, ""))
    for values in stretch.batch.columns.values():
        if not len(maybe):
            return
        part = pc.utf8_trim_whitespace(values.take(pa.array(maybe)))
        maybe = maybe[is_text(part, "")]
    nothing = np.zeros(stretch.rows, dtype=bool)
    nothing[maybe] = True
    reason = "the row is empty in every column that the mapping reads; delete it at the source"
    stretch.refusals.refuse(nothing, None, shown, reason)


def _content(stretch: Stretch) -> pa.Array:
    """What a row's id is made from when the export gave none: everything the export said about it."""
    kind, made = stretch.mapping.kind, stretch.made
    without = made[kind.id].is_null()
    if not pc.any(without).as_py():
        return pa.nulls(stretch.rows, pa.string())
    times = kind.reading("time")
    names = sorted(name for name in stretch.mapping.columns if name != kind.id)
    parts = [
        made[name].cast(pa.int64()).cast(pa.string()) if name in times else made[name].cast(pa.string())
        for name in names
    ]
    if kind.contacts == "hashed":  # a key may be made anew, and the same row keeps its id
        texts = kind.reading("text")
        parts = [
            hashed_alike(part) if name in texts else part for name, part in zip(names, parts, strict=True)
        ]
    joined = pc.binary_join_element_wise(*parts, _DIGEST_GAP, null_handling="replace", null_replacement="")
    return pc.if_else(without, joined, None)

"""One stretch of rows on its way through the checks: what the export says, what is made, what is refused.

The invariant: a row is refused at most once, and nothing here takes a row away until all is made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.contact_ways import HASHED_HEAD
from lippen.signals.contacts import HANDLE, remove_contacts, replace_contacts
from lippen.signals.kinds import Column
from lippen.signals.mapping import Mapping
from lippen.signals.refusing import Refusals
from lippen.signals.rows import RowBatch, join_columns
from lippen.signals.times import TimeFormat, day_formats
from lippen.signals.zones import ZoneTable, zone_table

Mask = npt.NDArray[np.bool_]
Hashed = Callable[[str, str], str]
"""What gives the hash of a contact in a month (`2025-03`): `ContactKeys.hashed`."""

# What a reader that knows times from text writes: alone, or a cell with the day before one with the clock.
_TYPED = (TimeFormat("iso"), TimeFormat("%Y-%m-%d %* %H:%M:%S"))


class Stretch:
    """The rows of `batch` as a mapping names them.

    `made` holds the columns of the kind that are ready, by name; `refusals` the rows that are not taken;
    `notes` and `unlisted` count what was done to rows and the disposal codes that the mapping does not list.
    `typed` says that the reader knew times from text (Excel, Parquet), so that ISO is read beside the
    mapping's own formats. Without `hashed`, contacts are removed where they would be hashed.
    """

    def __init__(
        self, batch: RowBatch, mapping: Mapping, file: str, *, typed: bool, hashed: Hashed | None = None
    ) -> None:
        self.batch = batch
        self.mapping = mapping
        self.file = file
        self.rows = len(batch.lines)
        self.refusals = Refusals(file, batch.lines, without_contacts=bool(mapping.kind.contacts))
        self._hashed = hashed
        self.made: dict[str, pa.Array] = {}
        self.notes: Counter[str] = Counter()
        self.unlisted: Counter[str] = Counter()
        self.formats = tuple(dict.fromkeys((*mapping.formats, *(_TYPED if typed else ()))))

    @cached_property
    def day_formats(self) -> tuple[TimeFormat, ...]:
        """The ways in which a day may be written."""
        return day_formats(self.formats)

    @cached_property
    def zone(self) -> ZoneTable:
        """The clock of the export."""
        return zone_table(self.mapping.zone)

    def named(self, name: str) -> str:
        """What the export calls a column of the kind."""
        return " + ".join(self.mapping.columns[name])

    def parts(self, name: str) -> list[pa.StringArray]:
        """The trimmed text of each column of the export that makes a column of the kind.

        What the mapping lists as missing is empty text.
        """
        missing = self.mapping.missing.get(name)
        parts = [pc.utf8_trim_whitespace(self.batch.columns[part]) for part in self.mapping.columns[name]]
        if missing is None:
            return parts
        stand_for_nothing = pa.array(sorted(missing), pa.string())
        return [pc.if_else(pc.is_in(part, stand_for_nothing), "", part) for part in parts]

    def values(self, name: str) -> pa.StringArray | None:
        """The trimmed text of a column of the kind, joined where several make it; None if unmapped."""
        if name not in self.mapping.columns:
            return None
        parts = self.parts(name)
        joined = join_columns(parts, self.mapping.join.get(name, " "))
        return parts[0] if len(parts) == 1 else pc.utf8_trim_whitespace(joined)

    def given(self, name: str) -> pa.StringArray:
        """`values` of a column that the mapping must name."""
        values = self.values(name)
        assert values is not None  # noqa: S101 - parse_mapping refuses a mapping without it
        return values

    def without_contacts(self, values: pa.Array, *, hashed: bool = True) -> pa.Array:
        """Text with handles, numbers and links replaced as the kind wants it, and counted.

        They are hashed under the key of the month in which the row was posted, in rows that nothing was found
        wrong with so far; in others, and with `hashed` false, they are removed.
        """
        how = self.mapping.kind.contacts
        if not how:
            return values
        if how == "removed":
            values, held = remove_contacts(values, HANDLE)
            self.note_masks({"a handle or a link": held}, "texts")
            return values
        if not hashed or self._hashed is None:
            values, held = remove_contacts(values)
            if held:
                self.notes["texts with a contact, removed"] += held
            return values
        for month, rows in self._months():
            if month is None:
                part, _ = remove_contacts(values.filter(rows))
            else:
                part, held = replace_contacts(values.filter(rows), self._in_month(month))
                if held:
                    self.notes["texts with a contact, replaced by its hash of that month"] += held
            values = pc.replace_with_mask(values, rows, part)
        return values

    def _in_month(self, month: str) -> Callable[[str], str]:
        hashed = self._hashed
        assert hashed is not None  # noqa: S101 - asked before
        return lambda contact: f"{HASHED_HEAD}{hashed(month, contact)}]"

    def _months(self) -> list[tuple[str | None, pa.BooleanArray]]:
        """The months in which rows were posted, with where; None for rows that are refused."""
        months = pc.strftime(self.made["local_day"], format="%Y-%m")
        months = pc.if_else(pa.array(self.refusals.open), months, None)
        found = [
            (month, pc.equal(months, month).fill_null(False))
            for month in months.unique().drop_null().to_pylist()
        ]
        refused = months.is_null()
        return [*found, *([(None, refused)] if pc.any(refused).as_py() else [])]

    def refuse(self, mask: Mask, column: Column, values: pa.Array, reason: str) -> None:
        """Refuse the rows of `mask` for what stands in a column of the kind."""
        self.refusals.refuse(mask, self.named(column.name), values, reason)

    def refuse_empty(self, column: Column, values: pa.StringArray, reason: str) -> None:
        """Refuse rows with nothing in a column that may not be empty."""
        if column.required:
            self.refuse(is_text(values, ""), column, values, f"{reason}; complete it at the source")

    def note_masks(self, counts: dict[str, int], where: str) -> None:
        """Count masked texts by what was masked in them."""
        for says, count in counts.items():
            if count:
                self.notes[f"{where} with {says}, masked"] += count

    def note_masked_codes(self, name: str, given: pa.StringArray, masked: pa.StringArray) -> None:
        """Count codes that a mask changed."""
        changed = pc.sum(pc.not_equal(given, masked)).as_py()
        if changed:
            named = self.named(name)
            self.notes[f"values of {named!r} with a telephone number or the like, masked"] += changed


def is_text(values: pa.StringArray, text: str) -> Mask:
    """Where a column holds exactly this text."""
    return flags(pc.equal(values, text))


def flags(mask: pa.BooleanArray) -> Mask:
    """As numpy knows it; Arrow gives an empty one as objects."""
    return np.asarray(mask.to_numpy(zero_copy_only=False), dtype=np.bool_)


def null_if_empty(values: pa.Array) -> pa.Array:
    """A column of text with null where it is empty."""
    return pc.if_else(pc.equal(values, ""), None, values)

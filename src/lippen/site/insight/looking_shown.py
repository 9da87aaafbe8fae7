"""What a look at an export shows of its rows: nothing that identifies anybody."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals import Kind, Mapping
from lippen.signals.accept import Accepted
from lippen.signals.contacts import remove_contacts
from lippen.signals.identity import mask_value, mask_values, street_addresses
from lippen.signals.places import cut_to_block
from lippen.signals.rows import RowBatch

SHOWN: Final = 5
_WIDE: Final = 120
_BETWEEN: Final = " · "
"""Stands between the columns of words of one row, in the sample that somebody reads."""


def shown(values: pa.Array, kind: Kind) -> list[str]:
    """The first different values of a column, as a page may show them."""
    if street_addresses(values):
        values = cut_to_block(values)
    filled = [one for one in values.slice(0, 2_000).to_pylist() if one]
    first = [_without_contacts(one, kind) for one in list(dict.fromkeys(filled))[:SHOWN]]
    return [one[:_WIDE] for one in mask_values(first)]


def _without_contacts(value: str, kind: Kind) -> str:
    """A value as a page may show it, where people write how to reach them in texts of its kind."""
    if not kind.contacts:
        return value
    without: str = remove_contacts(pa.array([value]))[0][0].as_py()
    return without


def first_rows(batch: RowBatch, outcome: Accepted, mapping: Mapping, most: int) -> list[dict[str, Any]]:
    """The first rows that would be taken: of each column what the export says, and what would be stored."""
    rows = []
    at = {line: place for place, line in enumerate(batch.lines.tolist())}
    for row in outcome.taken.slice(0, most).to_pylist():
        place = at[row["line"]]
        before = {
            ours: _as_given(
                " + ".join(batch.columns[name][place].as_py() or "" for name in names), ours, mapping.kind
            )
            for ours, names in mapping.columns.items()
        }
        after = {
            ours: str(value)[:_WIDE]
            for ours, value in row.items()
            if value is not None and ours not in ("place_key", "content", "file")
        }
        rows.append({"line": row["line"], "before": before, "after": after})
    return rows


def _as_given(value: str, ours: str, kind: Kind) -> str:
    shown = cut_to_block(pa.array([value]))[0].as_py() if ours == "place" else value
    return mask_value(_without_contacts(shown, kind))[:_WIDE]


def together(columns: list[pa.Array]) -> pa.Array:
    """All that each row says in words, a column after another; of rows that say nothing, nothing."""
    joined = pc.binary_join_element_wise(*columns, _BETWEEN, null_handling="skip")
    return joined.filter(pc.not_equal(joined, ""))

"""The cells of a refused row, as far as they may be kept: so that a person can put one right and have it
read.

They are kept as the accepted ones are: house numbers cut to the block, coordinates to a thousandth of a
degree, telephone numbers and the like masked, contacts removed where their kind has any taken out, and
nothing of what is personal. What only looks like a number
of somebody (a control room's running numbers, a time) is kept as it was given.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.contacts import REMOVED, holds_account, remove_contacts
from lippen.signals.identity import in_running_order, mask_identity
from lippen.signals.places import cut_to_block
from lippen.signals.stretch import Stretch
from lippen.signals.times import NO_FORMAT, read_times

LONGEST_CELL = 20_000
"""How many characters of a cell are kept; no text that somebody puts right by hand is longer."""

_DIGITS = r"([.,]\d{3})\d+"


def kept_cells(stretch: Stretch, at: Any) -> pa.Array:
    """For each row of `at` (places in the stretch), its mapped cells as one JSON object of the export's
    names.
    """
    cells: dict[str, pa.Array] = {}
    where = pa.array(at, pa.int64())
    for column in stretch.mapping.kind.mappable():
        if column.reads == "personal":
            continue
        for name in stretch.mapping.columns.get(column.name, ()):
            given = cells[name] if name in cells else stretch.batch.columns[name].take(where).fill_null("")
            cells[name] = _kept(stretch, column.reads, name, where, given)
    texts = {name: values.to_pylist() for name, values in cells.items()}
    rows = [
        json.dumps({name: values[place][:LONGEST_CELL] for name, values in texts.items()}, ensure_ascii=False)
        for place in range(len(at))
    ]
    return pa.array(rows, pa.string())


def _kept(stretch: Stretch, reads: str, name: str, where: pa.Array, given: pa.Array) -> pa.Array:
    if stretch.mapping.kind.contacts and reads != "id":
        given = _without_contacts(stretch, reads, given)
    elif stretch.mapping.kind.contacts:
        given = pc.if_else(holds_account(given), REMOVED, given)
    if reads in ("lat", "lon"):
        return mask_identity(pc.replace_substring_regex(given, _DIGITS, r"\1"))[0]
    if reads == "place":
        given = cut_to_block(given)
    masked, counts = mask_identity(given)
    if not counts:
        return given
    if reads in ("time", "day"):
        return pc.if_else(_is_time(stretch, reads, given), given, masked)
    if reads == "id":
        return pc.if_else(in_running_order(stretch.batch.columns[name]).take(where), given, masked)
    return masked


def _without_contacts(stretch: Stretch, reads: str, given: pa.Array) -> pa.Array:
    removed, held = remove_contacts(given)
    if held and reads in ("time", "day"):
        return pc.if_else(_is_time(stretch, reads, given), given, removed)
    return removed


def _is_time(stretch: Stretch, reads: str, given: pa.Array) -> pa.BooleanArray:
    formats = stretch.formats if reads == "time" else stretch.day_formats
    times = read_times(pc.utf8_trim_whitespace(given), formats, stretch.zone)
    return pa.array(np.asarray(times.problem != NO_FORMAT))

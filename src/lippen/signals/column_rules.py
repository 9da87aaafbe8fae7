"""How each column of a kind is made of the export's text, by the word under `reads` in its schema file.

The invariant: a rule looks at whole columns, refuses what it cannot read safely, and says so of each row;
what it gives back is as long as the stretch, whatever was refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.codes import masked_codes, read_outcomes
from lippen.signals.contacts import holds_account
from lippen.signals.coordinates import check_coordinates
from lippen.signals.folding import without_unseen
from lippen.signals.identity import (
    dialled_within,
    in_running_order,
    looks_like_a_contact,
    mask_identity,
    of_one_shape,
)
from lippen.signals.kinds import Column
from lippen.signals.numbers import read_decimals, read_wholes, read_yes_or_no
from lippen.signals.places import cell_names, cut_to_block, place_key
from lippen.signals.rows import join_columns
from lippen.signals.stretch import Stretch, flags, null_if_empty
from lippen.signals.times import DAY_REASONS, EMPTY, FINE, REASONS, SKIPPED_HOUR, read_times
from lippen.signals.zones import Micros

Made = dict[str, pa.Array]

_DAY = 86_400_000_000
_FAST = 600_000_000
"""Ten minutes, by which the clock of a source may be fast, within its day."""
_LONGEST_ID = 200
_STRAYED = 0.2


def read_column(stretch: Stretch, column: Column) -> Made:
    """The column, and what is worked out along with it, for every row of the stretch."""
    values = stretch.values(column.name)
    if values is None:
        return _UNNAMED.get(column.reads, _nothing)(stretch, column)
    return _RULES[column.reads](stretch, column, values)


def _nothing(stretch: Stretch, column: Column) -> Made:
    return {column.name: pa.nulls(stretch.rows)}


# -- text ----------------------------------------------------------------------------------------------------


def _id(stretch: Stretch, column: Column, values: pa.StringArray) -> Made:
    long = flags(pc.greater(pc.binary_length(values), _LONGEST_ID))
    reason = f"the id is longer than {_LONGEST_ID} bytes; name the column with the short one in the mapping"
    stretch.refuse(long, column, values, reason)
    # Everything else is masked, but an id is kept as it is: one that is a telephone number stays out.
    contact = flags(looks_like_a_contact(values))
    allowed = all(name in stretch.mapping.allow for name in stretch.mapping.columns[column.name])
    # A control room's running numbers are no telephone numbers; what else stands among them may be one.
    in_turn = flags(in_running_order(values))
    contact &= ~in_turn
    if contact.any() and not allowed:
        reason = (
            "the id looks like a telephone number or an e-mail address, which may be the caller's; "
            "correct it at the source, or say under [allow] why it is none"
        )
        stretch.refuse(contact, column, values, reason)
    if not allowed and not in_turn.all():
        inside = flags(dialled_within(values))
        masked, _ = mask_identity(values)
        changed = flags(pc.not_equal(masked, values))
        # Where many ids only look like numbers of people, that is the shape of the ids.
        if changed.sum() <= _STRAYED * stretch.rows:
            inside = inside | (changed & ~flags(of_one_shape(values)))
        reason = (
            "the id holds what looks like a telephone number or the like, which may be the caller's; "
            "correct it at the source, or say under [allow] why it is none"
        )
        stretch.refuse(inside & ~in_turn, column, values, reason)
    if stretch.mapping.kind.contacts and not allowed:
        reason = (
            "the id holds a handle or a link to an account; name a column of ids that lead to nobody in the "
            "mapping, or none, and each row gets an id from its content"
        )
        stretch.refuse(flags(holds_account(values)), column, values, reason)
    return {column.name: null_if_empty(values)}


def _code(stretch: Stretch, column: Column, values: pa.StringArray) -> Made:
    values = pc.utf8_trim_whitespace(without_unseen(values))
    stretch.refuse_empty(column, values, f"the row names no {column.words}")
    masked = masked_codes(stretch.without_contacts(values, hashed=False))
    stretch.note_masked_codes(column.name, values, masked)
    return {column.name: null_if_empty(masked)}


def _text(stretch: Stretch, column: Column, values: pa.StringArray) -> Made:
    values = pc.utf8_trim_whitespace(without_unseen(values))
    stretch.refuse_empty(column, values, f"there is no {column.words}")
    hashed = stretch.mapping.kind.contacts == "hashed"
    # A hash stands for numbers too, and a mark would hide which; what is removed is masked first, so that a
    # telephone number stays known for one.
    masked, counts = mask_identity(stretch.without_contacts(values) if hashed else values)
    stretch.note_masks(counts, "texts")
    return {column.name: null_if_empty(masked if hashed else stretch.without_contacts(masked))}


def _personal(stretch: Stretch, column: Column, values: pa.StringArray) -> Made:
    stretch.refuse_empty(column, values, f"there is no {column.words}")
    return {column.name: null_if_empty(values)}


def _disposal(stretch: Stretch, column: Column, _: pa.StringArray) -> Made:
    codes = stretch.parts(column.name)
    disposal, outcome, unlisted = read_outcomes(codes, stretch.mapping, stretch.refusals.open)
    stretch.unlisted += unlisted
    stretch.note_masked_codes(column.name, join_columns(codes, " | "), disposal)
    return {column.name: null_if_empty(disposal), "outcome": outcome}


def _no_disposal(stretch: Stretch, column: Column) -> Made:
    return {
        **_nothing(stretch, column),
        "outcome": pa.repeat(stretch.mapping.default_outcome, stretch.rows),
    }


# -- where ---------------------------------------------------------------------------------------------------


def _lat(stretch: Stretch, column: Column, values: pa.StringArray) -> Made:
    """Latitude and longitude, which are only right or wrong together."""
    lat, lon = check_coordinates(values, stretch.given("lon"), stretch.mapping, stretch.refusals)
    return {column.name: pa.array(lat, from_pandas=True), "lon": pa.array(lon, from_pandas=True)}


def _lon(stretch: Stretch, column: Column, _: pa.StringArray) -> Made:
    return {column.name: stretch.made[column.name]}


def _place(stretch: Stretch, column: Column, values: pa.StringArray) -> Made:
    coded = values.dictionary_encode()
    block, counts = mask_identity(cut_to_block(coded.dictionary))
    stretch.note_masks(counts, "places")
    keys = pa.array([place_key(place) for place in block.to_pylist()], pa.string())
    return {
        column.name: null_if_empty(block.take(coded.indices)),
        "place_key": null_if_empty(keys.take(coded.indices)),
    }


def _no_cell(stretch: Stretch, column: Column) -> Made:
    """The cell that stands for a small area, where no column of the export holds one."""
    lat, lon = (
        stretch.made[name].cast(pa.float64()).to_numpy(zero_copy_only=False) for name in ("lat", "lon")
    )
    given = ~np.isnan(lat)
    cells = cell_names(np.where(given, lat, 0.0), np.where(given, lon, 0.0), stretch.mapping.grid_km)
    return {column.name: pc.if_else(pa.array(given), cells, None)}


# -- when ----------------------------------------------------------------------------------------------------


def _time(stretch: Stretch, column: Column, values: pa.StringArray) -> Made:
    times = read_times(values, stretch.formats, stretch.zone)
    for problem, reason in REASONS.items():
        if problem != EMPTY or column.required:
            stretch.refuse(times.problem == problem, column, values, reason)
    doubled = int((times.doubled & stretch.refusals.open).sum())
    if doubled:
        stretch.notes["times in the hour that occurs twice, taken as the first"] += doubled
    fine = times.problem == FINE
    made = {column.name: pa.array(times.utc, mask=~fine).cast(pa.timestamp("us"))}
    if column.name == stretch.mapping.kind.when:
        days = times.local // _DAY
        _refuse_out_of_bounds(stretch, column, values, days, fine)
        _refuse_to_come(stretch, column, values, times.utc, fine)
        made["local_day"] = pa.array(days.astype(np.int32)).cast(pa.date32())
        made["local_hour"] = pa.array((times.local % _DAY // 3_600_000_000).astype(np.int16))
    return made


def _day(stretch: Stretch, column: Column, values: pa.StringArray) -> Made:
    # Many rows, few days: each spelling is read once.
    coded = values.dictionary_encode()
    times = read_times(coded.dictionary, stretch.day_formats, stretch.zone)
    # The clocks may go forward over midnight, which takes nothing from the day.
    read = np.where(times.problem == SKIPPED_HOUR, FINE, times.problem)
    at = coded.indices.to_numpy()
    problem, days = read[at], (times.local // _DAY)[at]
    for sort, reason in DAY_REASONS.items():
        if sort != EMPTY or column.required:
            stretch.refuse(problem == sort, column, values, reason)
    fine = problem == FINE
    if column.name == stretch.mapping.kind.when:
        _refuse_out_of_bounds(stretch, column, values, days, fine)
    return {column.name: pa.array(days.astype(np.int32), mask=~fine).cast(pa.date32())}


def _refuse_out_of_bounds(
    stretch: Stretch, column: Column, values: pa.StringArray, days: Micros, fine: Any
) -> None:
    mapping = stretch.mapping
    first = (mapping.earliest - dt.date(1970, 1, 1)).days
    reason = f"the day is before {mapping.earliest}; if it is right, set [times] earliest"
    stretch.refuse((days < first) & fine, column, values, reason)
    # A day has come where it is today by the source's own clock, which may be ahead of ours by most of a day.
    today = int(stretch.zone.to_local(np.array([_now()]))[0]) // _DAY
    reason = "the day lies in the future; correct it, or check the zone and the order of day and month"
    stretch.refuse((days > today) & fine, column, values, reason)
    if mapping.latest is not None:
        reason = f"the day is after {mapping.latest}; if it is right, set [times] latest"
        stretch.refuse((days > (mapping.latest - dt.date(1970, 1, 1)).days) & fine, column, values, reason)


def _refuse_to_come(stretch: Stretch, column: Column, values: pa.StringArray, utc: Micros, fine: Any) -> None:
    reason = "the time lies in the future; correct it, or check the zone"
    stretch.refuse((utc > _now() + _FAST) & fine, column, values, reason)


def _now() -> int:
    return int(dt.datetime.now(dt.UTC).timestamp() * 1_000_000)


# -- how much ------------------------------------------------------------------------------------------------


def _decimal(stretch: Stretch, column: Column, values: pa.StringArray) -> Made:
    stretch.refuse_empty(column, values, f"there is no {column.words}")
    comma = stretch.mapping.decimal_comma
    numbers, bad = read_decimals(values, comma=comma, pounds=column.unit == "GBP")
    if not comma:
        reason = (
            f"the {column.words} has a comma; where it stands for the decimal point, "
            "set decimal_comma = true under [numbers] in the mapping, else write the number without it"
        )
        stretch.refuse(bad & flags(pc.match_substring(values, ",")), column, values, reason)
    reason = f"the {column.words} is not a plain number like {column.example}; correct it at the source"
    stretch.refuse(bad, column, values, f"{reason}, or list it under [missing] if it stands for nothing")
    if not column.negative:
        reason = f"the {column.words} is below nought; correct it at the source, or leave the cell empty"
        stretch.refuse(flags(pc.less(numbers, 0).fill_null(False)), column, values, reason)
    return {column.name: numbers}


def _whole(stretch: Stretch, column: Column, values: pa.StringArray) -> Made:
    stretch.refuse_empty(column, values, f"there is no {column.words}")
    numbers, bad = read_wholes(values, column.least, column.most)
    reason = (
        f"the {column.words} is not a whole number from {column.least} to {column.most:,}; "
        "correct it at the source, or list it under [missing] if it stands for nothing"
    )
    stretch.refuse(bad, column, values, reason)
    return {column.name: numbers}


def _yes_no(stretch: Stretch, column: Column, values: pa.StringArray) -> Made:
    stretch.refuse_empty(column, values, f"the row does not say yes or no to {column.words}")
    meant, bad = read_yes_or_no(values)
    reason = (
        f"what stands for {column.words} is neither yes nor no; "
        "correct it at the source, or list it under [missing] if it stands for nothing"
    )
    stretch.refuse(bad, column, values, reason)
    return {column.name: meant}


_RULES: dict[str, Callable[[Stretch, Column, pa.StringArray], Made]] = {
    "id": _id,
    "code": _code,
    "area": _code,
    "cell": _code,
    "text": _text,
    "personal": _personal,
    "disposal": _disposal,
    "lat": _lat,
    "lon": _lon,
    "place": _place,
    "time": _time,
    "day": _day,
    "decimal": _decimal,
    "whole": _whole,
    "yes_no": _yes_no,
}
_UNNAMED: dict[str, Callable[[Stretch, Column], Made]] = {"disposal": _no_disposal, "cell": _no_cell}

"""Cells that hold what cannot be: days and times, empty cells and words for numbers, points on the globe."""

from __future__ import annotations

import numpy as np

from lippen.sandbox.dirt.clocks import Written, last_change, read_cell
from lippen.sandbox.dirt.records import Field
from lippen.sandbox.dirt.row import Dirty, Row, one_of, telephone
from lippen.signals.mapping import Box

_FUTURE, _PAST = 2068, 1970  # what two digits for a year can still say
_GLOBE = Box(-90.0, -180.0, 90.0, 180.0)

# -- when ----------------------------------------------------------------------------------------------------


def _read(row: Row, field: Field | None) -> Written | None:
    if field is None or not row.cell(field):
        return None
    return read_cell(row.cell(field), row.layout.mapping, day=field.column.reads == "day")


def no_such_day(row: Row, rng: np.random.Generator) -> Dirty | None:
    """30 February, in any cell with a time or a day."""
    field = one_of(row.filled("time", "day"), rng)
    found = _read(row, field)
    value = found and found.instead(found.clock.year, 2, 30)
    return row.instead(field, value) if field and value else None


def _changed_clocks(row: Row, rng: np.random.Generator, *, forward: bool) -> Dirty | None:
    field = one_of(row.filled("time"), rng)
    found = _read(row, field)
    if field is None or found is None or not found.has_clock:
        return None
    mapping = row.layout.mapping
    clock = last_change(mapping.zone, found.clock, forward=forward)
    if clock is None or clock.date() < mapping.earliest:
        return None
    value = found.instead(clock.year, clock.month, clock.day, clock.hour, clock.minute)
    return row.instead(field, value) if value else None


def skipped_hour(row: Row, rng: np.random.Generator) -> Dirty | None:
    """A time in the hour that the clocks went forward over."""
    return _changed_clocks(row, rng, forward=True)


def doubled_hour(row: Row, rng: np.random.Generator) -> Dirty | None:
    """A time in the hour that the clocks went through twice, before the row's own time."""
    return _changed_clocks(row, rng, forward=False)


def words_for_a_time(row: Row, rng: np.random.Generator) -> Dirty | None:
    """Words where a time or a day belongs."""
    field = one_of(row.filled("time", "day"), rng)
    words = ["not known", "about teatime", "see the day book", "yesterday"]
    return row.instead(field, words[int(rng.integers(len(words)))]) if field else None


def _far_off(row: Row, year: int) -> Dirty | None:
    field = row.layout.named(row.layout.kind.when)
    found = _read(row, field)
    value = found and found.instead(year, 6, 1)
    return row.instead(field, value) if field and value else None


def far_future(row: Row, _: np.random.Generator) -> Dirty | None:
    """A day after the latest that the mapping takes."""
    latest = row.layout.mapping.latest
    return _far_off(row, max(_FUTURE, latest.year + 1 if latest else 0))


def far_past(row: Row, _: np.random.Generator) -> Dirty | None:
    """A day before the earliest that the mapping takes."""
    return _far_off(row, min(_PAST, row.layout.mapping.earliest.year - 1))


# -- what and how much ---------------------------------------------------------------------------------------


def empty_cell(row: Row, rng: np.random.Generator) -> Dirty | None:
    """Nothing in a cell that may not be empty."""
    required = [field for field in row.layout.fields if field.column in row.layout.kind.must_name()]
    field = one_of([field for field in required if row.cell(field)], rng)
    return row.instead(field, "") if field else None


def no_number(row: Row, rng: np.random.Generator) -> Dirty | None:
    """Words where a number belongs."""
    field = one_of(row.filled("decimal", "whole", "lat", "lon"), rng)
    return row.instead(field, "a good few") if field else None


def neither_yes_nor_no(row: Row, rng: np.random.Generator) -> Dirty | None:
    """A word that is neither yes nor no."""
    field = one_of(row.filled("yes_no"), rng)
    return row.instead(field, "perhaps") if field else None


def telephone_for_id(row: Row, rng: np.random.Generator) -> Dirty | None:
    """A telephone number where the id belongs."""
    field = row.layout.named(row.layout.kind.id)
    if field is None or field.header in row.layout.mapping.allow:
        return None
    return row.instead(field, telephone(rng))


# -- where ---------------------------------------------------------------------------------------------------


def _point(row: Row) -> tuple[Field, Field, float, float] | None:
    """Where latitude and longitude stand, and what they are; None where they are not both given."""
    lat, lon = row.layout.named("lat"), row.layout.named("lon")
    mapping = row.layout.mapping
    if lat is None or lon is None:
        return None
    texts = row.cell(lat), row.cell(lon)
    if any(text in mapping.missing_coordinates for text in texts):
        return None
    try:
        south, west = (float(text.replace(",", ".") if mapping.decimal_comma else text) for text in texts)
    except ValueError:
        return None
    return (lat, lon, south, west) if south and west else None


def _placed(row: Row, lat: tuple[Field, str], lon: tuple[Field, str]) -> Dirty:
    cells = [*row.cells]
    for field, text in (lat, lon):
        cells[field.at] = text
    return Dirty(row.written(cells), lat[0].header)


def swapped(row: Row, _: np.random.Generator) -> Dirty | None:
    """Latitude and longitude in each other's place, where that is a place nobody can mean."""
    found = _point(row)
    if found is None:
        return None
    lat, lon, degrees_lat, degrees_lon = found
    box = row.layout.mapping.box or _GLOBE
    if box.south <= degrees_lon <= box.north and box.west <= degrees_lat <= box.east:
        return None  # swapped it is a place that may be meant
    return _placed(row, (lat, row.cell(lon)), (lon, row.cell(lat)))


def outside(row: Row, _: np.random.Generator) -> Dirty | None:
    """A latitude beyond the mapping's box."""
    found = _point(row)
    if found is None:
        return None
    mapping = row.layout.mapping
    box = mapping.box or _GLOBE
    degrees = next((one for one in (box.north + 3.5, box.south - 3.5, 95.25) if 0 < abs(one) <= 90), 95.25)
    text = f"{degrees:.4f}".replace(".", "," if mapping.decimal_comma else ".")
    return _placed(row, (found[0], text), (found[1], row.cell(found[1])))


def half(row: Row, _: np.random.Generator) -> Dirty | None:
    """A longitude without its latitude."""
    found = _point(row)
    return row.instead(found[0], "") if found else None

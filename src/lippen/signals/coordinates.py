"""Latitude and longitude: read as degrees, and refused where they are half, swapped or outside the box."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.mapping import Mapping
from lippen.signals.places import DECIMALS
from lippen.signals.refusing import Refusals

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_NUMBER = r"^[+-]?\d{1,3}(?:\.\d{0,30})?(?:[eE]-?\d{1,2})?$"
_NOT_DEGREES = (
    "the coordinate is not a number of degrees; if it stands for nothing, list it under [places] missing"
)
_COMMA = r"^[+-]?\d{1,3},\d+$"
_HAS_COMMA = "the coordinate has a decimal comma; set decimal_comma = true under [numbers] in the mapping"
_HALF = (
    "one of latitude and longitude is missing; complete it at the source, "
    "or list what stands there under [places] missing"
)
_SWAPPED = "latitude and longitude look swapped; swap them in the mapping"


def read_degrees(values: pa.StringArray, decimal_comma: bool) -> tuple[Floats, Mask, Mask]:
    """Degrees as floats (NaN for none), where nothing stands, and where what stands there is no number."""
    text = pc.utf8_trim_whitespace(values)
    if decimal_comma:
        text = pc.replace_substring(text, ",", ".")
    empty: Mask = pc.equal(text, "").to_numpy(zero_copy_only=False)
    number = pc.match_substring_regex(text, _NUMBER)
    degrees: Floats = (
        pc.if_else(number, pc.utf8_ltrim(text, "+"), "nan").cast(pa.float64()).to_numpy(zero_copy_only=False)
    )
    return degrees, empty, ~empty & ~number.to_numpy(zero_copy_only=False)


def check_coordinates(
    lat_text: pa.StringArray, lon_text: pa.StringArray, mapping: Mapping, refusals: Refusals
) -> tuple[Floats, Floats]:
    """Latitude and longitude of each row, rounded to DECIMALS, NaN where the export gave none.

    What stands for nothing (`[places] missing`) is compared as text and as a number: 0 is also 0.000000.
    """
    (lat, no_lat, bad_lat), (lon, no_lon, bad_lon) = (
        _without_missing(text, mapping) for text in (lat_text, lon_text)
    )
    lat_name, lon_name = (" + ".join(mapping.columns[name]) for name in ("lat", "lon"))
    for bad, name, text in ((bad_lat, lat_name, lat_text), (bad_lon, lon_name, lon_text)):
        comma = pc.match_substring_regex(pc.utf8_trim_whitespace(text), _COMMA)
        refusals.refuse(bad & comma.to_numpy(zero_copy_only=False), name, text, _HAS_COMMA)
        refusals.refuse(bad, name, text, _NOT_DEGREES)
    box = mapping.box
    south, north = (box.south, box.north) if box else (-90.0, 90.0)
    west, east = (box.west, box.east) if box else (-180.0, 180.0)
    inside = (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)
    if box:
        # A zero beside a real coordinate is the equator or Greenwich, where the box takes those in.
        real = inside & (no_lat != no_lon) & ((lat == 0) | (lon == 0))
        no_lat, no_lon = no_lat & ~real, no_lon & ~real
    refusals.refuse(no_lat & ~no_lon, lat_name, lat_text, _HALF)
    refusals.refuse(no_lon & ~no_lat, lon_name, lon_text, _HALF)
    given = ~no_lat & ~no_lon & ~np.isnan(lat) & ~np.isnan(lon)
    swapped = (lon >= south) & (lon <= north) & (lat >= west) & (lat <= east)
    both, name = pc.binary_join_element_wise(lat_text, lon_text, ", "), f"{lat_name}, {lon_name}"
    refusals.refuse(given & ~inside & swapped, name, both, _SWAPPED)
    where = "the mapping's box; widen [places] box" if box else "the globe; check that they are degrees"
    refusals.refuse(
        given & ~inside,
        name,
        both,
        f"the coordinates lie outside {where}, or list them under [places] missing",
    )
    lat, lon = np.where(given, lat, np.nan), np.where(given, lon, np.nan)
    return np.round(lat, DECIMALS), np.round(lon, DECIMALS)


def _without_missing(values: pa.StringArray, mapping: Mapping) -> tuple[Floats, Any, Any]:
    degrees, empty, bad = read_degrees(values, mapping.decimal_comma)
    words = pa.array(sorted(mapping.missing_coordinates), pa.string())
    numbers, _, no_number = read_degrees(words, mapping.decimal_comma)
    listed = pc.is_in(pc.utf8_trim_whitespace(values), words).to_numpy(zero_copy_only=False)
    listed |= np.isin(degrees, numbers[~no_number & ~np.isnan(numbers)])
    return degrees, empty | listed, bad & ~listed

"""Numbers and yes or no, read from whole columns of text; what is not plainly one is never guessed at."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]

MOST = 1e12
"""No decimal is as large as this: what is was a reference or a telephone number."""

_DECIMAL = r"^[+-]?(?:\d{1,13}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,2})?$"
_WHOLE = r"^\d{1,10}(?:\.0+)?$"
# No arrays yet: with the first one pyarrow loads pandas, and most processes of a site never read a value.
_YES = ("yes", "y", "true", "1", "1.0")
_NO = ("no", "n", "false", "0", "0.0")


def read_decimals(values: pa.StringArray, *, comma: bool, pounds: bool) -> tuple[pa.Array, Mask]:
    """Trimmed text as float64 (null for none), and where text that is not empty is no number below MOST.

    `comma` takes a comma for the decimal point, `pounds` lets a pound sign stand before the number.
    """
    text = pc.utf8_trim(values, "£ ") if pounds else values
    if comma:
        text = pc.replace_substring(text, ",", ".")
    shaped = pc.match_substring_regex(text, _DECIMAL)
    numbers = pc.if_else(shaped, pc.ascii_ltrim(text, "+"), None).cast(pa.float64())
    fits = pc.less(pc.abs(numbers), MOST).fill_null(False)
    return pc.if_else(fits, numbers, None), _neither(fits, values)


def read_wholes(values: pa.StringArray, least: int, most: int) -> tuple[pa.Array, Mask]:
    """Trimmed text as int32 (null for none), and where text that is not empty is no such number.

    A point with noughts behind it is passed over: a spreadsheet adds it without asking.
    """
    shaped = pc.match_substring_regex(values, _WHOLE)
    whole = pc.replace_substring_regex(values, r"\..*$", "")
    numbers = pc.if_else(shaped, whole, None).cast(pa.int64())
    fits = pc.and_(pc.greater_equal(numbers, least), pc.less_equal(numbers, most)).fill_null(False)
    return pc.if_else(fits, numbers, None).cast(pa.int32()), _neither(fits, values)


def read_yes_or_no(values: pa.StringArray) -> tuple[pa.Array, Mask]:
    """Trimmed text as yes (true) or no (null for none), and where text that is not empty is neither."""
    coded = values.dictionary_encode()
    lower = pc.utf8_lower(coded.dictionary)
    yes, no = pc.is_in(lower, pa.array(_YES)), pc.is_in(lower, pa.array(_NO))
    known = pc.or_(yes, no)
    meant = pc.if_else(known, yes, None)
    return meant.take(coded.indices), _neither(known.take(coded.indices), values)


def _neither(fits: pa.BooleanArray, values: pa.StringArray) -> Mask:
    bad = pc.and_not(pc.not_equal(values, ""), fits)
    return np.asarray(bad.to_numpy(zero_copy_only=False), dtype=np.bool_)

"""Comparing result tables: what must be equal, and how equal floats must be."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa

TOLERANCE = 1e-9
"""Engines add floats in different orders; more than this apart is a different answer."""


def assert_same_table(left: pa.Table, right: pa.Table, order_by: list[str] | None = None) -> None:
    """Same columns and types, same rows in the same order (of `order_by`, if given), floats at 1e-9."""
    assert left.schema.names == right.schema.names
    assert left.schema.types == right.schema.types
    assert left.num_rows == right.num_rows
    if order_by:
        keys = [(name, "ascending") for name in order_by]
        left, right = left.sort_by(keys), right.sort_by(keys)
    for name in left.schema.names:
        for row, (a, b) in enumerate(zip(left[name].to_pylist(), right[name].to_pylist(), strict=True)):
            assert _same(a, b), f"column {name}, row {row}: {a!r} is not {b!r}"


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE) or (math.isnan(a) and math.isnan(b))
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    return bool(a == b)

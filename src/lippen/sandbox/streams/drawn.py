"""What a stream gives: rows as a partner exports them, and what is true of them, apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lippen.sandbox.chance import Ints


@dataclass(frozen=True)
class Drawn:
    """One stream of one burgh: `kind` of signal, `rows` with the export's own headers in the order in which
    they were written down, and `truth` tables by name, whose ids are those of the rows."""

    kind: str
    rows: pa.Table
    truth: dict[str, pa.Table]


def running_numbers(burgh: int, rows: int, first: int = 1) -> Ints:
    """Ids as a clerk gives them: one after the other, in the order of writing down. They tell nothing
    else.
    """
    return (burgh + 1) * 1_000_000 + first + np.arange(rows, dtype=np.int64)


def gathered(values: pa.Array, index: Ints) -> pa.DictionaryArray:
    """Values by index; null values stay null. In the dictionary none stands twice: Parquet writes one with
    repeats in bytes that vary."""
    distinct = pc.dictionary_encode(values)
    codes = distinct.indices.take(pa.array(index.astype(np.int32)))
    return pa.DictionaryArray.from_arrays(codes, distinct.dictionary)


def coded(names: tuple[str, ...] | list[str], index: NDArray[Any]) -> pa.DictionaryArray:
    """Texts by their index in `names`, which may hold one twice; -1 is empty."""
    different, where = _different(tuple(names))
    index = index.astype(np.int32)
    empty = index < 0 if index.min(initial=0) < 0 else None
    codes = pa.array(index if where is None else where[index], mask=empty)
    return pa.DictionaryArray.from_arrays(codes, different, safe=False)


@lru_cache(maxsize=512)
def _different(names: tuple[str, ...]) -> tuple[pa.Array, NDArray[np.int32] | None]:
    """The different names, and where each of `names` stands among them unless all are different."""
    first: dict[str, int] = {}
    for name in names:
        first.setdefault(name, len(first))
    where = None if len(first) == len(names) else np.array([first[name] for name in names], dtype=np.int32)
    return pa.array(list(first), pa.string()), where

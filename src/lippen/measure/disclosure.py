"""The disclosure gate: which counts leave, so that nobody can work out those that do not.

The usual way suppresses small cells, and then further cells so that the small ones do not follow from row
and column totals; and whoever may choose filters asks for two totals that differ by one small cell, and
subtracts (Willenborg and de Waal 2001, *Elements of Statistical Disclosure Control*, ch. 4 and 6).

Here one table of cells is made, once, and small cells are not in it. Whatever is asked afterwards, under any
filter, is a sum of cells in it. Two towns that differ only in counts below the threshold therefore give the
same answer to every question, so that no question, and no number of them, tells the two apart. That is the
whole proof, and the property that the tests hold it to. The price: a total is "at least", because it leaves
out what the small cells hold.

A cell that nothing fell into is treated as a small one: to say "none" would tell that nobody called.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

LEAST_SHOWN: Final = 5
"""The smallest count that is told (design, promise 8)."""


@dataclass(frozen=True)
class Total:
    """A sum over cells that are told. `at_least` is null where every cell asked for is below the threshold;
    `cells` is how many were summed.
    """

    at_least: int | None
    cells: int


def published_cells(counts: pa.Table, by: Sequence[str], count: str, least: int = LEAST_SHOWN) -> pa.Table:
    """The cells that may be told, sorted by `by`: columns `by` and `count`, every count `least` or more.

    `counts` has the columns `by` and `count` (whole numbers); rows of one cell are added up first, and a row
    that lacks a value of `by` belongs to no cell. Raises ValueError for a `least` below 2: then a cell of one
    person would be told.
    """
    if least < 2:
        raise ValueError(f"a threshold of {least} would tell of one person")
    whole = counts.select([*by, count]).drop_null()
    summed = whole.group_by(list(by)).aggregate([(count, "sum")]).rename_columns({f"{count}_sum": count})
    shown = summed.select([*by, count]).filter(pc.field(count) >= least)
    return shown.sort_by([(name, "ascending") for name in by])


def total_of(cells: pa.Table, count: str, **only: Collection[Any]) -> Total:
    """The sum of the cells whose columns have one of the values named; every cell where none is named.

    Raises KeyError for a column that the cells do not have.
    """
    chosen = _chosen(cells, only)
    return Total(pc.sum(chosen[count]).as_py() if chosen.num_rows else None, chosen.num_rows)


def by_one(cells: pa.Table, column: str, count: str, **only: Collection[Any]) -> pa.Table:
    """The cells asked for, summed for each value of `column`: that column and `count`, sorted by it.

    A value of which no cell is told has no row. Raises KeyError as `total_of`.
    """
    chosen = _chosen(cells, only)
    summed = chosen.group_by(column).aggregate([(count, "sum")]).rename_columns({f"{count}_sum": count})
    return summed.select([column, count]).sort_by(column)


def _chosen(cells: pa.Table, only: dict[str, Collection[Any]]) -> pa.Table:
    for name, values in only.items():
        column = cells[name]
        cells = cells.filter(pc.is_in(column, pa.array(list(values), column.type)))
    return cells

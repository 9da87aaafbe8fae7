"""Nobody works out a small count, whatever they ask and however often."""

from __future__ import annotations

from itertools import chain, combinations
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lippen.measure import LEAST_SHOWN, Total, by_one, published_cells, total_of

AREAS, KINDS, QUARTERS = ("Harbour", "Landward"), ("NOISE", "THEFT", "FIRE"), (1, 2)
CELLS = [(area, kind, quarter) for area in AREAS for kind in KINDS for quarter in QUARTERS]
BY = ("larger_area", "kind", "quarter")


def counted(counts: dict[tuple[Any, ...], int]) -> pa.Table:
    rows = [dict(zip((*BY, "incidents"), (*cell, n), strict=True)) for cell, n in counts.items() if n]
    types = (pa.string(), pa.string(), pa.int64(), pa.int64())
    return pa.Table.from_pylist(rows, pa.schema(list(zip((*BY, "incidents"), types, strict=True))))


def some_of(values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return list(chain.from_iterable(combinations(values, size) for size in range(1, len(values) + 1)))


def every_answer(counts: dict[tuple[Any, ...], int]) -> list[Any]:
    """Whatever can be asked: each filter by any values of any columns, as a total and along each column."""
    cells = published_cells(counted(counts), BY, "incidents")
    answers: list[Any] = []
    for areas in some_of(AREAS):
        for kinds in some_of(KINDS):
            for quarters in some_of(QUARTERS):
                only = {"larger_area": areas, "kind": kinds, "quarter": quarters}
                answers.append(total_of(cells, "incidents", **only))
                answers += [by_one(cells, column, "incidents", **only).to_pylist() for column in BY]
    return answers


@given(
    large=st.dictionaries(st.sampled_from(CELLS), st.integers(LEAST_SHOWN, 40)),
    first=st.lists(st.integers(0, LEAST_SHOWN - 1), min_size=len(CELLS), max_size=len(CELLS)),
    second=st.lists(st.integers(0, LEAST_SHOWN - 1), min_size=len(CELLS), max_size=len(CELLS)),
)
@settings(max_examples=15)  # each asks some four hundred questions of two towns
def test_two_towns_that_differ_only_in_small_counts_answer_every_question_alike(
    large: dict[tuple[Any, ...], int], first: list[int], second: list[int]
) -> None:
    one = dict(zip(CELLS, first, strict=True)) | large
    other = dict(zip(CELLS, second, strict=True)) | large
    assert every_answer(one) == every_answer(other)


def test_two_totals_that_differ_by_a_small_cell_are_the_same() -> None:
    counts = {("Harbour", "NOISE", 1): 30, ("Harbour", "FIRE", 1): 2, ("Landward", "NOISE", 1): 9}
    cells = published_cells(counted(counts), BY, "incidents")
    assert total_of(cells, "incidents", larger_area=["Harbour"]) == Total(30, 1)
    assert total_of(cells, "incidents", larger_area=["Harbour"], kind=["NOISE"]) == Total(30, 1)
    assert total_of(cells, "incidents", kind=["FIRE"]) == Total(None, 0)
    assert total_of(cells, "incidents") == Total(39, 2)


def test_a_small_cell_and_an_empty_one_look_alike() -> None:
    cells = published_cells(counted({("Harbour", "NOISE", 1): 5, ("Harbour", "FIRE", 1): 4}), BY, "incidents")
    assert by_one(cells, "kind", "incidents").to_pylist() == [{"kind": "NOISE", "incidents": 5}]


def test_rows_of_one_cell_are_added_before_they_are_judged() -> None:
    twice = pa.concat_tables([counted({CELLS[0]: 3}), counted({CELLS[0]: 3})])
    assert published_cells(twice, BY, "incidents")["incidents"].to_pylist() == [6]


def test_a_row_without_an_area_belongs_to_no_cell() -> None:
    nowhere = counted({(None, "NOISE", 1): 50})
    assert published_cells(nowhere, BY, "incidents").num_rows == 0


@pytest.mark.parametrize("least", [1, 0, -5])
def test_a_threshold_that_tells_of_one_person_is_refused(least: int) -> None:
    with pytest.raises(ValueError, match="would tell of one person"):
        published_cells(counted({}), BY, "incidents", least)

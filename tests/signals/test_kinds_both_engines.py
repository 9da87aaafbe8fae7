"""Every kind settled once on DuckDB and once on Spark: the same rows are kept, and the same refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from each_kind import example, least, mapping_for, write_csv
from exports import BroughtIn, bring_in

from lippen.engine import Engine
from lippen.signals import Kind, kind_names, load_kind

pytestmark = pytest.mark.spark


def rows_of(kind: Kind) -> list[dict[str, str]]:
    """Two of one id that agree, two that differ in each optional column, and rows without an id."""
    whole = example(kind)
    optional = [
        column for column in kind.mappable() if not column.required and column.reads not in ("lat", "lon")
    ]
    differing = [
        example(kind, **{kind.id: f"D-{at}", **change})
        for at, column in enumerate(optional)
        for change in ({}, {column.name: ""})
    ]
    return [
        whole,
        whole,
        *differing,
        {**whole, kind.id: ""},
        {**whole, kind.id: ""},
        {**least(kind), kind.id: ""},
    ]


@pytest.mark.parametrize("kind", [load_kind(name) for name in kind_names()], ids=lambda kind: kind.name)
def test_both_engines_keep_and_refuse_the_same_rows(
    duck: Engine, spark: Engine, tmp_path: Path, kind: Kind
) -> None:
    folder, later = tmp_path / "in", tmp_path / "later"
    for at in (folder, later):
        at.mkdir()
        write_csv(kind, rows_of(kind), at)
    (later / "rows.csv").rename(later / "later.csv")

    def twice(engine: Engine, town: str) -> tuple[BroughtIn, Any]:
        first = bring_in(engine, folder, mapping_for(kind), tmp_path / town)
        return bring_in(engine, later, mapping_for(kind), tmp_path / town), first.report

    (one, one_report), (other, other_report) = twice(duck, "duck"), twice(spark, "spark")
    assert one_report == other_report
    assert one.report == other.report
    assert one.taken == other.taken
    assert one.refused == other.refused
    # A row with a cell left empty loses to the one that says more.
    optional = (one_report.rows - 5) // 2
    assert (one_report.accepted, one_report.duplicates) == (optional + 3, 2)
    assert one.report.accepted == 0

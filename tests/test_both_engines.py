"""The whole analysis of the small town, once on DuckDB and once on Spark: equal tables, floats at 1e-9."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from lippen.brief import RESULT_TABLES, ResultTable
from lippen.credibility import Assessment, Settings, assess
from lippen.engine import Engine
from lippen.progress import Stages
from lippen.signals import ImportReport, import_folder, load_mapping
from lippen.workspace import Workspace
from tables import assert_same_table

TOWN = Path(__file__).parents[1] / "examples" / "small-town"

pytestmark = pytest.mark.spark


def bring_in(engine: Engine, folder: Path) -> tuple[Workspace, ImportReport]:
    workspace = Workspace.open(folder, engine)
    report = import_folder(TOWN, load_mapping(TOWN / "mapping.toml"), workspace, Stages(quiet=True))
    return workspace, report


@pytest.fixture(scope="module")
def towns(
    duck: Engine, spark: Engine, tmp_path_factory: pytest.TempPathFactory
) -> tuple[tuple[Workspace, ImportReport], tuple[Workspace, ImportReport]]:
    folder = tmp_path_factory.mktemp("towns")
    return bring_in(duck, folder / "duck"), bring_in(spark, folder / "spark")


Towns = tuple[tuple[Workspace, ImportReport], tuple[Workspace, ImportReport]]


def assessed(workspace: Workspace) -> Assessment:
    settings = Settings(since=dt.date(2025, 8, 2))
    return assess(
        workspace.signals("incident"), workspace.engine, settings, Stages(quiet=True), "Europe/London"
    )


@pytest.fixture(scope="module")
def assessments(towns: Towns) -> tuple[Assessment, Assessment]:
    (left, _), (right, _) = towns
    return assessed(left), assessed(right)


def test_both_engines_take_and_refuse_the_same_rows(towns: Towns) -> None:
    (left, left_report), (right, right_report) = towns
    assert left_report == right_report
    key = ["file", "line"]
    assert_same_table(
        left.engine.collect(left.signals("incident"), key),
        right.engine.collect(right.signals("incident"), key),
    )
    key = ["file", "line", "reason"]
    assert_same_table(
        left.engine.collect(left.quarantine(), key), right.engine.collect(right.quarantine(), key)
    )


def test_files_written_by_either_engine_are_in_the_same_order(towns: Towns) -> None:
    import pyarrow.parquet as pq

    (left, _), (right, _) = towns
    files = [sorted((one.lake / "signals").rglob("*.parquet")) for one in (left, right)]
    assert [len(one) for one in files] == [1, 1]
    ids = [pq.read_table(one[0], columns=["incident_id"])["incident_id"].to_pylist() for one in files]
    assert ids[0] == ids[1]


def test_both_engines_say_the_same_of_it(assessments: tuple[Assessment, Assessment]) -> None:
    left, right = assessments
    assert left.facts["episodes"]["found"] > 0
    assert left.facts["diversion"]["can_tell"]
    assert_same_table(pa.Table.from_pylist([left.facts]), pa.Table.from_pylist([right.facts]))


@pytest.mark.parametrize(
    "spec",
    [spec for spec in RESULT_TABLES if spec.name != "quarantine_reasons"],
    ids=lambda spec: spec.name,
)
def test_both_engines_give_the_same_tables(
    assessments: tuple[Assessment, Assessment], spec: ResultTable
) -> None:
    left, right = (one.tables[spec.name] for one in assessments)
    assert left.num_rows > 0
    assert_same_table(left, right, list(spec.order))

"""A whole import is taken back, and with it what was reckoned from it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from exports import as_csv, bring_in, bring_in_rows, call

from lippen.engine import Engine
from lippen.workspace import Workspace
from lippen.workspace_settings import WorkspaceError


def ids(workspace: Workspace) -> list[str]:
    found: list[str] = workspace.engine.collect(workspace.signals("incident"), "incident_id")[
        "incident_id"
    ].to_pylist()
    return found


def test_an_import_goes_whole_and_its_results_with_it(duck: Engine, tmp_path: Path) -> None:
    first = bring_in_rows(duck, tmp_path / "june", [call(1), call(2, Kind="")])
    where = first.workspace.directory
    second = bring_in_rows(duck, tmp_path / "july", [call(3)], workspace=where)
    second.workspace.write_results({"episodes": pa.table({"n": [1]})})
    second.workspace.undo_import(first.report.import_id)
    left = Workspace.open(where, duck, create=False)
    assert ids(left) == ["IM-0003"]
    assert left.results() == []
    assert left.engine.collect(left.quarantine()).num_rows == 0


def test_what_was_taken_back_can_come_again(duck: Engine, tmp_path: Path) -> None:
    brought = bring_in_rows(duck, tmp_path / "june", [call(1), call(2)])
    brought.workspace.undo_import(brought.report.import_id)
    again = bring_in(duck, tmp_path / "june", workspace=brought.workspace.directory)
    assert again.report.changed
    assert ids(again.workspace) == ["IM-0001", "IM-0002"]


def test_rows_that_a_later_import_left_out_as_known_are_never_lost(duck: Engine, tmp_path: Path) -> None:
    first = bring_in_rows(duck, tmp_path / "june", [call(1), call(2)])
    later = bring_in_rows(duck, tmp_path / "both", [call(2), call(3)], workspace=first.workspace.directory)
    with pytest.raises(WorkspaceError, match=f"Take {later.report.import_id} back first"):
        later.workspace.undo_import(first.report.import_id)
    assert ids(later.workspace) == ["IM-0001", "IM-0002", "IM-0003"]
    later.workspace.undo_import(later.report.import_id)
    later.workspace.undo_import(first.report.import_id)
    assert later.workspace.imports() == []


def test_refusals_that_a_later_import_left_out_as_known_are_never_lost(duck: Engine, tmp_path: Path) -> None:
    source = tmp_path / "exports"
    first = bring_in_rows(duck, source, [call(1, Kind=""), call(2, Kind="")])
    (source / "july.csv").write_text(as_csv([call(3)]))
    later = bring_in(duck, source, workspace=first.workspace.directory)
    assert len(later.refused) == 2, "each refusal is listed once"
    with pytest.raises(WorkspaceError, match="came later"):
        later.workspace.undo_import(first.report.import_id)
    assert len(later.refused) == 2


def test_there_is_nothing_to_take_back_under_another_name(duck: Engine, tmp_path: Path) -> None:
    brought = bring_in_rows(duck, tmp_path / "june", [call(1)])
    with pytest.raises(WorkspaceError, match="there is no import imp-0"):
        brought.workspace.undo_import("imp-0")
    assert ids(brought.workspace) == ["IM-0001"]

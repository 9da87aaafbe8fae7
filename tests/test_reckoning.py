"""A workspace is reckoned: the tables that pages are made from are those of a briefing."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lippen.brief.schema import RESULT_TABLES
from lippen.briefing import write_briefing
from lippen.credibility import Settings
from lippen.engine import Engine
from lippen.progress import Stages
from lippen.reckoning import FACTS, WEEKS, facts_in, reckon
from lippen.signals import import_folder, load_mapping
from lippen.workspace import Workspace, WorkspaceError

TOWN = Path(__file__).parent.parent / "examples" / "small-town"
QUIET = Stages(quiet=True)


@pytest.fixture(scope="module")
def reckoned(duck: Engine, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace.open(tmp_path_factory.mktemp("reckoned") / "workspace", duck)
    import_folder(TOWN, load_mapping(TOWN / "mapping.toml"), workspace, QUIET)
    reckon(workspace, Settings(), QUIET, "A small town")
    return workspace


def test_its_tables_and_facts_are_those_of_a_briefing(reckoned: Workspace, tmp_path: Path) -> None:
    mapping = load_mapping(TOWN / "mapping.toml")
    write_briefing(TOWN, tmp_path / "out", mapping, Settings(), QUIET)
    named = {one.name for one in RESULT_TABLES}
    assert set(reckoned.results()) == named | {FACTS, WEEKS}
    for name in named - {"quarantine_reasons"}:
        written = pq.read_table(tmp_path / "out" / "tables" / f"{name}.parquet")
        assert reckoned.engine.collect(reckoned.result(name)).to_pylist() == written.to_pylist(), name
    told = json.loads((tmp_path / "out" / "brief.json").read_text())
    facts = dict(facts_in(reckoned.engine.collect(reckoned.result(FACTS))))
    for name in ("credibility", "period", "seed", "versions"):
        assert facts[name] == told[name]
    assert facts["place"] == "A small town"


def test_the_counts_by_week_are_of_what_may_be_counted(reckoned: Workspace) -> None:
    weeks = reckoned.engine.collect(reckoned.result(WEEKS)).to_pylist()
    incidents = reckoned.signals("incident")
    counted = incidents.filter(~incidents.own_activity, ~incidents.protected)
    rows = reckoned.engine.collect(counted.select("local_day", "outcome")).to_pylist()
    assert sum(one["incidents"] for one in weeks) == len(rows)
    assert sum(one["unfounded"] for one in weeks) == sum(row["outcome"] == "unfounded" for row in rows)
    assert {one["week"].weekday() for one in weeks} == {0}
    assert min(one["week"] for one in weeks) <= min(row["local_day"] for row in rows)


def test_an_empty_workspace_says_that_there_is_nothing_to_reckon(duck: Engine, tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "workspace", duck)
    with pytest.raises(WorkspaceError, match="holds no incident yet"):
        reckon(workspace, Settings(), QUIET, "Nowhere")

"""A workspace is reckoned: the tables that pages are made from are those of a briefing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from lippen.brief.schema import RESULT_TABLES
from lippen.briefing import write_briefing
from lippen.credibility import Settings
from lippen.engine import Engine
from lippen.progress import Stages
from lippen.reckoning import reckon
from lippen.results import AREAS, FACTS, KIND_WEEKS, SAMPLE, WEEKS, WEEKS_BY_KIND, facts_in
from lippen.signals import import_folder, load_mapping
from lippen.telling import COUNTS, NOT_PLACED, QUARTERS, SCHEMAS
from lippen.workspace import Workspace
from lippen.workspace_settings import WorkspaceError

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
    assert set(reckoned.results()) == named | set(SAMPLE.values()) | {
        AREAS,
        FACTS,
        KIND_WEEKS,
        WEEKS,
        WEEKS_BY_KIND,
        *SCHEMAS,
    }
    assert not [*(tmp_path / "out" / "tables").glob("unflagged*")], "a briefing tells what was flagged"
    for name in named - {"quarantine_reasons"}:
        written = pq.read_table(tmp_path / "out" / "tables" / f"{name}.parquet")
        assert reckoned.engine.collect(reckoned.result(name)).to_pylist() == written.to_pylist(), name
    told = json.loads((tmp_path / "out" / "brief.json").read_text())
    facts = dict(facts_in(reckoned.engine.collect(reckoned.result(FACTS))))
    for name in ("credibility", "period", "seed", "versions"):
        assert facts[name] == told[name]
    assert facts["place"] == "A small town"


def test_the_unflagged_sample_is_kept_in_the_very_form_of_episodes(reckoned: Workspace) -> None:
    by_name = {one.name: one for one in RESULT_TABLES}
    for name, of in SAMPLE.items():
        assert reckoned.engine.collect(reckoned.result(of)).schema.names == by_name[name].schema().names
    drawn = reckoned.engine.collect(reckoned.result("unflagged_sample")).to_pylist()
    found = reckoned.engine.collect(reckoned.result("episodes")).to_pylist()
    assert not {one["episode_id"] for one in drawn} & {one["episode_id"] for one in found}
    assert drawn or not found, "at least one wherever an episode stands"


def test_the_same_counts_lie_there_in_the_order_of_kinds(reckoned: Workspace) -> None:
    by_place = reckoned.engine.collect(reckoned.result(WEEKS)).to_pylist()
    (file,) = (reckoned.directory / "lake" / "results").glob(f"{WEEKS_BY_KIND}.*.parquet")
    by_kind = pq.read_table(file).to_pylist()

    def order(row: dict[str, Any]) -> tuple[Any, ...]:
        return row["kind"], row["week"], row["larger_area"] is None, row["larger_area"], row["area"] or ""

    assert [(one["kind"], one["week"]) for one in by_kind] == sorted(
        (one["kind"], one["week"]) for one in by_place
    )
    assert sorted(by_kind, key=order) == sorted(by_place, key=order)


def test_the_counts_by_week_are_of_what_may_be_counted(reckoned: Workspace) -> None:
    weeks = reckoned.engine.collect(reckoned.result(WEEKS)).to_pylist()
    incidents = reckoned.signals("incident")
    counted = incidents.filter(~incidents.own_activity, ~incidents.protected)
    rows = reckoned.engine.collect(counted.select("local_day", "outcome")).to_pylist()
    assert sum(one["incidents"] for one in weeks) == len(rows)
    assert sum(one["unfounded"] for one in weeks) == sum(row["outcome"] == "unfounded" for row in rows)
    assert {one["week"].weekday() for one in weeks} == {0}
    assert min(one["week"] for one in weeks) <= min(row["local_day"] for row in rows)


def test_the_counts_of_kinds_are_those_of_areas_put_together(reckoned: Workspace) -> None:
    by_area = reckoned.engine.collect(reckoned.result(WEEKS)).to_pylist()
    summed: Counter[tuple[object, ...]] = Counter()
    for one in by_area:
        for name in ("incidents", "founded", "unfounded"):
            summed[one["kind"], one["week"], name] += one[name]
    kinds = reckoned.engine.collect(reckoned.result(KIND_WEEKS)).to_pylist()
    told = {(one["kind"], one["week"], name): one[name]
            for one in kinds for name in ("incidents", "founded", "unfounded")}  # fmt: skip
    assert told == summed
    places = [(one["larger_area"] or "~", one["area"] or "~") for one in by_area]
    assert places == sorted(places), "who asks for one area reads a part of the file"


def test_what_everybody_may_see_holds_no_small_count(reckoned: Workspace) -> None:
    counts = reckoned.engine.collect(reckoned.result(COUNTS)).to_pylist()
    incidents = reckoned.signals("incident")
    counted = incidents.filter(~incidents.own_activity, ~incidents.protected)
    rows = reckoned.engine.collect(counted.select("larger_area", "local_day", "kind")).to_pylist()
    cells = Counter(
        (row["larger_area"], _quarter(row["local_day"]), row["kind"]) for row in rows if row["larger_area"]
    )
    told = {
        (one["larger_area"], one["quarter"], one["kind"]): one["incidents"]
        for one in counts
        if one["larger_area"] != NOT_PLACED
    }
    counted_quarters = reckoned.engine.collect(reckoned.result(QUARTERS))
    complete = set(counted_quarters["quarter"].to_pylist())
    assert complete == {date(2025, 1, 1), date(2025, 4, 1), date(2025, 7, 1)}
    assert told == {cell: many for cell, many in cells.items() if many >= 5 and cell[1] in complete}
    assert any(many < 5 for many in cells.values())


def test_each_area_says_where_it_lies_and_in_which_larger_one(reckoned: Workspace) -> None:
    areas = reckoned.engine.collect(reckoned.result(AREAS)).to_pylist()
    incidents = reckoned.signals("incident")
    counted = incidents.filter(~incidents.own_activity, ~incidents.protected)
    rows = reckoned.engine.collect(counted.select("area", "larger_area", "lat")).to_pylist()
    assert {one["area"] for one in areas} == {row["area"] for row in rows if row["area"]}
    for one in areas:
        own = [row for row in rows if row["area"] == one["area"]]
        placed = [row["lat"] for row in own if row["lat"] is not None]
        assert one["incidents"] == len(own)
        assert one["larger_area"] in {row["larger_area"] for row in own}
        if placed:
            assert one["lat"] == pytest.approx(sum(placed) / len(placed), abs=2e-6)


def _quarter(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def test_an_empty_workspace_says_that_there_is_nothing_to_reckon(duck: Engine, tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "workspace", duck)
    with pytest.raises(WorkspaceError, match="holds no incident yet"):
        reckon(workspace, Settings(), QUIET, "Nowhere")


def test_to_read_what_was_reckoned_waits_for_no_library_that_learns() -> None:
    """Each briefing and each import of a site starts a process: these took a third of what it loads."""
    code = "import sys, lippen.reckoning; print({'sklearn', 'scipy.stats'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"

"""A sandbox on disk: the same bytes for a seed, every stream readable, the truth apart, nothing
half-written.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lippen import signals
from lippen.engine import connect
from lippen.errors import LippenError
from lippen.progress import Stages
from lippen.sandbox import Intervention, Scenario, draw_streams, load_scenario, make_world, write_sandbox
from lippen.workspace import Workspace

KINDS = ("answer", "concern", "incident", "listing", "record", "report", "sighting")


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def imported(stream: Path, into: Path):
    mapping = signals.load_mapping(stream / "mapping.toml")
    with connect() as engine:
        workspace = Workspace.open(into, engine)
        report = signals.import_folder(stream, mapping, workspace, Stages(quiet=True))
        table = engine.collect(workspace.signals(stream.name))
    return report, table


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    out = tmp_path_factory.mktemp("sandbox") / "town"
    return out, write_sandbox(out, days=120, seed=1)


@pytest.mark.parametrize("kind", KINDS)
def test_every_stream_of_a_town_passes_inspection_and_import_with_nothing_refused(town, kind, tmp_path):
    out, facts = town
    stream = out / "streams" / kind
    check = signals.check_mapping(stream, signals.load_mapping(stream / "mapping.toml"))
    assert not check.problems
    report, table = imported(stream, tmp_path / "workspace")
    assert sum(one.quarantined for one in report.inputs) == 0
    assert sum(one.duplicates for one in report.inputs) == 0
    assert table.num_rows == facts["rows"][kind]


def test_the_truth_names_only_rows_of_the_streams(town):
    out, _ = town
    for name, kind, column, header in (
        ("incidents", "incident", "incident_id", "Log Ref"),
        ("records", "record", "record_id", "Entry No"),
    ):
        truth = pq.read_table(out / "truth" / f"{name}.parquet")
        (export,) = (out / "streams" / kind).glob("*.csv")
        ids = [line.split(",")[0].strip('"') for line in export.read_text("utf-8").splitlines()[1:]]
        assert header in export.read_text("utf-8").splitlines()[0]
        assert truth[column].cast(pa.string()).to_pylist() == [one for one in ids if one.isdigit()]


def test_streams_hold_no_column_of_the_truth(town):
    out, _ = town
    told = {
        "cause",
        "episode",
        "bogus",
        "purpose",
        "person",
        "activity",
        "fear",
        "trust",
        "affected",
        "stealth",
        "group",
    }
    for export in (out / "streams").rglob("*.csv"):
        header = export.read_text("utf-8").splitlines()[0].lower().replace('"', "").split(",")
        assert not told & set(header)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path):
    made = []
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        write_sandbox(tmp_path / name, days=20, seed=seed)
        made.append(digests(tmp_path / name))
    assert made[0] == made[1]
    assert (
        made[0]["streams/incident/closed_incidents.csv"] != made[2]["streams/incident/closed_incidents.csv"]
    )


def test_any_number_of_workers_writes_the_same_bytes(tmp_path):
    made = []
    for workers in (1, 2, 3):
        write_sandbox(tmp_path / str(workers), "nation", days=10, seed=2, burghs=12, workers=workers)
        made.append(digests(tmp_path / str(workers)))
    assert made[0] == made[1] == made[2]
    assert len([name for name in made[0] if name.startswith("streams/incident/part")]) == 3


def test_invermarrow_is_the_first_burgh_of_the_nation(tmp_path):
    write_sandbox(tmp_path / "nation", "nation", days=15, seed=3, burghs=1, workers=1)
    (part,) = (tmp_path / "nation" / "streams" / "incident").glob("*.parquet")
    rows = draw_streams(make_world(0, Scenario(), 15, 3))["incident"].rows
    assert pq.read_table(part)["Log Text"].to_pylist() == rows["Log Text"].to_pylist()


@pytest.mark.parametrize("kind", KINDS)
def test_every_stream_of_a_nation_passes_too(kind, tmp_path_factory, tmp_path):
    out = tmp_path_factory.getbasetemp() / "two-burghs"
    if not out.exists():
        write_sandbox(out, "nation", days=40, seed=4, burghs=2, workers=1)
    facts = json.loads((out / "sandbox.json").read_text("utf-8"))
    report, table = imported(out / "streams" / kind, tmp_path / "workspace")
    assert sum(one.quarantined for one in report.inputs) == 0
    assert table.num_rows == facts["rows"][kind]


@pytest.mark.parametrize("kind", ["safe_reporting", "joint_visits", "channel_recognition"])
def test_switching_one_thing_on_reshuffles_nothing_else(kind):
    """Outside its areas every stream with an area has the very rows it had, and before its day every
    stream.
    """
    with_it = Scenario(intervention=(Intervention(kind, 60, ("Lintbrae",)),))
    before, after = (draw_streams(make_world(0, one, 120, 6)) for one in (Scenario(), with_it))
    for name, ward in (("incident", "Ward"), ("record", "Ward"), ("concern", "Ward")):
        seen = []
        for drawn in (before[name].rows, after[name].rows):
            elsewhere = drawn.filter(pc.not_equal(drawn[ward].cast(pa.string()), "Lintbrae"))
            seen.append(elsewhere.drop_columns(drawn.column_names[0]).to_pylist())
        assert seen[0] == seen[1]


def test_texts_left_out_leave_the_rest_as_it_is():
    world = make_world(1, Scenario(), 60, 7)
    for kind, full in draw_streams(world, True).items():
        plain = draw_streams(world, False)[kind].rows
        assert plain.num_rows == full.rows.num_rows
        first = plain.column_names[0]
        assert plain[first].equals(full.rows[first])


def test_dirt_is_planted_caught_counted_and_explained(tmp_path):
    write_sandbox(tmp_path / "dirty", days=90, seed=8, dirt=0.01)
    dirt = pq.read_table(tmp_path / "dirty" / "truth" / "dirt.parquet")
    for kind in dirt["kind"].unique().to_pylist():
        mine = dirt.filter(pc.equal(dirt["kind"], kind)).to_pylist()
        report, _ = imported(tmp_path / "dirty" / "streams" / kind, tmp_path / f"workspace-{kind}")
        quarantined = sum(one.quarantined for one in report.inputs)
        assert quarantined == sum(one["expect"] == "quarantined" for one in mine)
        assert sum(one.duplicates for one in report.inputs) == sum(
            one["expect"] == "duplicate" for one in mine
        )
        refused = {one.file for one in report.not_read if one.export}
        assert refused == {one["file"] for one in mine if one["expect"] == "not read"}
    assert len(dirt["dirt"].unique()) >= 20


def test_what_a_scenario_plants_stands_in_the_truth(tmp_path):
    scenario = load_scenario("control-room-drill")
    write_sandbox(tmp_path / "drill", days=120, seed=1, scenario=scenario)
    episodes = pq.read_table(tmp_path / "drill" / "truth" / "episodes.parquet").to_pylist()
    assert [one["purpose"] for one in episodes] == ["divert", "harass"]
    assert episodes[0]["larger_areas"] == ["Carsemuir"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"place": "atlantis"}, "invermarrow, nation"),
        ({"days": 0}, "1 to 1830"),
        ({"seed": -1}, "whole number from 0"),
        ({"dirt": 0.5}, "0 to 0.2"),
        ({"dirt": 0.01, "place": "nation"}, "Parquet"),
        ({"workers": 0}, "1 to 256"),
        ({"workers": 2}, "Invermarrow is one burgh"),
        ({"burghs": 3}, "^3 burghs cannot be made. .* Invermarrow is one by itself"),
        ({"burghs": 1}, "^1 burgh cannot be made"),
    ],
)
def test_what_cannot_be_made_is_refused_with_a_remedy_and_nothing_is_written(tmp_path, wrong, says):
    with pytest.raises(LippenError, match=says):
        write_sandbox(tmp_path / "out", **wrong)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(LippenError, match="did not write"):
        write_sandbox(tmp_path, days=5)
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]

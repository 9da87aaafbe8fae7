"""The small town is what its script makes, and is as odd as it claims to be."""

from __future__ import annotations

import gzip
import json
import runpy
import zipfile
from pathlib import Path

import pytest

from lippen.engine import Engine
from lippen.progress import Stages
from lippen.signals import import_folder, load_mapping
from lippen.workspace import Workspace

EXAMPLES = Path(__file__).parents[1] / "examples"
TOWN = EXAMPLES / "small-town"


def content(path: Path) -> object:
    """What a file holds once unpacked: another build of zlib packs the same content into other bytes."""
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            return {one.filename: (one.date_time, archive.read(one)) for one in archive.infolist()}
    return path.read_bytes()


def test_the_small_town_is_what_its_script_makes(tmp_path: Path) -> None:
    runpy.run_path(str(EXAMPLES / "make_small_town.py"))["main"](tmp_path / "small-town")
    made = sorted(one.name for one in (tmp_path / "small-town").iterdir())
    assert sorted(one.name for one in TOWN.iterdir()) == sorted([*made, "mapping.toml"])
    for name in made:
        assert content(tmp_path / "small-town" / name) == content(TOWN / name), name
    truth = "small_town_truth.json"
    assert (tmp_path / truth).read_text() == (EXAMPLES / truth).read_text()
    assert sum(one.stat().st_size for one in TOWN.iterdir()) < 1_500_000


@pytest.fixture(scope="module")
def town(duck: Engine, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace.open(tmp_path_factory.mktemp("town") / "workspace", duck)
    import_folder(TOWN, load_mapping(TOWN / "mapping.toml"), workspace, Stages(quiet=True))
    return workspace


def test_every_row_of_the_small_town_is_accounted_for(town: Workspace) -> None:
    truth = json.loads((EXAMPLES / "small_town_truth.json").read_text())
    (one,) = town.imports()
    assert one.rows == truth["incidents"]
    assert sum(given["rows"] for given in one.inputs) == truth["rows"]
    assert sum(given["duplicates"] for given in one.inputs) == 6
    assert one.quarantined == truth["rows"] - truth["incidents"] - 6 == 32
    assert len(set(town.engine.collect(town.quarantine())["reason"].to_pylist())) >= 8


def test_the_planted_episodes_are_there_and_may_be_assessed(town: Workspace) -> None:
    truth = json.loads((EXAMPLES / "small_town_truth.json").read_text())
    incidents = town.signals("incident")
    for name, size in (("copied", 10), ("varied", 9)):
        rows = town.engine.collect(incidents.filter(incidents.incident_id.isin(truth[name])), "reported_at")
        assert rows.num_rows == size
        assert not any(rows["protected"].to_pylist())
        assert rows["outcome"].to_pylist().count("unfounded") >= size - 1
        assert len(set(rows["area"].to_pylist())) == 5
        # An episode at one residence is never shown, so these lie at several.
        assert len(set(rows["place"].to_pylist())) >= 5


def test_the_small_town_lies_in_the_open_sea(town: Workspace) -> None:
    """No coordinate of it may fall on a real street."""
    rows = town.engine.collect(town.signals("incident").select("lat", "lon"))
    assert min(rows["lat"].to_pylist()) > 56.1
    assert max(rows["lat"].to_pylist()) < 56.3
    assert min(rows["lon"].to_pylist()) > -2.0
    assert max(rows["lon"].to_pylist()) < -1.7


@pytest.mark.parametrize(
    ("file", "rows"), [("toon-menu.json", 3), ("trading-board.jsonl", 3), ("market.csv", 2)]
)
def test_each_example_of_a_collection_is_taken_whole(
    duck: Engine, tmp_path: Path, file: str, rows: int
) -> None:
    path = EXAMPLES / "collections" / file
    workspace = Workspace.open(tmp_path / "workspace", duck)
    report = import_folder(path, load_mapping(path.with_suffix(".toml")), workspace, Stages(quiet=True))
    assert (report.accepted, report.quarantined) == (rows, 0)
    texts = str(duck.collect(workspace.signals("listing")).to_pylist())
    for part in ("otter", "900123", "nobody"):
        assert part not in texts

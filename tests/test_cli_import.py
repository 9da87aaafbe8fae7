"""Looking at an export, and importing a folder of them, from the command line."""

from __future__ import annotations

import re
from pathlib import Path

from command_line import MAPPING, TOWN, assert_one_line, lippen, small_export


def test_inspect_shows_rows_problems_and_a_mapping_that_works(tmp_path: Path) -> None:
    run = lippen("inspect", TOWN, "--save", tmp_path / "proposed.toml")
    assert run.returncode == 0
    assert run.stdout.splitlines()[-1] == f"Wrote {tmp_path / 'proposed.toml'}"
    for part in ("kind = NOISE NUISANCE", "32/10/2025", 'reported_at = ["Date Received", "Time Received"]'):
        assert part in run.stdout
    imported = lippen("import", TOWN, "--mapping", tmp_path / "proposed.toml", "--workspace", tmp_path / "w")
    assert imported.returncode == 0, imported.stderr
    again = lippen("inspect", TOWN, "--save", tmp_path / "proposed.toml")
    assert again.returncode == 2
    assert "already there. Name a new one" in again.stderr


def test_inspect_checks_a_mapping_that_somebody_wrote(tmp_path: Path) -> None:
    run = lippen("inspect", TOWN, "--mapping", MAPPING)
    assert run.returncode == 0, run.stderr
    for part in (
        "NOISE NUISANCE  ->  not listed",
        "->  unfounded",
        "->  own activity",
        "Problems\n  - none\n",
    ):
        assert part in run.stdout
    assert "Proposed mapping" not in run.stdout
    both = lippen("inspect", TOWN, "--mapping", MAPPING, "--save", tmp_path / "new.toml")
    assert_one_line(both, "--save and --mapping do not go together")


def test_a_workspace_is_told_from_a_folder_of_exports(tmp_path: Path) -> None:
    path = small_export(tmp_path / "in" / "calls.csv", zone_is_known=True)
    lippen("inspect", path, "--save", tmp_path / "mapping.toml")
    how = ["--mapping", tmp_path / "mapping.toml"]
    assert lippen("import", path.parent, *how, "--workspace", tmp_path / "w").returncode == 0
    run = lippen("brief", tmp_path / "w", *how, "--out", tmp_path / "out")
    assert_one_line(run, "this is a workspace of Lippen. Name the folder of exports instead.")
    assert_one_line(lippen("inspect", tmp_path / "w"), "this is a workspace of Lippen")


def test_import_writes_the_refused_rows_for_a_spreadsheet(tmp_path: Path) -> None:
    how = ["--mapping", MAPPING, "--workspace", tmp_path / "w", "--quarantine", tmp_path / "refused.csv"]
    run = lippen("import", TOWN, *how)
    assert run.returncode == 0, run.stderr
    rows = (tmp_path / "refused.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[0] == "file,line,column,value,reason"
    assert len(rows) == 1 + 32
    assert_one_line(lippen("import", TOWN, *how), "refused.csv", "already there. Name a new one")


def test_import_counts_every_row_and_twice_changes_nothing(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    run = lippen("import", TOWN, "--mapping", MAPPING, "--workspace", workspace)
    assert run.returncode == 0, run.stderr
    counts = re.findall(r"^ *([\d,]+) \| *([\d,]+) \| *([\d,]+) \| *([\d,]+) \| (.*)$", run.stdout, re.M)
    assert len(counts) == 3
    for read, *parts, _ in counts:
        assert int(read.replace(",", "")) == sum(int(part.replace(",", "")) for part in parts)
    assert "settle" in run.stderr

    def state() -> dict[str, bytes]:
        return {str(one): one.read_bytes() for one in sorted(workspace.rglob("*")) if one.is_file()}

    before = state()
    again = lippen("import", TOWN, "--mapping", MAPPING, "--workspace", workspace, "--quiet")
    assert again.returncode == 0
    assert "nothing was changed" in again.stdout
    assert again.stderr == ""
    assert state() == before

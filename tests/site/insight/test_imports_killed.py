"""Imports, corrections and takings back whose process is killed at each step, and a disk that is full."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from open_sites import environment

from forked import run

HERE = Path(__file__).parent
ROWS, REFUSED = 58, 2


def script(workspace: Path, *args: str) -> str:
    done = run("-m", "killed_imports", str(workspace), *args, cwd=HERE, env=environment(None))
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sites that tests begin with: full, import, correction, undo."""
    folder = tmp_path_factory.mktemp("killed")
    script(folder / "site", "prepare")
    return folder


def killed(sites: Path, begins: str, point: str, tmp_path: Path) -> dict[str, Any]:
    shutil.copytree(sites / begins, tmp_path / "site")
    answer: dict[str, Any] = json.loads(script(tmp_path / "site", "kill", point).splitlines()[-1])
    assert answer["code"] == 9, "it was killed there"
    return answer


@pytest.mark.parametrize(
    "point",
    [
        "before anything is read",
        "when all is read",
        "before files are moved",
        "before the state is swapped",
        "after the state was swapped",
        "before it is written down",
        "after it was written down",
        "before results are written",
        "after results were written",
        "before it is done",
    ],
)
def test_an_import_that_is_killed_is_in_once_and_whole(sites: Path, tmp_path: Path, point: str) -> None:
    answer = killed(sites, "import", point, tmp_path)
    assert answer["killed"]["rows"] in (0, ROWS), "never a part of it"
    after = answer["after"]
    assert (after["rows"], after["quarantined"]) == (ROWS, REFUSED)
    assert after["states"] == ["done"], after["said"]
    assert after["ids"] == after["imports"]
    assert after["reckoned"]
    assert after["uploads"] == 0


@pytest.mark.parametrize(
    "point",
    [
        "before the state is swapped",
        "after the state was swapped",
        "after it was written down",
        "before results are written",
        "before it is done",
    ],
)
def test_a_correction_that_is_killed_is_in_once(sites: Path, tmp_path: Path, point: str) -> None:
    answer = killed(sites, "correction", point, tmp_path)
    assert answer["killed"]["rows"] in (ROWS, ROWS + 1)
    after = answer["after"]
    assert (after["rows"], after["states"], after["reckoned"]) == (ROWS + 1, ["done", "done"], True)
    assert after["ids"] == after["imports"]


@pytest.mark.parametrize(
    "point",
    [
        "before it is undone in the lake",
        "before the state is swapped",
        "after it was undone in the lake",
        "after its parts were marked",
        "before it is undone",
    ],
)
def test_a_taking_back_that_is_killed_ends_whole(sites: Path, tmp_path: Path, point: str) -> None:
    answer = killed(sites, "undo", point, tmp_path)
    assert answer["killed"]["rows"] in (0, ROWS, ROWS + 1), "whole imports"
    after = answer["after"]
    assert (after["rows"], after["imports"], after["states"]) == (0, [], ["undone", "undone"])
    assert after["uploads"] == 0


def test_a_full_disk_is_said_in_words_and_changes_nothing(sites: Path, tmp_path: Path) -> None:
    shutil.copytree(sites / "full", tmp_path / "site")
    answer = json.loads(script(tmp_path / "site", "full").splitlines()[-1])
    after = answer["after"]
    assert (after["rows"], after["states"]) == (0, ["refused"])
    assert "disk" in after["said"][0]
    assert "full" in after["said"][0]
    assert str(tmp_path) not in after["said"][0]
    assert after["uploads"] == 1, "it can be tried again"

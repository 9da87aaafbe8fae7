"""A run that is stopped, or for which the disk has no room, leaves nothing half-written."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from command_line import MAPPING, TOWN, Run, assert_one_line, interrupt, lippen, started
from forked import run

SMALL_FILES_ONLY = """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
"""
"""No file may grow past 64 KiB: what a full disk looks like from inside."""

FEW_FILES_OPEN = "resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))"


def limited(limit: str, *args: object) -> Run:
    """Run a verb of the command line under a limit of the system's."""
    program = f"import resource, signal\n{limit}\nfrom lippen.cli import main\nmain()"
    return run("-c", program, *map(str, args))


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    stopped = limited(SMALL_FILES_ONLY, "brief", TOWN, "--mapping", MAPPING, "--out", tmp_path / "out")
    assert_one_line(stopped, "full")
    assert list(tmp_path.iterdir()) == []


def imports_into(folder: Path) -> bool:
    """Whether a run to `folder`/out has records in its workspace, and has not imported them all."""
    return any(folder.glob(".out.*.part/scratch/workspace/lake/staging/*/*"))


def test_too_many_open_files_are_one_line_and_leave_nothing(tmp_path: Path) -> None:
    stopped = limited(FEW_FILES_OPEN, "sandbox", "--days", "3", "--out", tmp_path / "out")
    assert_one_line(stopped, "Too many open files. Raise the limit (ulimit -n 1024), and run it again.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_an_interrupted_briefing_leaves_nothing(tmp_path: Path, number: int, code: int) -> None:
    out = tmp_path / "out"
    args: list[object] = ["brief", TOWN, "--mapping", MAPPING, "--out", out]
    stopped = interrupt(args, number, lambda: imports_into(tmp_path))
    assert stopped.returncode == code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("brief",), ("evaluate", "credibility")], ids=" ".join)
def test_what_a_killed_run_imported_goes_with_the_next(tmp_path: Path, command: tuple[str, ...]) -> None:
    args: list[object] = [*command, TOWN, "--mapping", MAPPING, "--out", tmp_path / "out"]
    killed = interrupt(args, signal.SIGKILL, lambda: imports_into(tmp_path))
    assert killed.returncode == -signal.SIGKILL
    assert [one.name.startswith(".out.") for one in tmp_path.iterdir()] == [True]
    # Whatever writes to the place next takes it away; a sandbox is soonest done.
    assert lippen("sandbox", "--days", "1", "--out", tmp_path / "out", "--quiet").returncode == 0
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_an_interrupted_import_leaves_the_workspace_as_it_was(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    args: list[object] = ["import", TOWN, "--mapping", MAPPING, "--workspace", workspace]
    stopped = interrupt(args, signal.SIGINT, lambda: any(workspace.glob("lake/staging/*/*")))
    assert stopped.returncode == 130
    assert stopped.stderr is not None
    assert "Traceback" not in stopped.stderr.read()
    assert list(workspace.rglob("*.parquet")) == []
    assert lippen("import", TOWN, "--mapping", MAPPING, "--workspace", workspace).returncode == 0


# A nation is made by several processes. All of them hold the standard error that the first was given, so it
# ends for whoever reads it when the last of them does.

SOON = 0.2
"""Of the time until all were at work, which a busy machine makes longer too. The rest takes twice that."""
LONG_S = 180.0
BLOCK_OF_FIVE_YEARS = ["--place", "nation", "--days", "1830", "--burghs", "12", "--workers", "3"]


@contextmanager
def a_nation_under_way(out: Path) -> Iterator[tuple[subprocess.Popen[str], float]]:
    """A sandbox whose three processes each write a block of their own, which takes them many seconds; and how
    many it took until all of them did.
    """

    def all_at_work() -> bool:
        return len(list(out.parent.glob(".out.*.part/whole/streams/incident/part-*.parquet"))) == 3

    begun = time.monotonic()
    process = started(["sandbox", *BLOCK_OF_FIVE_YEARS, "--out", out, "--quiet"], all_at_work)
    try:
        yield process, time.monotonic() - begun
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_when_a_nation_is_killed_the_processes_beside_it_end_too(tmp_path: Path) -> None:
    with a_nation_under_way(tmp_path / "out") as (process, _):
        process.kill()
        process.communicate(timeout=LONG_S)
        assert process.returncode == -signal.SIGKILL
    assert not (tmp_path / "out").exists()
    assert lippen("sandbox", "--days", "7", "--out", tmp_path / "out", "--quiet").returncode == 0
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    ("number", "code", "to_all"),
    [
        pytest.param(signal.SIGINT, 130, True, id="from a terminal"),
        pytest.param(signal.SIGTERM, 143, False, id="to the first process"),
    ],
)
def test_a_nation_is_stopped_at_once_and_leaves_nothing(
    tmp_path: Path, number: int, code: int, to_all: bool
) -> None:
    with a_nation_under_way(tmp_path / "out") as (process, took_s):
        begun = time.monotonic()
        (os.killpg if to_all else os.kill)(process.pid, number)
        _, said = process.communicate(timeout=LONG_S)
        assert time.monotonic() - begun < max(2.0, SOON * took_s)
    assert (process.returncode, said) == (code, "")
    assert list(tmp_path.iterdir()) == []

"""Two runs to one place at once: one writes it, and the other says so and changes nothing."""

from __future__ import annotations

import errno
import json
import os
import signal
from pathlib import Path

import pytest

from command_line import assert_one_line, lippen, started
from lippen.output import OutputRefused
from lippen.sandbox import generation, write_sandbox
from lippen.sandbox.one_at_a_time import one_run_to


def test_the_second_of_two_runs_to_one_folder_is_refused_with_the_remedy(tmp_path: Path) -> None:
    out = tmp_path / "town"

    def under_way() -> bool:
        return any(tmp_path.glob(".town.*.part/whole/streams/*"))

    first = started(["sandbox", "--days", "730", "--seed", "1", "--out", out, "--quiet"], under_way)
    try:
        os.kill(first.pid, signal.SIGSTOP)
        second = lippen("sandbox", "--days", "5", "--seed", "2", "--out", out, "--quiet")
        assert_one_line(second, "town: another run is writing to this folder", "or name another folder")
        assert under_way(), "what the first has written is left to it"
    finally:
        os.kill(first.pid, signal.SIGCONT)
        first.communicate()
    assert first.returncode == 0
    assert json.loads((out / "sandbox.json").read_text("utf-8"))["seed"] == 1
    assert [one.name for one in tmp_path.iterdir()] == ["town"]
    assert lippen("sandbox", "--days", "5", "--seed", "2", "--out", out, "--quiet").returncode == 0


def test_a_place_is_one_place_under_every_name_and_free_once_a_run_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, link = tmp_path / "town", tmp_path / "link"
    link.symlink_to(out)
    with one_run_to(link):
        with pytest.raises(OutputRefused, match="another run"):
            write_sandbox(out, days=5)
        assert not out.exists()
        write_sandbox(tmp_path / "other", days=5)

    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    with monkeypatch.context() as patched:
        patched.setattr(generation, "write_export", full)
        with pytest.raises(OSError, match="no room"):
            write_sandbox(out, days=5)
    write_sandbox(out, days=5)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link", "other", "town"]

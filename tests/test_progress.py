"""Progress is told to whoever watches, and the times are kept for the briefing."""

from __future__ import annotations

import io
import re
import subprocess
import sys

import pytest
from rich.console import Console

from lippen import progress
from lippen.progress import Stages, peak_memory_mib


def log() -> tuple[Stages, io.StringIO]:
    text = io.StringIO()
    return Stages(Console(file=text, force_terminal=False, width=40)), text


def test_a_log_gets_one_plain_line_a_stage() -> None:
    stages, text = log()
    with stages.stage("read [all of it] from a folder with a name longer than the line", total=3000) as stage:
        stage.advance(1000)
        stage.advance(2000)
    with stages.stage("write"):
        pass
    first, second = text.getvalue().splitlines()
    assert re.fullmatch(r"read \[all of it\] from a folder .* the line: \d+\.\d s, 3,000 rows", first)
    assert re.fullmatch(r"write: \d+\.\d s", second)


def test_a_long_stage_gives_a_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 3.0, 11.0, 12.0, 25.0])
    stages, text = log()
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(now))
    with stages.stage("read") as stage:
        stage.advance(10)
        stage.advance(10)
        stage.expect(100)
        stage.advance(10)
    lines = text.getvalue().splitlines()
    assert lines[:2] == ["read: 20 rows so far", "read: 30 of 100 rows so far"]


def test_a_terminal_sees_rows_and_time_left() -> None:
    text = io.StringIO()
    stages = Stages(Console(file=text, force_terminal=True, width=100, legacy_windows=False))
    with stages.stage("read", total=2000) as stage:
        stage.advance(1500)
    seen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text.getvalue())
    assert "rows: 1,500" in seen
    assert re.search(r"-?\d?-?:\d\d|-:--:--", seen)
    assert re.search(r"read: \d+\.\d s, 1,500 rows\n$", seen)


def test_quiet_shows_nothing_and_keeps_the_times(capsys: pytest.CaptureFixture[str]) -> None:
    stages = Stages(quiet=True)
    with stages.stage("read", total=1) as stage:
        stage.advance()
    with stages.stage("write"):
        pass
    assert [one["name"] for one in stages.seconds()] == ["read", "write"]
    assert all(isinstance(one["seconds"], float) and one["seconds"] >= 0 for one in stages.seconds())
    assert capsys.readouterr() == ("", "")


def test_progress_goes_to_standard_error_only(capsys: pytest.CaptureFixture[str]) -> None:
    with Stages().stage("read"):
        pass
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("read: ")


def test_stages_do_not_nest_and_an_error_frees_the_way() -> None:
    stages, text = log()

    def nested() -> None:
        with stages.stage("outer"), stages.stage("inner"):
            pass

    with pytest.raises(RuntimeError, match="'inner' was started inside the stage 'outer'"):
        nested()
    with stages.stage("after"):
        pass
    assert text.getvalue().splitlines()[0] == "outer: stopped"
    assert [one["name"] for one in stages.seconds()] == ["after"]


def test_memory_counts_what_a_child_held() -> None:
    """A child that held 300 MiB shows. Asked in a process of its own, which holds little itself."""
    code = (
        "import subprocess, sys\n"
        "from lippen.progress import peak_memory_mib\n"
        "before = peak_memory_mib()\n"
        "subprocess.run([sys.executable, '-c', 'x = bytearray(300 << 20)'], check=True)\n"
        "print(before, peak_memory_mib())\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, after = map(float, run.stdout.split())
    assert 1 < before < 200
    assert 300 < after < 500
    assert peak_memory_mib() > 1

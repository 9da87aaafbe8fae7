"""The command line as another process, and the small town that it is tried on."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from forked import run

ROOT = Path(__file__).parents[1]
TOWN = ROOT / "examples" / "small-town"
MAPPING = TOWN / "mapping.toml"
LIPPEN = ("-m", "lippen.cli")

Run = subprocess.CompletedProcess[str]


def lippen(*args: object, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Run:
    """Run a verb of the command line to its end."""
    return run(*LIPPEN, *map(str, args), cwd=cwd, env=env)


def assert_one_line(run: Run, *parts: str) -> None:
    """Something the user can put right: one line on standard error, exit code 2, nothing else."""
    assert run.returncode == 2, run.stderr
    assert run.stdout == ""
    last = run.stderr.splitlines()[-1]
    assert "Traceback" not in run.stderr
    assert last.startswith("lippen: ")
    for part in parts:
        assert part in last


def small_export(path: Path, zone_is_known: bool) -> Path:
    """Sixty rows that Lippen maps by itself, or all but the time zone."""
    codes = ("NO TRACE", "CRIME RECORDED")
    lines = []
    for at in range(60):
        where = f"56.2{at % 10},-1.8{at % 7}" if zone_is_known else ","
        lines.append(f"R{at},NOISE,{1 + at % 28:02}/07/2025 10:15,{where},{codes[at % 2]}")
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(["Ref,Kind,Reported,Lat,Long,Disposal", *lines]))
    return path


def started(args: list[object], ready: Callable[[], bool]) -> subprocess.Popen[str]:
    """Start lippen as a terminal would, in a group of its own, and wait until it is under way."""
    process = subprocess.Popen(
        [sys.executable, *LIPPEN, *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not ready():
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.01)
    return process


def interrupt(args: list[object], number: int, ready: Callable[[], bool]) -> subprocess.Popen[str]:
    """Start lippen, wait until it is under way, and send it a signal."""
    process = started(args, ready)
    process.send_signal(number)
    process.wait()
    return process

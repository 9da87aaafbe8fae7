"""Millions of posts of collections: read, copies gathered, told from other posts, and what they offer.

No peer does this. The figures are the time by the clock of `lippen import` and of `lippen trade`, stage by
stage as they tell it themselves, and the most memory that each held with the processes beside it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import pyarrow.parquet as pq

from benchmarks.report import Finding, Row
from lippen.sandbox import write_sandbox

LIPPEN: Final = Path(sys.executable).with_name("lippen")
POSTS: Final = 2_500_000
DAYS: Final = 850
"""Of a nation that is not real: it posts 2.9 million in so many."""

ASKED_FOR: Final = ("gather copies", "tell adverts, read offers")
"""Stages of `lippen trade` that are asked for beside the import."""

_STAGE: Final = re.compile(r"^(.+): ([\d.]+) s(?:, [\d,]+ rows?)?$")


@dataclass(frozen=True)
class Measured:
    """One command: seconds by the clock, those of each stage, and the most memory held (MiB)."""

    seconds: float
    stages: dict[str, float]
    peak_mib: float


def run(repeats: int, posts: int = POSTS, days: int = DAYS, burghs: int | None = None) -> Finding:
    """Make the posts, import them and assess what is sold, and give the medians."""
    with tempfile.TemporaryDirectory(prefix="lippen-trade-") as folder:
        made = Path(folder)
        write_sandbox(made / "nation", place="nation", days=days, burghs=burghs, seed=1, workers=1)
        source, rows = _some(made / "nation" / "streams" / "listing", made / "posts", posts)
        shutil.rmtree(made / "nation")
        measured = []
        for _ in range(repeats):
            workspace = made / "workspace"
            shutil.rmtree(workspace, ignore_errors=True)
            mapping = source / "mapping.toml"
            came = _measure(["import", source, "--mapping", mapping, "--workspace", workspace])
            told = _measure(["trade", workspace])
            measured.append((came, told))
            print(f"  {came.seconds:.0f} s and {told.seconds:.0f} s", file=sys.stderr, flush=True)
    return finding(rows, measured)


def finding(posts: int, measured: list[tuple[Measured, Measured]]) -> Finding:
    """The stages of both commands in their order, then what is asked for together, and both whole."""
    rows: list[Row] = []
    asked = [0.0] * len(measured)
    for command, name in enumerate(("lippen import", "lippen trade")):
        for stage in measured[0][command].stages:
            seconds = [one[command].stages[stage] for one in measured]
            rows.append({"command": name, "stage": stage, "seconds": median(seconds)})
            if command == 0 or stage in ASKED_FOR:
                asked = [sum(pair) for pair in zip(asked, seconds, strict=True)]
        rows.append(
            {
                "command": name,
                "stage": "in all, by the clock",
                "seconds": median(one[command].seconds for one in measured),
                "peak memory, MiB": median(one[command].peak_mib for one in measured),
            }
        )
    rows.append({"command": "both", "stage": "read, gathered, told, taken apart", "seconds": median(asked)})
    return Finding(
        title="Millions of posts, from files to what they offer",
        what=f"{posts:,} posts of the collections of a nation that does not exist, in Parquet."
        " `lippen import` reads them, replaces contacts and leaves out what is there already; `lippen trade`"
        " gathers copies, tells adverts from other posts, reads what they offer, and says what changed.",
        columns={"command": "", "stage": "", "seconds": ",.1f", "peak memory, MiB": ",.0f"},
        rows=rows,
        repeats=len(measured),
        packages=["lippen", "duckdb", "pyarrow", "scikit-learn"],
        notes=[
            "The goal is five minutes and three gibibytes for what is in the last row; the rest of"
            " `lippen trade` (learning, prices, new words) comes on top.",
        ],
    )


def _some(stream: Path, out: Path, least: int) -> tuple[Path, int]:
    """Files of a stream, as many as hold so many rows, with their mapping."""
    out.mkdir()
    shutil.copy(stream / "mapping.toml", out)
    rows = 0
    for file in sorted(stream.glob("*.parquet")):
        if rows >= least:
            break
        rows += pq.read_metadata(file).num_rows
        shutil.move(file, out)
    return out, rows


def _measure(command: list[Path | str]) -> Measured:
    begin = time.perf_counter()
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen([LIPPEN, *command], stdout=subprocess.DEVNULL, stderr=said) as process,
    ):
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, sum(_held_mib(pid) for pid in _with_children(process.pid)))
            time.sleep(0.1)
        seconds = time.perf_counter() - begin
        said.seek(0)
        lines = said.read().decode().splitlines()
    if process.returncode:
        print("\n".join(lines), file=sys.stderr)
        raise subprocess.CalledProcessError(process.returncode, [str(part) for part in command])
    stages = {found[1]: float(found[2]) for line in lines if (found := _STAGE.match(line))}
    return Measured(seconds, stages, peak)


def _with_children(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _with_children(int(child))


def _held_mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))

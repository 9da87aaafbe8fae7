"""A nation that does not exist, written by `lippen sandbox`, plain and with texts, by one worker and several.

No peer does this. The figures are the time by the clock and the most memory that all processes held together,
as the system counts it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import pyarrow.parquet as pq

from benchmarks.report import Finding, Row

LIPPEN: Final = (str(Path(sys.executable).with_name("lippen")),)
BUDGET_S: Final = {"plain": 15, "with texts": 60}
BUDGET_MIB: Final = 4096


@dataclass(frozen=True)
class Written:
    """One run of `lippen sandbox`: seconds by the clock, the most memory all its processes held together
    (MiB), events by kind, MiB of files, and a digest over streams and truth.
    """

    seconds: float
    peak_mib: float
    events: dict[str, int]
    files_mib: float
    digest: str


def run(repeats: int, days: int = 365, lippen: Sequence[str] = LIPPEN) -> Finding:
    """Write a year plain and with texts, by one worker and by one a core, and give the medians.

    Raises ValueError when two runs of one seed do not write the same bytes.
    """
    cores = len(os.sched_getaffinity(0))
    runs: dict[tuple[str, int], list[Written]] = {
        (texts, workers): [] for texts in BUDGET_S for workers in sorted({1, cores})
    }
    with tempfile.TemporaryDirectory(prefix="lippen-sandbox-") as folder:
        out = Path(folder) / "out"
        for turn in range(repeats):
            for texts, workers in list(runs)[:: 1 if turn % 2 == 0 else -1]:
                asked = ["--place", "nation", "--days", str(days), "--seed", "1", "--workers", str(workers)]
                plain = ["--plain"] if texts == "plain" else []
                one = write([*lippen, "sandbox", *asked, *plain, "--quiet"], out)
                told = f"{texts}, workers {workers}: {one.seconds:.1f} s, {one.peak_mib:.0f} MiB"
                print(f"  {told}", file=sys.stderr, flush=True)
                runs[texts, workers].append(one)
    for texts in BUDGET_S:
        if len({one.digest for (of, _), measured in runs.items() if of == texts for one in measured}) > 1:
            raise ValueError(f"two runs of one seed, {texts}, did not write the same bytes")
    return finding(runs, days)


def write(command: list[str], out: Path) -> Written:
    """Run a command with `--out` in a process of its own, and read what it wrote.

    Shows what it said and raises CalledProcessError if it fails.
    """
    shutil.rmtree(out, ignore_errors=True)
    said = out.with_suffix(".log")
    begin = time.perf_counter()
    with (
        said.open("wb") as log,
        subprocess.Popen([*command, "--out", str(out)], stdout=log, stderr=subprocess.STDOUT) as process,
    ):
        peak_mib = 0.0
        while process.poll() is None:
            peak_mib = max(peak_mib, sum(map(most_held_mib, [process.pid, *descendants(process.pid)])))
            # The system keeps the peak of each, so to look seldom is enough, and costs the run little.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
    seconds = time.perf_counter() - begin
    if process.returncode:
        print(said.read_text(errors="replace"), file=sys.stderr)
        raise subprocess.CalledProcessError(process.returncode, command)
    files = sorted(
        path for room in ("streams", "truth") for path in (out / room).rglob("*") if path.is_file()
    )
    digest = hashlib.sha256()
    for path in files:
        digest.update(str(path.relative_to(out)).encode())
        with path.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return Written(
        seconds,
        peak_mib,
        {
            kind.name: sum(pq.read_metadata(part).num_rows for part in kind.rglob("*.parquet"))
            for kind in sorted((out / "streams").iterdir())
        },
        sum(path.stat().st_size for path in files) / 2**20,
        digest.hexdigest(),
    )


def descendants(pid: int) -> list[int]:
    """The processes that a process started, and those that they started."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            # The name in brackets may hold anything, so count from behind it.
            parent = int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found[1:]


def most_held_mib(pid: int) -> float:
    """The most memory a process has held so far; 0 for one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(errors="replace").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def finding(runs: dict[tuple[str, int], list[Written]], days: int) -> Finding:
    """A row for each way of running it."""
    rows: list[Row] = []
    for (texts, workers), measured in runs.items():
        seconds = median(one.seconds for one in measured)
        events = sum(measured[0].events.values())
        rows.append(
            {
                "streams": texts,
                "workers": workers,
                "seconds": seconds,
                "of the budget": seconds / BUDGET_S[texts],
                "events": events,
                "events a second": events / seconds,
                "peak memory, MiB": max(one.peak_mib for one in measured),
                "files, MiB": measured[0].files_mib,
            }
        )
    (measured, *_) = runs.values()
    kinds = ", ".join(f"{kind} {events:,}" for kind, events in measured[0].events.items())
    budget = " and ".join(f"{seconds} s {texts}" for texts, seconds in BUDGET_S.items())
    return Finding(
        title="A nation that does not exist, written with its truth",
        what=f"`lippen sandbox --place nation --days {days}`: 5.4 million residents, every stream and the "
        "truth about it, in Parquet. Any number of workers writes the same bytes, or the benchmark stops.",
        columns={
            "streams": "",
            "workers": "",
            "seconds": ",.1f",
            "of the budget": ".0%",
            "events": ",",
            "events a second": ",.0f",
            "peak memory, MiB": ",.0f",
            "files, MiB": ",.0f",
        },
        rows=rows,
        repeats=len(measured),
        packages=["lippen", "numpy", "pyarrow"],
        notes=[
            f"The budget, on two cores: {budget}, {BUDGET_MIB:,} MiB.",
            f"Events by kind: {kinds}.",
            "The peak is the highest of all runs. It adds up the most that each process held: memory that "
            "two of them share counts twice.",
        ],
    )

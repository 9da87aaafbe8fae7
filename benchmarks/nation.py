"""A nation's year, from files to a written briefing: `lippen brief` on 1.5 million incidents with text.

No peer does this. The figures are the time by the clock and the most memory the program held, as the system
counts it, while it reads, checks, assesses and writes.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.nation_year import Year, write_year
from benchmarks.real_data import real_file
from benchmarks.report import Finding, Row

ROOT: Final = Path(__file__).parents[1]
CALLS: Final = "milwaukee_calls/calls_2018-09_2019-02.csv.gz"
MAPPING: Final = ROOT / "examples" / "mappings" / "milwaukee.toml"
SMALL: Final = ROOT / "examples" / "small-town"
LIPPEN: Final = Path(sys.executable).with_name("lippen")

INCIDENTS: Final = 1_500_000
LEAST_DISTINCT_TEXTS: Final = 200_000


@dataclass(frozen=True)
class Measured:
    """One run of `lippen brief`: seconds by the clock, peak memory (MiB), and what brief.json says."""

    seconds: float
    peak_mib: float
    facts: dict[str, Any]


def run(repeats: int, incidents: int = INCIDENTS) -> Finding:
    """Write the year, brief it, and give the medians.

    Raises NotHereError without the real calls, ValueError when too few texts are distinct.
    """
    calls = real_file(CALLS)
    with tempfile.TemporaryDirectory(prefix="lippen-nation-") as folder:
        year = write_year(calls, MAPPING, Path(folder), incidents, seed=1)
        if year.distinct_texts < min(LEAST_DISTINCT_TEXTS, incidents // 2):
            raise ValueError(f"only {year.distinct_texts} distinct texts")
        out = Path(folder) / "out"
        brief(SMALL, SMALL / "mapping.toml", out)  # compiled before the clock runs
        measured = []
        for _ in range(repeats):
            one = brief(year.folder, year.mapping, out)
            print(f"  {one.seconds:.1f} s, {one.peak_mib:.0f} MiB", file=sys.stderr, flush=True)
            measured.append(one)
        return finding(year, measured)


def brief(folder: Path, mapping: Path, out: Path) -> Measured:
    """Run `lippen brief` in a process of its own.

    Shows what it said and raises CalledProcessError if it fails.
    """
    shutil.rmtree(out, ignore_errors=True)
    command = [LIPPEN, "brief", folder, "--mapping", mapping, "--out", out, "--quiet"]
    said = out.with_suffix(".log")
    begin = time.perf_counter()
    with said.open("wb") as log, subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT) as process:
        peak_mib = 0.0
        while process.poll() is None:
            # What a child reports when it ends starts from its parent's size: read while it runs instead.
            peak_mib = max(peak_mib, _peak_mib(process.pid))
            time.sleep(0.05)
    seconds = time.perf_counter() - begin
    if process.returncode:
        print(said.read_text(errors="replace"), file=sys.stderr)
        raise subprocess.CalledProcessError(process.returncode, [str(part) for part in command])
    return Measured(seconds, peak_mib, json.loads((out / "brief.json").read_text()))


def _peak_mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def finding(year: Year, measured: list[Measured]) -> Finding:
    """The stages in their order with their median seconds, then the whole with its peak memory."""
    facts = measured[0].facts
    rows: list[Row] = [
        {"stage": stage["name"], "seconds": median(one.facts["stages"][place]["seconds"] for one in measured)}
        for place, stage in enumerate(facts["stages"])
    ]
    rows.append(
        {
            "stage": "in all, by the clock",
            "seconds": median(one.seconds for one in measured),
            "peak memory, MiB": median(one.peak_mib for one in measured),
        }
    )
    took = {key: sum(one[key] for one in facts["inputs"]) for key in ("rows", "accepted", "quarantined")}
    out_of_it = sum(facts["credibility"]["excluded"].values())
    return Finding(
        title="A nation's year, from files to a written briefing",
        what=f"{year.incidents:,} incidents with {year.distinct_texts:,} distinct texts in plain CSV, grown "
        "from the real calls of Milwaukee: whole weeks drawn again, times and places moved a little, and a "
        "made-up text for each. `lippen brief` imports, assesses and writes in one process.",
        columns={"stage": "", "seconds": ",.1f", "peak memory, MiB": ",.0f"},
        rows=rows,
        repeats=len(measured),
        packages=["lippen", "duckdb", "numba"],
        notes=[
            f"{took['rows']:,} rows read, {took['accepted']:,} accepted, {took['quarantined']:,} "
            f"quarantined. Half of the real stream is officers' own activity, and so it is here: with that, "
            f"sensors, protected kinds, and incidents without an outcome or a place, {out_of_it:,} of the "
            "accepted are read, counted and left out of the search for episodes.",
            "What is compiled was compiled before, by a run over the small town in `examples/`.",
        ],
    )

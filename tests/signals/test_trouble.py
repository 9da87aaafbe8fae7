"""When the machine does not play along: no permission, a full disk, too little memory, a line without end."""

from __future__ import annotations

import ctypes
import gzip
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from exports import HEADER, MAPPING, as_csv, bring_in, call

from lippen.engine import Engine, connect
from lippen.progress import Stages
from lippen.signals import ImportRefused, committing, import_folder, parse_mapping
from lippen.workspace import Workspace


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Capabilities(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


@contextmanager
def bound_by_permissions() -> Iterator[None]:
    """What root may ignore, this thread may not: the capabilities that pass over permissions are laid down.

    See capabilities(7): CAP_DAC_OVERRIDE is bit 1, CAP_DAC_READ_SEARCH bit 2. Anyone else has neither.
    """
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = _Header(0x20080522, 0)
    before = (_Capabilities * 2)()
    assert libc.capget(ctypes.byref(header), before) == 0
    during = (_Capabilities * 2)()
    ctypes.memmove(during, before, ctypes.sizeof(before))
    during[0].effective &= ~0b110
    assert libc.capset(ctypes.byref(header), during) == 0
    try:
        yield
    finally:
        assert libc.capset(ctypes.byref(header), before) == 0


def test_directories_and_files_without_permission_are_named_and_the_rest_is_read(
    duck: Engine, tmp_path: Path
) -> None:
    source = tmp_path / "in"
    (source / "closed").mkdir(parents=True)
    (source / "closed" / "hidden.csv").write_text(as_csv([call(9)]))
    (source / "locked.csv").write_text(as_csv([call(8)]))
    (source / "open.csv").write_text(as_csv([call(1)]))
    (source / "closed").chmod(0)
    (source / "locked.csv").chmod(0)
    with bound_by_permissions():
        with pytest.raises(PermissionError):
            list((source / "closed").iterdir())
        brought = bring_in(duck, source)
    (source / "closed").chmod(0o700)
    assert [row["incident_id"] for row in brought.taken] == ["IM-0001"]
    assert {one.file: one.reason for one in brought.report.not_read} == {
        "closed/": "no permission to look into this directory; ask whoever owns it",
        "locked.csv": "there is no permission to read it; ask whoever owns it",
    }


def test_a_folder_without_permission_is_refused(duck: Engine, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir(mode=0)
    with (
        bound_by_permissions(),
        pytest.raises(ImportRefused, match="no permission to look into this directory"),
    ):
        bring_in(duck, source)


CHILD = """
import sys
from pathlib import Path
from lippen import signals
from lippen.engine import connect
from lippen.progress import Stages, peak_memory_mib
from lippen.workspace import Workspace
source, folder, mapping, memory = sys.argv[1:]
start = peak_memory_mib()
with connect("duckdb", memory_mib=int(memory), threads=2, spill_dir=Path(folder).parent / "spill") as engine:
    workspace = Workspace.open(folder, engine)
    try:
        report = signals.import_folder(source, signals.parse_mapping(mapping), workspace, Stages(quiet=True))
    except signals.ImportRefused as error:
        sys.exit(str(error))
    print(report.accepted, report.duplicates, report.quarantined, round(peak_memory_mib() - start))
"""


def import_in_a_child(
    source: Path, workspace: Path, mapping: str = MAPPING, memory_mib: int = 512, **more: object
) -> subprocess.CompletedProcess[str]:
    """Import in a process of its own, which prints what it took and how many MiB it grew by."""
    command = [sys.executable, "-c", CHILD, str(source), str(workspace), mapping, str(memory_mib)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **more)  # type: ignore[call-overload,no-any-return]


def small_files_only() -> None:
    """No file may grow past 64 KiB: what a full disk looks like from inside."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))


def test_a_full_disk_is_said_in_one_sentence_and_nothing_stays(duck: Engine, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    workspace = tmp_path / "workspace"
    (source / "calls.csv").write_text(as_csv([call(1)]))
    bring_in(duck, source, workspace=workspace)
    before = {one: one.read_bytes() for one in workspace.rglob("*") if one.is_file()}
    (source / "more.csv").write_text(as_csv(map(call, range(2, 9000))))
    full = import_in_a_child(source, workspace, preexec_fn=small_files_only)
    assert full.returncode == 1
    assert full.stderr == (
        f"{source}: the disk of the workspace is full; nothing was imported. "
        "Make room, or choose a workspace on another disk. "
        "An import needs about the size of the unpacked files.\n"
    )
    assert {one: one.read_bytes() for one in workspace.rglob("*") if one.is_file()} == before
    again = bring_in(duck, source, workspace=workspace).report
    assert (again.accepted, again.duplicates) == (8998, 1)


def test_a_line_of_200_mb_costs_no_such_memory(tmp_path: Path) -> None:
    """Two hundred million zeros between two honest rows, packed into 200 kB."""
    source = tmp_path / "in"
    source.mkdir()
    head, tail = as_csv([call(1)]).encode(), as_csv([call(2)]).encode().split(b"\n", 1)[1]
    with gzip.open(source / "calls.csv.gz", "wb", compresslevel=1) as packed:
        packed.write(head + b"IM-9,")
        for _ in range(200):
            packed.write(b"0" * 1_000_000)
        packed.write(b"\n" + tail)
    run = import_in_a_child(source, tmp_path / "workspace")
    accepted, duplicates, quarantined, grown = map(int, run.stdout.split())
    assert (accepted, duplicates, quarantined) == (2, 0, 1)
    assert grown < 150


def test_a_file_larger_than_the_engine_s_memory_is_imported_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """About 70 MiB of rows through an engine that may hold 64 MiB, with parts in proportion to that."""
    monkeypatch.setattr(committing, "PART_BYTES", 64 << 18)
    source = tmp_path / "in"
    source.mkdir()
    rows = 48_000
    words = np.array(
        ["loud", "music", "from", "the", "old", "depot", "youths", "roof", "shouting", "quayside"]
    )
    texts = [" ".join(one) for one in words[np.random.default_rng(7).integers(0, 10, (500, 240))]]
    with (source / "calls.csv").open("w") as file:
        file.write(",".join(HEADER) + "\n")
        for at in range(rows):
            day = f"{1 + at % 28:02}/{1 + at % 12:02}/20{15 + at % 9} {at % 24:02}:15"
            place = f"56.{at % 1000:03},-1.{at % 999:03},{at % 50}00 Kirkgait"
            text = f"{at} {texts[at % 500]}"
            file.write(f"IM-{at * 7919 % rows:06},NOISE NUISANCE,{day},{place},{text},NO TRACE\n")
    assert (source / "calls.csv").stat().st_size > 64 << 20
    workspace = tmp_path / "workspace"
    mapping = parse_mapping(MAPPING)
    with connect("duckdb", memory_mib=64, threads=1, spill_dir=tmp_path / "spill") as engine:
        opened = Workspace.open(workspace, engine)
        first = import_folder(source, mapping, opened, Stages(quiet=True))
        again = import_folder(source, mapping, opened, Stages(quiet=True))
    assert (first.accepted, again.duplicates, again.changed) == (rows, rows, False)
    parts = sorted(workspace.rglob("signals/incident/*.parquet"))
    assert len(parts) > 3
    days = []
    for part in parts:
        table = pq.read_table(part, columns=["area", "reported_at", "local_day", "incident_id"])
        keys = list(
            zip(*(table[name].to_pylist() for name in ("area", "reported_at", "incident_id")), strict=True)
        )
        assert keys == sorted(keys)
        days.append(set(table["local_day"].to_pylist()))
    # No day lies in two parts, so a day is read from one.
    assert sum(map(len, days)) == len(set.union(*days))


def test_an_engine_with_far_too_little_memory_says_so(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "calls.csv").write_text(
        as_csv(call(at, Notes=f"{at} " + "loud music " * 90) for at in range(20_000))
    )
    with (
        connect("duckdb", memory_mib=12, threads=1, spill_dir=tmp_path / "spill") as engine,
        pytest.raises(ImportRefused, match=r"less memory than this import needs; .*memory_mib="),
    ):
        bring_in(engine, source, workspace=tmp_path / "workspace")
    assert list((tmp_path / "workspace").rglob("*.parquet")) == []

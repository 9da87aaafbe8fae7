"""Small exports of an invented control room, brought in through the public front and every count checked."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lippen import signals
from lippen.engine import Engine
from lippen.progress import Stages
from lippen.workspace import Workspace

Row = dict[str, Any]

MAPPING = """
zone = "Europe/London"
[columns]
incident_id = "Ref"
kind = "Kind"
reported_at = "Reported"
lat = "Lat"
lon = "Long"
place = "Street"
text = "Notes"
disposal = "Disposal"
[times]
formats = ["%d/%m/%Y %H:%M"]
[outcomes]
founded = ["CRIME RECORDED"]
unfounded = ["NO TRACE"]
[kinds]
own_activity = ["DIRECTED PATROL"]
sensor = ["INTRUDER ALARM"]
"""
HEADER = ("Ref", "Kind", "Reported", "Lat", "Long", "Street", "Notes", "Disposal")


def call(number: int = 1, **other: str) -> dict[str, str]:
    """One honest row; `other` replaces cells."""
    return {
        "Ref": f"IM-{number:04}",
        "Kind": "NOISE NUISANCE",
        "Reported": f"{1 + number % 28:02}/07/2025 {number % 24:02}:15",
        "Lat": "56.2",
        "Long": "-1.8",
        "Street": "Kirkgait",
        "Notes": f"loud music from number {number}",
        "Disposal": "NO TRACE",
        **other,
    }


def as_csv(
    rows: Iterable[Mapping[str, str]], header: Sequence[str] = HEADER, delimiter: str = ",", end: str = "\n"
) -> str:
    """Rows as delimited text, quoted where that is needed."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerow(header)
    writer.writerows([row.get(name, "") for name in header] for row in rows)
    return text.getvalue()


@dataclass(frozen=True)
class BroughtIn:
    """What an import said, and what the workspace then holds."""

    report: signals.ImportReport
    workspace: Workspace

    @property
    def taken(self) -> list[Row]:
        """Accepted signals in the order of file and line."""
        return self._rows("signals", ("file", "line"))

    @property
    def refused(self) -> list[Row]:
        """Quarantined rows in the order of file and line."""
        return self._rows("quarantine", ("file", "line", "reason"))

    def _rows(self, what: str, order: Sequence[str]) -> list[Row]:
        rows = [row for table in self.tables(what) for row in table.to_pylist()]
        return sorted(rows, key=lambda row: [row[name] for name in order])

    def tables(self, what: str, columns: Sequence[str] | None = None) -> list[pa.Table]:
        """The files that the manifest names; read without the engine, for the imports are many."""
        names = [name for one in self.workspace.imports() for name in getattr(one, what)]
        return [pq.read_table(self.workspace.lake / name, columns=columns) for name in names]

    @property
    def reasons(self) -> dict[int, str]:
        """Reason by line, for an export of one file."""
        return {row["line"]: row["reason"] for row in self.refused}

    def unread(self, file: str) -> str:
        """Why a file was not read."""
        (reason,) = [one.reason for one in self.report.not_read if one.file == file]
        return reason


def bring_in(
    engine: Engine, source: Path, mapping: str | signals.Mapping = MAPPING, workspace: Path | None = None
) -> BroughtIn:
    """Import `source` and check that every row that was read is accounted for, file by file.

    Without `workspace` a new one is made beside the source.
    """
    how = signals.parse_mapping(mapping) if isinstance(mapping, str) else mapping
    folder = workspace or next(
        path
        for number in range(1000)
        if not (path := source.parent / f".{source.name}-workspace-{number}").exists()
    )
    opened = Workspace.open(folder, engine)
    before = opened.imports()
    report = signals.import_folder(source, how, opened, Stages(quiet=True))
    brought = BroughtIn(report, opened)
    for one in report.inputs:
        assert one.accepted + one.duplicates + one.quarantined == one.rows, one
        assert min(one.accepted, one.duplicates, one.quarantined) >= 0, one
    if not before:
        _check_tables(brought)
    return brought


def _check_tables(brought: BroughtIn) -> None:
    """The tables of a first import hold what the counts say, and each refusal says where, what and why."""
    report = brought.report
    taken = [file for table in brought.tables("signals", ["file"]) for file in table["file"].to_pylist()]
    assert Counter(taken) == _counted(report, "accepted")
    refused = brought.refused
    assert Counter(row["file"] for row in refused) == _counted(report, "quarantined")
    for row in refused:
        assert row["line"] >= 1
        assert row["column"] != ""
        assert len(row["value"]) <= 200
        # First what is wrong, then what to do about it.
        what, _, remedy = row["reason"].partition("; ")
        assert what, row
        assert remedy, row


def _counted(report: signals.ImportReport, what: str) -> Counter[str]:
    return Counter({one.file: count for one in report.inputs if (count := getattr(one, what))})


def bring_in_text(
    engine: Engine,
    folder: Path,
    text: str | bytes,
    mapping: str = MAPPING,
    workspace: Path | None = None,
) -> BroughtIn:
    """Import one CSV file of this text."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "calls.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return bring_in(engine, folder, mapping, workspace)


def bring_in_rows(
    engine: Engine,
    folder: Path,
    rows: Iterable[Mapping[str, str]],
    mapping: str = MAPPING,
    workspace: Path | None = None,
    **more: Any,
) -> BroughtIn:
    """Import one CSV file of these rows."""
    return bring_in_text(engine, folder, as_csv(rows, **more), mapping, workspace)

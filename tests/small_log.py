"""A control room's log made cell by cell, for tests that know each count: how many incidents of a kind, in a
larger area and a quarter, spread over its days.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from lippen.progress import Stages
from lippen.signals import import_folder, load_mapping
from lippen.workspace import Workspace

QUIET = Stages(quiet=True)
HEADS = ("Ref", "Kind", "Received", "Ward", "Zone", "Lat", "Long", "Text", "Closing")
MAPPING = """kind = "incident"
source = "{source}"
zone = "Europe/London"

[columns]
incident_id = "Ref"
kind = "Kind"
reported_at = "Received"
larger_area = "Ward"
area = "Zone"
lat = "Lat"
lon = "Long"
text = "Text"
disposal = "Closing"

[times]
formats = ["%Y-%m-%d %H:%M"]

[outcomes]
founded = ["CRIME RECORDED"]
unfounded = ["NO TRACE"]
unknown = []

[kinds]
own_activity = ["PATROL"]

[kinds.protected]
domestic = ["DOMESTIC"]
"""

Cell = tuple[str, date, str]
"""Larger area, first day of the quarter, kind."""


@dataclass(frozen=True)
class Logged:
    """One row of the log."""

    ref: str
    kind: str
    day: date
    ward: str
    zone: str = ""
    lat: float | None = None
    lon: float | None = None
    text: str = ""
    closing: str = "NO TRACE"


def spread(cells: Mapping[Cell, int], batch: str, days: int = 90) -> list[Logged]:
    """So many incidents for each cell, evenly over the first `days` of its quarter. Each larger area has two
    small ones. `batch` tells the ids of one log from those of another.
    """
    wards = sorted({ward for ward, _, _ in cells})
    rows = []
    for (ward, first, kind), many in cells.items():
        for nth in range(many):
            rows.append(
                Logged(
                    ref=f"{batch}-{ward}-{first:%y%m}-{kind}-{nth}",
                    kind=kind,
                    day=first + timedelta(days=nth * days // many),
                    ward=ward,
                    zone=f"{ward} {1 + nth % 2}",
                    lat=56.1 + 0.02 * wards.index(ward),
                    lon=-1.9 + 0.02 * (nth % 2),
                )
            )
    return rows


def bring(workspace: Workspace, folder: Path, rows: Iterable[Logged], source: str = "A log") -> str:
    """Write the rows as an export into a new folder, import them, and return the import's id."""
    folder.mkdir(parents=True)
    (folder / "mapping.toml").write_text(MAPPING.format(source=source))
    with (folder / "log.csv").open("w", newline="") as file:
        written = csv.writer(file)
        written.writerow(HEADS)
        for nth, one in enumerate(rows):
            at = f"{one.day} {nth % 24:02}:{nth % 60:02}"
            place = ("" if one.lat is None else one.lat, "" if one.lon is None else one.lon)
            written.writerow([one.ref, one.kind, at, one.ward, one.zone, *place, one.text, one.closing])
    report = import_folder(folder, load_mapping(folder / "mapping.toml"), workspace, QUIET)
    return report.import_id

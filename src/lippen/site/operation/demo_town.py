"""The demo's closed incidents: the log of Invermarrow's control room, taken into the workspace's lake,
reckoned and made searchable, so that pages show what was found.

Its last month is held back as a file beside the lake, for whoever wants to bring an export in: it is of the
same town, and continues what the lake holds.
"""

from __future__ import annotations

import csv
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from lippen import credibility, signals
from lippen.engine import connect
from lippen.progress import Stages
from lippen.reckoning import reckon
from lippen.sandbox import write_sandbox
from lippen.search import make_index
from lippen.site.operation.demo_lake import HELD_BACK
from lippen.workspace import Workspace

DAYS: Final = 365
SEED: Final = 2
"""The town that `make briefing` shows."""

_MONTH: Final = "/12/2025 "
"""The last month of these days, as the export writes it within a time."""


def bring(workspace: Path, stages: Stages) -> None:
    """Take in a year of Invermarrow's closed incidents but for its last month, which is put into HELD_BACK.
    The workspace must hold no incidents.
    """
    with (
        TemporaryDirectory(prefix=".lippen-", dir=workspace) as beside,
        connect(spill_dir=Path(beside)) as engine,
    ):
        opened = Workspace.open(workspace, engine)
        town = Path(beside) / "invermarrow"
        write_sandbox(town, "invermarrow", DAYS, SEED, stages=stages)
        log = town / "streams" / "incident"
        _hold_back(log / "closed_incidents.csv", workspace / HELD_BACK)
        signals.import_folder(log, signals.load_mapping(log / "mapping.toml"), opened, stages)
        reckon(opened, credibility.Settings(), stages, "Invermarrow")
        make_index(opened, stages)


def _hold_back(export: Path, held_back: Path) -> None:
    """Move the rows of the last month from one export into another with the same headings."""
    with export.open(encoding="utf-8", newline="") as file:
        headings, *rows = csv.reader(file)
    received = headings.index("Received")
    late = [row for row in rows if _MONTH in row[received]]
    early = [row for row in rows if _MONTH not in row[received]]
    for path, kept in ((export, early), (held_back, late)):
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([headings, *kept])

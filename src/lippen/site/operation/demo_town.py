"""What lies in the demo's lake: the log of Invermarrow's control room, the town's collected posts and its
sightings, reckoned and made searchable, so that pages show what was found.

The last month of the log is held back as a file beside the lake, for whoever wants to bring an export in: it
is of the same town, and continues what the lake holds.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from lippen import credibility, signals
from lippen.engine import connect
from lippen.progress import Stages
from lippen.reckoning import reckon
from lippen.reckoning_trade import reckon_trade
from lippen.sandbox import write_sandbox
from lippen.search import make_index
from lippen.site.operation.demo_lake import HELD_BACK
from lippen.workspace import Workspace

DAYS: Final = 365
SEED: Final = 2
"""The town that `make briefing` shows."""

RIGHT: Final = signals.Authority(
    who="Trading Standards, Invermarrow",
    basis="none is needed, since nobody in it exists",
    purpose="to show how Lippen works",
    expires=date(2099, 12, 31),
)
"""By what right the demo's collection is held."""

_MONTH: Final = "/12/2025 "
"""The last month of these days, as the export writes it within a time."""


def bring(workspace: Path, stages: Stages) -> None:
    """Take in a year of Invermarrow's closed incidents but for its last month, which is put into HELD_BACK,
    and of its collected posts and sightings. The workspace must hold no incidents.
    """
    with (
        TemporaryDirectory(prefix=".lippen-", dir=workspace) as beside,
        connect(spill_dir=Path(beside)) as engine,
    ):
        opened = Workspace.open(workspace, engine)
        town = Path(beside) / "invermarrow"
        write_sandbox(town, "invermarrow", DAYS, SEED, stages=stages)
        posts, seen, log = (town / "streams" / kind for kind in ("listing", "sighting", "incident"))
        collected = replace(signals.load_mapping(posts / "mapping.toml"), authority=RIGHT)
        # Incidents come last: by them a demo is known to be filled, also one whose first start was ended.
        signals.import_folder(posts, collected, opened, stages)
        signals.import_folder(seen, signals.load_mapping(seen / "mapping.toml"), opened, stages)
        _hold_back(log / "closed_incidents.csv", workspace / HELD_BACK)
        signals.import_folder(log, signals.load_mapping(log / "mapping.toml"), opened, stages)
        reckon(opened, credibility.Settings(), stages, "Invermarrow")
        make_index(opened, stages)
        reckon_trade(opened, stages)


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

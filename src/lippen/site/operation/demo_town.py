"""The demo's closed incidents: the log of Invermarrow's control room, taken into the workspace's lake,
reckoned and made searchable, so that pages show what was found.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from lippen import credibility, signals
from lippen.engine import connect
from lippen.progress import Stages
from lippen.reckoning import reckon
from lippen.sandbox import write_sandbox
from lippen.searching import make_index
from lippen.workspace import Workspace

DAYS: Final = 365
SEED: Final = 2
"""The town that `make briefing` shows."""


def bring(workspace: Path, stages: Stages) -> None:
    """Take in a year of Invermarrow's closed incidents, unless the workspace holds incidents already."""
    with (
        TemporaryDirectory(prefix=".lippen-", dir=workspace) as beside,
        connect(spill_dir=Path(beside)) as engine,
    ):
        opened = Workspace.open(workspace, engine)
        if any(one.kind == "incident" for one in opened.imports()):
            return
        town = Path(beside) / "invermarrow"
        write_sandbox(town, "invermarrow", DAYS, SEED, stages=stages)
        log = town / "streams" / "incident"
        signals.import_folder(log, signals.load_mapping(log / "mapping.toml"), opened, stages)
        reckon(opened, credibility.Settings(), stages, "Invermarrow")
        make_index(opened, stages)

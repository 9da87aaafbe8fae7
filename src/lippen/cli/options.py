"""Options that several verbs have, and what they turn into."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lippen.progress import Stages

Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="Folder of exports: CSV, gzip, Excel, Parquet, JSON lines.")
]
Seed = Annotated[int, typer.Option(metavar="N", help="Seed of every random draw: same input, same bytes.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]


def stages_of(quiet: bool) -> Stages:
    from lippen.progress import Stages

    return Stages(quiet=quiet)

"""Verbs for what arrives: look at an export, and import a folder of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lippen.cli.options import Folder, Quiet, stages_of
from lippen.errors import LippenError


def inspect_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="One export, or a folder of them.")],
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the proposed mapping to this new file.")
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="FILE", help="Check this mapping instead of proposing one."),
    ] = None,
    kind: Annotated[
        str, typer.Option(metavar="KIND", help="Kind of signal: incident, record, listing ...")
    ] = "incident",
) -> None:
    """Propose a mapping for an export, or check one: first rows as they would be read and every problem."""
    from lippen import signals

    if mapping is not None:
        if save is not None:
            raise LippenError("--save and --mapping do not go together", remedy="Leave one of them out.")
        typer.echo(signals.check_mapping(file, signals.load_mapping(mapping)).as_text(), nl=False)
        return
    proposal = signals.propose_mapping(file, kind)
    typer.echo(proposal.as_text(), nl=False)
    if save is not None:
        try:
            with save.open("x", encoding="utf-8") as new:
                new.write(proposal.toml)
        except FileExistsError as error:
            raise LippenError("this file is already there", file=save, remedy="Name a new one.") from error
        typer.echo(f"Wrote {save}")


def import_folder(
    folder: Folder,
    mapping: Annotated[Path, typer.Option("--mapping", metavar="FILE", help="Mapping from the columns.")],
    workspace: Annotated[Path, typer.Option("--workspace", metavar="DIR", help="Workspace to import into.")],
    quarantine: Annotated[
        Path | None,
        typer.Option("--quarantine", metavar="FILE", help="Write the refused rows to this new CSV file."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Import a folder of exports into a workspace; importing the same again changes nothing."""
    from tempfile import TemporaryDirectory

    from lippen import signals
    from lippen.engine import connect
    from lippen.workspace import Workspace

    how = signals.load_mapping(mapping)
    workspace.parent.mkdir(parents=True, exist_ok=True)
    # What does not fit in memory goes to the workspace's disk, not to a /tmp that may itself be memory.
    with (
        TemporaryDirectory(prefix=".lippen-", dir=workspace.parent) as beside,
        connect(spill_dir=Path(beside)) as engine,
    ):
        opened = Workspace.open(workspace, engine)
        report = signals.import_folder(folder, how, opened, stages_of(quiet), quarantine)
    typer.echo(report.as_text(), nl=False)

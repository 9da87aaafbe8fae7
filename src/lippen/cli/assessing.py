"""Verbs for closed incidents: the briefing, and how well campaigns are found."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lippen.cli.options import Folder, Quiet, Seed, named_day, named_folder, stages_of
from lippen.errors import LippenError

if TYPE_CHECKING:
    from lippen.credibility import Settings
    from lippen.signals import Mapping

MappingFile = Annotated[
    Path | None,
    typer.Option(
        "--mapping", metavar="FILE", help="Mapping from the export's columns; proposed when left out."
    ),
]
Since = Annotated[
    date | None,
    typer.Option(
        parser=named_day,
        metavar="DATE",
        help="First day to assess; earlier days are learned from. Without it, the last quarter of the days.",
    ),
]
Budget = Annotated[float, typer.Option(metavar="N", help="False episodes you accept in 30 days.")]


def brief(
    folder: Folder,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", parser=named_folder, help="Folder for the briefing.")
    ],
    mapping: MappingFile = None,
    since: Since = None,
    budget: Budget = 1.0,
    seed: Seed = 0,
    evaluation: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="An evaluation.json of these incidents, whose recall the page then tells."
        ),
    ] = None,
    trade: Annotated[
        Path | None,
        typer.Option(
            metavar="WORKSPACE", help="A workspace in which the trade was reckoned, for a section on it."
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write the briefing over a folder of exports: one page, its figures as JSON, its tables as Parquet."""
    from lippen.briefing import write_briefing

    command = _command("brief", folder, mapping, since, budget, seed, evaluation, trade)
    settings = _settings(since, budget, seed)
    how = _mapping(folder, mapping)
    report = write_briefing(folder, out, how, settings, stages_of(quiet), command, evaluation, trade)
    typer.echo(report.as_text(), nl=False)
    typer.echo(f"The briefing: {out / 'index.html'}")


def evaluate_credibility(
    folder: Folder,
    mapping: MappingFile = None,
    since: Since = None,
    budget: Budget = 1.0,
    seed: Seed = 0,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", parser=named_folder, help="Folder for the figures and tables."),
    ] = None,
    sandbox: Annotated[
        bool,
        typer.Option(
            "--sandbox",
            help="FOLDER was written by lippen sandbox: score its own incidents against its truth.",
        ),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Plant campaigns into real incidents, and say how many are found, how soon, and how often wrongly.

    With --sandbox nothing is planted: a sandbox holds campaigns of its own and knows the truth of each.
    """
    if sandbox and mapping is not None:
        raise LippenError(
            "--sandbox and --mapping do not go together: a sandbox brings its own mapping",
            remedy="Leave one of them out.",
        )
    from lippen.evaluating.credibility import evaluate_credibility, evaluate_sandbox

    settings = _settings(since, budget, seed)
    if sandbox:
        text = evaluate_sandbox(folder, out, settings, stages_of(quiet)).as_text()
    else:
        how = _mapping(folder, mapping)
        text = evaluate_credibility(folder, out, how, settings, stages_of(quiet)).as_text()
    typer.echo(text, nl=False)


def _settings(since: date | None, budget: float, seed: int) -> Settings:
    from lippen.credibility import Settings

    return Settings(since=since, budget=budget, seed=seed)


def _mapping(folder: Path, file: Path | None) -> Mapping:
    """The mapping that was named, or the proposed one when nothing about it is open."""
    from lippen import signals

    if file is not None:
        mapping = signals.load_mapping(file)
        if mapping.kind.name != "incident":
            raise LippenError(
                f"this mapping reads the kind {mapping.kind.name!r}, and incidents are asked for",
                file=file,
                remedy="Name a mapping of incidents.",
            )
        return mapping
    proposal = signals.propose_mapping(folder)
    if proposal.mapping is None or proposal.problems:
        for problem in proposal.problems:
            typer.echo(f"- {problem}", err=True)
        many = len(proposal.problems)
        raise LippenError(
            "no mapping was named, and the proposed one has "
            + ("an open question" if many == 1 else f"{many} open questions"),
            file=folder,
            remedy=f"Run lippen inspect {folder} --save mapping.toml, check it, and name it with --mapping.",
        )
    typer.echo(
        f"No mapping was named, so Lippen's own guess is used: see it with lippen inspect {folder}", err=True
    )
    return proposal.mapping


def _command(
    verb: str,
    folder: Path,
    mapping: Path | None,
    since: date | None,
    budget: float,
    seed: int,
    evaluation: Path | None,
    trade: Path | None,
) -> str:
    """How to have the same again, without the output folder: where a briefing goes changes nothing in it."""
    import shlex

    parts = ["lippen", verb, str(folder)]
    parts += ["--mapping", str(mapping)] if mapping else []
    parts += ["--since", f"{since:%Y-%m-%d}"] if since else []
    parts += ["--budget", f"{budget:g}", "--seed", str(seed)]
    parts += ["--evaluation", str(evaluation)] if evaluation else []
    parts += ["--trade", str(trade)] if trade else []
    return shlex.join(parts)

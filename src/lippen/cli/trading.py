"""Verbs for the trade: how well adverts, drugs and new words are found, and the alert about one drug."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from lippen.cli.options import Quiet, Seed, named_folder, stages_of


def evaluate_trade(
    task: Annotated[str, typer.Option(metavar="TASK", help="What to evaluate: adverts, spans or terms.")],
    train: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of marked texts to learn from.")],
    test: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Folder of marked texts to measure on; kept apart from it."),
    ] = None,
    seed: Seed = 0,
    quiet: Quiet = False,
) -> None:
    """Learn from marked texts, and say how often what was learned is right on others, beside plain baselines.

    Prints one JSON object. Without --test, parts of the texts are kept apart: later ones, and those of other
    sellers.
    """
    from lippen.errors import LippenError
    from lippen.evaluating.trade import Task, evaluate_trade

    if task not in list(Task):
        raise LippenError(f"{task!r} is no task", remedy=f"Name one of: {', '.join(Task)}.")
    facts = evaluate_trade(Task(task), train, test, seed, stages_of(quiet))
    typer.echo(json.dumps(facts, indent=2, allow_nan=False))


def write_alert(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What the alert says (TOML).")],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", parser=named_folder, help="Folder for the alert.")
    ],
) -> None:
    """Write a plain-words alert for workers and parents: one page, for a screen and for paper.

    It says what is about, what it can do and where help is. It never says where or from whom anything is
    sold, and two people stand for it.
    """
    from lippen.alert import read_alert, write_alert

    write_alert(read_alert(file), out)
    typer.echo(f"The alert: {out / 'alert.html'}, and on paper {out / 'alert.pdf'}")

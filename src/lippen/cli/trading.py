"""Verbs for the trade: how well adverts, drugs and new words are found, and the alert about one drug."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lippen.cli.options import Quiet, Seed, named_day, named_folder, stages_of
from lippen.errors import LippenError

if TYPE_CHECKING:
    import pyarrow as pa


def assess_trade(
    workspace: Annotated[Path, typer.Argument(metavar="WORKSPACE", help="Workspace with what was imported.")],
    train: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Folder of marked posts to learn from what an advert is; without it, made-up ones.",
        ),
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What people said of words before (Parquet)."),
    ] = None,
    until: Annotated[
        date | None,
        typer.Option(
            parser=named_day,
            metavar="DATE",
            help="A day of the last week to look at. Without it, the newest.",
        ),
    ] = None,
    seed: Seed = 0,
    quiet: Quiet = False,
) -> None:
    """Say what changed in what is sold: in which words, at what price, through what, and what is new.

    Works on the listings and sightings that a workspace holds, and writes result tables into it. It fetches
    nothing and follows nobody.
    """
    from tempfile import TemporaryDirectory

    from lippen.advert_models import model_of_marked
    from lippen.engine import connect
    from lippen.evaluating.labelled import read_adverts
    from lippen.reckoning_trade import reckon_trade
    from lippen.trade.told import in_plain_words
    from lippen.wording import how_old_its_parts, last_days, not_over, not_whole
    from lippen.workspace import Workspace

    if not workspace.is_dir():
        raise LippenError("there is no workspace here", file=workspace, remedy="Run lippen import first.")
    stages = stages_of(quiet)
    model = None if train is None else model_of_marked(read_adverts(train), train.resolve().name, seed)
    answered = None if decisions is None else _decisions(decisions)
    with (
        TemporaryDirectory(prefix=".lippen-", dir=workspace.resolve().parent) as beside,
        connect(spill_dir=Path(beside)) as engine,
    ):
        opened = Workspace.open(workspace, engine, create=False)
        facts = reckon_trade(opened, stages, seed, answered, model, until)
        told = {name: engine.collect(opened.result(name)) for name in opened.results()}
    newest = date.fromisoformat(facts["until"])
    today, came = datetime.now(UTC).date(), facts["listings"]
    last = date.fromisoformat(came["last_day"]) if came else None
    old = "" if until else how_old_its_parts(newest, last_days(facts), today)
    open_yet = "" if until else not_over(newest, today)
    for said in filter(None, (old, open_yet, not_whole(newest, last))):
        typer.echo(f"{said}\n")
    typer.echo(in_plain_words(facts, told), nl=False)
    if facts["sightings"] is not None:
        typer.echo(
            "\nA week goes from Monday to Sunday. A sighting of which only the week is known counts on the"
            " first day of that week."
        )


def _decisions(file: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from lippen.trade.errors import DecisionsUnusable
    from lippen.trade.term_decisions import DECISIONS, Taught

    try:
        table = pq.read_table(file)
        if set(DECISIONS.names) <= set(table.column_names):
            table = table.select(DECISIONS.names).cast(DECISIONS)
        Taught.by(table)  # what is wrong with them is said before anything is learned
    except DecisionsUnusable as error:
        raise LippenError(error.what, file=file, remedy=error.remedy) from error
    except (OSError, pa.ArrowException) as error:
        raise LippenError(
            f"these decisions cannot be read ({error})",
            file=file,
            remedy="Give a Parquet file with the columns that docs/explanation/trade-new-terms.md names.",
        ) from error
    return table


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
    from lippen.evaluating.trade import Task, evaluate_trade

    if task not in list(Task):
        raise LippenError(f"{task!r} is no task", remedy=f"Name one of: {', '.join(Task)}.")
    facts = evaluate_trade(Task(task), train, test, seed, stages_of(quiet))
    typer.echo(json.dumps(facts, indent=2, allow_nan=False))


def write_return(
    workspace: Annotated[
        Path, typer.Argument(metavar="WORKSPACE", help="Workspace in which the trade was reckoned.")
    ],
    statement: Annotated[
        Path,
        typer.Option(metavar="FILE", help="Who stands for it, for which area, and what they say (TOML)."),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", parser=named_folder, help="Folder for the return.")
    ],
    week: Annotated[
        date | None,
        typer.Option(parser=named_day, metavar="DATE", help="A day of the week. Without it, the newest."),
    ] = None,
) -> None:
    """Write a week of the trade in the shape of the national drug-alert service's reports: CSV and JSON.

    One row a substance. No patient, seller, contact or count below five is in it, two people stand for it,
    and nothing is sent.
    """
    from lippen.weekly_return import make_return, read_statement, write_return
    from lippen.wording import counted, not_over

    made = make_return(workspace, read_statement(statement), week)
    write_return(made, out)
    typer.echo(
        f"{counted(len(made.rows), 'row')} for the week from {made.week} to {made.until}:"
        f" {out / 'return.csv'} and {out / 'return.json'}"
    )
    if said := not_over(made.until, datetime.now(UTC).date()):
        typer.echo(said)
    typer.echo("Nothing was sent. Have the second person read it before it goes.")


def _names(wanted: bool) -> None:
    """Print every name that an alert may give a substance, and end."""
    from lippen.trade.vocabulary import families

    if wanted:
        typer.echo("\n".join(families()))
        raise typer.Exit


def write_alert(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What the alert says (TOML).")],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", parser=named_folder, help="Folder for the alert.")
    ],
    substances: Annotated[  # noqa: ARG001 - it ends before the alert is read
        bool,
        typer.Option(
            "--substances", is_eager=True, callback=_names, help="List the names of substances, and end."
        ),
    ] = False,
) -> None:
    """Write a plain-words alert for workers and parents: one page, for a screen and for paper.

    It says what is about, what it can do and where help is. It is refused where a rule sees in it where, from
    whom or for how much something is sold. No rule knows the names of people and places: two people read it
    and stand for it.
    """
    from lippen.alert import not_current, read_alert, write_alert

    alert = read_alert(file)
    write_alert(alert, out)
    typer.echo(f"The alert: {out / 'alert.html'}, and on paper {out / 'alert.pdf'}")
    typer.echo(
        "Rules looked at it, and rules know no names: look for names of people and places yourself, and have"
        " the second person read it."
    )
    if said := not_current(alert, datetime.now(UTC).date()):
        typer.echo(said)
    typer.echo("Nothing was sent.")

"""Verbs for the town that does not exist: make it, and compare what is done in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lippen.cli.options import Quiet, Seed, named_folder, refuse_misplaced, stages_of
from lippen.errors import LippenError

if TYPE_CHECKING:
    from lippen.sandbox import Scenario

ScenarioFile = Annotated[
    str | None,
    typer.Option(
        "--scenario", metavar="NAME", help="A scenario by name, or a scenario.toml; else an ordinary year."
    ),
]


def make_sandbox(
    context: typer.Context,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", parser=named_folder, help="Folder for streams/, truth/ and sandbox.json."
        ),
    ] = None,
    place: Annotated[
        str, typer.Option(metavar="PLACE", help="invermarrow, or nation (220 burghs).")
    ] = "invermarrow",
    days: Annotated[int, typer.Option(metavar="N", help="Days from the scenario's first day on.")] = 365,
    seed: Seed = 1,
    scenario: ScenarioFile = None,
    plain: Annotated[bool, typer.Option("--plain", help="Leave out the columns that hold words.")] = False,
    dirt: Annotated[
        float, typer.Option(metavar="SHARE", help="Share of rows to spoil on purpose, such as 0.01.")
    ] = 0.0,
    burghs: Annotated[
        int | None, typer.Option(metavar="N", help="Make only the first N burghs of the nation.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", help="Processes for a nation; the bytes are the same.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write a town that does not exist: streams as its partners would export them, and the truth apart."""
    if context.invoked_subcommand is not None:
        refuse_misplaced(context)
        return
    if out is None:
        raise LippenError("no folder was named for the sandbox", remedy="Add --out DIR.")
    from lippen.sandbox import write_sandbox

    facts = write_sandbox(
        out,
        place,
        days,
        seed,
        _scenario(scenario),
        texts=not plain,
        dirt=dirt,
        burghs=burghs,
        workers=workers,
        stages=stages_of(quiet),
    )
    for kind, rows in facts["rows"].items():
        typer.echo(f"{kind:<10}{rows:>12,} {'row' if rows == 1 else 'rows'}")
    typer.echo(f"The streams: {out / 'streams'}   The truth: {out / 'truth'}")


def compare(
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", parser=named_folder, help="Folder for the page and its tables."),
    ],
    intervention: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="What is done, each alone; all five when left out."),
    ] = None,
    start: Annotated[
        int | None,
        typer.Option("--from", metavar="DAY", help="First day of it, from 0; else a third of the days."),
    ] = None,
    areas: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Area by name or code; repeatable, all when left out."),
    ] = None,
    days: Annotated[int, typer.Option(metavar="N", help="Days from the scenario's first day on.")] = 365,
    seed: Seed = 1,
    scenario: ScenarioFile = None,
    quiet: Quiet = False,
) -> None:
    """Compare one seed with and without interventions, in truth and in the streams: no forecast."""
    import shlex

    from lippen.comparing import compare_interventions

    parts = ["lippen", "sandbox", "compare", "--days", str(days), "--seed", str(seed)]
    for kind in intervention or ():
        parts += ["--intervention", kind]
    for name in areas or ():
        parts += ["--areas", name]
    parts += ["--from", str(start)] if start is not None else []
    parts += ["--scenario", scenario] if scenario is not None else []
    compare_interventions(
        out,
        _scenario(scenario),
        stages_of(quiet),
        tuple(intervention or ()),
        start,
        tuple(areas or ()),
        days,
        seed,
        shlex.join(parts),
    )
    typer.echo(f"A way to think, not a forecast: {out / 'index.html'}")


def _scenario(which: str | None) -> Scenario:
    from lippen.sandbox import Scenario, load_scenario

    return Scenario() if which is None else load_scenario(which)

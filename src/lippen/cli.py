"""The command line: one verb a function. What a verb needs is imported inside it, so that help is quick.

What can be put right is one line on standard error and exit code 2; an interrupt is exit code 130 and leaves
nothing half-written; anything else is a fault of Lippen and shows its trace.
"""

from __future__ import annotations

import errno
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from lippen.errors import LippenError

if TYPE_CHECKING:
    from types import FrameType

    from lippen.credibility import Settings
    from lippen.progress import Stages
    from lippen.sandbox import Scenario
    from lippen.signals import Mapping

app = typer.Typer(
    name="lippen",
    help="Closed incidents in, a briefing out. Nobody is scored, and nothing leaves this machine.",
    epilog=(
        "LIPPEN_ENGINE chooses where queries run: duckdb (the default), local[N] or spark://host:port."
        " Exit codes: 0 done, 2 something to put right, 130 interrupted, 1 a fault of Lippen."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
evaluate = typer.Typer(help="Measure how well Lippen finds what was planted.", no_args_is_help=True)
app.add_typer(evaluate, name="evaluate")
sandbox = typer.Typer(
    help="Make a town that does not exist, its truth kept apart: to show, to train, to score.",
    invoke_without_command=True,
)
app.add_typer(sandbox, name="sandbox")

Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="Folder of exports: CSV, gzip, Excel, Parquet, JSON lines.")
]
MappingFile = Annotated[
    Path | None,
    typer.Option(
        "--mapping", metavar="FILE", help="Mapping from the export's columns; proposed when left out."
    ),
]
Since = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="First day to assess; earlier days are learned from. Without it, the last quarter of the days.",
    ),
]
Budget = Annotated[float, typer.Option(metavar="N", help="False episodes you accept in 30 days.")]
Seed = Annotated[int, typer.Option(metavar="N", help="Seed of every random draw: same input, same bytes.")]
ScenarioFile = Annotated[
    str | None,
    typer.Option(
        "--scenario", metavar="NAME", help="A scenario by name, or a scenario.toml; else an ordinary year."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"lippen {version('lippen')}")
        raise typer.Exit


@app.callback()
def lippen(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say which Lippen this is."),
    ] = False,
) -> None:
    pass


@app.command("inspect")
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


@app.command("import")
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
        report = signals.import_folder(folder, how, opened, _stages(quiet), quarantine)
    typer.echo(report.as_text(), nl=False)


@app.command()
def brief(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the briefing.")],
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
    quiet: Quiet = False,
) -> None:
    """Write the briefing over a folder of exports: one page, its figures as JSON, its tables as Parquet."""
    from lippen.briefing import write_briefing

    command = _command("brief", folder, mapping, since, budget, seed, evaluation)
    settings = _settings(since, budget, seed)
    how = _mapping(folder, mapping)
    report = write_briefing(folder, out, how, settings, _stages(quiet), command, evaluation)
    typer.echo(report.as_text(), nl=False)
    typer.echo(f"The briefing: {out / 'index.html'}")


@evaluate.command("credibility")
def evaluate_credibility(
    folder: Folder,
    mapping: MappingFile = None,
    since: Since = None,
    budget: Budget = 1.0,
    seed: Seed = 0,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for the figures and tables.")
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
    from lippen.briefing import evaluate_credibility, evaluate_sandbox

    settings = _settings(since, budget, seed)
    if sandbox:
        text = evaluate_sandbox(folder, out, settings, _stages(quiet)).as_text()
    else:
        how = _mapping(folder, mapping)
        text = evaluate_credibility(folder, out, how, settings, _stages(quiet)).as_text()
    typer.echo(text, nl=False)


@sandbox.callback()
def make_sandbox(
    context: typer.Context,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder for streams/, truth/ and sandbox.json."),
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
        stages=_stages(quiet),
    )
    for kind, rows in facts["rows"].items():
        typer.echo(f"{kind:<10}{rows:>12,} rows")
    typer.echo(f"The streams: {out / 'streams'}   The truth: {out / 'truth'}")


@sandbox.command("compare")
def compare(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the page and its tables.")],
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
        _stages(quiet),
        tuple(intervention or ()),
        start,
        tuple(areas or ()),
        days,
        seed,
        shlex.join(parts),
    )
    typer.echo(f"A way to think, not a forecast: {out / 'index.html'}")


_stopped_by: list[int] = []
"""The signals that asked this run to stop."""


def main() -> NoReturn:
    """Run the command line; what `lippen` starts."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        app()
    except Exception as error:
        # A library that is stopped in the middle of its work says so in an error of its own.
        if _stopped_by:
            sys.exit(128 + _stopped_by[0])
        if isinstance(error, LippenError):
            _fail(str(error))
        if isinstance(error, OSError):
            _fail(_about_the_disk(error))
        raise
    sys.exit(0)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    # Raised and not killed, so that whatever is half-written is taken away on the way out.
    _stopped_by.append(number)
    sys.exit(128 + number)


def _fail(line: str) -> NoReturn:
    typer.echo(f"lippen: {line}", err=True)
    sys.exit(2)


def _about_the_disk(error: OSError) -> str:
    """One line for what the system refused. Raised again when it names no file: that is no user's doing."""
    if error.filename is None and error.errno != errno.ENOSPC:
        raise error
    remedies = {
        errno.ENOSPC: "Make room on the disk, and run it again.",
        errno.EACCES: "Ask for permission, or name another folder.",
        errno.EROFS: "Name a folder that can be written to.",
        errno.ENOENT: "Check the name.",
    }
    remedy = remedies.get(error.errno or 0)
    return str(LippenError(error.strerror or str(error), file=error.filename, remedy=remedy))


def _stages(quiet: bool) -> Stages:
    from lippen.progress import Stages

    return Stages(quiet=quiet)


def _settings(since: datetime | None, budget: float, seed: int) -> Settings:
    from lippen.credibility import Settings

    return Settings(since=since.date() if since else None, budget=budget, seed=seed)


def _scenario(which: str | None) -> Scenario:
    from lippen.sandbox import Scenario, load_scenario

    return Scenario() if which is None else load_scenario(which)


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
    since: datetime | None,
    budget: float,
    seed: int,
    evaluation: Path | None,
) -> str:
    """How to have the same again, without the output folder: where a briefing goes changes nothing in it."""
    import shlex

    parts = ["lippen", verb, str(folder)]
    parts += ["--mapping", str(mapping)] if mapping else []
    parts += ["--since", f"{since:%Y-%m-%d}"] if since else []
    parts += ["--budget", f"{budget:g}", "--seed", str(seed)]
    parts += ["--evaluation", str(evaluation)] if evaluation else []
    return shlex.join(parts)


if __name__ == "__main__":
    main()

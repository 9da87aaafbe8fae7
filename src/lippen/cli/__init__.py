"""The command line: one verb a function. What a verb needs is imported inside it, so that help is quick.

What can be put right is one line on standard error and exit code 2; an interrupt is exit code 130 and leaves
nothing half-written; anything else is a fault of Lippen and shows its trace.
"""

from __future__ import annotations

import sys
from typing import Annotated, NoReturn

import typer

from lippen.cli import assessing, publishing, reading, registers, sites, speaking, towns, trading
from lippen.cli.asking import only_asked
from lippen.cli.running import run

app = typer.Typer(
    name="lippen",
    help="A site for partners, and a briefing over closed incidents. Nobody is scored; nothing is sent out.",
    epilog=(
        "LIPPEN_ENGINE chooses where queries run: duckdb (the default), local[N] or spark://host:port."
        " Exit codes: 0 done, 2 something to put right, 130 interrupted, 1 a fault of Lippen,"
        " or of the site that doctor or register verify looked at."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
evaluate = typer.Typer(help="Measure how well Lippen finds what is there.", no_args_is_help=True)
sandbox = typer.Typer(
    help="Make a town that does not exist, its truth kept apart: to show, to train, to score."
)

app.command("inspect")(reading.inspect_file)
app.command("import")(reading.import_folder)
app.command("brief")(assessing.brief)
app.add_typer(evaluate, name="evaluate")
evaluate.command("credibility")(assessing.evaluate_credibility)
evaluate.command("trade")(trading.evaluate_trade)
app.command("trade")(trading.assess_trade)
app.command("return")(trading.write_return)
app.command("alert")(trading.write_alert)
app.add_typer(sandbox, name="sandbox")
sandbox.callback(invoke_without_command=True)(towns.make_sandbox)
sandbox.command("compare")(towns.compare)
app.command("serve")(sites.serve)
app.command("demo")(sites.demo)
app.command("backup")(sites.backup)
app.command("restore")(sites.restore)
app.command("upgrade")(sites.upgrade)
app.command("doctor")(sites.doctor)
app.command("retire")(sites.retire)
app.add_typer(registers.register, name="register")
app.add_typer(speaking.speak, name="speak")
speaking.speak.command("key")(publishing.make_key)
speaking.speak.command("recovery-key")(publishing.make_recovery_key)
speaking.speak.command("manifest")(publishing.make_manifest)
speaking.speak.command("sign")(publishing.sign_payload)
speaking.speak.command("publish")(publishing.publish_manifest)
speaking.speak.command("verify-page")(publishing.verify_page)
speaking.speak.command("leaflet")(publishing.make_leaflet)


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


def main() -> NoReturn:
    """Run the command line; what `lippen` starts."""
    run(only_asked(app, sys.argv[1:]))

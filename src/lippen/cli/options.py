"""Options that several verbs have, and what they turn into."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lippen.progress import Stages
    from lippen.site.operation.certificates import Certificate

Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="Folder of exports: CSV, gzip, Excel, Parquet, JSON lines.")
]
Host = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Address to listen at; off this machine HTTPS is required.")
]
CertificateFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Certificate to serve HTTPS with (PEM).")
]
CertificateKey = Annotated[Path | None, typer.Option(metavar="FILE", help="The certificate's key (PEM).")]


def named_folder(text: str) -> Path:
    """The folder that --out names. Raises LippenError for no name: it would mean the folder one is in."""
    if not text.strip():
        from lippen.errors import LippenError

        raise LippenError("--out names no folder", remedy="Name one, or write . for the one you are in.")
    return Path(text)


def named_seed(text: str) -> int:
    """The seed that --seed names. Raises LippenError for one that the draws of chance do not take."""
    try:
        seed = int(text)
    except ValueError:
        seed = -1
    if not 0 <= seed < 1 << 32:
        from lippen.errors import LippenError

        raise LippenError(
            f"--seed {text} is no seed", remedy=f"Give a whole number from 0 to {(1 << 32) - 1}."
        )
    return seed


def named_day(text: str) -> date:
    """The day that an option names. Raises BadParameter, which says the option's name too."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no day. Write it as 2026-11-26.") from error


Seed = Annotated[
    int,
    typer.Option(parser=named_seed, metavar="N", help="Seed of every random draw: same input, same bytes."),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]


def certificate_of(certificate: Path | None, key: Path | None) -> Certificate | None:
    """The certificate that --certificate and --key name together; None without them. Raises LippenError where
    one of them was left out.
    """
    from lippen.errors import LippenError
    from lippen.site.operation.certificates import Certificate

    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise LippenError("--certificate and --key go together", remedy="Name both, or neither.")
    return Certificate(certificate, key)


def stages_of(quiet: bool) -> Stages:
    from lippen.progress import Stages

    return Stages(quiet=quiet)


def refuse_misplaced(context: typer.Context) -> None:
    """Raise LippenError for an option before a verb's own verb: it would be passed over in silence."""
    given = [name for name in context.params if _was_typed(context, name)]
    if given:
        from lippen.errors import LippenError

        verb, under = context.info_name, context.invoked_subcommand
        raise LippenError(
            f"--{given[0]} stands before {under}, where it says nothing",
            remedy=f"Put it after: lippen {verb} {under} --{given[0]} ...",
        )


def _was_typed(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"

"""Verbs for the register: checking it, letting expired months go, replacing its key, going on after a
restore.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lippen.cli.options import Quiet, named_day, stages_of
from lippen.errors import LippenError
from lippen.wording import counted, plain

if TYPE_CHECKING:
    from lippen.site.configuration import Configuration
    from lippen.site.keys import DigestKey

register = typer.Typer(
    help="The register of every read and change: check it, let expired months go, replace its seal key,"
    " resume after a restore.",
    no_args_is_help=True,
)

Workspace = Annotated[
    Path, typer.Option("--workspace", metavar="DIR", help="The workspace of the site whose register it is.")
]


@register.command("verify")
def verify_register(
    workspace: Workspace,
    copy: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A copy of the checkpoints held outside: its folder, or one of its files. Without it the"
            " site's own folder of copies, where there is one.",
        ),
    ] = None,
    public_key: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The public key the panel was given (seal.pub), the newest or any before it. Without it the"
            " workspace's own, which whoever altered the register may have exchanged.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Say it as JSON.")] = False,
    quiet: Quiet = False,
) -> None:
    """Check every entry, checkpoint and expiry, and name the first that is not as it was sealed.

    It only reads, and may run while the site runs. Exit code 0: whole. 1: broken. 2: something to put right,
    as a copy that somebody damaged.
    """
    configuration = _configured(workspace)
    _open_to_read(configuration)
    from lippen.site.keys import PUBLIC
    from lippen.site.register.copied_files import PATTERN
    from lippen.site.register.seals import read_public_keys
    from lippen.site.register.verification import entries_there, verify

    keys = read_public_keys(public_key or configuration.keys / PUBLIC)
    if copy is None and any(configuration.checkpoint_copies.glob(PATTERN)):
        copy = configuration.checkpoint_copies
    digest_key = _digest_key(configuration)
    with stages_of(quiet or as_json).stage("checking the register") as stage:
        stage.expect(entries_there())
        verdict = verify(keys, digest_key=digest_key, copy=copy, progress=stage.advance)
    verdict.unchecked += _newer_program()
    if (configuration.keys / PUBLIC).exists():
        verdict.must_seal_now(read_public_keys(configuration.keys / PUBLIC)[0].public_bytes_raw().hex())
    if public_key is None:
        verdict.unchecked.append(
            f"the public key came from the workspace itself ({configuration.keys / PUBLIC}): name the one "
            "that the panel holds with --public-key."
        )
    if as_json:
        typer.echo(json.dumps(verdict.as_json(), indent=1))
    else:
        typer.echo(verdict.as_text(), nl=False)
    if not verdict.sound:
        raise typer.Exit(1)
    if verdict.copy_faults:
        raise typer.Exit(2)


@register.command("expire")
def expire_register(
    workspace: Workspace,
    before: Annotated[
        date | None,
        typer.Option(
            parser=named_day,
            metavar="DATE",
            help="Let months go that ended before this day; without it all that the policy lets go.",
        ),
    ] = None,
) -> None:
    """Let the months go that the policy in force keeps no longer. Their signed checkpoints stay.

    A shorter keep_register_months in site.toml is stated first, and counts thirty days later.
    """
    _open_to_write(_configured(workspace))
    from lippen.site.register.expiry import allowed_before, expire
    from lippen.site.register.retention import shortening

    gone = expire(before)
    for one in gone:
        typer.echo(f"{one.month:%Y-%m} has expired: {counted(one.entries, 'entry', 'entries')} went.")
    if not gone:
        typer.echo(f"Nothing to let go: the register keeps what was sealed on {allowed_before()} and later.")
    if waits := shortening():
        typer.echo(
            f"From {waits.since:%Y-%m-%d %H:%M} UTC on it keeps {counted(waits.months_then, 'month')}"
            f" in place of {waits.months_now}. The panel has been told; to take it back, put"
            " keep_register_months back."
        )


@register.command("guard")
def guard_register(workspace: Workspace, quiet: Quiet = False) -> None:
    """Put the triggers up again that refuse every change to the register, where verify or doctor misses one.

    It checks the whole register first, as verify does, and changes nothing where more than the triggers is
    wrong. Ask who took them down: meanwhile entries could be altered.
    """
    _open_to_write(_configured(workspace))
    from lippen.site.register.guarding import guard
    from lippen.site.register.nightly import walked
    from lippen.site.register.verification import entries_there

    with stages_of(quiet).stage("checking the register") as stage:
        stage.expect(entries_there())
        verdict = walked(stage.advance)
    if worse := verdict.worse_than_triggers:
        raise LippenError(
            f"nothing was put right, as the register is broken and not only its triggers: {worse.what}",
            remedy="Stop the site and tell the panel. lippen register verify says all that it finds.",
        )
    faults = guard()
    if faults:
        typer.echo(f"Put right: {counted(len(faults), 'guard')} of the register.")
    else:
        typer.echo("Nothing to put right: every trigger stands as the program puts it up.")


@register.command("resume")
def resume_register(
    workspace: Workspace,
    copies_are_gone: Annotated[
        bool,
        typer.Option(
            "--copies-are-gone", help="There are no copies of the checkpoints any more: go on without them."
        ),
    ] = False,
) -> None:
    """Go on after restoring a backup that is older than the copies of the checkpoints. Best before the site
    is opened.

    Says, signed and for ever, which checkpoints were lost.
    """
    _open_to_write(_configured(workspace))
    from lippen.site.register.sealer import resume_after_restore

    made = resume_after_restore(copies_are_gone=copies_are_gone)
    if made is None and copies_are_gone:
        typer.echo(
            "The register goes on where it was. What was lost since the backup, only the panel can tell."
        )
    elif made is None:
        typer.echo("Nothing was lost: the register goes on where it was.")
    else:
        typer.echo(
            f"Checkpoints were lost. Checkpoint {made.number} says so, and the register goes on from it."
        )


@register.command("rotate-seal-key")
def rotate_seal_key(
    workspace: Workspace,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why, in a line that stays in the register for ever.")
    ],
) -> None:
    """Replace seal.key by a new one, with the site stopped. The register goes on; the panel gets a notice.

    Stopped half-way, the same command or the next start of the site finishes it or takes it back.
    """
    configuration = _configured(workspace)
    from lippen.site.operation.lock import alone_with

    with alone_with(configuration.workspace):
        _open_to_write(configuration)
        from lippen.site.operation.seal_rotation import rotate
        from lippen.site.operation.starting import database_errors
        from lippen.site.seal_keys import short

        with database_errors(configuration):
            done = rotate(configuration, reason)
    note = done.note
    if done.earlier:
        typer.echo("The replacement that had been interrupted is finished; no other was begun.")
    typer.echo(
        f"From checkpoint {note.last_checkpoint + 1} on {short(note.new)} seals in the place of"
        f" {short(note.old)} (note {note.number})."
    )
    if not done.copied:
        typer.echo("The note is not in the folder of copies yet: it follows when the site is open.")
    typer.echo(
        "Now: lippen backup --keys, as the old file of keys lacks the new one. Then destroy the old file."
    )
    typer.echo(f"Give the panel {configuration.keys / 'seal.pub'} by hand. It keeps the one it has, too.")


def _configured(workspace: Path) -> Configuration:
    from lippen.site.database_address import DATABASE_VARIABLE
    from lippen.site.operation.preparing import settings_of

    configuration = settings_of(workspace)
    if not workspace.is_dir():
        raise LippenError("there is no such workspace", file=workspace, remedy="Check the name.")
    if DATABASE_VARIABLE not in os.environ and not configuration.database_file.exists():
        raise LippenError(
            "this workspace holds no register",
            file=configuration.database_file,
            remedy=f"Check the name, or set {DATABASE_VARIABLE} when its database is on PostgreSQL.",
        )
    return configuration


def _open_to_read(configuration: Configuration) -> None:
    """Django over the register and the names that its references stand for, reading: whoever checks needs
    neither the other apps nor the keys.
    """
    import django
    from django.conf import settings

    from lippen.site.configuration import database_settings

    database = database_settings(configuration)
    if database["ENGINE"].endswith("sqlite3"):
        database["NAME"] = f"{configuration.database_file.as_uri()}?mode=ro"
        database["OPTIONS"] = {"timeout": 20, "init_command": "PRAGMA query_only=ON;"}
    else:
        database["OPTIONS"] = {"options": "-c default_transaction_read_only=on"}
    settings.configure(
        CONFIGURATION=configuration,
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["lippen.site.register", "lippen.site.accounts.apps.NamesAlone"],
        AUTH_USER_MODEL="accounts.Person",
        TIME_ZONE="UTC",
        USE_TZ=True,
    )
    django.setup()
    from lippen.site.accounts import names_entered

    if names_entered.TABLES & _check_tables(configuration):  # without any of them nothing bears a name
        names_entered.provide()


def _newer_program() -> list[str]:
    """That a newer Lippen migrated the register, whose rows may say more than this one can check."""
    from django.db import Error, connection
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder

    loader = MigrationLoader(None)
    known = loader.disk_migrations or {}
    try:
        applied = set(MigrationRecorder(connection).applied_migrations())
    except Error:
        return ["by which Lippen this database was made: its list of migrations cannot be read."]
    unknown = sorted(f"{app}.{name}" for app, name in applied - set(known) if app in loader.migrated_apps)
    if not unknown:
        return []
    return [
        f"what a newer Lippen writes: it upgraded this register ({unknown[0]} is unknown here). Check it "
        "with that one."
    ]


def _open_to_write(configuration: Configuration) -> None:
    """Django over the whole site, for a program that is neither older nor newer than its database. Raises
    WorkspaceNewer, UpgradeNeeded or HalfRestored.
    """
    from lippen.site.operation.starting import database_errors, start_site

    start_site(configuration.workspace)
    _check_tables(configuration)
    from lippen.site.operation import schema

    with database_errors(configuration):
        schema.refuse_other_than_current(schema.schema_state(), configuration)


def _check_tables(configuration: Configuration) -> set[str]:
    """The names of the tables and views that are there."""
    from django.db import Error, connection

    try:
        tables: set[str] = set(connection.introspection.table_names(include_views=True))
    except Error as error:
        raise LippenError(
            f"the register's database cannot be opened ({plain(str(error))})",
            file=configuration.workspace,
            remedy="Check DATABASE_URL, and that you may read the workspace.",
        ) from error
    if "register_checkpoint" not in tables:
        raise LippenError(
            "this workspace holds no register", file=configuration.workspace, remedy="Check the name."
        )
    return tables


def _digest_key(configuration: Configuration) -> DigestKey | None:
    """The digest key where it is at hand. Whoever checks from outside does not have it."""
    from lippen.site.keys import read_keys
    from lippen.site.secret_files import KeyMissing

    try:
        return read_keys(configuration.keys).digest
    except KeyMissing:
        return None

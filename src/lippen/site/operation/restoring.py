"""Puts a backup back, into a folder and a database that hold nothing; whole, or not at all.

What is restored is built beside its place and moved there in one step at the end. On PostgreSQL the tables
are committed just before that, under a mark that names the backup: when the process is killed in between, the
same command finishes the work.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from lippen.errors import LippenError
from lippen.manifest import settle
from lippen.site.configuration import DATABASE_VARIABLE, Configuration, read_configuration
from lippen.site.keys import NAMES, KeyMissing, read_keys
from lippen.site.operation import backup_file, keys_file, postgresql, schema
from lippen.site.operation.backup_file import BackupBroken, Contents
from lippen.site.operation.lock import alone_with, clear
from lippen.site.operation.starting import database_errors, start_site


class RestoreRefused(LippenError):  # noqa: N818 - named after the event, as the others are
    """A backup cannot be put back there."""


@dataclass(frozen=True)
class Restored:
    """What was put back: when the backup was made and the rows of all tables.

    `older` says that an upgrade is next. `copies` says that checkpoints lie where this workspace copies its
    own to. They may be of the site that this takes the place of, and the register then has to be told
    (`lippen register resume`); or of one that lives on, when this is a rehearsal, and must be left alone. So
    that is never done unasked.
    """

    made_at: str
    rows: int
    older: bool
    copies: bool


def restore(backup: Path, workspace: Path, keys: Path | None) -> Restored:
    """Restore a backup as the workspace in this folder, with the keys in the file `keys`.

    Without `keys` the keys must lie where the backup's `site.toml` says. Raises RestoreRefused when the
    folder or the database holds something, BackupBroken, KeysRefused, KeyMissing, DatabaseUnreachable.
    """
    if not backup.is_file():
        raise RestoreRefused("there is no backup here", file=backup, remedy="Check the name.")
    _refuse_held(workspace)
    workspace.parent.mkdir(parents=True, exist_ok=True)
    beside = workspace.resolve().with_name(f".{workspace.name}.restoring")
    beside.mkdir(mode=0o700, exist_ok=True)
    with alone_with(beside):
        clear(beside)
        try:
            contents, signature = backup_file.extract(backup, beside)
            _refuse_other_database(contents, backup)
            configuration = _with_keys(beside, workspace, keys)
            backup_file.check_signature(
                backup, contents, signature, read_keys(configuration.keys).seal.public()
            )
            older = _database(configuration, contents)
            (beside / "lake").mkdir(exist_ok=True)
            _refuse_held(workspace)
            beside.replace(workspace)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
    settle(workspace.resolve().parent)
    if contents.database == "postgresql":
        postgresql.forget_mark()
    copies = any(read_configuration(workspace).checkpoint_copies.glob("checkpoints-*.jsonl"))
    return Restored(contents.made_at, sum(contents.rows.values()), older, copies)


def _refuse_held(workspace: Path) -> None:
    if workspace.exists() and (not workspace.is_dir() or any(workspace.iterdir())):
        raise RestoreRefused(
            "there is something here already, and nothing is overwritten",
            file=workspace,
            remedy="Name a new or an empty folder, or move this one away.",
        )


def _refuse_other_database(contents: Contents, backup: Path) -> None:
    here = "postgresql" if DATABASE_VARIABLE in os.environ else "sqlite"
    if contents.database != here:
        remedy = (
            f"Set {DATABASE_VARIABLE} to an empty database there."
            if here == "sqlite"
            else f"Unset {DATABASE_VARIABLE}."
        )
        raise RestoreRefused(
            f"this backup is of a site on {contents.database}, and here is {here}", file=backup, remedy=remedy
        )


def _with_keys(beside: Path, workspace: Path, keys: Path | None) -> Configuration:
    """Read the settings, with the keys in their place. Keys of a folder elsewhere are not touched."""
    configuration = read_configuration(beside)
    if keys is not None:
        keys_file.unpack(keys, configuration.keys)
    if not all((configuration.keys / name).exists() for name in NAMES):
        inside = configuration.keys.is_relative_to(beside)
        raise KeyMissing(
            "the keys of this site are not here, and a backup holds none",
            file=workspace / configuration.keys.relative_to(beside) if inside else configuration.keys,
            remedy="Name the file that lippen backup --keys wrote: --keys FILE",
        )
    return configuration


def _database(configuration: Configuration, contents: Contents) -> bool:
    """Put the database in its place; returns whether it is of an older Lippen. Takes `database/` away."""
    folder = configuration.workspace / "database"
    if contents.database == "sqlite":
        file = folder / configuration.database_file.name
        _check_sqlite(file, contents)
        file.rename(configuration.database_file)
    start_site(configuration.workspace)
    with database_errors(configuration):
        if contents.database == "postgresql":
            mark = sha256(contents.as_bytes()).hexdigest()
            if postgresql.loaded_mark() != mark:
                postgresql.load(folder, contents.migrations, contents.sequences, mark)
        state = schema.schema_state()
    from django.db import connections

    connections.close_all()
    schema.refuse_newer(state, configuration)
    shutil.rmtree(folder)
    return bool(state.pending)


def _check_sqlite(file: Path, contents: Contents) -> None:
    with closing(sqlite3.connect(file)) as connection:
        wrong = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if wrong != "ok" or connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise BackupBroken(
                f"the database in this backup is damaged ({wrong})", file=file.name, remedy="Use another."
            )

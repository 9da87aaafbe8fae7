"""Puts a backup back, into a folder and a database that hold nothing; whole, or not at all.

What is restored is built beside its place and moved there in one step at the end. On PostgreSQL the tables
are committed just before that, once all that ended since is ended in them, under a mark that names the
backup: when the process is killed in between, the same command finishes the work, and nothing else opens them
(`postgresql.refuse_half_restored`).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from lippen.errors import LippenError
from lippen.manifest import settle
from lippen.site.configuration import Configuration, read_configuration
from lippen.site.database_address import DATABASE_VARIABLE, database_address
from lippen.site.folders import make_parents, make_private, refuse_reached_by_others
from lippen.site.operation import backup_file, ended_imports, ended_list, keys_file, postgresql, schema
from lippen.site.operation.backup_file import BackupBroken, Contents
from lippen.site.operation.lock import alone_with, clear
from lippen.site.operation.preparing import remember
from lippen.site.operation.starting import database_errors, start_site
from lippen.site.register.copied_rotations import copied_notes
from lippen.site.seal_keys import SealKeys, short
from lippen.site.secret_files import KeyMissing


class RestoreRefused(LippenError):
    """A backup cannot be put back there."""


@dataclass(frozen=True)
class Restored:
    """What was put back: when the backup was made and the rows of all tables.

    `older` says that an upgrade is next. `copies` says that checkpoints lie where this workspace copies its
    own to. They may be of the site that this takes the place of, and the register then has to be told
    (`lippen register resume`); or of one that lives on, when this is a rehearsal, and must be left alone. So
    that is never done unasked.

    `listed_at` is when the list of what had ended since was kept, "" where none was found, and `ended` is
    what was ended again by it; of an `older` site that follows when it is upgraded. `expired` imports were
    deleted, since the right to hold them has run out.

    `replaced_at` is when the seal key was replaced that signed the backup, "" for the present one: whoever
    has that key can make such a backup.
    """

    made_at: str
    rows: int
    older: bool
    copies: bool
    listed_at: str
    ended: tuple[str, ...]
    expired: int
    replaced_at: str


def restore(
    backup: Path,
    workspace: Path,
    keys: Path | None,
    ended: Path | None = None,
    say: Callable[[str], None] = lambda _: None,
    *,
    end_all: bool = False,
) -> Restored:
    """Restore a backup as the workspace in this folder, with the site's `keys`: the file that was written of
    them, or the folder in which they lie.

    Who restores it names them, since the backup's own settings could name somebody else's; and it must be
    signed with them before anything in it is heeded. Where the seal key was replaced since the backup, the
    keys of after that do as well; those of before do only where the copies hold no note of it. `ended` is the
    list of what has ended since; without it the one beside the copies of the checkpoints. The newest of the
    `keys` has to have signed it. `say` is told how much of it ends again, before it does. Raises TooMuchEnds,
    leaving nothing, when that is most of the site and not `end_all`; RestoreRefused when the folder or the
    database holds something, the keys are too old, or the `ended` that is named is not there; FolderUnsafe,
    BackupBroken, KeysRefused, KeyMissing, ListUnsound, DatabaseUnreachable; ConfigurationError where
    DATABASE_URL is no address.
    """
    database_address()
    if not backup.is_file():
        raise RestoreRefused("there is no backup here", file=backup, remedy="Check the name.")
    if ended is not None and not ended.exists():
        raise RestoreRefused(
            "there is no list of what has ended here",
            file=ended,
            remedy="Check the name. Without --ended the one beside the copies of the checkpoints is used, if "
            "there is one.",
        )
    _refuse_held(workspace)
    if keys is None:
        raise KeyMissing(
            "a backup holds no keys, and only its site's can tell whether it was changed",
            remedy="Name the file that lippen backup --keys wrote, or the folder of the keys: --keys FILE",
        )
    known = keys_file.seal_keys_of(keys)
    refuse_reached_by_others(workspace.parent)
    make_parents(workspace.parent)
    beside = workspace.resolve().with_name(f".{workspace.name}.restoring")
    make_private(beside)
    with alone_with(beside):
        clear(beside)
        unpacked: list[Path] = []
        try:
            contents = backup_file.extract(backup, beside, known)
            _refuse_other_database(contents, backup)
            configuration = _with_keys(beside, workspace, keys, unpacked)
            copies = _copies(configuration, workspace)
            _refuse_replaced(known, copies, keys)
            listed_at = ended_list.take_up(ended or copies / ended_list.FILE, beside, known)
            (beside / "lake").mkdir(exist_ok=True)
            older, again, expired = _database(configuration, contents, say, end_all=end_all)
            remember(configuration)
            _refuse_held(workspace)
            beside.replace(workspace)
        except BaseException:
            if beside.exists():  # else it is in its place, and needs its keys
                shutil.rmtree(beside, ignore_errors=True)
                for one in unpacked:
                    one.unlink(missing_ok=True)
            raise
    settle(workspace.resolve().parent)
    if contents.database == "postgresql":
        postgresql.restored(workspace)
    there = any(read_configuration(workspace).checkpoint_copies.glob("checkpoints-*.jsonl"))
    replaced_at = known.replaced_at(bytes.fromhex(contents.seal_public))
    return Restored(
        made_at=contents.made_at,
        rows=sum(contents.rows.values()),
        older=older,
        copies=there,
        listed_at=_in_utc(listed_at),
        ended=tuple(again),
        expired=expired,
        replaced_at=_in_utc(replaced_at),
    )


def _in_utc(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at else ""


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


def _with_keys(beside: Path, workspace: Path, keys: Path, unpacked: list[Path]) -> Configuration:
    """Read the settings, with the keys in their place. A folder of keys is used where it is. The files that
    are made are added to `unpacked`.
    """
    configuration = read_configuration(beside)
    if not keys.is_dir():
        unpacked += keys_file.unpack(keys, configuration.keys)
    elif keys.resolve() != configuration.keys:
        inside = configuration.keys.is_relative_to(beside)
        place = workspace / configuration.keys.relative_to(beside) if inside else configuration.keys
        raise RestoreRefused(
            f"the settings of this site say that its keys lie in {place}",
            file=keys,
            remedy="Name the file that lippen backup --keys wrote: it is unpacked there.",
        )
    return configuration


def _copies(configuration: Configuration, workspace: Path) -> Path:
    """Where the site kept its copies; a folder named after the workspace has the name it will have."""
    folder, building = configuration.checkpoint_copies, configuration.workspace.name
    return folder.with_name(folder.name.replace(building, workspace.resolve().name))


def _refuse_replaced(known: SealKeys, copies: Path, keys: Path) -> None:
    """Raise RestoreRefused where the copies hold a note by which another key took the place of these keys'
    own: the site would seal what nobody believes.
    """
    for _, note in copied_notes(copies):
        if note is not None and note.old == known.newest and not note.fault():
            raise RestoreRefused(
                f"the seal key in these keys was replaced on {note.at:%Y-%m-%d %H:%M} UTC "
                f"by {short(note.new)}",
                file=keys,
                remedy="Name the file of keys that was written after that: it restores this backup too.",
            )


def _database(
    configuration: Configuration, contents: Contents, say: Callable[[str], None], *, end_all: bool
) -> tuple[bool, list[str], int]:
    """Put the database in its place, and take `database/` away; and let go of what the lake holds by a right
    that has run out.

    Returns whether it is of an older Lippen, what was ended again, nothing yet if it is, and how many imports
    had expired.
    """
    folder = configuration.workspace / "database"
    if contents.database == "sqlite":
        file = folder / configuration.database_file.name
        _check_sqlite(file, contents)
        file.rename(configuration.database_file)
    start_site(configuration.workspace)
    from django.db import connections, transaction

    from lippen.site.insight import holding

    with database_errors(configuration), transaction.atomic():
        if contents.database == "postgresql":
            mark = f"{sha256(contents.as_bytes()).hexdigest()} {contents.made_at}"
            if postgresql.loaded_mark() != mark:
                postgresql.load(folder, contents.migrations, contents.sequences, mark)
            (configuration.workspace / postgresql.RESTORED).write_text(mark, "utf-8")
        state = schema.schema_state()
        schema.refuse_newer(state, configuration)
        expired = ended_imports.delete_expired(configuration.workspace)
        again = [] if state.pending else go_through(configuration, say, end_all=end_all)
        if expired and not state.pending:
            holding.let_go_of_all_but(ended_imports.kinds(configuration.workspace))
    connections.close_all()
    shutil.rmtree(folder)
    return bool(state.pending), again, expired


def go_through(
    configuration: Configuration, say: Callable[[str], None], *, end_all: bool = False
) -> list[str]:
    """End again what a restored site has still on its list, once its seal key is settled; see `ended_again`
    and `seal_rotation`, which need Django ready.
    """
    from lippen.site.operation import ended_again, seal_rotation

    seal_rotation.settle(configuration)
    return ended_again.go_through(configuration, say, end_all=end_all)


def _check_sqlite(file: Path, contents: Contents) -> None:
    with closing(sqlite3.connect(file)) as connection:
        wrong = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if wrong != "ok" or connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise BackupBroken(
                f"the database in this backup is damaged ({wrong})", file=file.name, remedy="Use another."
            )

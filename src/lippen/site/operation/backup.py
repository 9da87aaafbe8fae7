"""Backs up a live site: nobody has to stop working, and what is written meanwhile is in the next one."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from lippen.manifest import Manifest
from lippen.site.configuration import Configuration
from lippen.site.database_address import DATABASE_VARIABLE
from lippen.site.folders import make_private
from lippen.site.keys import NEXT, SealKey, read_keys
from lippen.site.operation import backup_file, postgresql, schema, sqlite
from lippen.site.operation.backup_file import SESSIONS, BackupRefused, Contents
from lippen.site.operation.door_files import public_files
from lippen.site.operation.lock import alone_with, clear
from lippen.site.operation.starting import database_errors

SUFFIX: Final = ".tar"

_OTHER_FILES: Final = {
    ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".zip", ".7z", ".rar", ".lippen", ".backup", ".bak",
    ".json", ".age", ".gpg", ".enc", ".sqlite3", ".db", ".sql", ".dump",
}  # fmt: skip
"""Endings, in small letters, of names by which nobody means a folder. Another can be one: backups.2026"""

_MIB_LEFT_FREE: Final = 200


def write_backup(configuration: Configuration, out: Path) -> Path:
    """Write a backup of a site that Django is ready for, and return where it lies.

    `out` is a new file whose name ends in .tar, or a folder, made when there is none, in which a file is
    named after the workspace and the time. See `backup_file` for what is in it. Raises BackupRefused,
    DatabaseUnreachable, ManifestError.

    All is gathered in the workspace, which is nobody else's, and goes from there into one file: others may
    be able to write to the folder of backups. What is gathered needs room for a copy of the database.
    """
    made_at = datetime.now(UTC)
    refuse_place(configuration, out)
    if _is_folder(out):
        name = f"{configuration.workspace.name}-{made_at:%Y-%m-%dT%H%M%S.%f}"
        out /= f"{name[:-3]}Z{SUFFIX}"
    if (configuration.keys / NEXT).exists():
        raise BackupRefused(
            "the seal key is being replaced, or that was interrupted",
            file=configuration.keys / NEXT,
            remedy="Run lippen register rotate-seal-key again with the site stopped, or open the site.",
        )
    seal = read_keys(configuration.keys).seal
    out.parent.mkdir(parents=True, exist_ok=True)
    gathering = configuration.workspace / ".gathering"
    make_private(gathering)
    with alone_with(gathering, "another backup of this workspace is under way"):
        clear(gathering)
        _refuse_full(configuration)
        try:
            contents = _gather(configuration, gathering, made_at, seal)
            backup_file.write(out, gathering, contents, seal.signer())
        finally:
            shutil.rmtree(gathering, ignore_errors=True)
    return out


def refuse_place(configuration: Configuration, out: Path) -> None:
    """Raise BackupRefused where no backup is written to: a file that is there, a place in the workspace, or a
    new name that reads as another kind of file, of which a folder would be made.
    """
    if out.is_file() and out.suffix != SUFFIX:
        raise BackupRefused(
            "this is a file, and a folder is needed",
            file=out,
            remedy=f"Name a folder, or a new file that ends in {SUFFIX}.",
        )
    if not _is_folder(out) and out.exists():
        raise BackupRefused("this file is already there", file=out, remedy="Name a new one.")
    if not out.exists() and out.suffix != SUFFIX and out.suffix.lower() in _OTHER_FILES:
        raise BackupRefused(
            f"a backup is a file that ends in {SUFFIX}, and this name ends in {out.suffix}",
            file=out,
            remedy=f"Name it {out.stem.removesuffix(SUFFIX)}{SUFFIX}, or name a folder.",
        )
    if out.resolve().is_relative_to(configuration.workspace):
        raise BackupRefused(
            "the backup would lie in the workspace, and be lost with it",
            file=out,
            remedy="Name a place outside, best on another disk.",
        )


def _is_folder(out: Path) -> bool:
    """Whether the backup goes into a folder of this name, which is made when there is none."""
    return out.is_dir() or out.suffix != SUFFIX


def _refuse_full(configuration: Configuration) -> None:
    """Raise BackupRefused rather than fill the disk of a site that is open: it would be closed by that."""
    if DATABASE_VARIABLE in os.environ:
        needed = postgresql.size()
    else:
        needed = sum(one.stat().st_size for one in sqlite.files(configuration.database_file))
    needed = needed // 2**20 + _MIB_LEFT_FREE
    free = shutil.disk_usage(configuration.workspace).free // 2**20
    if free < needed:
        raise BackupRefused(
            f"the backup needs {needed:,} MiB here for a while, and {free:,} are free",
            file=configuration.workspace,
            remedy="Make room on this disk.",
        )


def _gather(configuration: Configuration, folder: Path, made_at: datetime, seal: SealKey) -> Contents:
    """Put everything that belongs into a backup into a folder."""
    with database_errors(configuration):
        rows, sequences = _database(configuration, folder)
        migrations = schema.schema_state().applied
    names = [f"database/{one.name}" for one in sorted((folder / "database").iterdir())]
    names += [name for name in ("lippen.toml", "site.toml") if _taken(configuration.workspace, name, folder)]
    names += _door(configuration.workspace, folder)
    names += _lake(configuration.workspace / "lake", folder)
    return Contents(
        format=backup_file.FORMAT,
        lippen=version("lippen"),
        made_at=made_at.isoformat(timespec="seconds"),
        database="postgresql" if DATABASE_VARIABLE in os.environ else "sqlite",
        migrations=migrations,
        seal_public=seal.public().public_bytes_raw().hex(),
        rows=rows,
        sequences=sequences,
        members=backup_file.listed(folder, names),
    )


def _database(configuration: Configuration, folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Put the database into `database/`; returns the rows of each table, and PostgreSQL's sequences."""
    target = folder / "database"
    target.mkdir()
    if DATABASE_VARIABLE in os.environ:
        return postgresql.dump(target)
    copy = target / configuration.database_file.name
    sqlite.copy(configuration.database_file, copy)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA secure_delete=ON")  # what is left out must not lie in a free page
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        for name in SESSIONS:
            if name in tables:
                connection.execute(f"DELETE FROM {name}")  # noqa: S608 - a name of ours
        connection.commit()
        rows = {
            name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608
            for name in tables
        }
    return rows, {}


def _taken(workspace: Path, name: str, folder: Path) -> bool:
    if not (workspace / name).exists():
        return False
    _take(workspace / name, folder / name)
    return True


def _door(workspace: Path, folder: Path) -> list[str]:
    """Gather what is public of the residents' door, and return its files."""
    names = []
    for name, content in public_files(workspace):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        names.append(name)
    return names


def _lake(lake: Path, folder: Path) -> list[str]:
    """Gather one state of the lake, and return its files. A state that is swapped away meanwhile is left."""
    while True:
        names = []
        manifest_file = lake / "manifest.json"
        before = manifest_file.read_bytes() if manifest_file.exists() else None
        manifest = Manifest.read(lake)
        try:
            for name in sorted(manifest.files()):
                _take(lake / name, folder / "lake" / name)
                names.append(f"lake/{name}")
        except FileNotFoundError:
            shutil.rmtree(folder / "lake", ignore_errors=True)
            continue
        after = manifest_file.read_bytes() if manifest_file.exists() else None
        if before == after:
            if before is not None:
                (folder / "lake").mkdir(exist_ok=True)
                (folder / "lake/manifest.json").write_bytes(before)
                names.append("lake/manifest.json")
            return names
        shutil.rmtree(folder / "lake", ignore_errors=True)


def _take(file: Path, to: Path) -> None:
    """A copy; of a file of the lake, which is never changed, another name for it where the disk allows."""
    to.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix == ".parquet":
        try:
            os.link(file, to)
        except FileNotFoundError:
            raise
        except OSError:
            shutil.copyfile(file, to)
        return
    shutil.copyfile(file, to)

"""SQLite: copying a live database, and putting a file in a database's place."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from lippen.errors import LippenError
from lippen.manifest import settle

_BESIDE = ("", "-wal", "-shm", "-journal")


class DatabaseInUse(LippenError):
    """Another process has the database file open."""


def copy(live: Path, to: Path) -> None:
    """Copy a database as it is at one moment, whoever writes to it meanwhile. `to` must not exist."""
    with (
        closing(sqlite3.connect(f"{live.as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(to)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
    settle(to)


def put_in_place(new: Path, old: Path) -> None:
    """Let `new` take the place of `old` in one step.

    What the write-ahead log of `old` holds is brought into `old` first, and the log taken away: it would be
    read as the new file's. Raises DatabaseInUse when somebody has `old` open.
    """
    for file in (new, old):
        if file.exists():
            with closing(sqlite3.connect(file, timeout=2, isolation_level=None)) as connection:
                try:
                    (mode,) = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
                except sqlite3.OperationalError:
                    mode = "wal"
            if mode != "delete":
                raise DatabaseInUse(
                    "another process has this database open", file=file, remedy="Stop it first."
                )
    settle(new)
    new.replace(old)
    settle(old.parent)


def files(database: Path) -> list[Path]:
    """The files of a database that are there: its own and what SQLite keeps beside it."""
    named = (database.with_name(database.name + ending) for ending in _BESIDE)
    return [one for one in named if one.exists()]


def remove(file: Path) -> None:
    """Delete a database and what SQLite keeps beside it."""
    for ending in _BESIDE:
        file.with_name(file.name + ending).unlink(missing_ok=True)

"""The file in which sealed things lie until a desk fetches them: `speak.sqlite3` of a workspace.

    report       id (16, drawn from its own bytes), desk (16), week, expires, sealed (22,714)
    photograph   id (16, the sender's), desk (16), week, expires, sealed
    mailbox      id (16), verifier: SHA-256 of the authenticator (32), expires, slots (15,936)
    arrival      desk (16), week, reports, photograph_bytes: what arrived, counted
    secret       keys: of what is told of a mailbox that is not there, and of the ids of reports

The week is its Monday, and `expires` a day drawn for each row between 30 and 38 days after its Sunday. No
table has row numbers, no row a time, and nothing in a report is in its mailbox too. The database is
rewritten in the order of its ids, which look random to whoever sends: else rows that came together would lie
side by side (`rewriting`).

A report's id is an HMAC, under a key of the file, of nothing but its desk and what is sealed. So what is sent
twice, since the answer to it was lost, is kept once; and an id tells nothing that its own row does not. No
part of a mailbox may ever go into it: whoever has the file could then try which mailbox fits.

The door and the desk's pages use the same file, each through this module. Every verb is one transaction; what
was deleted is overwritten; the journal is deleted with each transaction.
"""

from __future__ import annotations

import hmac
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Final

from lippen.errors import LippenError
from lippen.site.speak.blanks import MAILBOX, blank_slots
from lippen.site.speak.envelope import DESK, ID, PACKED, PHOTOGRAPHS, REPORT, LengthRefused
from lippen.site.speak.store_file import StoreUnusable, refuse_other_kind

FILE: Final = "speak.sqlite3"
BESIDE: Final = ("", "-journal")
"""What SQLite appends to the name for the files that it keeps."""

VERSION: Final = 1
EARLIEST, LATEST = 30, 38
"""Days after the Sunday of a week between which what came in it expires."""

WEEKS_COMPARED: Final = 8
_FLOOD_AT_LEAST, _FLOOD_TIMES = 20, 4
_SECONDS_TO_WAIT: Final = 30
_LAST: Final = b"\xff" * ID
"""A mailbox that is nobody's, so that there is always a row at or after the one that is asked for."""

_SCHEMA: Final = f"""
CREATE TABLE report (
    id BLOB PRIMARY KEY CHECK (length(id) = {ID}),
    desk BLOB NOT NULL CHECK (length(desk) = {DESK}),
    week TEXT NOT NULL,
    expires TEXT NOT NULL,
    sealed BLOB NOT NULL CHECK (length(sealed) = {REPORT})
) STRICT, WITHOUT ROWID;
CREATE TABLE photograph (
    id BLOB PRIMARY KEY CHECK (length(id) = {ID}),
    desk BLOB NOT NULL CHECK (length(desk) = {DESK}),
    week TEXT NOT NULL,
    expires TEXT NOT NULL,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE mailbox (
    id BLOB PRIMARY KEY CHECK (length(id) = {ID}),
    verifier BLOB NOT NULL CHECK (length(verifier) = 32),
    expires TEXT NOT NULL,
    slots BLOB NOT NULL CHECK (length(slots) = {MAILBOX})
) STRICT, WITHOUT ROWID;
CREATE TABLE arrival (
    desk BLOB NOT NULL CHECK (length(desk) = {DESK}),
    week TEXT NOT NULL,
    reports INTEGER NOT NULL DEFAULT 0,
    photograph_bytes INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (desk, week)
) STRICT, WITHOUT ROWID;
CREATE TABLE secret (
    purpose TEXT PRIMARY KEY,
    key BLOB NOT NULL
) STRICT, WITHOUT ROWID;
"""


class StoreNewer(LippenError):
    """A newer Lippen wrote this file."""


class StoreMissing(LippenError):
    """There is no such file."""


class DeskFull(Exception):
    """A desk has been sent as much as it takes in a week."""


@dataclass(frozen=True)
class Quota:
    """What one desk takes in a week: reports, and bytes of sealed photographs."""

    reports: int = 500
    photograph_bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True)
class Waiting:
    """A report that a desk has not removed: its id (16), and the Monday of the week in which it came."""

    id: bytes
    week: date


@dataclass(frozen=True)
class Arrivals:
    """How many reports came for a desk this week, and in each of the eight weeks before, the last first."""

    this_week: int
    before: tuple[int, ...]

    @property
    def flood(self) -> bool:
        """Whether this week has at least 20 reports, and four times as many as a usual one before it."""
        return self.this_week >= max(_FLOOD_AT_LEAST, _FLOOD_TIMES * median(self.before))


class Store:
    """The file, opened. Threads and processes may share it: each verb has a connection of its own."""

    def __init__(self, file: Path, quota: Quota | None = None, *, make: bool = True) -> None:
        """Open `file`, and make it where there is none, for its owner alone, unless `make` is false.

        Raises StoreNewer, StoreMissing, and StoreUnusable where it is a link, a folder or no such file.
        """
        self.file = file.absolute()
        self._quota = quota or Quota()
        refuse_other_kind(self.file)
        if not self.file.exists():
            if not make:
                raise self._missing()
            # Opened to make it, so that it is nobody else's from its first moment on.
            os.close(os.open(self.file, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        try:
            self._key, self._key_of_ids = self._prepare(make=make)
        except (sqlite3.Error, KeyError) as error:
            what = "a key in it is missing" if isinstance(error, KeyError) else f"{error}"
            raise StoreUnusable(
                f"what residents sent cannot be read or written here ({what})",
                file=self.file,
                remedy="See that it is the user's who runs the door, and that the disk is not full. If it is"
                " broken, move it away: the door makes an empty one, and what was in it is lost.",
            ) from error

    def _prepare(self, *, make: bool) -> tuple[bytes, bytes]:
        """Make the tables where there are none; the key of blanks, and that of ids."""
        with self._writing() as database:
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                raise StoreNewer(
                    f"this file was written by a newer Lippen (version {version}; this one knows {VERSION})",
                    file=self.file,
                    remedy="Update Lippen.",
                )
            if version == 0:
                if not make:
                    raise self._missing()
                _make(database)
            # A file of an earlier Lippen has no such key; one that gets it stays readable to that.
            database.execute("INSERT OR IGNORE INTO secret VALUES ('ids', ?)", (secrets.token_bytes(32),))
            keys: dict[str, bytes] = dict(database.execute("SELECT purpose, key FROM secret"))
        return keys["blanks"], keys["ids"]

    def receive_report(
        self, desk: bytes, mailbox: bytes, verifier: bytes, sealed: bytes, today: date
    ) -> None:
        """Keep a sealed report (22,714) for a desk (16), and the mailbox (16) for answers to it.

        The same bytes again, while they lie here, change nothing and are not counted, and nobody is told:
        the same is written, so that it takes as long.
        A mailbox that is there keeps its slots and lives on with the newest report; with another `verifier`
        (32) nothing of it changes, and nobody is told. Raises DeskFull.
        """
        week = monday(today)
        with self._writing() as database:
            if _arrived(database, desk, week)[0] >= self._quota.reports:
                raise DeskFull
            ident = hmac.digest(self._key_of_ids, desk + sealed, "sha256")[:ID]
            new = _keep(database, "report", ident, (desk, week.isoformat(), _expires(week), sealed))
            database.execute(
                "INSERT INTO mailbox VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
                " SET expires = max(expires, excluded.expires) WHERE verifier = excluded.verifier",
                (mailbox, verifier, _expires(week), blank_slots(secrets.token_bytes(32))),
            )
            _count(database, desk, week, reports=int(new))

    def receive_photograph(self, desk: bytes, photograph: bytes, sealed: bytes, today: date) -> None:
        """Keep a sealed photograph for a desk (16) under the id (16) that its sender drew.

        One that is there already stays and is not counted again, and nobody is told. Raises DeskFull,
        LengthRefused.
        """
        if len(sealed) not in PHOTOGRAPHS:
            raise LengthRefused
        week = monday(today)
        with self._writing() as database:
            if _arrived(database, desk, week)[1] + len(sealed) > self._quota.photograph_bytes:
                raise DeskFull
            row = (desk, week.isoformat(), _expires(week), sealed)
            new = _keep(database, "photograph", photograph, row)
            _count(database, desk, week, photograph_bytes=len(sealed) * new)

    def read_mailbox(self, mailbox: bytes, authenticator: bytes) -> bytes:
        """The slots (15,936) of a mailbox (16), for whoever has its authenticator (32).

        Where there is no such mailbox, or the authenticator is another one's: a blank that is the same each
        time. All of them cost the same work: one row is read and one blank reckoned.
        """
        with self._open() as database:
            found, verifier, slots = database.execute(
                "SELECT id, verifier, slots FROM mailbox WHERE id >= ? ORDER BY id LIMIT 1", (mailbox,)
            ).fetchone()
        blank = blank_slots(self._key + mailbox + authenticator)
        own = hmac.compare_digest(verifier, sha256(authenticator).digest())
        there = hmac.compare_digest(found, mailbox)
        return bytes((blank, slots)[own & there])

    def destroy_mailbox(self, mailbox: bytes, authenticator: bytes) -> None:
        """Delete a mailbox, for whoever has its authenticator; nothing happens where either is another."""
        with self._writing() as database:
            verifier = sha256(authenticator).digest()
            database.execute("DELETE FROM mailbox WHERE id = ? AND verifier = ?", (mailbox, verifier))

    def answer(self, mailbox: bytes, packed: bytes) -> None:
        """Put a packed answer (5,312) into the first slot of a mailbox; the third falls out.

        Where there is no such mailbox nothing happens, and nobody is told: whether a resident wanted an
        answer is nobody's business but the desk's. Raises LengthRefused.
        """
        if len(packed) != PACKED:
            raise LengthRefused
        with self._writing() as database:
            row = database.execute("SELECT slots FROM mailbox WHERE id = ?", (mailbox,)).fetchone()
            if row is not None:
                slots = (packed + row[0])[:MAILBOX]
                database.execute("UPDATE mailbox SET slots = ? WHERE id = ?", (slots, mailbox))

    def waiting(self, desk: bytes) -> list[Waiting]:
        """The reports of a desk (16), in the order of their ids, which is none."""
        with self._open() as database:
            rows = database.execute("SELECT id, week FROM report WHERE desk = ? ORDER BY id", (desk,))
            return [Waiting(one, date.fromisoformat(week)) for one, week in rows]

    def fetch(self, desk: bytes, sealed: bytes, *, photograph: bool = False) -> bytes | None:
        """A sealed report, or photograph, of this desk by its id (16); None where there is none.

        One is never found as the other: what may be done with each is not the same.
        """
        with self._open() as database:
            row = database.execute(
                f"SELECT sealed FROM {_table(photograph)} WHERE id = ? AND desk = ?",  # noqa: S608 - our names
                (sealed, desk),
            ).fetchone()
        return None if row is None else bytes(row[0])

    def remove(self, desk: bytes, sealed: bytes, *, photograph: bool = False) -> None:
        """Delete a report, or photograph, of this desk, if it is there."""
        with self._writing() as database:
            database.execute(
                f"DELETE FROM {_table(photograph)} WHERE id = ? AND desk = ?",  # noqa: S608 - our names
                (sealed, desk),
            )

    def arrivals(self, desk: bytes, today: date) -> Arrivals:
        """How many reports came for a desk this week and in the weeks before: a count, and of nobody."""
        weeks = [monday(today) - timedelta(weeks=back) for back in range(WEEKS_COMPARED + 1)]
        with self._open() as database:
            this_week, *before = (_arrived(database, desk, week)[0] for week in weeks)
        return Arrivals(this_week, tuple(before))

    def sweep(self, today: date) -> None:
        """Delete what expires today or did before, and counts of weeks that nothing is compared with."""
        oldest = monday(today) - timedelta(weeks=WEEKS_COMPARED)
        with self._writing() as database:
            for table in ("report", "photograph", "mailbox"):
                database.execute(f"DELETE FROM {table} WHERE expires <= ?", (today.isoformat(),))  # noqa: S608
            database.execute("DELETE FROM arrival WHERE week < ?", (oldest.isoformat(),))

    def overdue(self, today: date) -> int:
        """How many rows a sweep of today would delete, of those that have expired."""
        with self._open() as database:
            (count,) = database.execute(
                "SELECT (SELECT count(*) FROM report WHERE expires <= ?1)"
                " + (SELECT count(*) FROM photograph WHERE expires <= ?1)"
                " + (SELECT count(*) FROM mailbox WHERE expires <= ?1)",
                (today.isoformat(),),
            ).fetchone()
        return int(count)

    @contextmanager
    def rewriting(self) -> Iterator[Callable[[], None]]:
        """What writes the whole file anew when it is called, if anybody has written to it since: each table
        in the order of its ids, and nothing between the rows.

        SQLite puts what arrives into the next free pages, so a report and its mailbox would lie side by side
        and tell each other apart from all the rest. Who calls it again and again leaves that for moments.
        """
        seen = None
        with self._open() as database:

            def rewrite() -> None:
                nonlocal seen
                # Asked before: what is written meanwhile is then noticed the next time.
                (version,) = database.execute("PRAGMA data_version").fetchone()
                if version != seen:
                    database.execute("VACUUM")
                    seen = version

            yield rewrite

    def _missing(self) -> StoreMissing:
        return StoreMissing("no door has been opened here yet", file=self.file, remedy="Run lippen speak.")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connecting = sqlite3.connect(
            f"{self.file.as_uri()}?mode=rw", uri=True, timeout=_SECONDS_TO_WAIT, isolation_level=None
        )
        with closing(connecting) as database:
            database.execute("PRAGMA secure_delete=ON")
            database.execute("PRAGMA synchronous=EXTRA")  # what was answered with 204 outlives a power cut
            yield database

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of the body, or nothing of it."""
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")


def monday(day: date) -> date:
    """The week of a day, as its Monday."""
    return day - timedelta(days=day.weekday())


def _table(photograph: bool) -> str:
    return "photograph" if photograph else "report"


def _keep(database: sqlite3.Connection, table: str, ident: bytes, row: tuple[bytes, str, str, bytes]) -> bool:
    """Keep a row under this id; whether there was none. One that is there is taken out and put back as it
    was: to change nothing would take no time, and tell.
    """
    found = database.execute(
        f"SELECT desk, week, expires, sealed FROM {table} WHERE id = ?",  # noqa: S608 - our names
        (ident,),
    ).fetchone()
    database.execute(f"DELETE FROM {table} WHERE id = ?", (ident,))  # noqa: S608 - our names
    database.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?)", (ident, *(found or row)))  # noqa: S608
    return found is None


def _expires(week: date) -> str:
    """A day drawn anew for each row, so that no two rows of one message share it for certain."""
    return (week + timedelta(days=6 + EARLIEST + secrets.randbelow(LATEST - EARLIEST + 1))).isoformat()


def _make(database: sqlite3.Connection) -> None:
    for statement in _SCHEMA.split(";"):
        database.execute(statement)
    database.execute("INSERT INTO secret VALUES ('blanks', ?)", (secrets.token_bytes(32),))
    database.execute(
        "INSERT INTO mailbox VALUES (?, ?, ?, ?)",
        (_LAST, secrets.token_bytes(32), date.max.isoformat(), blank_slots(secrets.token_bytes(32))),
    )
    database.execute(f"PRAGMA user_version = {VERSION}")


def _arrived(database: sqlite3.Connection, desk: bytes, week: date) -> tuple[int, int]:
    row = database.execute(
        "SELECT reports, photograph_bytes FROM arrival WHERE desk = ? AND week = ?", (desk, week.isoformat())
    ).fetchone()
    return row or (0, 0)


def _count(
    database: sqlite3.Connection, desk: bytes, week: date, *, reports: int = 0, photograph_bytes: int = 0
) -> None:
    database.execute(
        "INSERT INTO arrival VALUES (?, ?, ?, ?) ON CONFLICT (desk, week) DO UPDATE SET"
        " reports = reports + excluded.reports,"
        " photograph_bytes = photograph_bytes + excluded.photograph_bytes",
        (desk, week.isoformat(), reports, photograph_bytes),
    )

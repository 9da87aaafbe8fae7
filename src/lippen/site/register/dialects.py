"""All in which the register differs between SQLite and PostgreSQL: triggers, positions, and what is settled.

The invariant both keep: an entry's *position* never changes, and once a position is *settled* no entry that
is not yet to be seen can ever come to stand at it or before it. Only what is settled is sealed.

SQLite has one writer at a time, ids are given within its transaction and taken back with it: ids are given in
the order of commits, without gaps. The position is the id.

PostgreSQL has many writers, and one that came early may commit late. There a trigger gives each entry as its
`turn` the id of its transaction, which the transaction has from then on until it ends. What is below the
oldest id still running (`pg_snapshot_xmin`) has ended and is settled. The position is the turn; entries of
one transaction share it and stand in the order of their ids. In another cluster (after a restore) ids of
transactions start low again, so a *lift* is added to them, and the trigger takes no entry that would stand
where the register is sealed.
"""

# ruff: noqa: S608 - statements are put together from names in this file; no value is ever put into one
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("register_entry", "register_shown", "register_checkpoint", "register_expiry")
APPEND_ONLY = "the register is append-only"


class Dialect(Protocol):
    """What each database does in its own way."""

    position: str
    """The field of Entry that holds its position."""

    dense: bool
    """Whether every position holds exactly one entry, so that a missing one can be named."""

    writers: int
    """How many transactions a process writes at once: where commits wait for the disk together, some."""

    def put_up_triggers(self) -> None:
        """Make the register append-only."""

    def take_down_triggers(self) -> None:
        """Undo it: for a restore into an empty register, and for the attacks in the tests."""

    def settled(self) -> int:
        """The highest position at or before which no further entry can come to stand."""

    def went_back(self) -> bool:
        """Whether a new entry would stand before one that is there, or where the register is sealed."""

    def lift(self, above: int) -> None:
        """Let every further entry stand above this position, and above all that are there."""

    def nobody_writes(self) -> Any:
        """A context within a transaction in which no entry is under way, and none can be made."""


def dialect(of: BaseDatabaseWrapper = connection) -> Dialect:
    """The dialect of this connection. Raises NotImplementedError for any other database."""
    if of.vendor == "sqlite":
        return Sqlite(of)
    if of.vendor == "postgresql":
        return Postgresql(of)
    raise NotImplementedError(f"the register is kept on SQLite and PostgreSQL, not on {of.vendor}")


def _run(of: BaseDatabaseWrapper, *statements: str) -> None:
    # Through the schema editor's connection when a migration runs: no parameters, so no % is special.
    with of.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _one(of: BaseDatabaseWrapper, question: str) -> Any:
    with of.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


_GONE_SQLITE = """EXISTS (SELECT 1 FROM register_expiry x WHERE x.month = (
    SELECT substr(c.at, 1, 7) || '-01' FROM register_checkpoint c
    WHERE c.to_position >= {position} ORDER BY c.to_position LIMIT 1))"""


class Sqlite:
    position = "id"
    dense = True
    writers = 1

    def __init__(self, of: BaseDatabaseWrapper) -> None:
        self._of = of

    def put_up_triggers(self) -> None:
        _run(self._of, *self._triggers().values())

    def take_down_triggers(self) -> None:
        _run(self._of, *(f"DROP TRIGGER IF EXISTS {name}" for name in self._triggers()))

    def _triggers(self) -> dict[str, str]:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
        made: dict[str, str] = {}
        for table, key in zip(TABLES, ("id", "id", "number", "month"), strict=True):
            made[f"{table}_no_update"] = f"BEFORE UPDATE ON {table} {refuse}"
            # INSERT OR REPLACE deletes without asking the trigger on deletion.
            made[f"{table}_no_replacement"] = (
                f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} o WHERE o.{key} = NEW.{key}) "
                + refuse
            )
        made["register_entry_no_delete"] = (
            f"BEFORE DELETE ON register_entry WHEN NOT {_GONE_SQLITE.format(position='OLD.id')} {refuse}"
        )
        made["register_shown_no_delete"] = (
            "BEFORE DELETE ON register_shown "
            f"WHEN NOT {_GONE_SQLITE.format(position='OLD.entry_id')} {refuse}"
        )
        made["register_checkpoint_no_delete"] = f"BEFORE DELETE ON register_checkpoint {refuse}"
        made["register_expiry_no_delete"] = f"BEFORE DELETE ON register_expiry {refuse}"
        made["register_entry_in_turn"] = (
            "AFTER INSERT ON register_entry "
            "WHEN EXISTS (SELECT 1 FROM register_entry WHERE id > NEW.id) "
            f"OR EXISTS (SELECT 1 FROM register_checkpoint WHERE to_position >= NEW.id) {refuse}"
        )
        # The replacement of a checkpoint by its other two keys.
        made["register_checkpoint_no_second"] = (
            "BEFORE INSERT ON register_checkpoint WHEN EXISTS (SELECT 1 FROM register_checkpoint o "
            f"WHERE o.previous = NEW.previous OR o.to_position >= NEW.to_position) {refuse}"
        )
        return {name: f"CREATE TRIGGER {name} {what}" for name, what in made.items()}

    def settled(self) -> int:
        return int(_one(self._of, "SELECT coalesce(max(id), 0) FROM register_entry"))

    def went_back(self) -> bool:
        return bool(
            _one(
                self._of,
                "SELECT coalesce((SELECT max(to_position) FROM register_checkpoint), 0) > "
                "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'register_entry'), 0)",
            )
        )

    def lift(self, above: int) -> None:
        with transaction.atomic(using=self._of.alias):
            highest = max(
                above,
                int(_one(self._of, "SELECT coalesce(max(to_position), 0) FROM register_checkpoint")),
                int(
                    _one(
                        self._of,
                        "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'register_entry'",
                    )
                ),
            )
            _run(
                self._of,
                "DELETE FROM sqlite_sequence WHERE name = 'register_entry'",
                f"INSERT INTO sqlite_sequence (name, seq) VALUES ('register_entry', {highest:d})",
            )

    @contextmanager
    def nobody_writes(self) -> Iterator[None]:
        yield  # the transaction itself began with the only lock there is (IMMEDIATE)


_GONE_POSTGRESQL = """EXISTS (SELECT 1 FROM register_expiry x WHERE x.month = (
    SELECT date_trunc('month', c.at AT TIME ZONE 'UTC')::date FROM register_checkpoint c
    WHERE c.to_position >= {position} ORDER BY c.to_position LIMIT 1))"""

_OF_ITS_ENTRY = "(SELECT e.turn FROM register_entry e WHERE e.id = OLD.entry_id)"
_NOW_RUNNING = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


class Postgresql:
    position = "turn"
    dense = False
    writers = 4

    def __init__(self, of: BaseDatabaseWrapper) -> None:
        self._of = of

    def put_up_triggers(self) -> None:
        # The lift is a sequence and not a row: what it is set to is seen at once by every transaction,
        # whatever its isolation, and costs no lock to read.
        _run(
            self._of,
            "CREATE SEQUENCE IF NOT EXISTS register_turn_lift MINVALUE 0 START 0 "
            "OWNED BY register_entry.turn",
            "CREATE SEQUENCE IF NOT EXISTS register_entry_number OWNED BY register_entry.id",
            "ALTER TABLE register_entry ALTER COLUMN id DROP IDENTITY IF EXISTS",
            f"""CREATE OR REPLACE FUNCTION register_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END $$""",
            """CREATE OR REPLACE FUNCTION register_gives_a_turn() RETURNS trigger LANGUAGE plpgsql AS $$
                DECLARE sealed bigint;
                BEGIN
                    NEW.turn := (SELECT last_value FROM register_turn_lift)
                        + pg_current_xact_id()::text::bigint;
                    SELECT to_position INTO sealed FROM register_checkpoint ORDER BY number DESC LIMIT 1;
                    IF NEW.turn <= sealed THEN
                        RAISE EXCEPTION 'the register is sealed up to %, and the turn % comes after it',
                            sealed, NEW.turn USING HINT = 'The next sealing puts this right.';
                    END IF;
                    NEW.id := nextval('register_entry_number');
                    RETURN NEW;
                END $$""",
            f"""CREATE OR REPLACE FUNCTION register_entry_goes() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF NOT {_GONE_POSTGRESQL.format(position="OLD.turn")} THEN
                        RAISE EXCEPTION '{APPEND_ONLY}';
                    END IF;
                    RETURN OLD;
                END $$""",
            f"""CREATE OR REPLACE FUNCTION register_shown_goes() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF NOT {_GONE_POSTGRESQL.format(position=_OF_ITS_ENTRY)} THEN
                        RAISE EXCEPTION '{APPEND_ONLY}';
                    END IF;
                    RETURN OLD;
                END $$""",
            *(f"CREATE TRIGGER {name} {what}" for name, (_, what) in self._triggers().items()),
        )

    def take_down_triggers(self) -> None:
        _run(
            self._of,
            *(f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, (table, _) in self._triggers().items()),
        )

    def _triggers(self) -> dict[str, tuple[str, str]]:
        made: dict[str, tuple[str, str]] = {}
        for table in TABLES:
            made[f"{table}_no_update"] = (
                table,
                f"BEFORE UPDATE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION register_refuses()",
            )
        for table in TABLES[2:]:
            made[f"{table}_no_delete"] = (
                table,
                f"BEFORE DELETE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION register_refuses()",
            )
        for table, function in (
            ("register_entry", "register_entry_goes"),
            ("register_shown", "register_shown_goes"),
        ):
            made[f"{table}_no_delete"] = (
                table,
                f"BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()",
            )
        made["register_entry_turn"] = (
            "register_entry",
            "BEFORE INSERT ON register_entry FOR EACH ROW EXECUTE FUNCTION register_gives_a_turn()",
        )
        return made

    def settled(self) -> int:
        return int(_one(self._of, f"SELECT last_value + {_NOW_RUNNING} - 1 FROM register_turn_lift"))

    def went_back(self) -> bool:
        return bool(
            _one(
                self._of,
                f"SELECT ({self._highest()}) >= last_value + "
                "pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM register_turn_lift",
            )
        )

    def lift(self, above: int) -> None:
        # Whoever has a turn holds a lock on the table until the end of the transaction. Waiting for it keeps
        # a turn with the lower lift from being sealed over, with the higher one, before it commits.
        with transaction.atomic(using=self._of.alias), self.nobody_writes():
            _run(
                self._of,
                f"SELECT setval('register_turn_lift', greatest(last_value, greatest({above:d}, "
                f"({self._highest()})) + 1 - {_NOW_RUNNING})) FROM register_turn_lift",
            )

    @contextmanager
    def nobody_writes(self) -> Iterator[None]:
        _run(self._of, "LOCK TABLE register_entry IN SHARE ROW EXCLUSIVE MODE")
        yield

    @staticmethod
    def _highest() -> str:
        return (
            "SELECT greatest(coalesce((SELECT max(turn) FROM register_entry), 0), "
            "coalesce((SELECT max(to_position) FROM register_checkpoint), 0))"
        )

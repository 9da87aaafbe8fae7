"""The register on SQLite: see `dialects` for what both databases keep."""

# ruff: noqa: S608 - statements are put together from names in this file; no value is ever put into one
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from lippen.site.register.append_only import (
    APPEND_ONLY,
    GO_WITH_THEIR_ENTRY,
    KEYS,
    NEVER_GO,
    faults_in,
    one,
    run,
)

_GONE = """EXISTS (SELECT 1 FROM register_expiry x WHERE x.month = (
    SELECT substr(c.at, 1, 7) || '-01' FROM register_checkpoint c
    WHERE c.to_position >= {position} ORDER BY c.to_position LIMIT 1))"""

_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
_TIME = f"{_DAY} [0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
_FRACTION = ".[0-9][0-9][0-9][0-9][0-9][0-9]"


class Sqlite:
    position = "id"
    dense = True
    writers = 1

    def __init__(self, of: BaseDatabaseWrapper) -> None:
        self._of = of

    def put_up_triggers(self) -> None:
        run(self._of, *self._triggers().values())

    def take_down_triggers(self) -> None:
        run(self._of, *(f"DROP TRIGGER IF EXISTS {name}" for name in self._triggers()))

    def _triggers(self) -> dict[str, str]:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
        made: dict[str, str] = {}
        for table, key in KEYS.items():
            made[f"{table}_no_update"] = f"BEFORE UPDATE ON {table} {refuse}"
            # INSERT OR REPLACE deletes without asking the trigger on deletion.
            made[f"{table}_no_replacement"] = (
                f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} o WHERE o.{key} = NEW.{key}) "
                + refuse
            )
        made["register_entry_no_delete"] = (
            f"BEFORE DELETE ON register_entry WHEN NOT {_GONE.format(position='OLD.id')} {refuse}"
        )
        for table in GO_WITH_THEIR_ENTRY:
            made[f"{table}_no_delete"] = (
                f"BEFORE DELETE ON {table} WHEN NOT {_GONE.format(position='OLD.entry_id')} {refuse}"
            )
        for table in NEVER_GO:
            made[f"{table}_no_delete"] = f"BEFORE DELETE ON {table} {refuse}"
        made["register_entry_in_turn"] = (
            "AFTER INSERT ON register_entry "
            "WHEN EXISTS (SELECT 1 FROM register_entry WHERE id > NEW.id) "
            f"OR EXISTS (SELECT 1 FROM register_checkpoint WHERE to_position >= NEW.id) {refuse}"
        )
        # The replacement of a checkpoint, or of an alert, by its other keys.
        made["register_checkpoint_no_second"] = (
            "BEFORE INSERT ON register_checkpoint WHEN EXISTS (SELECT 1 FROM register_checkpoint o "
            f"WHERE o.previous = NEW.previous OR o.to_position >= NEW.to_position) {refuse}"
        )
        made["register_alert_no_second"] = (
            "BEFORE INSERT ON register_alert WHEN EXISTS (SELECT 1 FROM register_alert o "
            "WHERE o.entry_id = NEW.entry_id OR (o.rule = NEW.rule AND o.reader = NEW.reader "
            f"AND o.first_at = NEW.first_at)) {refuse}"
        )
        return {name: f"CREATE TRIGGER {name} {what}" for name, what in made.items()}

    def trigger_faults(self) -> list[str]:
        with self._of.cursor() as cursor:
            # Of every table of the site's: the others have none, and what runs there can reach the register.
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            return faults_in(self._triggers(), dict(cursor.fetchall()), "trigger")

    def table_faults(self, expected: dict[str, dict[str, tuple[str, bool]]]) -> list[str]:
        faults = []
        for table, columns in expected.items():
            with self._of.cursor() as cursor:
                cursor.execute(
                    "SELECT type FROM pragma_table_list WHERE schema = 'main' AND name = %s", [table]
                )
                if cursor.fetchall() != [("table",)]:
                    faults.append(f"{table} is no ordinary table of the register's")
                    continue
                cursor.execute(
                    'SELECT name, lower(type), "notnull" = 0, hidden FROM pragma_table_xinfo(%s)', [table]
                )
                found = {name: (kind, bool(null), hidden) for name, kind, null, hidden in cursor.fetchall()}
            if found != {name: (kind.lower(), null, 0) for name, (kind, null) in columns.items()}:
                faults.append(f"the columns of {table} are not the program's")
        return faults

    def damage(self) -> list[str]:
        with self._of.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check(5)")
            return [str(said) for (said,) in cursor.fetchall() if said != "ok"]

    def form_of(self, field: models.Field[Any, Any], column: str) -> str:
        # A column of SQLite takes any type whatever it was declared as.
        # What may be empty is PostgreSQL's order of transactions, and stays empty here.
        return f"{column} IS NULL" if field.null else _form(field, column)

    def settled(self) -> int:
        return int(one(self._of, "SELECT coalesce(max(id), 0) FROM register_entry"))

    def went_back(self) -> bool:
        return bool(
            one(
                self._of,
                "SELECT coalesce((SELECT max(to_position) FROM register_checkpoint), 0) > "
                "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'register_entry'), 0)",
            )
        )

    def lift(self, above: int) -> None:
        with transaction.atomic(using=self._of.alias):
            highest = max(
                above,
                int(one(self._of, "SELECT coalesce(max(to_position), 0) FROM register_checkpoint")),
                int(
                    one(
                        self._of,
                        "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'register_entry'",
                    )
                ),
            )
            run(
                self._of,
                "DELETE FROM sqlite_sequence WHERE name = 'register_entry'",
                f"INSERT INTO sqlite_sequence (name, seq) VALUES ('register_entry', {highest:d})",
            )

    @contextmanager
    def nobody_writes(self) -> Iterator[None]:
        yield  # the transaction itself began with the only lock there is (IMMEDIATE)

    nobody_signs = nobody_writes


def _form(field: models.Field[Any, Any], column: str) -> str:
    if isinstance(field, models.BinaryField):
        return f"typeof({column}) = 'blob' AND length({column}) = {field.max_length:d}"
    if isinstance(field, models.CharField):
        return (
            f"typeof({column}) = 'text' AND length({column}) <= {field.max_length:d} "
            f"AND instr({column}, char(0)) = 0 AND register_is_text(CAST({column} AS BLOB))"
        )
    # Without a modifier SQLite gives back the 30th of February as it was written.
    if isinstance(field, models.DateTimeField):
        second = f"substr({column}, 1, 19)"
        return (
            f"typeof({column}) = 'text' AND ({column} GLOB '{_TIME}' OR {column} GLOB '{_TIME}{_FRACTION}') "
            f"AND datetime({second}, '+0 days') = {second} AND substr({column}, 20) <> '.000000' "
            f"AND {column} > '0001-01-02'"
        )
    if isinstance(field, models.DateField):
        return (
            f"typeof({column}) = 'text' AND {column} GLOB '{_DAY}' AND date({column}, '+0 days') = {column} "
            f"AND {column} > '0001-01-02'"
        )
    if isinstance(field, models.BooleanField):
        return f"typeof({column}) = 'integer' AND {column} IN (0, 1)"
    return f"typeof({column}) = 'integer' AND {column} >= 0"


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def give_functions(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Give a new connection what `form_of` asks: SQLite cannot tell whether bytes are UTF-8."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("register_is_text", 1, _is_text, deterministic=True)

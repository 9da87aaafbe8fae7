"""The register on PostgreSQL: see `dialects` for what both databases keep."""

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
    NEVER_GO,
    TABLES,
    faults_in,
    one,
    run,
)

_GONE = """EXISTS (SELECT 1 FROM register_expiry x WHERE x.month = (
    SELECT date_trunc('month', c.at AT TIME ZONE 'UTC')::date FROM register_checkpoint c
    WHERE c.to_position >= {position} ORDER BY c.to_position LIMIT 1))"""

_OF_ITS_ENTRY = "(SELECT e.turn FROM register_entry e WHERE e.id = OLD.entry_id)"
_NOW_RUNNING = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"

_FUNCTIONS = {
    "register_refuses": f"BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END",
    "register_gives_a_turn": """
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
        END""",
    "register_entry_goes": f"""
        BEGIN
            IF NOT {_GONE.format(position="OLD.turn")} THEN
                RAISE EXCEPTION '{APPEND_ONLY}';
            END IF;
            RETURN OLD;
        END""",
    "register_shown_goes": f"""
        BEGIN
            IF NOT {_GONE.format(position=_OF_ITS_ENTRY)} THEN
                RAISE EXCEPTION '{APPEND_ONLY}';
            END IF;
            RETURN OLD;
        END""",
}
"""Name and body of each function that a trigger calls."""


class Postgresql:
    position = "turn"
    dense = False
    writers = 4

    def __init__(self, of: BaseDatabaseWrapper) -> None:
        self._of = of

    def put_up_triggers(self) -> None:
        # The lift is a sequence and not a row: what it is set to is seen at once by every transaction,
        # whatever its isolation, and costs no lock to read.
        run(
            self._of,
            "CREATE SEQUENCE IF NOT EXISTS register_turn_lift MINVALUE 0 START 0 "
            "OWNED BY register_entry.turn",
            "CREATE SEQUENCE IF NOT EXISTS register_entry_number OWNED BY register_entry.id",
            "ALTER TABLE register_entry ALTER COLUMN id DROP IDENTITY IF EXISTS",
            *(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
                for name, body in _FUNCTIONS.items()
            ),
            *(f"CREATE TRIGGER {name} {what}" for name, (_, what) in self._triggers().items()),
        )

    def take_down_triggers(self) -> None:
        run(
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
        for table in NEVER_GO:
            made[f"{table}_no_delete"] = (
                table,
                f"BEFORE DELETE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION register_refuses()",
            )
        for table in ("register_entry", *GO_WITH_THEIR_ENTRY):
            function = "register_entry_goes" if table == "register_entry" else "register_shown_goes"
            made[f"{table}_no_delete"] = (
                table,
                f"BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()",
            )
        made["register_entry_turn"] = (
            "register_entry",
            "BEFORE INSERT ON register_entry FOR EACH ROW EXECUTE FUNCTION register_gives_a_turn()",
        )
        return made

    def trigger_faults(self) -> list[str]:
        expected = {name: f"CREATE TRIGGER {name} {what}" for name, (_, what) in self._triggers().items()}
        with self._of.cursor() as cursor:
            # Written as the server itself writes it, and nothing where it would not fire. Those of every
            # other table of the site's too, which has none: what runs there can reach the register.
            cursor.execute(
                "SELECT CASE WHEN t.tgrelid = ANY(%s::regclass[]) THEN t.tgname ELSE t.tgname || ' on ' || "
                "c.relname END, CASE WHEN t.tgenabled IN ('O', 'A') THEN pg_get_triggerdef(t.oid, true) "
                "ELSE '' END FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal "
                "AND (t.tgrelid = ANY(%s::regclass[]) OR c.relnamespace = current_schema()::regnamespace) "
                "UNION ALL SELECT evtname || ' on ' || evtevent, '' FROM pg_event_trigger",
                [list(TABLES), list(TABLES)],
            )
            triggers = dict(cursor.fetchall())
            cursor.execute(
                "SELECT proname, CASE WHEN proconfig IS NULL THEN prosrc ELSE '' END FROM pg_proc "
                "WHERE pronamespace = current_schema()::regnamespace AND proname = ANY(%s)",
                [list(_FUNCTIONS)],
            )
            functions = dict(cursor.fetchall())
        return [
            *faults_in(expected, triggers, "trigger"),
            *faults_in(_FUNCTIONS, functions, "function"),
        ]

    def table_faults(self, expected: dict[str, dict[str, tuple[str, bool]]]) -> list[str]:
        faults = []
        for table, columns in expected.items():
            with self._of.cursor() as cursor:
                cursor.execute(
                    "SELECT c.relkind = 'r' AND c.relpersistence = 'p', c.relrowsecurity OR "
                    "c.relforcerowsecurity, "
                    "EXISTS (SELECT 1 FROM pg_rewrite w WHERE w.ev_class = c.oid), "
                    "EXISTS (SELECT 1 FROM pg_inherits i WHERE c.oid IN (i.inhparent, i.inhrelid)) "
                    "FROM pg_class c WHERE c.oid = to_regclass(%s)",
                    [table],
                )
                ordinary, hides, ruled, joined = cursor.fetchone() or (False, False, False, False)
                cursor.execute(
                    "SELECT attname, format_type(atttypid, atttypmod), NOT attnotnull, attgenerated "
                    "FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
                    [table],
                )
                found = {name: (kind, null, generated) for name, kind, null, generated in cursor.fetchall()}
            if not ordinary:
                faults.append(f"{table} is no ordinary table of the register's")
                continue
            if hides:
                faults.append(f"{table} shows some rows and hides others (row level security)")
            if ruled:
                faults.append(f"{table} has a rule, which can do anything in the place of a statement")
            if joined:
                faults.append(f"{table} has rows of another table (inheritance)")
            named = {
                name: (kind.replace("varchar", "character varying"), null, "")
                for name, (kind, null) in columns.items()
            }
            if found != named:
                faults.append(f"the columns of {table} are not the program's")
        return faults

    def damage(self) -> list[str]:
        return []  # its indexes are looked at by an extension (amcheck), which is the owner's to install

    def form_of(self, field: models.Field[Any, Any], column: str) -> str:
        # Types are kept by the database; what it takes and no program can read is left.
        if isinstance(field, models.BinaryField):
            form = f"octet_length({column}) = {field.max_length:d}"
        elif isinstance(field, models.DateField):  # times too
            form = f"{column} > '0001-01-02' AND {column} < '9999-12-30'"
        elif isinstance(field, models.BooleanField | models.CharField):
            form = f"{column} IS NOT NULL"
        else:
            form = f"{column} >= 0"
        return f"({column} IS NULL OR {form})" if field.null else form

    def settled(self) -> int:
        return int(one(self._of, f"SELECT last_value + {_NOW_RUNNING} - 1 FROM register_turn_lift"))

    def went_back(self) -> bool:
        return bool(
            one(
                self._of,
                f"SELECT ({self._highest()}) >= last_value + "
                "pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM register_turn_lift",
            )
        )

    def lift(self, above: int) -> None:
        # Whoever has a turn holds a lock on the table until the end of the transaction. Waiting for it keeps
        # a turn with the lower lift from being sealed over, with the higher one, before it commits.
        with transaction.atomic(using=self._of.alias), self.nobody_writes():
            run(
                self._of,
                f"SELECT setval('register_turn_lift', greatest(last_value, greatest({above:d}, "
                f"({self._highest()})) + 1 - {_NOW_RUNNING})) FROM register_turn_lift",
            )

    @contextmanager
    def nobody_writes(self) -> Iterator[None]:
        run(self._of, "LOCK TABLE register_entry IN SHARE ROW EXCLUSIVE MODE")
        yield

    @contextmanager
    def nobody_signs(self) -> Iterator[None]:
        # One table for all of them, and taken before any other: else two could wait for each other.
        run(self._of, "LOCK TABLE register_rotation IN SHARE ROW EXCLUSIVE MODE")
        yield

    @staticmethod
    def _highest() -> str:
        return (
            "SELECT greatest(coalesce((SELECT max(turn) FROM register_entry), 0), "
            "coalesce((SELECT max(to_position) FROM register_checkpoint), 0))"
        )

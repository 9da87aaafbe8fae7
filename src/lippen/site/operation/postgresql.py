"""PostgreSQL: every table at one moment to CSV and back, over the connection alone, with no program beside.

What is dumped is read in one REPEATABLE READ transaction. What is loaded goes into an empty database in one
transaction too, tables and all, so that it is there whole or not at all.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, LiteralString, cast

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from lippen.errors import LippenError
from lippen.site.database_address import DATABASE_VARIABLE, database_parts
from lippen.site.operation.backup_file import SESSIONS
from lippen.site.operation.starting import unreachable

_CHUNK: Final = 1 << 20
_MARK: Final = "lippen restore "

RESTORED: Final = "restored.mark"
"""The same mark in a workspace that `restore` puts in its place, until it is taken from the database."""

_TABLES: Final = """
    SELECT c.relname, array_agg(a.attname ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
        AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    GROUP BY c.relname ORDER BY c.relname
"""


class DatabaseNotEmpty(LippenError):
    """The database that should take a backup holds something."""


def connected() -> psycopg.Connection[Any]:
    """A connection of its own, apart from Django's. Raises DatabaseUnreachable, ConfigurationError.

    PostgreSQL's library gets the parts and never the address: what it says of one that it cannot take apart
    repeats it, and a password with it.
    """
    parts = database_parts()
    if parts is None:
        raise unreachable("it is not set")
    given = {"dbname": parts.name, "user": parts.user, "password": parts.password, "host": parts.host}
    try:
        return psycopg.connect(
            make_conninfo("", **{name: value or None for name, value in given.items()}, port=parts.port)
        )
    except psycopg.Error as error:
        raise unreachable(" ".join(str(error).split())) from error


def dump(folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Write `TABLE.csv` for each table; returns the rows of each, and the last value of each sequence."""
    rows: dict[str, int] = {}
    with connected() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        for table, columns in connection.execute(_TABLES).fetchall():
            rows[table] = _dump_table(connection, table, columns, folder / f"{table}.csv")
        sequences = {
            name: int(last)
            for name, last in connection.execute(
                "SELECT sequencename, last_value FROM pg_sequences"
                " WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY sequencename"
            )
        }
    return rows, sequences


def _dump_table(connection: psycopg.Connection[Any], table: str, columns: Sequence[str], to: Path) -> int:
    query = sql.SQL("SELECT {columns} FROM {table}").format(
        columns=_names(columns), table=sql.Identifier(table)
    )
    if table in SESSIONS:
        query = query + sql.SQL(" WHERE false")
    with to.open("wb") as file, connection.cursor() as cursor:
        with cursor.copy(sql.SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER)").format(query)) as copy:
            for chunk in copy:
                file.write(chunk)
        return cursor.rowcount


def size() -> int:
    """Bytes of the database on the server's disk."""
    with connected() as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return int(row[0]) if row else 0


def has_site() -> bool:
    """Whether the database holds a site, of whatever version."""
    with connected() as connection:
        row = connection.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone()
    return bool(row and row[0])


def is_empty() -> bool:
    """Whether the database has no table."""
    with connected() as connection:
        return not connection.execute(_TABLES).fetchall()


class HalfRestored(LippenError):
    """A backup was loaded into the database, and its workspace was never put in its place."""


def refuse_half_restored(workspace: Path) -> None:
    """Raise HalfRestored where the database holds a backup whose restore was not finished: what ended since
    may be open in it. Where this workspace is the one that was restored, and only the mark was left, it goes.
    """
    mark = loaded_mark()
    if mark is None:
        return
    if (workspace / RESTORED).is_file() and (workspace / RESTORED).read_text("utf-8") == mark:
        restored(workspace)
        return
    raise HalfRestored(
        f"the database of {DATABASE_VARIABLE} holds {_loaded(mark)}, and that restore was not finished",
        remedy="Give the same lippen restore command again: it goes on. Or name another database.",
    )


def restored(workspace: Path) -> None:
    """Take the mark away once the workspace of what was loaded is in its place."""
    forget_mark()
    (workspace / RESTORED).unlink(missing_ok=True)


def _loaded(mark: str) -> str:
    _, _, made_at = mark.partition(" ")
    return f"the backup of {made_at}" if made_at else "a backup"


def loaded_mark() -> str | None:
    """Which backup `load` put into this database, while its workspace is not in its place yet: its digest,
    and when it was made.
    """
    with connected() as connection:
        row = connection.execute(
            "SELECT obj_description(current_schema()::regnamespace, 'pg_namespace')"
        ).fetchone()
    said = row[0] if row else None
    return said.removeprefix(_MARK) if said and said.startswith(_MARK) else None


def forget_mark() -> None:
    """Take the mark away."""
    with connected() as connection:
        schema = connection.execute("SELECT current_schema()").fetchone()
        if schema is not None:
            connection.execute(sql.SQL("COMMENT ON SCHEMA {} IS NULL").format(sql.Identifier(schema[0])))


def load(folder: Path, migrations: Sequence[str], sequences: Mapping[str, int], mark: str) -> None:
    """Make the tables of those migrations and fill them from `TABLE.csv`, in one transaction.

    Django must be ready. What is done in a transaction that is under way is undone with it. Raises
    DatabaseNotEmpty when the database holds tables already.
    """
    from django.db import connection as django_connection
    from django.db import transaction
    from django.db.migrations.executor import MigrationExecutor

    from lippen.site.register.dialects import dialect

    if not is_empty():
        there = loaded_mark()
        raise DatabaseNotEmpty(
            f"the database of {DATABASE_VARIABLE} holds {_loaded(there) if there else 'tables'} already",
            remedy="Make an empty one (createdb) and name that.",
        )
    with transaction.atomic():
        executor = MigrationExecutor(django_connection)
        executor.migrate(_leaves(executor, migrations))
        with django_connection.cursor() as cursor:
            raw = cast(psycopg.Cursor[Any], cursor.cursor)
            raw.execute("SET CONSTRAINTS ALL IMMEDIATE")
            tables = dict(raw.execute(_TABLES).fetchall())
            files = {file.stem: file for file in sorted(folder.glob("*.csv"))}
            if set(tables) != set(files):
                odd = sorted(set(tables) ^ set(files))[0]
                raise LippenError(f"the backup and this Lippen disagree about the table {odd}", file=folder)
            for table in tables:
                _run(raw, "ALTER TABLE {} DISABLE TRIGGER USER", table)
            raw.execute("SET CONSTRAINTS ALL DEFERRED")
            for table in tables:
                _run(raw, "DELETE FROM {}", table)
            for table, file in files.items():
                _load_table(raw, table, file)
            raw.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in tables:
                _run(raw, "ALTER TABLE {} ENABLE TRIGGER USER", table)
            raw.execute("SET CONSTRAINTS ALL DEFERRED")  # as Django has them, for what follows
            for name, last in sequences.items():
                raw.execute("SELECT setval(%s::regclass, %s)", (f'"{name}"', last))
            # Turns of entries are ids of transactions, which start low again in another cluster.
            dialect(django_connection).lift(0)
            schema = raw.execute("SELECT current_schema()").fetchone()
            raw.execute(
                sql.SQL("COMMENT ON SCHEMA {} IS {}").format(
                    sql.Identifier(schema[0] if schema else "public"), sql.Literal(_MARK + mark)
                )
            )


def _leaves(executor: Any, migrations: Sequence[str]) -> list[tuple[str, str | None]]:
    """The last of the given migrations in each app; none of those that came later."""
    given = {tuple(one.split(".", 1)) for one in migrations}
    if unknown := given - set(executor.loader.graph.nodes):
        raise LippenError(
            f"the backup was made by a newer Lippen (it has {'.'.join(sorted(unknown)[0])})",
            remedy="Update Lippen.",
        )
    children = {
        node: {child.key for child in executor.loader.graph.node_map[node].children if child.key in given}
        for node in given
    }
    return sorted(
        cast(tuple[str, str], node)
        for node in given
        if not any(child[0] == node[0] for child in children[node])
    )


def _load_table(cursor: psycopg.Cursor[Any], table: str, file: Path) -> None:
    with file.open(encoding="utf-8", newline="") as opened:
        columns = next(csv.reader(opened))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, HEADER)").format(
        sql.Identifier(table), _names(columns)
    )
    with file.open("rb") as reads, cursor.copy(statement) as copy:
        while chunk := reads.read(_CHUNK):
            copy.write(chunk)


def drop_everything() -> None:
    """Drop every table of the site, in one transaction."""
    with connected() as connection:
        for table, _ in connection.execute(_TABLES).fetchall():
            connection.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(table)))


def _run(cursor: psycopg.Cursor[Any], statement: LiteralString, table: str) -> None:
    cursor.execute(sql.SQL(statement).format(sql.Identifier(table)))


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))

"""The database as it was before a test, though the register refuses: on SQLite a copy of the new database is
laid over it, and on PostgreSQL the register's triggers stand aside while its tables are emptied.

Nothing in the program can do this. A test that attacks the register takes its triggers down for itself.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest

FILLED_BY_DJANGO = frozenset({"django_content_type", "auth_permission"})
"""Tables that hold the same rows in every site. Filling them anew took most of the time between two tests."""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None,  # noqa: ARG001 - what it sets comes first
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """On SQLite one process of a run migrates the tests' database, and the others copy it."""
    from django.core.management.commands.migrate import Command
    from django.db import connection

    if connection.vendor != "sqlite":
        return
    own = tmp_path_factory.getbasetemp()
    place = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    migrate = Command.handle

    def once(self: Any, *arguments: Any, **named: Any) -> None:
        Command.handle = migrate  # what tests migrate is migrated
        connection.ensure_connection()
        with (place / "migrated.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            there = (place / "migrated.sqlite3").exists()
            with closing(sqlite3.connect(place / "migrated.sqlite3")) as file:
                if there:
                    file.backup(connection.connection)
                else:
                    migrate(self, *arguments, **named)
                    connection.connection.backup(file)

    Command.handle = once


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:  # noqa: ARG001 - before it
    """The tests' database, of which SQLite keeps a copy as it is new: emptying each table by a statement and
    filling in what Django brings took a fifth of the time of 120 tests of pages.
    """
    from django.db import connection
    from django.test import TransactionTestCase

    if connection.vendor != "sqlite":
        yield
        return
    emptied = TransactionTestCase._fixture_teardown
    with closing(sqlite3.connect(":memory:")) as new:
        with django_db_blocker.unblock():
            connection.ensure_connection()
            connection.connection.backup(new)

        def as_new(self: Any) -> None:  # noqa: ARG001 - Django's signature
            connection.ensure_connection()
            new.backup(connection.connection)

        TransactionTestCase._fixture_teardown = as_new
        yield
        TransactionTestCase._fixture_teardown = emptied


@pytest.fixture(scope="session", autouse=True)
def register_stands_aside() -> Iterator[None]:
    """While a test's database is emptied the register's triggers are down, and up again before the next."""
    from django.core.management.commands import flush
    from django.db import connection

    from lippen.site.register.dialects import dialect

    operations: Any = type(connection.ops)
    empty, listed, filled = operations.execute_sql_flush, operations.sql_flush, flush.emit_post_migrate_signal

    def emptied(self: Any, sql_list: Sequence[str]) -> None:
        append_only = dialect(self.connection)
        append_only.take_down_triggers()
        empty(self, sql_list)
        append_only.put_up_triggers()

    def without_djangos(self: Any, style: Any, tables: Sequence[str], **named: Any) -> list[str]:
        statements: list[str] = listed(
            self, style, [one for one in tables if one not in FILLED_BY_DJANGO], **named
        )
        return statements

    operations.execute_sql_flush, operations.sql_flush = emptied, without_djangos
    flush.emit_post_migrate_signal = lambda *_, **__: None
    yield
    operations.execute_sql_flush, operations.sql_flush = empty, listed
    flush.emit_post_migrate_signal = filled

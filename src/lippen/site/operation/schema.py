"""Which migrations a database has, and bringing it up to date whole or not at all.

SQLite's file is never migrated itself: a copy is, beside it, and takes its place in one step. PostgreSQL
migrates in one transaction. So a process that is killed leaves the database as it was before.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from lippen.errors import LippenError
from lippen.site.configuration import Configuration
from lippen.site.database_address import DATABASE_VARIABLE
from lippen.wording import counted


class WorkspaceNewer(LippenError):
    """The database was migrated by a newer Lippen."""


class UpgradeNeeded(LippenError):
    """The database is of an older Lippen."""


@dataclass(frozen=True)
class SchemaState:
    """Migrations as `app.name`: those `applied`, those `pending`, and those `unknown` to this program."""

    applied: tuple[str, ...]
    pending: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def new(self) -> bool:
        return not self.applied


def schema_state() -> SchemaState:
    """The state of the database that Django is connected to."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    applied = set(executor.loader.applied_migrations)
    known = set(executor.loader.disk_migrations or ())
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return SchemaState(
        applied=tuple(sorted(f"{app}.{name}" for app, name in applied)),
        pending=tuple(f"{one.app_label}.{one.name}" for one, _ in plan),
        unknown=tuple(sorted(f"{app}.{name}" for app, name in applied - known)),
    )


def refuse_newer(state: SchemaState, configuration: Configuration) -> None:
    """Raise WorkspaceNewer when the database knows migrations that this program does not."""
    if state.unknown:
        raise WorkspaceNewer(
            f"this workspace was upgraded by a newer Lippen (it has {state.unknown[0]}, unknown here)",
            file=configuration.workspace,
            remedy="Update Lippen, or restore a backup from before the upgrade.",
        )


def refuse_half_restored(configuration: Configuration) -> None:
    """Raise HalfRestored when the database was filled by a restore that was not finished. On SQLite its file
    comes with the workspace, in one step.
    """
    if DATABASE_VARIABLE in os.environ:
        from lippen.site.operation import postgresql  # with its driver, which no site on SQLite needs

        postgresql.refuse_half_restored(configuration.workspace)


def refuse_other_than_current(state: SchemaState, configuration: Configuration) -> None:
    """Raise WorkspaceNewer, UpgradeNeeded or HalfRestored unless the database is exactly what this program
    works with.
    """
    refuse_newer(state, configuration)
    refuse_half_restored(configuration)
    if state.pending:
        raise UpgradeNeeded(
            f"this workspace is of an older Lippen ({counted(len(state.pending), 'migration')} to go)",
            file=configuration.workspace,
            remedy=f"Run lippen upgrade --workspace {configuration.workspace}",
        )


def migrate(configuration: Configuration) -> None:
    """Bring the database up to date. When this fails or is killed, it is as it was."""
    from django.core.management import call_command
    from django.db import connection, transaction

    if connection.vendor == "postgresql":
        with transaction.atomic():
            call_command("migrate", verbosity=0, interactive=False)
        return
    from lippen.site.operation import sqlite

    copy = configuration.workspace / f".{configuration.database_file.name}.migrating"
    sqlite.remove(copy)
    if configuration.database_file.exists():
        sqlite.copy(configuration.database_file, copy)
    try:
        with _connected_to(copy):
            call_command("migrate", verbosity=0, interactive=False)
        sqlite.put_in_place(copy, configuration.database_file)
    finally:
        sqlite.remove(copy)


class _connected_to:  # noqa: N801 - reads as what it does
    """Django's connection leads to another SQLite file while the body runs."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __enter__(self) -> None:
        from django.db import connection

        connection.close()
        self.before = connection.settings_dict["NAME"]
        connection.settings_dict["NAME"] = str(self.file)

    def __exit__(self, *_: object) -> None:
        from django.db import connection

        connection.close()
        connection.settings_dict["NAME"] = self.before

"""Makes Django ready for one workspace, and says in one line what the database has against it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lippen.errors import LippenError
from lippen.site.configuration import WORKSPACE_VARIABLE, Configuration, read_configuration
from lippen.site.database_address import DATABASE_VARIABLE

SETTINGS = "lippen.site.settings"


class DatabaseUnreachable(LippenError):
    """The database cannot be opened."""


class DatabaseRefused(LippenError):
    """The database was opened and refused what was asked of it."""


def start_site(workspace: Path) -> Configuration:
    """Make Django ready for this workspace, once in the life of a process.

    Raises ConfigurationError, KeyMissing or KeyExposed.
    """
    configuration = read_configuration(workspace)
    os.environ[WORKSPACE_VARIABLE] = str(configuration.workspace)
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS  # whatever another program of Django's left there
    import django

    django.setup()
    return configuration


def unreachable(said: str, file: Path | None = None) -> DatabaseUnreachable:
    """What is raised when the database cannot be opened: SQLite's in `file`, or PostgreSQL's of
    DATABASE_URL.
    """
    if file is None:
        return DatabaseUnreachable(
            f"{DATABASE_VARIABLE}: the database cannot be reached ({said})",
            remedy="Start PostgreSQL, or put the address right.",
        )
    return DatabaseUnreachable(
        f"cannot be opened ({said})",
        file=file,
        remedy="Ask for permission to the folder, or name another workspace.",
    )


@contextmanager
def database_errors(configuration: Configuration) -> Iterator[None]:
    """Turn the database's own errors into one line with a remedy.

    Raises DatabaseUnreachable when it cannot be opened, DatabaseRefused for anything else it says.
    """
    from django.db import DatabaseError, InterfaceError, OperationalError, connection

    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        said = " ".join(str(error).split())
        where = None if DATABASE_VARIABLE in os.environ else configuration.database_file
        if isinstance(error, OperationalError | InterfaceError) and connection.connection is None:
            raise unreachable(said, where) from error
        raise DatabaseRefused(
            f"the database refused this ({said})",
            file=where,
            remedy="Run lippen doctor; it says what is wrong with a workspace.",
        ) from error

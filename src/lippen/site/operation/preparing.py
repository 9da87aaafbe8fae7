"""From any folder to a site that can be served: makes what is missing, and never replaces what is there."""

from __future__ import annotations

import os
from pathlib import Path

from lippen.errors import LippenError
from lippen.site.configuration import (
    DATABASE_VARIABLE,
    Configuration,
    database_address,
    read_configuration,
)
from lippen.site.keys import NAMES, KeyMissing, make_keys
from lippen.site.operation import postgresql, schema
from lippen.site.operation.starting import database_errors, start_site

RETIRED = "retired.json"
"""The signed record that `lippen retire` leaves where a site was."""


class WorkspaceRetired(LippenError):  # noqa: N818 - named after the event, as the others are
    """The site of this workspace was closed for good."""


def make_workspace(workspace: Path) -> Configuration:
    """Make the folder, `lippen.toml` and the lake where they are missing, and read what is set.

    Raises WorkspaceError, ConfigurationError or WorkspaceRetired, before anything is made where DATABASE_URL
    is no address.
    """
    database_address()
    refuse_retired(workspace)
    if not (workspace / "lippen.toml").exists() or not (workspace / "lake").is_dir():
        from lippen.engine import connect
        from lippen.workspace import Workspace

        new = not workspace.exists()
        with connect() as engine:
            Workspace.open(workspace, engine)
        if new:
            workspace.chmod(0o700)
    return read_configuration(workspace)


def open_site(workspace: Path, *, make: bool) -> Configuration:
    """Make Django ready for a workspace whose database and keys are there and fit each other.

    With `make` what is missing is made: folder, keys and an empty database. Raises WorkspaceError,
    WorkspaceRetired, KeyMissing, KeyExposed, FolderUnsafe, WorkspaceNewer, UpgradeNeeded,
    DatabaseUnreachable.
    """
    configuration = make_workspace(workspace) if make else existing(workspace)
    if not any((configuration.keys / name).exists() for name in NAMES):
        if not make or configuration.database_file.exists() or _is_on_postgresql():
            raise _keys_are_gone(configuration)
        make_keys(configuration.keys)
    start_site(workspace)
    with database_errors(configuration):
        state = schema.schema_state()
        if state.new and make:
            schema.migrate(configuration)
        else:
            schema.refuse_other_than_current(state, configuration)
    if DATABASE_VARIABLE not in os.environ:
        configuration.database_file.chmod(0o600)
    return configuration


def existing(workspace: Path) -> Configuration:
    """What is set for a workspace that must be there already. Raises LippenError, WorkspaceRetired."""
    database_address()
    refuse_retired(workspace)
    if not (workspace / "lippen.toml").exists():
        raise LippenError(
            "there is no workspace here",
            file=workspace,
            remedy="Name another folder, or run lippen serve to make one.",
        )
    configuration = read_configuration(workspace)
    if DATABASE_VARIABLE not in os.environ and not configuration.database_file.exists():
        raise LippenError(
            "this workspace has no site yet", file=workspace, remedy="Run lippen serve, which makes one."
        )
    return configuration


def refuse_retired(workspace: Path) -> None:
    """Raise WorkspaceRetired where a site was closed for good."""
    if (workspace / RETIRED).exists():
        raise WorkspaceRetired(
            "this site was retired: what it held was handed out and wiped",
            file=workspace / RETIRED,
            remedy="Name a new folder.",
        )


def _is_on_postgresql() -> bool:
    """Whether the PostgreSQL of DATABASE_URL, if it is set, holds a site, which new keys would not fit."""
    return DATABASE_VARIABLE in os.environ and postgresql.has_site()


def _keys_are_gone(configuration: Configuration) -> KeyMissing:
    return KeyMissing(
        "this site has a database and no keys; new ones would not fit what was sealed with the old",
        file=configuration.keys,
        remedy="Restore them from the backup of the keys: docs/how-to/keep-the-keys.md",
    )

"""From any folder to a site that can be served: makes what is missing, and never replaces what is there."""

from __future__ import annotations

import os
from pathlib import Path

from lippen.errors import LippenError
from lippen.manifest import write_in_one_step
from lippen.site.configuration import Configuration, read_configuration
from lippen.site.database_address import DATABASE_VARIABLE, database_address
from lippen.site.keys import NAMES, make_keys
from lippen.site.made_as import MADE_AS, made_as, now_made_as
from lippen.site.operation import schema
from lippen.site.operation.demo_mark import NotADemo
from lippen.site.operation.demo_people import PEOPLE
from lippen.site.operation.starting import database_errors, start_site
from lippen.site.register.copied_files import files_in
from lippen.site.secret_files import KeyMissing
from lippen.site.speak.page import FOLDER
from lippen.site.speak.store import FILE

RETIRED = "retired.json"
"""The signed record that `lippen retire` leaves where a site was."""


class WorkspaceRetired(LippenError):
    """The site of this workspace was closed for good."""


class FolderTaken(LippenError):
    """What another site keeps lies where a new one would."""


class DatabaseLost(LippenError):
    """The workspace had a site, and its database is not there."""


def settings_of(workspace: Path) -> Configuration:
    """What is set for a workspace, whether it is there or not. Makes nothing.

    Raises ConfigurationError, also where DATABASE_URL is no address or not this site's; WorkspaceRetired,
    DatabaseLost; KeyMissing where the keys lie elsewhere than is set.
    """
    database_address()
    refuse_retired(workspace)
    configuration = read_configuration(workspace)
    refuse_lost_file(configuration)
    refuse_left_behind(configuration)
    return configuration


def make_workspace(workspace: Path) -> Configuration:
    """Make the folder, `lippen.toml` and the lake where they are missing, and read what is set: `site.toml`
    may have been written first, into a folder that holds nothing else.

    Raises WorkspaceError; and as `settings_of`, before anything is made.
    """
    settings_of(workspace)
    if not (workspace / "lippen.toml").exists() or not (workspace / "lake").is_dir():
        from lippen.engine import connect
        from lippen.workspace import Workspace

        new = not workspace.exists()
        with connect() as engine:
            Workspace.open(workspace, engine, may_hold=("site.toml", FOLDER, FILE))
        if new:
            workspace.chmod(0o700)
    return read_configuration(workspace)


def open_site(workspace: Path, *, make: bool) -> Configuration:
    """Make Django ready for a workspace whose database and keys are there and fit each other.

    With `make` what is missing is made: folder, keys and an empty database, unless there was one before.
    Raises WorkspaceError, ConfigurationError, WorkspaceRetired, KeyMissing, KeyExposed, FolderUnsafe,
    WorkspaceNewer, UpgradeNeeded, DatabaseUnreachable, DatabaseLost, FolderTaken, NotADemo.
    """
    configuration = make_workspace(workspace) if make else existing(workspace)
    if not _has_keys(configuration.keys):
        if not make or configuration.database_file.exists() or _is_on_postgresql():
            raise _keys_are_gone(configuration)
        refuse_copies_of_another(configuration)
        make_keys(configuration.keys)
    start_site(workspace)
    with database_errors(configuration):
        state = schema.schema_state()
        if state.new:
            refuse_emptied(configuration)
        if state.new and make:
            schema.migrate(configuration)
        else:
            schema.refuse_other_than_current(state, configuration)
        refuse_real_people(configuration)
    if DATABASE_VARIABLE not in os.environ:
        configuration.database_file.chmod(0o600)
    remember(configuration)
    return configuration


def remember(configuration: Configuration) -> None:
    """Write down what this site is, once its database is there, unless that is written already."""
    if made_as(configuration.workspace) is None:
        write_in_one_step(configuration.workspace / MADE_AS, now_made_as(demo=configuration.demo).as_text())


def existing(workspace: Path) -> Configuration:
    """What is set for a workspace that must be there already. Raises LippenError; and as `settings_of`."""
    configuration = settings_of(workspace)
    if not (workspace / "lippen.toml").exists():
        raise LippenError(
            "there is no workspace here",
            file=workspace,
            remedy="Name another folder, or run lippen serve to make one.",
        )
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


def refuse_lost_file(configuration: Configuration) -> None:
    """Raise DatabaseLost where this workspace had a site on SQLite and its file is gone."""
    if DATABASE_VARIABLE not in os.environ and not configuration.database_file.exists():
        refuse_emptied(configuration)


def refuse_emptied(configuration: Configuration) -> None:
    """Raise DatabaseLost where this workspace has had a site, for one whose database holds nothing now: an
    empty site in its place would let whoever opens it first become its administrator.
    """
    made = made_as(configuration.workspace)
    if made is None:
        return
    if made.database == "postgresql":
        raise DatabaseLost(
            f"this workspace has a site, and the database that {DATABASE_VARIABLE} names is empty",
            file=configuration.workspace,
            remedy=f"Put {DATABASE_VARIABLE} right; if it is, restore the last backup to a new folder.",
        )
    raise DatabaseLost(
        "this workspace has a site, and its database is gone",
        file=configuration.database_file,
        remedy="Put it back, or restore the last backup to a new folder.",
    )


def refuse_copies_of_another(configuration: Configuration) -> None:
    """Raise FolderTaken where copies of checkpoints lie that no new site can have made: each would call the
    other's damage, and nothing of the new one would be copied.
    """
    copies = configuration.checkpoint_copies
    if files_in(copies):
        raise FolderTaken(
            "the checkpoints of another site are copied to this folder",
            file=copies,
            remedy="Move it away and keep it, if that site is gone; or name another folder as "
            "checkpoint_copies in site.toml.",
        )


def refuse_left_behind(configuration: Configuration) -> None:
    """Raise KeyMissing where `keys` names another folder than the workspace's and the keys lie in that one
    still: there is nothing to restore, and new ones would not fit.
    """
    left = configuration.workspace / "keys"
    if _has_keys(left) and not _has_keys(configuration.keys):
        raise KeyMissing(
            f"the keys of this site are not here: they lie in {left}",
            file=configuration.keys,
            remedy="Stop the site and move all that is in there to this folder, or take the line keys out of "
            f"{configuration.workspace / 'site.toml'}.",
        )


def refuse_real_people(configuration: Configuration) -> None:
    """Raise NotADemo where site.toml says demo and the site is a real one: its pages would say that nobody
    in it is real. Django must be ready.

    The first person of a demo is always one of its made-up people. Whoever looks around in it may have
    invited others since.
    """
    if not configuration.demo:
        return
    from lippen.site.accounts.models import Person

    first = Person.objects.order_by("pk").values_list("email", flat=True).first()
    if first is not None and first not in {one.email for one in PEOPLE}:
        raise NotADemo(
            "demo = true, and there are real people in this site",
            file=configuration.workspace / "site.toml",
            remedy="Take that line out; for a demo, run lippen demo with a new folder.",
        )


def _has_keys(folder: Path) -> bool:
    return any((folder / name).exists() for name in NAMES)


def _is_on_postgresql() -> bool:
    """Whether the PostgreSQL of DATABASE_URL, if it is set, holds a site, which new keys would not fit."""
    if DATABASE_VARIABLE not in os.environ:
        return False
    from lippen.site.operation import postgresql  # with its driver, which no site on SQLite needs

    return postgresql.has_site()


def _keys_are_gone(configuration: Configuration) -> KeyMissing:
    return KeyMissing(
        "this site has a database and no keys; new ones would not fit what was sealed with the old",
        file=configuration.keys,
        remedy="Restore them from the backup of the keys: docs/how-to/keep-the-keys.md",
    )

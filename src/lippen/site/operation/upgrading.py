"""Brings a workspace to this program's version: a backup first, and as it was when anything fails."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lippen.errors import LippenError
from lippen.site.configuration import Configuration
from lippen.site.operation import schema
from lippen.site.operation.backup import write_backup
from lippen.site.operation.preparing import refuse_emptied, refuse_real_people
from lippen.site.operation.starting import database_errors


class UpgradeFailed(LippenError):
    """A migration failed; the database is as it was before."""


@dataclass(frozen=True)
class Upgraded:
    """The migrations that were made, as `app.name`, and the backup from before; none when none were due."""

    migrations: tuple[str, ...]
    backup: Path | None


def upgrade(configuration: Configuration, backup: Path | None) -> Upgraded:
    """Upgrade a workspace that Django is ready for and nobody serves; see `lock`.

    `backup` is a new file or a folder; without it the backup lies beside the workspace. Raises
    WorkspaceNewer, UpgradeFailed, BackupRefused, DatabaseUnreachable, DatabaseLost, HalfRestored,
    NotADemo.
    """
    with database_errors(configuration):
        state = schema.schema_state()
        schema.refuse_newer(state, configuration)
        schema.refuse_half_restored(configuration)
        if not state.new:
            refuse_real_people(configuration)
    if state.new:
        refuse_emptied(configuration)
        raise LippenError(
            "this workspace has no site yet", file=configuration.workspace, remedy="Run lippen serve."
        )
    if not state.pending:
        return Upgraded((), None)
    written = write_backup(configuration, backup or configuration.workspace.parent)
    try:
        schema.migrate(configuration)
    except Exception as error:  # a migration can fail in any way, and each of them leaves all as it was
        raise UpgradeFailed(
            f"the upgrade failed and the workspace is as it was before ({type(error).__name__}: {error})",
            file=configuration.workspace,
            remedy=f"Go on with the Lippen you had. The backup from before: {written}",
        ) from error
    return Upgraded(state.pending, written)

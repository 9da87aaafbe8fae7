"""Closes a site for good: everything is handed out, then wiped, and a signed record of it stays.

The order makes it safe to be killed in: the export is whole before anything is wiped; the record is written
and signed before the key that signs it goes; from then on the site cannot be opened, and the same command
finishes the wiping. Copies of the register's checkpoints are the panel's and are not touched.

Wiping deletes. On a disk that keeps old blocks, and in backups, what was deleted can still be found: the
how-to says what to do about both.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from lippen.errors import LippenError
from lippen.manifest import settle, write_in_one_step
from lippen.site.configuration import Configuration, read_configuration
from lippen.site.database_address import DATABASE_VARIABLE
from lippen.site.folders import make_parents, refuse_reached_by_others
from lippen.site.keys import PUBLIC, read_keys
from lippen.site.made_as import MADE_AS
from lippen.site.operation import keys_file, postgresql, sqlite
from lippen.site.operation.lock import NAME as LOCK
from lippen.site.operation.lock import alone_with
from lippen.site.operation.preparing import RETIRED, open_site
from lippen.site.operation.starting import database_errors
from lippen.site.speak.page import FOLDER as SPEAK

_SIGNED: Final = b"lippen retirement 1\n"
_SECONDS_TO_SEAL: Final = 60


class RetirementRefused(LippenError):
    """The site cannot be closed so."""


def retire(workspace: Path, out: Path, name: str) -> Path:
    """Export a site to `out`, wipe it and return where the signed record lies.

    `name` must be the site's own. Where a retirement was stopped after its record was signed, this finishes
    it. Raises RetirementRefused, FolderUnsafe, SiteBusy, DatabaseUnreachable, KeyMissing.
    """
    if not (workspace / "lippen.toml").exists() and not (workspace / RETIRED).exists():
        raise RetirementRefused("there is no workspace here", file=workspace, remedy="Check the name.")
    configuration = read_configuration(workspace)
    if name != configuration.name and not (workspace / RETIRED).exists():
        raise RetirementRefused(
            f"{name!r} is not the name of this site",
            file=workspace,
            remedy=f'To close it for good, confirm with --confirm "{configuration.name}".',
        )
    with alone_with(configuration.workspace), _closed_door(configuration.workspace):
        if not (configuration.workspace / RETIRED).exists():
            _hand_out(configuration, out)
        _wipe(configuration)
    return configuration.workspace / RETIRED


def _closed_door(workspace: Path) -> AbstractContextManager[None]:
    """Keeps the resident's door shut, where there is one: it would go on taking what nobody will read."""
    folder = workspace / SPEAK
    return alone_with(folder, "the door of this site is open") if folder.is_dir() else nullcontext()


def _hand_out(configuration: Configuration, out: Path) -> None:
    out = out.resolve()
    if out.exists():
        raise RetirementRefused("there is something here already", file=out, remedy="Name a new folder.")
    if out.is_relative_to(configuration.workspace):
        raise RetirementRefused(
            "the export would be wiped with the workspace", file=out, remedy="Name a place outside."
        )
    refuse_reached_by_others(out.parent)
    open_site(configuration.workspace, make=False)
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    make_parents(out.parent)
    part.mkdir(mode=0o700)
    from lippen.site.operation import exporting, seal_rotation
    from lippen.site.register.rotation import own_seal_keys

    try:
        with database_errors(configuration):
            seal_rotation.settle(configuration)
            last = _enter_and_seal()
            earlier = [note.as_line() for note in own_seal_keys().notes]
            rows = exporting.export(configuration, part)
        digest = exporting.digest_of_export(part)
        part.rename(out)
        settle(out.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    _write_record(configuration, rows, digest, last, earlier)


def _enter_and_seal() -> dict[str, Any]:
    """The last entry of the register says that everything left; the record names the seal over it."""
    from django.db import connections

    from lippen.site.register.models import Act
    from lippen.site.register.sealer import newest_checkpoint, seal_once
    from lippen.site.register.seals import checkpoint_digest
    from lippen.site.register.services import SYSTEM, enter_reading
    from lippen.site.register.unsealed import all_sealed

    enter_reading(SYSTEM, Act.DISCLOSURE, "everything, when the site was closed", [], purpose="retirement")
    until = time.monotonic() + _SECONDS_TO_SEAL
    while (last := newest_checkpoint()) is None or not all_sealed():
        if seal_once() is None:
            if time.monotonic() > until:
                raise RetirementRefused(
                    "the end of the register cannot be sealed",
                    remedy="On PostgreSQL a transaction that is open anywhere on the server holds it up: end"
                    " it, and give the command again. Otherwise run lippen doctor.",
                )
            time.sleep(0.1)
    connections.close_all()
    return {"number": last.number, "digest": checkpoint_digest(last).hex()}


def _write_record(
    configuration: Configuration,
    rows: dict[str, int],
    digest: str,
    last: dict[str, Any],
    rotations: list[str],
) -> None:
    """Sign the record with the seal key; `rotations` are the notes that lead to it from each earlier one."""
    seal = read_keys(configuration.keys).seal
    said = json.dumps(
        {
            "site": configuration.name,
            "retired_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "lippen": version("lippen"),
            "database": "postgresql" if DATABASE_VARIABLE in os.environ else "sqlite",
            "export_sha256": digest,
            "rows": rows,
            "last_checkpoint": last,
            "seal_public": seal.public_bytes().hex(),
            "seal_rotations": rotations,
        },
        sort_keys=True,
    )
    signature = seal.signer().sign(_SIGNED + said.encode()).hex()
    record = json.dumps({"record": said, "signature": signature}, indent=1) + "\n"
    write_in_one_step(configuration.workspace / RETIRED, record)


def _wipe(configuration: Configuration) -> None:
    """Delete all but the record, the settings and the public key; all of it may be gone already.

    What names the database stays too: finished with another in DATABASE_URL, this would drop that one's
    tables.
    """
    record = json.loads((configuration.workspace / RETIRED).read_text("utf-8"))
    if json.loads(record["record"])["database"] == "postgresql":
        if DATABASE_VARIABLE not in os.environ:
            raise RetirementRefused(
                f"this site was on PostgreSQL, and {DATABASE_VARIABLE} is not set",
                file=configuration.workspace,
                remedy="Set it, so that the tables there are dropped too.",
            )
        with database_errors(configuration):
            postgresql.drop_everything()
    sqlite.remove(configuration.database_file)
    inside = configuration.keys.is_relative_to(configuration.workspace)
    for file in configuration.keys.iterdir() if configuration.keys.is_dir() else ():
        # In a folder elsewhere the keys of other programs may lie.
        if file.name != PUBLIC and file.is_file() and (inside or file.name in keys_file.OURS):
            file.unlink()
    kept = {RETIRED, LOCK, "lippen.toml", "site.toml", MADE_AS}
    for one in configuration.workspace.iterdir():
        if one == configuration.keys or one.name in kept:
            continue
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        else:
            one.unlink()
    settle(configuration.workspace)

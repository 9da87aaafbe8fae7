"""Looks a site over, also while it is served: what is wrong, and what to do about it. Changes nothing."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from lippen.errors import LippenError
from lippen.site.configuration import Configuration, database_settings, read_configuration
from lippen.site.database_address import DATABASE_VARIABLE
from lippen.site.keys import NEXT, PUBLIC, read_keys
from lippen.site.operation import doctor_of_database
from lippen.site.operation.certificates import AUTHORITY_KEY, Certificate, authority_folder, made_for
from lippen.site.operation.findings import LOOK, WELL, WRONG, Finding
from lippen.site.operation.preparing import WorkspaceRetired, refuse_left_behind, refuse_retired
from lippen.site.speak.store import FILE as SPEAK
from lippen.site.speak.store import Store
from lippen.wording import counted

_RENEW_DAYS: Final = 30
_FREE_MIB: Final = 1024
_FREE_MIB_AT_LEAST: Final = 200


def examine(workspace: Path, certificate: Certificate | None) -> list[Finding]:
    """Look at everything that can be looked at; what depends on something wrong is left out.

    `certificate` is the one that the site is served with when it is not its own.
    """
    findings, configuration = _settings(workspace)
    if configuration is None:
        return findings
    findings += [
        *_guarded("settings", lambda: _reached(configuration, certificate)),
        *_guarded("keys", lambda: _keys(configuration)),
        *_guarded("permissions", lambda: _permissions(configuration)),
        *_guarded("certificate", lambda: _certificate(configuration, certificate)),
        *_guarded("disk", lambda: _disk(configuration)),
        *_guarded("door", lambda: _door(configuration)),
        *_guarded("checkpoint copies", lambda: _copies(configuration)),
    ]
    if any(one.name == "keys" and one.state == WRONG for one in findings):
        return findings
    database = list(_guarded("database", lambda: doctor_of_database.database(configuration)))
    findings += database
    if all(one.state != WRONG for one in database):
        for name, look in doctor_of_database.LOOKS:
            findings += _guarded(name, partial(look, configuration))
    return findings


def _guarded(name: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What an error says is a finding like any other."""
    try:
        yield from look()
    except LippenError as error:
        yield Finding(name, WRONG, error.seen, error.remedy or "")
    except OSError as error:
        yield Finding(name, WRONG, f"{error.filename}: {error.strerror}", "Ask for permission to it.")


def _settings(workspace: Path) -> tuple[list[Finding], Configuration | None]:
    try:
        refuse_retired(workspace)
    except WorkspaceRetired as error:
        return [Finding("settings", WRONG, error.seen, error.remedy or "")], None
    if not (workspace / "lippen.toml").exists():
        return [
            Finding(
                "settings", WRONG, f"there is no workspace in {workspace}", "Name the folder of the site."
            )
        ], None
    try:
        configuration = read_configuration(workspace)
        database_settings(configuration)
    except LippenError as error:
        return [Finding("settings", WRONG, error.seen, error.remedy or "")], None
    return [], configuration


def _reached(configuration: Configuration, given: Certificate | None) -> Iterator[Finding]:
    """Whether anything that can be known of answers for the addresses of the site."""
    reached = ", ".join(configuration.origins) or "this machine alone"
    said = f"{configuration.name}, reached from {reached}"
    by_https = any(one.startswith("https://") for one in configuration.origins)
    if by_https and not configuration.proxy and (given or made_for(configuration)) is None:
        yield Finding(
            "settings",
            LOOK,
            f"{said}; but proxy is not true, and no certificate is here or was named",
            "Behind a reverse proxy set proxy = true in site.toml: without it all visitors share one counter"
            " of guessed passwords. Or name the certificate that it is served with: --certificate and --key.",
        )
    else:
        yield Finding("settings", WELL, said)


def _keys(configuration: Configuration) -> Iterator[Finding]:
    refuse_left_behind(configuration)
    keys = read_keys(configuration.keys)
    if (configuration.keys / NEXT).exists():
        yield Finding(
            "keys",
            LOOK,
            f"the seal key is being replaced, or that was interrupted ({configuration.keys / NEXT})",
            "Run lippen register rotate-seal-key again with the site stopped, or open the site.",
        )
        return
    public = configuration.keys / PUBLIC
    expected = keys.seal.public().public_bytes_raw().hex()
    if not public.is_file():
        yield Finding(
            "keys",
            WRONG,
            f"{public} is missing, the public half of seal.key",
            f"Write {expected} into it, once the panel's own copy says the same.",
        )
        return
    if public.read_bytes().strip() != expected.encode():
        yield Finding(
            "keys",
            WRONG,
            f"{public} is not the public half of seal.key",
            f"Write {expected} into it, unless you cannot say who changed it: then tell the panel.",
        )
        return
    if configuration.origins and configuration.keys.is_relative_to(configuration.workspace):
        yield Finding(
            "keys",
            LOOK,
            f"they lie in the workspace ({configuration.keys}): a copy of it is the whole site",
            "Stop the site, move them to a folder elsewhere, and name it as keys in site.toml.",
        )
        return
    yield Finding("keys", WELL, f"all there in {configuration.keys}")


def _permissions(configuration: Configuration) -> Iterator[Finding]:
    private = [configuration.workspace, configuration.keys, configuration.workspace / SPEAK]
    if DATABASE_VARIABLE not in os.environ:
        private.append(configuration.database_file)
    well = True
    for path in private:
        if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            well = False
            mode = "700" if path.is_dir() else "600"
            yield Finding(
                "permissions", WRONG, f"others than its owner can open {path}", f"Run chmod {mode} {path}"
            )
        if path.exists() and path.stat().st_uid != os.geteuid():
            well = False
            yield Finding(
                "permissions",
                WRONG,
                f"{path} belongs to another user than the one that runs this",
                "Run lippen as the user that serves the site, or give it the folder with chown.",
            )
    if well:
        yield Finding(
            "permissions", WELL, "only their owner can open the workspace, the keys and the database"
        )


def _certificate(configuration: Configuration, given: Certificate | None) -> Iterator[Finding]:
    shown = given or made_for(configuration)
    if shown is not None:
        shown.check()
        left = shown.days_left()
        if left < _RENEW_DAYS:
            yield Finding(
                "certificate",
                LOOK,
                f"{shown.certificate} has {counted(left, 'day')} left",
                "Renew it: lippen serve --make-certificate NAME, or as you got it. Then restart.",
            )
        else:
            yield Finding("certificate", WELL, f"{shown.certificate} has {counted(left, 'day')} left")
    if (key := authority_folder(configuration) / AUTHORITY_KEY).exists():
        yield Finding(
            "certificate",
            LOOK,
            f"the authority's key still lies on this machine ({key})",
            "Move it to a stick in a drawer; it is needed once a year.",
        )


def _disk(configuration: Configuration) -> Iterator[Finding]:
    free = shutil.disk_usage(configuration.workspace).free // 2**20
    if free < _FREE_MIB:
        state = WRONG if free < _FREE_MIB_AT_LEAST else LOOK
        yield Finding(
            "disk", state, f"{free:,} MiB are free", "Make room: what cannot be entered is not shown."
        )
    else:
        yield Finding("disk", WELL, f"{free:,} MiB are free")


def _door(configuration: Configuration) -> Iterator[Finding]:
    """Whether what residents sent goes when it should, where there is a door."""
    if not (configuration.workspace / SPEAK).exists():
        return
    yesterday = datetime.now(UTC).date() - timedelta(days=1)  # what expires today has until tomorrow
    if overdue := Store(configuration.workspace / SPEAK, make=False).overdue(yesterday):
        yield Finding(
            "door",
            WRONG,
            f"{counted(overdue, 'thing', 'things')} that residents sent should have gone by now",
            f"Run lippen speak --workspace {configuration.workspace}, which sweeps at once and each hour.",
        )
    else:
        yield Finding("door", WELL, "nothing is kept that has expired")


def _copies(configuration: Configuration) -> Iterator[Finding]:
    folder = configuration.checkpoint_copies
    if folder.is_relative_to(configuration.workspace):
        yield Finding(
            "checkpoint copies",
            WRONG,
            f"{folder} lies in the workspace: who changes the register can change them too",
            "Set checkpoint_copies in site.toml to a folder elsewhere, best one that the panel holds.",
        )
        return
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    try:
        tempfile.TemporaryFile(dir=nearest).close()
    except OSError:
        yield Finding(
            "checkpoint copies",
            WRONG,
            f"{folder} cannot be written to",
            "Mount it, or give it to the user that serves the site.",
        )
        return
    same = nearest.stat().st_dev == configuration.workspace.stat().st_dev
    if same:
        yield Finding(
            "checkpoint copies",
            LOOK,
            f"{folder} is on the disk of the workspace",
            "Set checkpoint_copies in site.toml to a disk that the panel holds: it then survives this one.",
        )
    else:
        yield Finding("checkpoint copies", WELL, f"they go to {folder}")

"""The settings of a workspace: by which layout it was written, and the time zone of what it holds."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from lippen.errors import LippenError
from lippen.manifest import Manifest, write_in_one_step

SCHEMA_VERSION: Final = 1
"""The layout at the head of `lippen.workspace`. A change that an older Lippen would misread raises it."""

SETTINGS: Final = "lippen.toml"


class WorkspaceError(LippenError):
    """The folder is no workspace of ours, or cannot be used now."""


def zone_of(directory: Path) -> str | None:
    """The time zone by which a workspace keeps times; None while it holds no import. Raises WorkspaceError,
    and ManifestError.
    """
    settings = directory / SETTINGS
    held = settings.exists() and Manifest.read(directory / "lake").imports
    return read_zone(settings) if held else None


def write_settings(path: Path, zone: str | None) -> None:
    """Write them in one step; `zone` is an IANA name, None where nothing was imported yet."""
    lines = ["# A Lippen workspace. Written by lippen; the zone is that of the imported source.\n"]
    lines.append(f"schema_version = {SCHEMA_VERSION}\n")
    if zone is not None:
        lines.append(f'zone = "{zone}"\n')
    write_in_one_step(path, "".join(lines))


def read_zone(path: Path) -> str | None:
    """The zone that a file of settings names, None where it names none.

    Raises WorkspaceError where they cannot be read, or a newer Lippen wrote them.
    """
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkspaceError(
            f"the settings of this workspace cannot be read ({error})", file=path, remedy="Restore the file."
        ) from error
    version = settings.get("schema_version")
    if not isinstance(version, int) or version < 1:
        raise WorkspaceError("schema_version is missing or no number", file=path, remedy="Restore the file.")
    if version > SCHEMA_VERSION:
        raise WorkspaceError(
            f"this workspace was written by a newer Lippen (schema version {version}; this one knows"
            f" {SCHEMA_VERSION})",
            file=path,
            remedy="Update Lippen, or use another workspace.",
        )
    zone = settings.get("zone")
    if zone is None:
        return None
    try:
        ZoneInfo(zone)
    except Exception as error:  # a wrong type, an unknown name and a path are three errors for one mistake
        raise WorkspaceError(f"{zone!r} is no time zone", file=path, remedy="Write an IANA name.") from error
    return str(zone)

"""Marks a workspace as a demo, before Django is ready: `site.toml` decides what Django starts with."""

from __future__ import annotations

from pathlib import Path

from lippen.errors import LippenError
from lippen.manifest import write_in_one_step
from lippen.site.register.copied_files import whole

PARTNERSHIP = "Invermarrow Partnership"
SETTINGS = f'name = "{PARTNERSHIP}"\ndemo = true\n'


class NotADemo(LippenError):
    """The workspace is a real one."""


def mark(workspace: Path) -> None:
    """Mark a new workspace as a demo, before anything else is in it.

    Raises NotADemo when the workspace has a database or settings and is not marked.
    """
    refuse_real(workspace)
    if not (workspace / "site.toml").exists():
        write_in_one_step(workspace / "site.toml", SETTINGS)


def refuse_real(workspace: Path) -> None:
    """Raise NotADemo as `mark` would, for a workspace that need not be there yet."""
    if is_marked(workspace):
        return
    settings = workspace / "site.toml"
    if settings.exists() or (workspace / "lippen.sqlite3").exists() or (workspace / "keys").exists():
        raise NotADemo(
            "this workspace was not made by lippen demo",
            file=workspace,
            remedy="Name a new folder for the demo, or open this one with lippen serve.",
        )


def is_marked(workspace: Path) -> bool:
    """Whether `lippen demo` made this workspace."""
    try:
        return whole(workspace / "site.toml", len(SETTINGS)) == SETTINGS.encode()
    except OSError:  # none is there, it is no ordinary file, or it says more
        return False

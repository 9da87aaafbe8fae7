"""One process at a time has a site. The lock goes with the process that holds it, however it ends."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from lippen.errors import LippenError

NAME = "site.lock"


class SiteBusy(LippenError):
    """Another process has this site."""


_IN_USE: Final = "this workspace is in use by another lippen serve, upgrade, restore or retire"


@contextmanager
def alone_with(workspace: Path, in_use: str = _IN_USE) -> Iterator[None]:
    """Hold the site of this workspace while the body runs. Raises SiteBusy, saying `in_use`, when somebody
    else does.
    """
    # No file that is executed later inherits it: a lock held by a worker would outlive its server.
    handle = os.open(workspace / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SiteBusy(in_use, file=workspace, remedy="Wait until it has ended, or stop it.") from error
        yield
    finally:
        os.close(handle)


def clear(folder: Path) -> None:
    """Empty a folder that is held: what lies in it was left by somebody who was killed."""
    for one in folder.iterdir():
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        elif one.name != NAME:
            one.unlink()

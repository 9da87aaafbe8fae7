"""Names under which no ordinary file lies: whoever reads one waits, or reads without end."""

from __future__ import annotations

import os
from pathlib import Path

ODD = ("pipe", "device", "folder", "huge")


def lay(file: Path, kind: str) -> None:
    """Lay something of this kind, one of ODD, where a file is looked for."""
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "device":
        file.symlink_to("/dev/zero")
    elif kind == "folder":
        file.mkdir()
    else:
        with file.open("wb") as sparse:
            sparse.truncate(1 << 40)

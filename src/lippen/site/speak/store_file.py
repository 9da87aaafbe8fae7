"""What the door's file has to be before anything is written to it: a plain file of its own user's.

Nobody else can read it, write to it or exchange it.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from lippen.errors import LippenError
from lippen.site.folders import refuse_changed_by_others


class StoreUnusable(LippenError):
    """What has the file's name is no such file, or cannot be used as it lies there."""


def refuse_other_kind(file: Path) -> None:
    """Raises StoreUnusable where a link, a folder or something else has the name of the file."""
    if not os.path.lexists(file):
        return
    mode = file.lstat().st_mode
    if stat.S_ISREG(mode):
        return
    if stat.S_ISLNK(mode):
        what = "a link, and none is followed"
    elif stat.S_ISDIR(mode):
        what = "a folder"
    else:
        what = "no plain file"
    raise StoreUnusable(
        f"this is {what}; what residents sent has to lie here in a file",
        file=file,
        remedy="Find out who put it there, then move it away.",
    )


def refuse_exposed(file: Path) -> None:
    """Raises StoreUnusable where others than its owner can read or write the file, and FolderUnsafe where
    others can exchange what lies beside it.
    """
    seen = file.lstat()
    if seen.st_uid != os.geteuid():
        raise StoreUnusable(
            "this belongs to another user, and the door's file is its own",
            file=file,
            remedy="Run the door as that user, or have the file given to the one who runs it.",
        )
    if seen.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise StoreUnusable(
            "others than its owner can read or write what residents sent",
            file=file,
            remedy=f"Run chmod 600 {file}, and find out who may have a copy.",
        )
    refuse_changed_by_others(file.parent)

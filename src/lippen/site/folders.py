"""Folders on a machine that has other users: what the site writes lies where nobody else can reach it.

Whoever can write to a folder can put a link where a name is about to be used, or exchange what has that name.
So such a folder is refused before anything is written, unless its sticky bit keeps everybody to their own
names, as in /tmp. Root is trusted: against root nothing here helps.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from lippen.errors import LippenError


class FolderUnsafe(LippenError):
    """Another user of the machine could reach what would lie in this folder."""


def make_private(folder: Path) -> None:
    """Make a folder for its owner alone, or take the one that was made so before. Raises FolderUnsafe."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        seen = folder.lstat()  # never what a link leads to
        if not stat.S_ISDIR(seen.st_mode):
            what = "is a link" if stat.S_ISLNK(seen.st_mode) else "is no folder"
            raise FolderUnsafe(
                f"this {what}, and a folder of the site's own has to lie here",
                file=folder,
                remedy=f"Find out who put it there, then take it away: rm {folder}",
            ) from None
        if seen.st_uid != os.geteuid():
            raise FolderUnsafe(
                "this folder belongs to another user, and one of the site's own has to lie here",
                file=folder,
                remedy="Find out who put it there and have it taken away, or name a place elsewhere.",
            ) from None
        if seen.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise FolderUnsafe(
                "others than its owner can open this folder, and one of the site's own has to lie here",
                file=folder,
                remedy="Look at what is in it, then take it away.",
            ) from None


def make_parents(folder: Path) -> None:
    """Make what is missing of a folder and those above it, each for its owner alone."""
    for one in reversed((folder, *folder.parents)):
        if not one.exists():
            one.mkdir(mode=0o700)


def refuse_changed_by_others(folder: Path) -> None:
    """Raise FolderUnsafe when another user than root can exchange what lies in this folder."""
    seen = folder.stat()
    if seen.st_uid not in (0, os.geteuid()):
        raise FolderUnsafe(
            "this folder belongs to another user, who could exchange what lies in it",
            file=folder,
            remedy="Run this as that user, or name a folder of your own.",
        )
    if seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not seen.st_mode & stat.S_ISVTX:
        raise FolderUnsafe(
            "others can write to this folder, and could exchange what lies in it",
            file=folder,
            remedy=f"Run chmod go-w {folder}, or name a folder of your own.",
        )


def refuse_reached_by_others(folder: Path) -> None:
    """Raise FolderUnsafe when another user can exchange this folder, or one above it; it need not be there
    yet.
    """
    resolved = folder.resolve()
    for one in (resolved, *resolved.parents):
        if one.exists():
            refuse_changed_by_others(one)

"""A folder of results appears whole, in one step, or not at all.

What is under way lies in a hidden folder beside its place and goes away when the run is stopped. A folder
that Lippen wrote before is exchanged for the new one in one step where the system can (Linux, macOS). A list
in it says which files Lippen put there; a folder that holds anything else, however deep, is refused, because
that belongs to somebody else.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from lippen.errors import LippenError

LIST = ".lippen-files"
"""The list of the files that Lippen put into a folder, one a line, named from the folder."""

_LINUX_AT_FDCWD, _LINUX_RENAME_EXCHANGE = -100, 2
_MAC_RENAME_SWAP = 2


class OutputRefused(LippenError):  # noqa: N818 - named after the event
    """The folder that was named for the output holds something that is not ours to replace."""


@contextmanager
def whole_folder(out: Path, facts: str, others: frozenset[str]) -> Iterator[Path]:
    """Give an empty folder to write to; it becomes `out` when the body ends, and is deleted if it fails.

    `facts` names the JSON file by which Lippen knows its own output (it says which Lippen wrote it), and
    `others` what else stands beside that file. Raises OutputRefused, before the body runs, when `out` is a
    file or holds anything that Lippen did not put there.
    """
    out = out.resolve()
    _check(out, facts, others)
    out.parent.mkdir(parents=True, exist_ok=True)
    under_way = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent))
    try:
        # mkdtemp lets only its owner in; a briefing is as readable as the reader's umask says.
        made = under_way / "whole"
        made.mkdir()
        yield made
        (made / LIST).write_text("".join(f"{name}\n" for name in _held(made)), "utf-8")
        _check(out, facts, others)
        _put(made, out)
    finally:
        shutil.rmtree(under_way, ignore_errors=True)


def refuse_within(out: Path, folder: Path) -> None:
    """Raise OutputRefused when `out` lies in the `folder` that is read: the next run would read it too."""
    out, folder = out.resolve(), folder.resolve()
    if out.is_relative_to(folder):
        raise OutputRefused(
            f"the output would lie in the folder of exports {folder}, and be read as one of them next time",
            file=out,
            remedy="Name a folder outside of it.",
        )


def _check(out: Path, facts: str, others: frozenset[str]) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        raise OutputRefused(
            "the output must be a folder, and this is a file", file=out, remedy="Name another."
        )
    held = {one.name for one in out.iterdir()}
    if not held:
        return
    strange = sorted(held - others - {facts, LIST})
    if strange or not _is_ours(out / facts):
        example = f" (such as {strange[0]})" if strange else ""
        raise OutputRefused(
            f"this folder holds something that Lippen did not write{example}",
            file=out,
            remedy="Name a new or an empty folder for the output.",
        )
    listed = _listed(out / LIST)
    if listed is None:
        raise OutputRefused(
            "Lippen wrote this folder, but the list of what it put there is gone, so that it cannot be told "
            "whether anything in it is yours",
            file=out,
            remedy="Delete the folder if nothing in it is yours, or name another for the output.",
        )
    added = [name for name in _held(out) if name not in listed]
    if added:
        more = f", and {len(added) - 1:,} more" if len(added) > 1 else ""
        raise OutputRefused(
            f"Lippen wrote this folder, but did not put this file there{more}; replacing the folder would "
            "delete it",
            file=out / added[0],
            remedy="Move it elsewhere, or name another folder for the output.",
        )


def _is_ours(facts: Path) -> bool:
    try:
        return "lippen" in json.loads(facts.read_text("utf-8"))["versions"]
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _listed(file: Path) -> frozenset[str] | None:
    """What the list of an output names, and itself; None where there is no list."""
    try:
        return frozenset({LIST, *file.read_text("utf-8").split("\n")})
    except (OSError, ValueError):
        return None


def _held(folder: Path) -> list[str]:
    """Every file below a folder, and every link whatever it points to, named from the folder."""

    def cannot(error: OSError) -> NoReturn:
        raise error  # what cannot be looked at cannot be called ours

    found = []
    for inside, folders, files in os.walk(folder, onerror=cannot):
        links = [name for name in folders if Path(inside, name).is_symlink()]
        found += [Path(inside, name).relative_to(folder).as_posix() for name in files + links]
    return sorted(found)


def _put(made: Path, out: Path) -> None:
    """Move the finished folder to its place; what stood there ends up where the new one was made."""
    if not out.exists():
        made.rename(out)
        return
    if not any(out.iterdir()):
        made.replace(out)
        return
    if _exchange(made, out):
        return
    aside = made.with_name("before")
    out.rename(aside)
    try:
        made.rename(out)
    except BaseException:
        aside.rename(out)
        raise


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step. False where the system or the file system cannot."""
    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    done = -1
    with suppress(AttributeError):  # a C library without the call
        if sys.platform == "darwin":
            done = library.renamex_np(*names, _MAC_RENAME_SWAP)
        else:
            here = _LINUX_AT_FDCWD
            done = library.renameat2(here, names[0], here, names[1], _LINUX_RENAME_EXCHANGE)
    if done == 0:
        return True
    if ctypes.get_errno() in (errno.EACCES, errno.EPERM, errno.ENOSPC):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(other))
    return False

"""A folder of results appears whole, in one step, or not at all.

What is under way lies in a hidden folder beside its place and goes away when the run is stopped. A run that
was killed leaves it behind. The next one to the same place takes it away: a lock that goes with the process
that holds it says that nobody is at work in it. A folder that Lippen wrote before is exchanged for the new
one in one step where the system can (Linux, macOS). A list in it says which files Lippen put there and what
they hold; a folder that holds anything else, however deep, or a file that was changed since, is refused,
because that is somebody else's work.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import glob
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from lippen.errors import LippenError

LIST = ".lippen-files"
"""The list of the files that Lippen put into a folder: one a line, its SHA-256 and its name from the folder,
as `sha256sum --check` reads it.
"""

_MADE, _BEFORE, _LOCK, _SCRATCH = "whole", "before", "lock", "scratch"
"""What a hidden folder holds: the new output, the one that it takes the place of, the lock, and what a run
needs on its way.
"""

_LINE = re.compile(r"(?P<digest>[0-9a-f]{64}) \*(?P<name>.+)")
_WRITE_AGAIN = "Write it again with the command that wrote it, to another folder."

_LINUX_AT_FDCWD, _LINUX_RENAME_EXCHANGE = -100, 2
_MAC_RENAME_SWAP = 2


class OutputRefused(LippenError):
    """The folder that was named for the output holds something that is not ours to replace."""


@contextmanager
def whole_folder(out: Path, facts: str, others: frozenset[str]) -> Iterator[Path]:
    """Give an empty folder to write to; it becomes `out` when the body ends, and is deleted if it fails.

    `facts` names the JSON file by which Lippen knows its own output (it says which Lippen wrote it), and
    `others` what else stands beside that file. Raises OutputRefused, before the body runs, when `out` is a
    file, holds anything that Lippen did not put there, or a file that was changed since, and for a name that
    cannot be one of a folder.
    """
    out = _resolved(out)
    _clear_up(out)
    _check(out, facts, others)
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        under_way = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent))
    except OSError as error:  # it names the hidden folder, of which whoever reads it has not heard
        raise OSError(error.errno, error.strerror, str(out)) from error
    try:
        with _locked(under_way):
            # mkdtemp lets only its owner in; a briefing is as readable as the reader's umask says.
            made = under_way / _MADE
            made.mkdir()
            yield made
            digests = _digests(made, _held(made))
            (made / LIST).write_text("".join(f"{of} *{name}\n" for name, of in digests.items()), "utf-8")
            _check(out, facts, others)
            _put(made, out)
    finally:
        shutil.rmtree(under_way, ignore_errors=True)


def scratch_beside(made: Path) -> Path:
    """A folder for what a run needs until the output `made` is whole; it goes when the run ends.

    Whatever else lay beside `made` would be taken for somebody's own, and stay for ever after a kill.
    """
    scratch = made.with_name(_SCRATCH)
    scratch.mkdir(exist_ok=True)
    return scratch


def _resolved(out: Path) -> Path:
    try:
        str(out).encode()
        with suppress(FileNotFoundError):  # it need not be there yet
            out.resolve(strict=True)
        return out.resolve()
    except UnicodeEncodeError as error:
        raise OutputRefused("this name is not text", file=out, remedy="Name another folder.") from error
    except RuntimeError as error:  # what Python before 3.13 says of links in a circle
        raise OutputRefused(
            "the links in this name lead in a circle", file=out, remedy="Name another folder."
        ) from error


@contextmanager
def _locked(under_way: Path) -> Iterator[None]:
    """Hold the lock of a hidden folder. It has its name only once it is held: a lock that is free says that
    whoever held it is gone.
    """
    new = under_way / f"{_LOCK}.new"
    with new.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        new.rename(under_way / _LOCK)
        yield


def _clear_up(out: Path) -> None:
    """Take away what runs to this place left behind when they were killed.

    What stood at the place before is put back when its run was killed between taking it away and putting the
    new one there.
    """
    for left in out.parent.glob(f".{glob.escape(out.name)}.*.part"):
        with suppress(OSError), (left / _LOCK).open("rb") as lock:  # gone, in use, or not ours to look into
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if {one.name for one in left.iterdir()} <= {_MADE, _BEFORE, _LOCK, _SCRATCH}:
                if not out.exists() and (left / _BEFORE).exists():
                    (left / _BEFORE).rename(out)
                shutil.rmtree(left, ignore_errors=True)


def refuse_within(out: Path, folder: Path) -> None:
    """Raise OutputRefused when `out` lies in the `folder` that is read: the next run would read it too."""
    out, folder = out.resolve(), folder.resolve()
    if out.is_relative_to(folder):
        raise OutputRefused(
            f"the output would lie in the folder of exports {folder}, and be read as one of them next time",
            file=out,
            remedy="Name a folder outside of it.",
        )


def refuse_altered(folder: Path, names: Iterable[str]) -> None:
    """Raise OutputRefused, with the file, when what Lippen wrote into `folder` is not as it was written.

    `names` are files and folders in it, named from it: what lies below a folder is looked at, too.
    """
    listed = _listed(folder / LIST)
    if listed is None:
        raise OutputRefused(
            "the list of what Lippen put here is gone or damaged, so that nobody can tell whether it is as "
            "it was written",
            file=folder / LIST,
            remedy=_WRITE_AGAIN,
        )
    below = tuple(f"{name}/" for name in names)
    there, known = (
        [name for name in every if f"{name}/".startswith(below)] for every in (_held(folder), listed)
    )
    for strange, what in (
        (sorted(set(there) - set(known)), "Lippen did not put this file there"),
        (sorted(set(known) - set(there)), "this file, which Lippen put there, is gone"),
        (_altered(folder, there, listed), "this file was changed after Lippen wrote it"),
    ):
        if strange:
            raise OutputRefused(what, file=folder / strange[0], remedy=_WRITE_AGAIN)


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
            "Lippen wrote this folder, but the list of what it put there is gone or damaged, so that it "
            "cannot be told whether anything in it is yours",
            file=out,
            remedy="Delete the folder if nothing in it is yours, or name another for the output.",
        )
    files = _held(out)
    added = [name for name in files if name not in listed and name != LIST]
    if added:
        more = f", and {len(added) - 1:,} more" if len(added) > 1 else ""
        raise OutputRefused(
            f"Lippen wrote this folder, but did not put this file there{more}; replacing the folder would "
            "delete it",
            file=out / added[0],
            remedy="Move it elsewhere, or name another folder for the output.",
        )
    altered = _altered(out, files, listed)
    if altered:
        more = f", and {len(altered) - 1:,} more" if len(altered) > 1 else ""
        raise OutputRefused(
            f"this file was changed after Lippen wrote it{more}; replacing the folder would undo that",
            file=out / altered[0],
            remedy="Move it elsewhere, or name another folder for the output.",
        )


def _is_ours(facts: Path) -> bool:
    try:
        return "lippen" in json.loads(facts.read_text("utf-8"))["versions"]
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _listed(file: Path) -> dict[str, str] | None:
    """What the list of an output says of each file, by name; None where there is none, or it is damaged."""
    try:
        lines = file.read_text("utf-8").split("\n")
    except (OSError, ValueError):
        return None
    found = [_LINE.fullmatch(line) for line in lines if line]
    known = {one["name"]: one["digest"] for one in found if one is not None}
    return known if found and len(known) == len(found) else None


def _altered(folder: Path, names: Iterable[str], listed: dict[str, str]) -> list[str]:
    """Those of the files that hold something else than the list says."""
    digests = _digests(folder, (name for name in names if name in listed))
    return [name for name, digest in digests.items() if digest != listed[name]]


def _digests(folder: Path, names: Iterable[str]) -> dict[str, str]:
    names = list(names)
    with ThreadPoolExecutor() as pool:  # hashing leaves the interpreter to others
        return dict(zip(names, pool.map(lambda name: _digest(folder / name), names), strict=True))


def _digest(file: Path) -> str:
    """The SHA-256 of a file; that of a link is none, because Lippen puts no links into an output."""
    if file.is_symlink():
        return ""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


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
    aside = made.with_name(_BEFORE)
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

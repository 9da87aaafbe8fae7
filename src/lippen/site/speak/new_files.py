"""Files that `lippen speak` writes where it is told to: never over anything, and through no link."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from lippen.errors import LippenError
from lippen.manifest import settle


class OutputRefused(LippenError):
    """What was made cannot be put where it was to go."""


def refuse_there(*files: Path | None) -> None:
    """Raises OutputRefused where one of these names is taken, by whatever it is and also by a link that leads
    nowhere; where there is no folder for it; and where two of them are one.
    """
    named = [file for file in files if file is not None]
    for file in named:
        if os.path.lexists(file):
            raise _there(file)
        if file.parent.exists() and not file.parent.is_dir():
            raise OutputRefused("this is no folder", file=file.parent, remedy="Name a file in a folder.")
    if len({file.parent.resolve() / file.name for file in named}) < len(named):
        raise OutputRefused("two options name this one file", file=named[0], remedy="Name two files.")


def write_new(file: Path, content: bytes, *, secret: bool = False) -> None:
    """Write to a new file, for its owner alone where it is `secret`; a folder that is missing is made.

    It is opened as new and as nothing else, which follows no link, and is gone again where the disk is full.
    Raises OutputRefused.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secret else 0o644)
        except FileExistsError:
            raise _there(file) from None
        try:
            _fill(handle, content)
        except OSError:
            file.unlink()
            raise
        settle(file.parent)
    except OSError as error:
        raise OutputRefused(
            f"this cannot be written ({error.strerror})", file=file, remedy="Name another place."
        ) from error


def show_secret(text: str) -> None:
    """Print a secret, and be sure that it is out. Raises OutputRefused where nothing takes it."""
    try:
        if sys.stdout is None:  # as Python has it where it was closed before
            raise ValueError
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        raise OutputRefused(
            "what is printed goes nowhere, so the key could not be shown, and was thrown away",
            remedy="Run it in a terminal, or name a new file for it with --out.",
        ) from error


def replace_sheet(file: Path, content: bytes) -> None:
    """Write a sheet in one step, in the place of an earlier one and of nothing else. Raises OutputRefused."""
    begins = content[:4]  # %PDF, <svg
    if os.path.lexists(file):
        if file.is_symlink() or not file.is_file():
            raise _there(file)
        with file.open("rb") as there:
            if there.read(len(begins)) != begins:
                raise _there(file)
    handle, part = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
    try:
        os.fchmod(handle, 0o644)
        _fill(handle, content)
        Path(part).replace(file)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def _fill(handle: int, content: bytes) -> None:
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _there(file: Path) -> OutputRefused:
    return OutputRefused(
        "something is here already, and nothing is written over it",
        file=file,
        remedy="Name a new file, or move this one away first: last month's is needed no more once another is"
        " published.",
    )

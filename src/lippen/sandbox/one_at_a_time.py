"""One run at a time to one place: the second would undo the first, and both would say that they are done.

The invariant: whoever holds the lock of a place holds the file that bears its name. The lock goes with the
process that holds it, so that a run that was killed keeps nobody out.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from lippen.output import OutputRefused


@contextmanager
def one_run_to(out: Path) -> Iterator[None]:
    """Hold the place `out`, whose parent must be there, against other runs.

    Raises OutputRefused when another run holds it.
    """
    out = out.resolve()
    held = out.with_name(f".{out.name}.lippen-lock")
    with _held(held, out):
        try:
            yield
        finally:
            held.unlink(missing_ok=True)  # while it is held: see _held


def _held(held: Path, out: Path) -> BinaryIO:
    """The file, opened and locked, once it is sure that it still bears its name."""
    while True:
        lock = held.open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise OutputRefused(
                "another run is writing to this folder",
                file=out,
                remedy="Wait until it has ended, or name another folder for the output.",
            ) from error
        with suppress(FileNotFoundError):
            if held.stat().st_ino == os.fstat(lock.fileno()).st_ino:
                return lock
        lock.close()  # whoever held it took it away meanwhile

"""Copies of the checkpoints, one a line of JSON, in a folder outside the workspace where the panel can hold
them.

The invariants: a checkpoint is committed in the database before it is copied, so a copy is never ahead unless
the database lost something; lines are only ever added, in the order of their numbers; what a crash left
half-written is cut off and written again. A hundred thousand checkpoints make one file.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lippen.errors import LippenError
from lippen.site.register.models import Checkpoint
from lippen.site.register.seals import as_line, from_line

LINES_A_FILE: Final = 100_000
PATTERN: Final = "checkpoints-*.jsonl"
_BLOCK: Final = 4_096  # a line has some 450 bytes


class CopiesUnwritable(LippenError):  # noqa: N818 - named after the event, as the others are
    """The folder of copies cannot be read or written. Sealing goes on; nothing is copied meanwhile."""


class CopiesDisagree(LippenError):  # noqa: N818
    """The copies hold another checkpoint than the database. One of them was altered."""


@dataclass(frozen=True)
class Copied:
    """A line of the copies: the checkpoint in it, or why there is none (`complaint`), and where it stands."""

    file: Path
    line: int
    checkpoint: Checkpoint | None
    complaint: str = ""


def copied_lines(place: Path) -> Iterator[Copied]:
    """Every line of a copy in order: of a folder with files of checkpoints, or of one such file.

    Raises CopiesUnwritable when there is nothing to read.
    """
    files = sorted(place.glob(PATTERN)) if place.is_dir() else [place]
    if not files:
        raise CopiesUnwritable(
            "there are no copies of checkpoints here", file=place, remedy="Name the folder or file of a copy."
        )
    for file in files:
        try:
            with file.open("rb") as lines:
                for number, line in enumerate(lines, start=1):
                    if line.endswith(b"\n"):  # what does not end was under way when somebody copied it
                        yield _copied(file, number, line)
        except OSError as error:
            raise CopiesUnwritable(f"the copy cannot be read ({error.strerror})", file=file) from error


def _copied(file: Path, number: int, line: bytes) -> Copied:
    try:
        return Copied(file, number, from_line(line[:-1].decode("ascii")))
    except ValueError as error:
        return Copied(file, number, None, str(error))


class Copies:
    """The folder of copies that this site writes. Raises CopiesUnwritable when the system refuses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def newest(self) -> Checkpoint | None:
        """The last checkpoint that was copied; None when none was.

        Raises CopiesDisagree when the last line is no checkpoint.
        """
        with self._refusals():
            for file in sorted(self._folder.glob(PATTERN), reverse=True):
                line = _last_whole_line(file)
                if line is not None:
                    return self._read(file, line)
        return None

    def catch_up(self) -> int:
        """Copy every checkpoint that the copies lack, and return how many. They are on the disk afterwards.

        Raises CopiesDisagree, and adds nothing, when the last one copied is not the database's own.
        """
        with self._refusals(), self._alone():
            newest = self.newest()
            after = newest.number if newest else 0
            if newest is not None:
                self._compare(newest)
            added = 0
            for one in Checkpoint.objects.filter(number__gt=after).order_by("number").iterator(500):
                _append(self._file_of(one.number), as_line(one).encode("ascii") + b"\n")
                added += 1
            return added

    def _compare(self, newest: Checkpoint) -> None:
        ours = Checkpoint.objects.filter(number=newest.number).first()
        later = Checkpoint.objects.filter(number__gt=newest.number).exists()
        # One that the database lacks, though it has later ones, was lost before these were sealed, which
        # they say themselves; `verification` tells whether they do.
        if (ours is None and not later) or (ours is not None and as_line(ours) != as_line(newest)):
            raise CopiesDisagree(
                f"checkpoint {newest.number} of the copies is not the database's",
                file=self._file_of(newest.number),
                remedy="Run lippen register verify, and tell the panel.",
            )

    def _read(self, file: Path, line: bytes) -> Checkpoint:
        try:
            return from_line(line.decode("ascii"))
        except ValueError as error:
            raise CopiesDisagree(
                f"the last line of the copies was altered: {error}",
                file=file,
                remedy="Run lippen register verify, and tell the panel.",
            ) from error

    def _file_of(self, number: int) -> Path:
        return self._folder / f"checkpoints-{number // LINES_A_FILE:08d}.jsonl"

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CopiesUnwritable(
                f"checkpoints cannot be copied ({error.strerror})",
                file=error.filename or self._folder,
                remedy="Mount the folder, make room in it, or set checkpoint_copies in site.toml.",
            ) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from copying at the same time."""
        self._folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _last_whole_line(file: Path) -> bytes | None:
    with file.open("rb") as lines:
        end = lines.seek(0, os.SEEK_END)
        tail = b""
        while end > 0:
            start = max(0, end - _BLOCK)
            lines.seek(start)
            tail = lines.read(end - start) + tail
            end = start
            whole = tail[: tail.rfind(b"\n") + 1]
            if whole.count(b"\n") > 1 or (whole and end == 0):
                return whole[:-1].rsplit(b"\n", 1)[-1]
    return None


def _append(file: Path, line: bytes) -> None:
    """Add a line and wait for the disk. What does not end in a line break is cut off before."""
    new = not file.exists()
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        os.ftruncate(handle, _end_of_whole_lines(handle))
        os.lseek(handle, 0, os.SEEK_END)
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    if new:
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _end_of_whole_lines(handle: int) -> int:
    end = os.fstat(handle).st_size
    while end > 0:
        start = max(0, end - _BLOCK)
        found = os.pread(handle, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0

"""The files of a folder of copies, of which others may write any: nothing in them is waited for or believed.

A file is opened without waiting, so that a pipe holds nobody up, and written only where it is an ordinary
file of its own and no link, so that nothing elsewhere is cut. Lines are read up to a length that no
checkpoint has.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PATTERN: Final = "checkpoints-*.jsonl"
LONGEST_LINE: Final = 2_000
"""Bytes; a checkpoint's line has some 450."""

LOCK_TRIES = 50
"""How often the lock is tried, every tenth of a second, before copying is left for the next time."""

_NAME: Final = re.compile(r"checkpoints-(\d{8})(?:-([1-9]\d{0,2}))?\.jsonl", re.ASCII)
_TAIL: Final = 64 * 1_024
_WAIT: Final = 0.1
_ITS_OWN_FAULT: Final = frozenset(
    (errno.ELOOP, errno.ENXIO, errno.EISDIR, errno.EINVAL, errno.EACCES, errno.EPERM)
)
"""Refusals that come from what stands there, and not from a disk that is full or gone."""


def place_of(file: Path) -> tuple[int, int] | None:
    """Which hundred thousand checkpoints a file of copies holds, and which of its files for them it is (0
    for the first); None for a name that the site gives no file.
    """
    match = _NAME.fullmatch(file.name)
    return (int(match[1]), int(match[2] or 0)) if match else None


def name_of(segment: int, again: int) -> str:
    return f"checkpoints-{segment:08d}{f'-{again}' if again else ''}.jsonl"


def files_in(folder: Path) -> list[Path]:
    """The files of copies in the order of their checkpoints; after them what has a name of another kind."""
    return sorted(
        folder.glob(PATTERN), key=lambda one: (place_of(one) is None, place_of(one) or (0, 0), one.name)
    )


@contextmanager
def opened(file: Path, *, to_write: bool = False) -> Iterator[int]:
    """A handle of an ordinary file; to write, also one that is made now. Raises OSError for anything else."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW if to_write else os.O_RDONLY
    handle = os.open(file, flags | os.O_NONBLOCK | os.O_CLOEXEC, 0o644)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or (to_write and found.st_nlink > 1):
            raise OSError(errno.EINVAL, "it is no ordinary file", str(file))
        yield handle
    finally:
        os.close(handle)


def whole(file: Path, most: int) -> bytes:
    """All that an ordinary file holds. Raises OSError for anything else, also for one of more than `most`
    bytes: it may be without end, and memory is not.
    """
    with opened(file) as handle, os.fdopen(os.dup(handle), "rb") as reads:
        content = reads.read(most + 1) if os.fstat(handle).st_size <= most else None
    if content is None or len(content) > most:
        raise OSError(errno.EFBIG, f"it holds more than {most // 2**20:,} MiB", str(file))
    return content


def is_its_own_fault(error: OSError) -> bool:
    return error.errno in _ITS_OWN_FAULT


def lines_of(handle: int) -> Iterator[tuple[int, bytes | None]]:
    """Each whole line with its number from 1, without its line break; None for one that is too long. What
    does not end in a line break was under way, and is left out unless it is too long.
    """
    with os.fdopen(os.dup(handle), "rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if line.endswith(b"\n"):
                yield number, line[:-1]
            elif len(line) > LONGEST_LINE:
                yield number, None
                while line and not line.endswith(b"\n"):
                    line = file.readline(_TAIL)


def last_lines(handle: int) -> tuple[list[bytes], int | None]:
    """Whole lines at the end of a file, the last one first, and where they end.

    Where they end is None when they, or what follows them, is longer than any line of a checkpoint.
    """
    size = os.fstat(handle).st_size
    start = max(0, size - _TAIL)
    tail = os.pread(handle, size - start, start)
    whole = tail.rfind(b"\n") + 1
    end = start + whole
    lines = tail[:whole].split(b"\n")[:-1]
    if start:
        lines = lines[1:]  # it began before
    well = size - end <= LONGEST_LINE and (bool(lines) or not start)
    return lines[::-1], end if well else None


def append(file: Path, lines: bytes, end: int | None = None) -> None:
    """Add lines and wait for the disk; what stands behind `end`, half a line that a crash left, is cut off
    before.
    """
    new = not file.exists()
    with opened(file, to_write=True) as handle:
        if end is not None:
            os.ftruncate(handle, end)
        os.lseek(handle, 0, os.SEEK_END)
        rest = memoryview(lines)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    if new:
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other processes from copying at the same time. Raises OSError when one does for seconds: whoever
    can read the folder can hold this lock, and must hold up nothing but copies.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with opened(folder / ".lock", to_write=True) as handle:
        for left in range(LOCK_TRIES, 0, -1):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if left == 1:
                    raise OSError(errno.EAGAIN, "another process copies there", str(folder)) from error
            time.sleep(_WAIT)
        yield

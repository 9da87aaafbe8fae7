"""Where exports lie between their upload and the end of their import: `uploads/<ref>/` in the workspace.

The invariant: a path here is made of references and digests of our own and of nothing that somebody sent.
Folders are their owner's alone (0700), files too (0600), and no link is followed. What belongs to no import
that is still open is swept away at the start of the background worker and each hour; a file on its way in
holds a lock, which goes with the process that receives it, however that ends.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import struct
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lippen.errors import LippenError
from lippen.site.folders import make_private

INCOMING: Final = "incoming"
SEEN: Final = "seen.json"
"""What was seen when the export was looked at (`looking`)."""

_REFERENCE: Final = re.compile(r"[a-z0-9]{16}")
_HEAD_BYTES: Final = 1 << 16
_ZIP_END_BYTES: Final = 66_000
"""The records at the end of a zip, with the longest comment that it may have."""

_MOST_PARTS: Final = 10_000
_MOST_OF_LIST: Final = 4 << 20
_GZIP: Final = b"\x1f\x8b"
_SECONDS_BETWEEN_STEPS: Final = 600.0
"""How long a folder may lie without a job: from its making to the file's lock, and from there to the job."""


class NotAnExport(LippenError):
    """What was uploaded is no export that can be read."""


@dataclass(frozen=True)
class Uploads:
    """The folder `uploads` of one workspace."""

    workspace: Path

    @property
    def directory(self) -> Path:
        return self.workspace / "uploads"

    def folder(self, ref: str) -> Path:
        """The folder of one import. Raises ValueError for what is no reference of ours."""
        if not _REFERENCE.fullmatch(ref):
            raise ValueError(f"{ref!r} is no reference")
        return self.directory / ref

    def make(self, ref: str) -> Path:
        """Make the folder of a new import. Raises FolderUnsafe, and OSError when the disk fails."""
        make_private(self.directory)
        folder = self.folder(ref)
        folder.mkdir(mode=0o700)
        return folder

    def export(self, ref: str) -> Path:
        """The export of an import. Raises NotAnExport when it is gone."""
        found = [one for one in self._files(ref) if one.name.startswith("export-")]
        if len(found) != 1:
            raise NotAnExport(
                "the uploaded file is no longer here", remedy="Cancel this import, and upload the file again."
            )
        return found[0]

    def remove(self, ref: str) -> None:
        """Take an import's folder away, with all that is in it."""
        folder = self.folder(ref)
        if folder.is_symlink():
            folder.unlink()
        else:
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self, kept: Iterable[str]) -> int:
        """Take away what belongs to none of these imports and to nobody who is sending. Returns how many."""
        if self.directory.is_symlink() or not self.directory.is_dir():
            return 0
        needed, gone = set(kept), 0
        for folder in [*self.directory.iterdir()]:
            if folder.name in needed or _in_use(folder):
                continue
            if folder.is_dir() and not folder.is_symlink():
                shutil.rmtree(folder, ignore_errors=True)
            else:
                folder.unlink(missing_ok=True)
            gone += 1
        return gone

    def _files(self, ref: str) -> list[Path]:
        folder = self.folder(ref)
        if folder.is_symlink() or not folder.is_dir():
            return []
        return [Path(one.path) for one in os.scandir(folder) if one.is_file(follow_symlinks=False)]


def open_new(path: Path) -> int:
    """A new file for its owner alone, locked for as long as it is open. Raises OSError; follows no link."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle


def _in_use(folder: Path) -> bool:
    """Whether somebody is just sending what lies here, or has only begun to."""
    with suppress(OSError):
        if folder.lstat().st_mtime > time.time() - _SECONDS_BETWEEN_STEPS:
            return True
    try:
        handle = os.open(folder / INCOMING, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(handle)


def ending_of(path: Path) -> str:
    """The ending that says what a file holds, told from its first bytes and never from its name.

    Raises NotAnExport for an empty file, for what is packed otherwise than by gzip, and for what is no text.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip(b"\0 \t\r\n"):
        raise NotAnExport("the file is empty", remedy="Make the export again, and look at it first.")
    if head[:4] == b"PAR1":
        return ".parquet"
    if head[:4] == b"PK\x03\x04":
        return _ending_of_zip(path)
    if head[:4] == b"\xd0\xcf\x11\xe0":
        return ".xls"
    if head[:2] == _GZIP:
        return f"{_ending_of_text(_first_unpacked(path))}.gz"
    for start, what in _OTHERWISE:
        if head.startswith(start):
            raise NotAnExport(
                f"the file is {what}, whatever its name says",
                remedy="Export the table as CSV, Excel, Parquet or JSON lines. Only gzip is unpacked.",
            )
    return _ending_of_text(head)


_OTHERWISE: Final = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"7z\xbc\xaf", "packed with 7-Zip"),
    (b"Rar!", "packed with RAR"),
    (b"BZh", "packed with bzip2"),
    (b"\xfd7zXZ", "packed with xz"),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3", "a database"),
    (b"<!DOCTYPE html", "a web page, such as one that asks you to sign in"),
    (b"<!doctype html", "a web page, such as one that asks you to sign in"),
    (b"<html", "a web page, such as one that asks you to sign in"),
)


def _ending_of_zip(path: Path) -> str:
    """A workbook of Excel or OpenDocument by what is in it; any other zip is refused."""
    import zipfile

    _refuse_crowded(path)
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise NotAnExport(
            f"the file begins like a workbook and is damaged ({error})", remedy="Ask for the export again."
        ) from error
    if "xl/workbook.bin" in names:
        return ".xlsb"
    if any(name.startswith("xl/") for name in names):
        return ".xlsx"
    if "content.xml" in names:
        return ".ods"
    raise NotAnExport(
        "the file is a zip that holds no workbook",
        remedy="Unpack it first, and upload what is in it. Of packed files only gzip is read.",
    )


def _refuse_crowded(path: Path) -> None:
    """Raise NotAnExport for a zip of more parts than a workbook has, by the records at its end, before its
    list of parts is read: each part of the list costs memory, and a list of millions packs small.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _ZIP_END_BYTES))
        tail = file.read(_ZIP_END_BYTES)
    at = tail.rfind(b"PK\x05\x06")
    counts = [struct.unpack("<HI", tail[at + 10 : at + 16])] if 0 <= at <= len(tail) - 22 else []
    if tail[at - 76 : at - 72] == b"PK\x06\x06":  # in the form for large files it stands before that
        counts.append(struct.unpack("<QQ", tail[at - 44 : at - 28]))
    if any(parts > _MOST_PARTS or size > _MOST_OF_LIST for parts, size in counts):
        raise NotAnExport(
            "the file is a zip of more parts than a workbook has",
            remedy="Save the table as a new workbook or as CSV, and upload that.",
        )


def _first_unpacked(path: Path) -> bytes:
    import zlib

    with path.open("rb") as file:
        try:
            return zlib.decompressobj(wbits=31).decompress(file.read(_HEAD_BYTES), _HEAD_BYTES)
        except zlib.error as error:
            raise NotAnExport(f"the gzip is damaged ({error})", remedy="Ask for the export again.") from error


def _ending_of_text(head: bytes) -> str:
    if head[:4] == b"PAR1" or head[:4] == b"PK\x03\x04":
        raise NotAnExport(
            "the gzip holds a workbook or a Parquet file",
            remedy="Unpack it first: those are packed already.",
        )
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or head[1:400:2].count(0) > 100
    plain = head.replace(b"\0", b"") if wide or head[0:400:2].count(0) > 100 else head
    odd = sum(sign < 9 or 13 < sign < 32 for sign in plain[:4096])
    if odd > len(plain[:4096]) * 0.05:
        raise NotAnExport(
            "the file is no text and no format that is read here, whatever its name says",
            remedy="Export the table as CSV, Excel, Parquet or JSON lines.",
        )
    first = plain.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return ".jsonl" if first in (b"{", b"[") else ".csv"

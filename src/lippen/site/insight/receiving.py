"""An upload on its way in: streamed to the disk of the workspace, counted, and given up when it breaks off.

Nothing is kept in memory, and nothing goes to a folder for temporary files, where others could look. Whoever
may not bring anything in is refused before the first byte is read (`views/imports.py`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

from lippen.errors import LippenError
from lippen.manifest import settle
from lippen.site.accounts.models import new_reference
from lippen.site.insight.uploads import INCOMING, NotAnExport, Uploads, ending_of, open_new

MOST_FILES: Final = 20
_ROOM_LEFT: Final = 256 << 20
_AROUND: Final = 1 << 20
"""Bytes that a form may have around its files."""


class UploadRefused(LippenError):
    """An upload that is not taken."""


@dataclass(frozen=True)
class Received:
    """A file that came whole: its import's reference, where it lies, what it was called, its bytes and
    SHA-256.
    """

    ref: str
    path: Path
    name: str
    size_bytes: int
    digest: str


def largest() -> int:
    """How many bytes one upload may have."""
    return int(settings.CONFIGURATION.largest_upload_mib) << 20


def in_words(size_bytes: int) -> str:
    """A size as it is said: `2 GiB`, `340 MiB`, `12 KiB`."""
    for shift, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if size_bytes >= 1 << shift:
            return f"{size_bytes / (1 << shift):.3g} {unit}"
    return f"{size_bytes} bytes"


def too_large(size_bytes: int | None = None) -> UploadRefused:
    """The error that refuses an upload for its size."""
    told = f", and this one has {in_words(size_bytes)}" if size_bytes else ""
    return UploadRefused(
        f"an upload may have {in_words(largest())}{told}",
        remedy="Export fewer months at a time, or pack the file with gzip. Whoever runs this site can allow"
        " more: largest_upload_mib in site.toml.",
    )


def refuse_by_length(request: HttpRequest, workspace: Path) -> None:
    """Raise UploadRefused, before a byte is read, for what is too large or finds no room on the disk."""
    told = request.META.get("CONTENT_LENGTH") or "0"
    length = int(told) if told.isascii() and told.isdecimal() and len(told) < 20 else 0
    if length > largest() + _AROUND:
        raise too_large(length)
    if shutil.disk_usage(workspace).free < length + _ROOM_LEFT:
        raise no_room()


def no_room() -> UploadRefused:
    return UploadRefused(
        "there is no room for this file on the disk of the site",
        remedy="Nothing was kept. Tell whoever runs this site, or upload a smaller file.",
    )


class Receiving(FileUploadHandler):
    """Takes the files of one form into folders of their own. `received` are those that came whole; `refused`
    says why others, or all, were not taken.

    What nobody takes up goes with `abandon`.
    """

    chunk_size = 1 << 20

    def __init__(self, request: HttpRequest, uploads: Uploads) -> None:
        super().__init__(request)
        self.received: list[Received] = []
        self.refused: list[tuple[str, LippenError]] = []
        self._uploads = uploads
        self._handle: int | None = None
        self._ref = ""
        self._name = ""
        self._size = 0
        self._all = 0
        self._hash = hashlib.sha256()

    def read(self) -> None:
        """Read all that was sent, unless looking for the form's token did so already."""
        if self.request is not None:
            self.request.POST  # noqa: B018 - Django reads it when it is first asked for

    def new_file(self, field_name: str, file_name: str, *_: Any, **__: Any) -> None:
        if field_name != "exports" or len(self.received) >= MOST_FILES:
            self.refused.append((file_name, UploadRefused(f"more than {MOST_FILES} files at once")))
            raise SkipFile
        self._name, self._size, self._hash = file_name[:255], 0, hashlib.sha256()
        self._ref = new_reference()
        try:
            self._handle = open_new(self._uploads.make(self._ref) / INCOMING)
        except OSError as error:
            self._give_up(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - as Django calls it
        assert self._handle is not None  # noqa: S101 - a file that could not be opened stopped the upload
        self._size += len(raw_data)
        self._all += len(raw_data)
        if self._all > largest():
            self._close()
            self.refused.append((self._name, too_large()))
            raise StopUpload(connection_reset=True)
        self._hash.update(raw_data)
        try:
            rest = memoryview(raw_data)
            while rest:
                rest = rest[os.write(self._handle, rest) :]
        except OSError as error:
            self._give_up(error)

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:  # noqa: ARG002 - as above
        if self._handle is None:
            return None
        try:
            os.fsync(self._handle)
        except OSError as error:
            self._give_up(error)
        folder = self._uploads.folder(self._ref)
        digest = self._hash.hexdigest()
        try:
            path = folder / f"export-{digest[:12]}{ending_of(folder / INCOMING)}"
        except NotAnExport as why:
            self._close()
            self.refused.append((self._name, why))
            return None
        (folder / INCOMING).rename(path)
        settle(folder)
        os.close(self._handle)
        self._handle = None
        self.received.append(Received(self._ref, path, self._name, self._size, digest))
        return None

    def upload_interrupted(self) -> None:
        self._close()

    def abandon(self) -> None:
        """Take away what came, whole or not."""
        self._close()
        for one in self.received:
            self._uploads.remove(one.ref)
        self.received.clear()

    def _close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
            self._uploads.remove(self._ref)

    def _give_up(self, error: OSError) -> None:
        self._close()
        self._uploads.remove(self._ref)
        self.refused.append((self._name, no_room()))
        raise StopUpload(connection_reset=True) from error

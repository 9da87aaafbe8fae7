"""What the door hands out: the page's files, the partnership's manifest and its desks' keys, from memory.

    the page's folder                 index.html and what it loads, as they came with Lippen
    WORKSPACE/speak/manifest.json     signed by the partnership (docs/speak-protocol.md, 11)
    WORKSPACE/speak/desks/<id>.json   the keys of each desk that the manifest names

Names are known before anybody asks: nothing that is asked for becomes the name of a file. The page checks the
signature; the door reads the manifest only to learn which desks there are. Whoever replaces it writes the
desks' keys first and the manifest last; one that does not hold together changes nothing of what is served.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lippen.errors import LippenError
from lippen.site.speak.answers import BYTES, PAGE, TEXT, Answer
from lippen.site.speak.demonstration import refuse_demonstration
from lippen.site.speak.envelope import DESK
from lippen.site.speak.written import bytes_of, object_in

BUILT: Final = Path(__file__).parent / "built"
FOLDER: Final = "speak"
"""Of a workspace: what the partnership publishes."""

MANIFEST: Final = "manifest.json"
INDEX: Final = "index.html"

_KINDS: Final = {
    ".html": PAGE,
    ".js": b"text/javascript; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".json": b"application/json",
    ".svg": b"image/svg+xml",
    ".png": b"image/png",
    ".txt": TEXT,
}
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9]+)+")
_DESK: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_LEAVE: Final = re.compile(r"https://[!-~]{1,500}")
_ANEW: Final = "Sign and publish it anew."
_SECONDS_BETWEEN_LOOKS: Final = 1.0


class PageMissing(LippenError):
    """There is no page to hand out."""


class ManifestRefused(LippenError):
    """The manifest, or the keys of a desk that it names, are not as the protocol says."""


@dataclass(frozen=True)
class File:
    """A file as it is answered with: as it is, and compressed where that is smaller."""

    plain: Answer
    compressed: Answer


@dataclass(frozen=True)
class Publication:
    """A manifest that holds together: its files by path, its desks (16), and where one leaves to."""

    files: Mapping[str, File]
    desks: frozenset[bytes]
    leave: bytes


def read_page(folder: Path) -> dict[str, File]:
    """The page's files by path, "/" being its index. Raises PageMissing."""
    files = {
        f"/{one.name}": _file(one.name, one.read_bytes())
        for one in (sorted(folder.iterdir()) if folder.is_dir() else ())
        if one.is_file() and _NAME.fullmatch(one.name) and one.suffix in _KINDS
    }
    if f"/{INDEX}" not in files:
        raise PageMissing(
            "there is no page here", file=folder / INDEX, remedy="Run make web, or name --page."
        )
    return {"/": files[f"/{INDEX}"], **files}


def desk_id(name: str) -> bytes:
    """How the server knows a desk (16) by its id in the manifest."""
    return hashlib.sha256(b"lippen-speak/1 desk" + name.encode()).digest()[:DESK]


def read_publication(folder: Path, *, demonstration: bool = False) -> Publication | None:
    """What a partnership has published; None where it has not yet. Raises ManifestRefused, and
    OnlyADemonstration unless this is one.
    """
    path = folder / MANIFEST
    if not path.exists():
        return None
    written = _read(path)
    if not demonstration:
        refuse_demonstration(written, path)
    try:
        outer = object_in(written, ManifestRefused, _ANEW, path)
        carried = base64.b64decode(outer["payload"], validate=True)
        payload = object_in(carried, ManifestRefused, _ANEW, path)
        desks = {str(desk["id"]): str(desk["keys"]) for desk in payload["desks"]}
        leave = str(payload["leave"])
    except (ValueError, TypeError, KeyError) as error:
        raise ManifestRefused("this is no manifest", file=path, remedy=_ANEW) from error
    if not _LEAVE.fullmatch(leave):
        raise ManifestRefused(
            "leave is no address that begins with https://", file=path, remedy="Give one, and sign it anew."
        )
    files = {f"/{MANIFEST}": _file(MANIFEST, written)}
    for name, digest in desks.items():
        if not _DESK.fullmatch(name):
            raise ManifestRefused(
                "the id of a desk may have small letters, digits and hyphens",
                file=path,
                remedy="Choose another, and sign it anew.",
            )
        keys = folder / "desks" / f"{name}.json"
        if hashlib.sha256(read := _read(keys)).hexdigest() != digest:
            raise ManifestRefused(
                "these are not the keys that the manifest speaks of", file=keys, remedy="Publish both anew."
            )
        files[f"/desks/{name}.json"] = _file(keys.name, read)
    return Publication(files, frozenset(map(desk_id, desks)), leave.encode())


class Published:
    """What is published at this moment: read again when its manifest is replaced."""

    def __init__(self, folder: Path, *, demonstration: bool = False) -> None:
        self._folder, self._demonstration = folder, demonstration
        self._seen = self._stamp()
        self._now = read_publication(folder, demonstration=demonstration)
        self._looked = time.monotonic()
        self._lock = threading.Lock()

    def now(self) -> Publication | None:
        """The newest that holds together; None while there is none."""
        with self._lock:
            if time.monotonic() - self._looked >= _SECONDS_BETWEEN_LOOKS:
                self._looked = time.monotonic()
                self._look()
            return self._now

    def _look(self) -> None:
        try:
            stamp = self._stamp()
            if stamp != self._seen:
                self._now = read_publication(self._folder, demonstration=self._demonstration)
                self._seen = stamp
        except (LippenError, OSError):
            return  # it may be half written; it is looked at again

    def _stamp(self) -> tuple[int, ...] | None:
        try:
            seen = (self._folder / MANIFEST).stat()
        except FileNotFoundError:
            return None
        return (seen.st_mtime_ns, seen.st_ino, seen.st_size)


def _read(path: Path) -> bytes:
    """A file of at most 1 MiB. Raises ManifestRefused."""
    return bytes_of(path, ManifestRefused, "Publish it anew.")


def _file(name: str, body: bytes) -> File:
    headers: tuple[tuple[bytes, bytes], ...] = (
        (b"content-type", _KINDS.get(Path(name).suffix, BYTES)),
        (b"vary", b"accept-encoding"),
    )
    plain = Answer(200, headers, body)
    packed = gzip.compress(body, 9, mtime=0)
    if len(packed) >= len(body):
        return File(plain, plain)
    return File(plain, Answer(200, (*headers, (b"content-encoding", b"gzip")), packed))

"""What a partner group runs from its own line: is the page that is handed out there the one that was signed?

This is the one module of Lippen that opens a connection, for the one command `lippen speak verify-page`, to
the one address that a person gives it (docs/operating-code.md, promise 3). It follows no redirect, sends no
cookie and no name, believes no length, and stops reading at 2 MiB and after a minute.

It tells a page that was exchanged for everybody, or for everybody on one network. A page that is exchanged
for one victim alone it cannot see.
"""

from __future__ import annotations

import re
import ssl
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from threading import Event, Timer
from typing import Final

from lippen.errors import LippenError
from lippen.site.speak.answers import Answer
from lippen.site.speak.fingerprint import fingerprint, is_fingerprint_of
from lippen.site.speak.manifest import (
    Manifest,
    ManifestExpired,
    ManifestNotSigned,
    ManifestUnreadable,
    read_manifest,
)
from lippen.site.speak.page import INDEX, MANIFEST
from lippen.site.speak.page_address import Address, AddressRefused

MOST_BYTES: Final = 2 * 1024 * 1024
SECONDS: Final = 60.0
"""In all for one file; twenty of them for the next byte."""

_FILE: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9]+)+", re.ASCII)
_DESK: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
_MOST_FILES: Final = 100
_GZIP: Final = 31  # what zlib calls gzip
_HARMLESS: Final = frozenset(
    (
        *("connection", "content-encoding", "content-length", "content-type", "date", "keep-alive"),
        *("onion-location", "server", "strict-transport-security", "transfer-encoding", "vary"),
    )
)
"""Headers that may stand beside those that every answer has, with whatever value."""


class PageUnreachable(LippenError):
    """Nothing answers there as a page does."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what is wrong with it; nothing, where it is as it was signed."""

    what: str
    faults: tuple[str, ...]


@dataclass(frozen=True)
class _Fetched:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def check_page(
    typed: str, words: str, today: date, authority: Path | None = None, seconds: float = SECONDS
) -> list[Finding]:
    """Everything that the page at this address loads, each compared with the manifest that the key with these
    six words signed. `authority` is a certificate (PEM) to trust beside those of the system.

    Raises AddressRefused, FingerprintUnreadable or PageUnreachable.
    """
    address = Address.read(typed)
    is_fingerprint_of(words, b"")  # refused before anybody is asked
    visit = _Visit(address, _trusting(authority) if address.secure else None, seconds)
    got = visit.fetch(f"/{MANIFEST}")
    signed, faults = _manifest(got.body, words, today)
    found = [Finding(f"/{MANIFEST}", (*visit.faults_of(got), *faults))]
    if signed is None:
        return found
    files = signed.payload.files
    if len(files) + len(signed.payload.desks) > _MOST_FILES or not all(map(_FILE.fullmatch, files)):
        return [*found, Finding("what it lists", ("these are no files of such a page",))]
    index = visit.fetch("/")
    found.append(visit.compared("/", index, files.get(INDEX, "")))
    for loaded in _loaded(index.body) if found[-1].faults else ():
        if loaded.removeprefix("/") not in files:
            found.append(Finding(loaded, ("the page loads this, and it was not signed",)))
    found.append(visit.leaving(visit.fetch("/leave"), signed.payload.leave))
    found += [visit.compared(f"/{name}", visit.fetch(f"/{name}"), digest) for name, digest in files.items()]
    for desk in signed.payload.desks:
        if not _DESK.fullmatch(desk.id):
            found.append(Finding("a desk", ("its id is none",)))
            continue
        path = f"/desks/{desk.id}.json"
        one = visit.compared(path, visit.fetch(path), desk.keys)
        late = () if today < desk.until else (f"its keys ran out on {desk.until}: the page seals nothing",)
        found.append(Finding(path, (*one.faults, *late)))
    return found


def _manifest(content: bytes, words: str, today: date) -> tuple[Manifest | None, list[str]]:
    """The manifest where its signature holds, whoever signed it, and what is wrong with it."""
    try:
        signed = read_manifest(content)
    except (ManifestUnreadable, ManifestNotSigned) as error:
        return None, [error.what]
    faults = []
    if not is_fingerprint_of(words, signed.key):
        faults.append(f"it is signed by another key, whose words are: {fingerprint(signed.key)}")
    try:
        signed.payload.refuse_expired(today)
    except ManifestExpired as error:
        faults.append(error.what)
    return signed, faults


@dataclass(frozen=True)
class _Visit:
    """Asking at one address."""

    address: Address
    trusting: ssl.SSLContext | None
    seconds: float

    def fetch(self, path: str) -> _Fetched:
        connection = self._connection()
        # A server that sends one byte at a time never runs into a time-out of its own.
        cut = Event()
        late = Timer(self.seconds, _cut, (connection, cut))
        late.daemon = True
        late.start()
        try:
            # Compressed, as browsers ask: whoever answers must not tell a check by asking otherwise.
            connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            headers = tuple((name.lower(), value) for name, value in answer.getheaders())
            body = answer.read(MOST_BYTES + 1)
            if cut.is_set():  # what was read of it until then looks like all of it
                raise TimeoutError(f"it takes longer than {self.seconds:g} seconds")
            packed = ("content-encoding", "gzip") in headers
            return _Fetched(answer.status, headers, _unpacked(body) if packed else body)
        except (OSError, HTTPException, ValueError, zlib.error) as error:
            why = str(error) or type(error).__name__
            raise PageUnreachable(
                f"{path} cannot be fetched from {self.address.host} ({why})",
                remedy="Try again, and from another network. If it stays so, tell the partnership.",
            ) from error
        finally:
            late.cancel()
            connection.close()

    def compared(self, what: str, got: _Fetched, digest: str) -> Finding:
        faults = list(self.faults_of(got))
        if sha256(got.body).hexdigest() != digest:
            faults.append("it is another file than the one that was signed")
        return Finding(what, tuple(faults))

    def leaving(self, got: _Fetched, leave: str) -> Finding:
        """The way out: it leads to the address that was signed, which is not asked."""
        faults = list(self.faults_of(got, status=303, besides=("location", "clear-site-data")))
        if [value for name, value in got.headers if name == "location"] != [leave]:
            faults.append(f"it does not lead to {leave}")
        return Finding("/leave", tuple(faults))

    def faults_of(self, got: _Fetched, *, status: int = 200, besides: Iterable[str] = ()) -> Iterator[str]:
        """What of an answer is not as the door answers; `besides` are headers that only this one has."""
        if got.status != status:
            yield f"the answer is {got.status}, and not {status}"
        if len(got.body) > MOST_BYTES:
            yield f"it has more than {MOST_BYTES // 1024 // 1024} MiB"
        carried = Answer(200).lines(by_https=self.address.secure)
        expected = {name.decode(): value.decode() for name, value in carried}
        for name, value in expected.items():
            values = [said for given, said in got.headers if given == name]
            if name not in _HARMLESS and values != [value]:
                yield f"the header {name} is {' and '.join(map(repr, values)) or 'not there'}"
        for name, value in got.headers:
            if name not in expected and name not in _HARMLESS and name not in besides:
                yield f"it carries the header {name} ({value[:60]!r}), and the page has none"

    def _connection(self) -> HTTPConnection:
        where = (self.address.host, self.address.port)
        wait = min(20.0, self.seconds)
        if self.trusting is None:
            return HTTPConnection(*where, timeout=wait)
        return HTTPSConnection(*where, timeout=wait, context=self.trusting)


def _cut(connection: HTTPConnection, cut: Event) -> None:
    cut.set()
    with suppress(OSError, AttributeError):  # it may be closed by now, or not be open yet
        connection.sock.shutdown(2)  # both ways: whoever waits for the next byte gets none


def _unpacked(body: bytes) -> bytes:
    """What was compressed, up to the most that is read. Whatever comes after its end stays, as a browser may
    read that too.
    """
    unpacking = zlib.decompressobj(_GZIP)
    unpacked = unpacking.decompress(body, MOST_BYTES + 1)
    return unpacked + unpacking.unused_data


def _trusting(authority: Path | None) -> ssl.SSLContext:
    trusting = ssl.create_default_context()
    if authority is not None:
        try:
            trusting.load_verify_locations(cafile=authority)
        except OSError as error:  # an SSLError is one too, and neither names the file
            raise AddressRefused(
                "this is no certificate that can be read", file=authority, remedy="Name one in PEM."
            ) from error
    return trusting


def _loaded(page: bytes) -> Iterable[str]:
    """What a page asks its browser to load or to go to, apart from what stands in the page itself."""
    found: dict[str, None] = {}

    class Reading(HTMLParser):
        def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
            for name, value in attrs:
                if name in ("src", "href", "data", "action", "formaction", "srcset", "poster") and value:
                    found[value] = None

    Reading().feed(page.decode("utf-8", "replace"))
    return [one for one in found if not one.startswith(("data:,", "#", "tel:"))]

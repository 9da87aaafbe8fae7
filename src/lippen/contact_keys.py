"""The keys by which contacts in listings are hashed: one at random for each month, kept apart from the lake.

    contact-keys/2025-03.key     32 random bytes in hexadecimal digits, mode 600, in a folder of mode 700

The invariant: there is a key for no month of which the workspace holds nothing. While a month's listings are
held, one contact has one hash in all of them, so that copies can be counted; between months nothing links
two hashes; and once the month's key is destroyed, nobody, who has a number in mind or not, can find out
whether it is among them. Whoever can read a key can test a guess against the hashes of its month: a telephone
number is guessed in hours. So no backup carries keys, and what was restored stays as it is, linked to nothing
that is read later.

Destroyed means that the file is overwritten and removed. What a disk or a snapshot keeps of a removed file is
not ours to say.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Final

from lippen.errors import LippenError

FOLDER: Final = "contact-keys"
SIGNS: Final = 12
"""Letters of a hash: 48 bits, so that of 100,000 contacts in a month two are taken for one once in 56,000
months."""

LETTERS: Final = "bcdfghjkmnpqrstv"
"""The letters of a hash, one for each four bits. No digit is among them, which another rule might take for a
price or a telephone number, and no vowel, so that it makes no word."""

_PERIOD = re.compile(r"\d{4}-\d{2}")
_BYTES: Final = 32


class ContactKeyError(LippenError):
    """A key cannot be used: it is damaged, or others can read it."""


class ContactKeys:
    """The keys of one workspace, by month of the posting day (`2025-03`). Several threads may use it."""

    def __init__(self, workspace: Path) -> None:
        self._folder = workspace / FOLDER
        self._known: dict[str, bytes] = {}
        self._turn = threading.Lock()

    def hashed(self, period: str, contact: str) -> str:
        """The hash of a contact in a month: SIGNS of LETTERS, from HMAC-SHA256 under the month's key, which
        is made if there is none. Raises ContactKeyError.
        """
        digest = hmac.digest(self._key(period), contact.encode("utf-8", "surrogatepass"), "sha256")
        return "".join(LETTERS[four] for byte in digest[: SIGNS // 2] for four in (byte >> 4, byte & 15))

    def periods(self) -> list[str]:
        """The months that have a key."""
        if not self._folder.is_dir():
            return []
        return sorted(one.stem for one in self._folder.glob("*.key") if _PERIOD.fullmatch(one.stem))

    def destroy_others(self, kept: Collection[str]) -> list[str]:
        """Destroy the keys of all months but these. Returns whose."""
        gone = [period for period in self.periods() if period not in kept]
        with self._turn:
            for period in gone:
                self._known.pop(period, None)
                _destroy(self._folder / f"{period}.key")
        return gone

    def _key(self, period: str) -> bytes:
        if not _PERIOD.fullmatch(period):
            raise ValueError(f"{period!r} is no month")
        with self._turn:
            if period not in self._known:
                self._known[period] = self._read(period) or self._made(period)
            return self._known[period]

    def _read(self, period: str) -> bytes | None:
        path = self._folder / f"{period}.key"
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ContactKeyError(f"this key cannot be read ({error.strerror})", file=path) from error
        with os.fdopen(handle, "rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise ContactKeyError(
                    "others can read this key, and test guesses with it",
                    file=path,
                    remedy="Find out who could read it; then take the rights away with chmod 600.",
                )
            written = file.read()
        try:
            key = bytes.fromhex(written.decode("ascii"))
        except ValueError:
            key = b""
        if len(key) != _BYTES:
            raise ContactKeyError(
                "this key is damaged",
                file=path,
                remedy="Delete it: what is read from now on is then not linked to what was read before.",
            )
        return key

    def _made(self, period: str) -> bytes:
        """A new key, on the disk before anything is hashed by it."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        key = secrets.token_bytes(_BYTES)
        part = self._folder / f".{period}.{secrets.token_hex(8)}"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key.hex().encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._folder / f"{period}.key")
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        return key


def _destroy(path: Path) -> None:
    """Write over a key, and remove it."""
    handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    try:
        os.write(handle, b"0" * 2 * _BYTES)
        os.fsync(handle)
    finally:
        os.close(handle)
    path.unlink()

"""Bytes that must not be shown, and the files in which they lie: one key a file, for its owner alone."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from lippen.errors import LippenError


class KeyMissing(LippenError):
    """A key is not where it should be."""


class KeyExposed(LippenError):
    """A key can be read by others than its owner."""


class Secret:
    """Bytes that are not shown: neither by `print`, nor in a trace, nor in a log, nor by comparing in varying
    time.
    """

    __slots__ = ("_bytes",)

    def __init__(self, content: bytes) -> None:
        self._bytes = content

    def reveal(self) -> bytes:
        """The bytes themselves, for the one call that needs them."""
        return self._bytes

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere but in its own file")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and secrets.compare_digest(self._bytes, other._bytes)

    __hash__ = None  # type: ignore[assignment]


def write_secret(path: Path, text: str, mode: int) -> None:
    """Put a key, or its public half, into a new file of its own. Raises FileExistsError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_secret(path: Path) -> bytes:
    """The 32 bytes of a key's file. Raises KeyMissing, or KeyExposed when others can read it."""
    if path.is_dir():
        raise KeyMissing("this is a folder, and no key", file=path, remedy="Name the key's file.")
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyExposed(
                "others than its owner can read this key",
                file=path,
                remedy=f"Run chmod 600 {path}, and replace the key if somebody may have read it.",
            )
        content = bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError as error:
        raise KeyMissing(
            "this key is missing", file=path, remedy="Restore it from the backup of the keys."
        ) from error
    except ValueError as error:
        raise KeyMissing(
            "this is no key of Lippen", file=path, remedy="Restore it from the backup."
        ) from error
    if len(content) != 32:
        raise KeyMissing("this is no key of Lippen", file=path, remedy="Restore it from the backup.")
    return content

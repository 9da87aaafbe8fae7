"""The partnership's key: it signs the manifest, lies offline, and is told by six words.

Whoever holds it can have residents seal to keys of their own. It is never on the machine that serves the
page: `lippen speak sign` needs no workspace.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lippen.errors import LippenError
from lippen.site.folders import make_parents, refuse_changed_by_others
from lippen.site.secret_files import KeyExposed, Secret, read_secret, write_secret


class KeyThere(LippenError):
    """A file stands where a new key was to be written."""


class DiskKeepsNoPermissions(LippenError):
    """The key was taken away again: on this disk everybody could have read it."""


class PartnershipKey(Secret):
    """An Ed25519 key, as its 32 bytes."""

    def public(self) -> bytes:
        """The public half, 32 bytes."""
        return self._signer().public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The signature, 64 bytes."""
        return self._signer().sign(message)

    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.reveal())


def make_partnership_key(file: Path) -> PartnershipKey:
    """Draw a key and write it to a new file that its owner alone can read; a folder that is missing is made.

    Raises KeyThere, FolderUnsafe when somebody else can exchange what lies in the folder, and
    DiskKeepsNoPermissions.
    """
    make_parents(file.parent)
    refuse_changed_by_others(file.parent)
    try:
        write_secret(file, secrets.token_bytes(32).hex(), 0o600)
    except FileExistsError as error:
        raise KeyThere(
            "a file is here already, and a key is never overwritten", file=file, remedy="Name a new file."
        ) from error
    try:
        return read_partnership_key(file)
    except KeyExposed as error:
        file.unlink()
        raise DiskKeepsNoPermissions(
            "this disk lets everybody read what is on it, so the key was taken away again",
            file=file,
            remedy="Use a disk that keeps permissions, best one that is encrypted (LUKS with ext4).",
        ) from error


def read_partnership_key(file: Path) -> PartnershipKey:
    """The key in `file`. Raises KeyMissing, or KeyExposed when anyone but the owner can read it."""
    return PartnershipKey(read_secret(file))

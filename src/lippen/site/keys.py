"""The site's own secrets: made once, kept outside the database, never logged.

Each key is a file of its own in the folder of keys, readable by its owner alone. Who reads the database
therefore cannot forge an entry of the register, and who holds one key does not hold the others.

    session.key     signs cookies and one-time links; losing it signs everybody out
    digest.key      keys the digest of each entry of the register
    seal.key        signs the register's checkpoints (Ed25519); seal.pub is its public half, for the panel
    seal.key.next   while seal.key is being replaced (`operation/seal_rotation.py`): the one that comes
    seal.rotations  once it was: the signed notes by which each seal key followed the one before
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lippen.manifest import settle, write_in_one_step
from lippen.site.folders import make_parents, refuse_changed_by_others
from lippen.site.secret_files import KeyMissing, Secret, read_secret, write_secret

NAMES: Final = ("session.key", "digest.key", "seal.key")
"""Files of the folder of keys, 32 random bytes each, as 64 hexadecimal digits."""

PUBLIC: Final = "seal.pub"
"""The public half of seal.key, 64 hexadecimal digits: whoever checks the register needs it and nothing
else.
"""

NEXT: Final = "seal.key.next"
ROTATIONS: Final = "seal.rotations"


class SessionKey(Secret):
    """Signs cookies and one-time links."""


class DigestKey(Secret):
    """Keys the digest of each entry of the register."""


class SealKey(Secret):
    """Signs the checkpoints of the register."""

    def signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.reveal())

    def public(self) -> Ed25519PublicKey:
        return self.signer().public_key()

    def public_bytes(self) -> bytes:
        """The public half as its 32 bytes."""
        return self.public().public_bytes_raw()


@dataclass(frozen=True)
class Keys:
    """All secrets of one site."""

    session: SessionKey
    digest: DigestKey
    seal: SealKey


def make_keys(folder: Path) -> None:
    """Make those keys that are missing, all of them in a new folder. An existing key is never replaced.

    Raises KeyMissing when some are there and others are not: a new one would not fit what was sealed before.
    Raises FolderUnsafe when somebody else can write to the folder.
    """
    present = [name for name in NAMES if (folder / name).exists()]
    if present and len(present) < len(NAMES):
        missing = ", ".join(name for name in NAMES if name not in present)
        raise KeyMissing(
            f"some keys are here and others are not ({missing})",
            file=folder,
            remedy="Restore them from the backup of the keys: docs/how-to/keep-the-keys.md",
        )
    if present:
        return
    if (folder / PUBLIC).exists():
        raise KeyMissing(
            "the public half of a key is here, and the keys are not",
            file=folder / PUBLIC,
            remedy="Restore them, or name another folder as keys in site.toml for a new site.",
        )
    prepare_folder(folder)
    for name in NAMES:
        write_secret(folder / name, secrets.token_bytes(32).hex(), 0o600)
    write_secret(folder / PUBLIC, read_keys(folder).seal.public().public_bytes_raw().hex(), 0o644)


def prepare_folder(folder: Path) -> None:
    """Make a folder that keys can lie in. One that holds something already stays as open as it was, since
    other programs may need it: the keys in it are for their owner alone. Raises FolderUnsafe.
    """
    make_parents(folder)
    refuse_changed_by_others(folder)
    if not any(folder.iterdir()):
        folder.chmod(0o700)


def read_keys(folder: Path) -> Keys:
    """The keys in `folder`. Raises KeyMissing, or KeyExposed when anyone but the owner can read one."""
    session, digest, seal = (read_secret(folder / name) for name in NAMES)
    return Keys(SessionKey(session), DigestKey(digest), SealKey(seal))


def make_next_seal(folder: Path) -> SealKey:
    """A new seal key, on the disk beside the one that it is to replace. Raises FileExistsError when there is
    one already.
    """
    write_secret(folder / NEXT, secrets.token_bytes(32).hex(), 0o600)
    settle(folder)
    return SealKey(read_secret(folder / NEXT))


def next_seal(folder: Path) -> SealKey | None:
    """The seal key that is to replace the present one; None when there is none, or the half of one that a
    crash left. Raises KeyExposed.
    """
    try:
        return SealKey(read_secret(folder / NEXT))
    except KeyMissing:
        return None


def take_next_seal(folder: Path, rotations: str) -> None:
    """Put the next seal key in the place of the present one, which is gone afterwards, with its public half
    and the notes about all of them. Until the last step, which is one, the next key lies where it lay.
    """
    write_rotations(folder, rotations)
    coming = SealKey(read_secret(folder / NEXT))
    write_in_one_step(folder / PUBLIC, f"{coming.public_bytes().hex()}\n")
    (folder / PUBLIC).chmod(0o644)
    (folder / NEXT).replace(folder / "seal.key")
    settle(folder)


def drop_next_seal(folder: Path) -> None:
    """Take the next seal key away, which replaced none."""
    (folder / NEXT).unlink(missing_ok=True)
    settle(folder)


def write_rotations(folder: Path, rotations: str) -> None:
    """Keep the notes about the seal keys beside them, a line each."""
    write_in_one_step(folder / ROTATIONS, rotations)

"""What is signed, byte by byte: checkpoints and expiries. `docs/explanation/register.md` says the same for
outsiders, who can check a register with nothing but these bytes and the public key.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lippen.errors import LippenError
from lippen.site.register.models import Checkpoint, Expiry, Retention
from lippen.site.seal_keys import is_signed_by, microseconds

CHECKPOINT: Final = b"lippen checkpoint 1\n"
EXPIRY: Final = b"lippen expiry 1\n"
RETENTION: Final = b"lippen retention 1\n"
NOTHING_BEFORE: Final = bytes(32)
"""What the first checkpoint names as the digest of the one before."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ABOVE_ALL_NUMBERS: Final = 2**63
_NO_CHECKPOINT: Final = (
    *(KeyError, TypeError, AttributeError, ValueError),
    *(OverflowError, RecursionError, struct.error),
)
"""What reading a line raises that holds no checkpoint: the line may have been written by anybody."""


class KeyUnreadable(LippenError):
    """A file that should hold public keys holds none."""


def moment(number: int) -> datetime:
    """The time that stands `number` microseconds after 1970-01-01T00:00:00Z."""
    return _EPOCH + timedelta(microseconds=number)


def checkpoint_bytes(one: Checkpoint) -> bytes:
    """The 125 bytes that the seal key signs. Raises struct.error for numbers that no checkpoint can have."""
    return CHECKPOINT + struct.pack(
        ">QqQQQ32s32sB",
        one.number,
        microseconds(one.at),
        one.from_position,
        one.to_position,
        one.entries,
        bytes(one.root),
        bytes(one.previous),
        one.clock_went_back,
    )


def checkpoint_digest(one: Checkpoint) -> bytes:
    """By what the next checkpoint names this one: SHA-256 of the bytes signed and the signature."""
    return sha256(checkpoint_bytes(one) + bytes(one.signature)).digest()


def expiry_bytes(one: Expiry) -> bytes:
    """The 91 bytes that the seal key signs when a month goes."""
    return EXPIRY + struct.pack(
        ">7sqIQQQ32s",
        f"{one.month:%Y-%m}".encode(),
        microseconds(one.at),
        one.keep_months,
        one.first_checkpoint,
        one.last_checkpoint,
        one.entries,
        sha256(one.policy.encode()).digest(),
    )


def retention_bytes(one: Retention) -> bytes:
    """The 71 bytes that the seal key signs when a site says how long it means to keep entries."""
    return RETENTION + struct.pack(
        ">QqI32s", one.number, microseconds(one.at), one.keep_months, sha256(one.policy.encode()).digest()
    )


def seals(key: bytes, one: Checkpoint) -> bool:
    """Whether this public key, of 32 bytes, signed a checkpoint."""
    try:
        return is_signed_by(key, checkpoint_bytes(one), bytes(one.signature))
    except struct.error:
        return False


def signer_of(note: Expiry | Retention, keys: Sequence[bytes]) -> int | None:
    """Which of these public keys signed a note; None when none did."""
    try:
        content = expiry_bytes(note) if isinstance(note, Expiry) else retention_bytes(note)
    except (struct.error, OverflowError):
        return None
    signed = (at for at, key in enumerate(keys) if is_signed_by(key, content, bytes(note.signature)))
    return next(signed, None)


def segment_of(one: Checkpoint) -> date:
    """The month that a checkpoint's entries go with: the one, in UTC, in which it was sealed."""
    return one.at.astimezone(UTC).date().replace(day=1)


def as_line(one: Checkpoint) -> str:
    """A checkpoint as one line of JSON, without its line break, as it is copied outside."""
    return json.dumps(
        {
            "number": one.number,
            "at": one.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "from_position": one.from_position,
            "to_position": one.to_position,
            "entries": one.entries,
            "root": bytes(one.root).hex(),
            "previous": bytes(one.previous).hex(),
            "clock_went_back": one.clock_went_back,
            "signature": bytes(one.signature).hex(),
        }
    )


def from_line(line: str) -> Checkpoint:
    """The checkpoint that such a line holds, not saved. Raises ValueError for any other text."""
    try:
        told: dict[str, Any] = json.loads(line)
        one = Checkpoint(
            number=int(told["number"]),
            at=datetime.fromisoformat(told["at"]),
            from_position=int(told["from_position"]),
            to_position=int(told["to_position"]),
            entries=int(told["entries"]),
            root=bytes.fromhex(told["root"]),
            previous=bytes.fromhex(told["previous"]),
            clock_went_back=bool(told["clock_went_back"]),
            signature=bytes.fromhex(told["signature"]),
        )
        if as_line(one) != line:
            raise ValueError("it was written differently")
        if not 0 < one.number < _ABOVE_ALL_NUMBERS:
            raise ValueError("its number is none that a checkpoint can have")
        checkpoint_bytes(one)
    except _NO_CHECKPOINT as error:
        raise ValueError(f"this line is no checkpoint ({str(error)[:80]})") from error
    return one


def read_public_keys(path: Path) -> list[Ed25519PublicKey]:
    """The public keys in a file, one a line as 64 hexadecimal digits; a panel may hold older ones too.

    Raises KeyUnreadable.
    """
    try:
        lines = path.read_text("ascii").split()
        keys = [Ed25519PublicKey.from_public_bytes(bytes.fromhex(line)) for line in lines]
    except FileNotFoundError as error:
        raise KeyUnreadable(
            "the public key is not here", file=path, remedy="Name the file with --public-key."
        ) from error
    except ValueError as error:
        raise KeyUnreadable(
            "this is no public key of a register",
            file=path,
            remedy="It holds 64 hexadecimal digits on one line: name the site's seal.pub.",
        ) from error
    if not keys:
        raise KeyUnreadable("there is no key in this file", file=path, remedy="Name the site's seal.pub.")
    return keys

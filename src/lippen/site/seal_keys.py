"""The seal keys of one site, one after another, and the signed notes by which each took over from the last.

A note bears two signatures over what it says: that of the key that goes, so that whoever holds an old public
key can go on to the new one; and that of the key that comes, so that whoever holds the new one can go back.
Nothing here asks the database: a restore has to know before there is one. `docs/explanation/register.md`
gives the bytes for outsiders.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ROTATION: Final = b"lippen rotation 1\n"
ACCEPTED: Final = b"lippen rotation accepted 1\n"
LONGEST_REASON: Final = 200
"""Characters. A note is one line of a file, of which no line is longer than `copied_files.LONGEST_LINE`."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ABOVE_ALL_NUMBERS: Final = 2**63
_NO_NOTE: Final = (
    *(KeyError, TypeError, AttributeError, ValueError),
    *(OverflowError, RecursionError, struct.error),
)
"""What reading a line raises that holds no note: the line may have been written by anybody."""


def microseconds(at: datetime) -> int:
    """Whole microseconds since 1970-01-01T00:00:00Z, without a detour over floating point."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def short(public: bytes) -> str:
    """How a sentence names a public key: by the digits with which its file begins."""
    return f"{bytes(public).hex()[:16]}…"


@dataclass(frozen=True)
class RotationNote:
    """That from `at` on the key `new` seals in the place of `old`, both public keys of 32 bytes.

    `last_checkpoint` is the number of the last checkpoint that the old key sealed, 0 for none, and
    `last_digest` its digest: it commits to all that was sealed before. `standing` is the digest of the notes
    about expired months and about how long entries are kept that stood then (`register/standing_notes.py`).
    """

    number: int
    at: datetime
    old: bytes
    new: bytes
    last_checkpoint: int
    last_digest: bytes
    standing: bytes
    reason: str
    signature: bytes = bytes(64)
    countersignature: bytes = bytes(64)

    @property
    def new_begins(self) -> str:
        """The digits with which the file of the new public key begins."""
        return short(self.new)

    def content(self) -> bytes:
        """The 202 bytes that the old key signs. Raises struct.error for numbers that no note can have."""
        return ROTATION + struct.pack(
            ">Qq32s32sQ32s32s32s",
            self.number,
            microseconds(self.at),
            self.old,
            self.new,
            self.last_checkpoint,
            self.last_digest,
            self.standing,
            sha256(self.reason.encode()).digest(),
        )

    def accepted(self) -> bytes:
        """The 293 bytes that the new key signs: what the old one signed, and its signature."""
        return ACCEPTED + self.content() + self.signature

    def signed(self, old: Ed25519PrivateKey, new: Ed25519PrivateKey) -> RotationNote:
        """The same note with the signatures of both keys."""
        once = replace(self, signature=old.sign(self.content()))
        return replace(once, countersignature=new.sign(once.accepted()))

    def fault(self) -> str:
        """What is wrong with its signatures, in words; "" when each is that of its key."""
        try:
            by_old = is_signed_by(self.old, self.content(), self.signature)
            by_new = is_signed_by(self.new, self.accepted(), self.countersignature)
        except (struct.error, OverflowError):
            return "bears the signature of neither key"
        if by_old and by_new:
            return ""
        if by_old:
            return "does not bear the signature of the new key"
        return (
            "does not bear the signature of the old key" if by_new else "bears the signature of neither key"
        )

    def as_line(self) -> str:
        """The note as one line of JSON, without its line break, as it is kept in files."""
        return json.dumps(
            {
                "number": self.number,
                "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "old": self.old.hex(),
                "new": self.new.hex(),
                "last_checkpoint": self.last_checkpoint,
                "last_digest": self.last_digest.hex(),
                "standing": self.standing.hex(),
                "reason": self.reason,
                "signature": self.signature.hex(),
                "countersignature": self.countersignature.hex(),
            },
            ensure_ascii=False,
        )


def note_from(line: str) -> RotationNote:
    """The note that such a line holds. Raises ValueError for any other text."""
    try:
        told: dict[str, Any] = json.loads(line)
        note = RotationNote(
            number=int(told["number"]),
            at=datetime.fromisoformat(told["at"]),
            last_checkpoint=int(told["last_checkpoint"]),
            reason=str(told["reason"]),
            **{
                name: bytes.fromhex(told[name])
                for name in ("old", "new", "last_digest", "standing", "signature", "countersignature")
            },
        )
        if note.as_line() != line:
            raise ValueError("it was written differently")
        if {len(one) for one in (note.old, note.new, note.last_digest, note.standing)} != {32}:
            raise ValueError("a key or a digest is not of 32 bytes")
        note.accepted()
        if not 0 < note.number < _ABOVE_ALL_NUMBERS or not 0 <= note.last_checkpoint < _ABOVE_ALL_NUMBERS:
            raise ValueError("its numbers are none that a note can have")
    except _NO_NOTE as error:
        raise ValueError(f"this line is no note about a new seal key ({str(error)[:80]})") from error
    return note


@dataclass(frozen=True)
class SealKeys:
    """The public seal keys of one site in order: the first, and the notes by which each other followed."""

    first: bytes
    notes: tuple[RotationNote, ...] = ()

    @property
    def keys(self) -> tuple[bytes, ...]:
        return (self.first, *(note.new for note in self.notes))

    @property
    def newest(self) -> bytes:
        return self.keys[-1]

    def of_checkpoint(self, number: int) -> bytes:
        """The key that seals the checkpoint of this number."""
        return self.keys[sum(number > note.last_checkpoint for note in self.notes)]

    def replaced_at(self, key: bytes) -> datetime | None:
        """When a key was replaced; None for the newest, and for one that is none of these."""
        return next((note.at for note in self.notes if note.old == key), None)

    def before(self, key: bytes) -> SealKeys:
        """The keys up to this one, which is one of them."""
        return SealKeys(self.first, self.notes[: self.keys.index(key)])

    def vouch(self, content: bytes, signature: bytes, at: datetime) -> bool:
        """Whether the newest key signed this; or an earlier one, if what it signed says that it was made
        before that key was replaced. Who holds an earlier key can say so of anything.
        """
        for key in self.keys:
            until = self.replaced_at(key)
            if (until is None or at <= until) and is_signed_by(key, content, signature):
                return True
        return False

    def as_text(self) -> str:
        """The notes, a line each."""
        return "".join(f"{note.as_line()}\n" for note in self.notes)


def seal_keys(known: bytes, notes: Iterable[RotationNote]) -> SealKeys:
    """The keys that follow from one that is known, forwards and backwards, by notes that both keys signed.

    Where two notes follow the same key, the one that comes first among these counts.
    """
    sound = [note for note in notes if not note.fault()]
    chain: list[RotationNote] = []
    keys = [known]
    while after := next((one for one in sound if _follows(one, keys[-1], keys, chain[-1:])), None):
        chain.append(after)
        keys.append(after.new)
    while before := next((one for one in sound if _precedes(one, keys, chain[:1])), None):
        chain.insert(0, before)
        keys.insert(0, before.old)
    return SealKeys(keys[0], tuple(chain))


def _follows(one: RotationNote, key: bytes, keys: Sequence[bytes], last: Sequence[RotationNote]) -> bool:
    return (
        one.old == key
        and one.new not in keys
        and all(one.last_checkpoint >= before.last_checkpoint for before in last)
    )


def _precedes(one: RotationNote, keys: Sequence[bytes], first: Sequence[RotationNote]) -> bool:
    return (
        one.new == keys[0]
        and one.old not in keys
        and all(one.last_checkpoint <= after.last_checkpoint for after in first)
    )


def is_signed_by(public: bytes, content: bytes, signature: bytes) -> bool:
    """Whether this public key's private half signed the content (Ed25519, RFC 8032)."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True

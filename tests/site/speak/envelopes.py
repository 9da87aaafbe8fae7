"""Envelopes of the right form, with random bytes where sealed ones would be, and proofs that hold.

The door cannot tell them from real ones: it opens nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import b64encode
from itertools import count

INTRODUCTION = b"age-encryption.org/v1\n"
STANZA = b"-> mlkem768x25519 "
REPORT, ANSWER, SLOT = 22_714, 5_755, 5_312
DESK_NAME = "northfield"


def unpadded(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")


def stanza(key: bytes | None = None, file_key: bytes | None = None) -> bytes:
    key, file_key = key or secrets.token_bytes(1_120), file_key or secrets.token_bytes(32)
    return STANZA + unpadded(key) + b"\n" + unpadded(file_key) + b"\n"


def foot(mac: bytes | None = None) -> bytes:
    return b"--- " + unpadded(mac or secrets.token_bytes(32)) + b"\n"


def sealed(stanzas: int, text: int) -> bytes:
    """An envelope to so many recipients, of a text of this length."""
    header = INTRODUCTION + b"".join(stanza() for _ in range(stanzas)) + foot()
    return header + secrets.token_bytes(16 + text + 16 * -(-text // 65_536))


def report() -> bytes:
    return sealed(4, 16_384)


def photograph(padded: int = 16_384) -> bytes:
    return sealed(1, padded)


def answer() -> bytes:
    return sealed(1, 4_096)


def desk_id(name: str = DESK_NAME) -> bytes:
    return hashlib.sha256(b"lippen-speak/1 desk" + name.encode()).digest()[:16]


def prove(challenge: bytes) -> bytes:
    """Eight nonces, each found by trying: about 2,000 hashes of 16,384 bytes in all."""
    return b"".join(_first(part, challenge, works=True) for part in range(8))


def idle(part: int, challenge: bytes) -> bytes:
    """A nonce that shows no work."""
    return _first(part, challenge, works=False)


def _first(part: int, challenge: bytes, *, works: bool) -> bytes:
    rest = bytes([part]) + challenge + bytes(16_384 - 5 - len(challenge))
    return next(
        nonce
        for nonce in (tried.to_bytes(4) for tried in count())
        if (hashlib.sha256(nonce + rest).digest()[0] == 0) == works
    )

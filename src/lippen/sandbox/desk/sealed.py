"""What a resident's page and a worker's browser seal and keep, made in Python for people who do not exist:
mailboxes, reports, answers, and workers' wrapped keys (docs/speak-protocol.md, 1 to 7).

The invariant: each is, byte for byte of its form, what the browser makes, and the browser opens it.
"""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Self

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from lippen.sandbox.desk.age_files import recipient_of, seal_age

WORDS: Final = 7_422
"""Words in the list from which a receipt is drawn."""

_RECEIPT: Final = 7
_STANZAS: Final = 4
_TEXT, _ANSWER, _SIGNATURE = 16_384, 4_096, 64
_MEMORY_KIB, _ROUNDS = 64 * 1_024, 3
_CONTEXT: Final = b"lippen-desk/1 key\0"
_OWN_KEY: Final = b"lippen-desk/1 own key"


@dataclass(frozen=True)
class Mailbox:
    """What follows from a receipt. `numbers`, eight of 0 to 7,421, are the places of its words in a list: the
    last is that of the word which finds slips (section 2 of the protocol).
    """

    numbers: tuple[int, ...]
    ident: bytes
    authenticator: bytes
    seed: bytes

    @classmethod
    def draw(cls) -> Self:
        numbers = tuple(secrets.randbelow(WORDS) for _ in range(_RECEIPT))
        secret = 0
        for one in numbers:
            secret = secret * WORDS + one
        check = int.from_bytes(sha256(b"lippen-speak/1 check" + secret.to_bytes(12)).digest()[:2]) % WORDS
        root = hmac.digest(b"lippen-speak/1", secret.to_bytes(12), "sha256")
        ident, authenticator, seed = (
            HKDFExpand(SHA256(), length, name).derive(root)
            for name, length in ((b"mailbox", 16), (b"authenticator", 32), (b"identity", 32))
        )
        return cls((*numbers, check), ident, authenticator, seed)

    @property
    def recipient(self) -> bytes:
        """The public half of its identity, 1,216 bytes."""
        return recipient_of(self.seed)

    def told(self) -> dict[str, str]:
        """How a report names it."""
        return {"id": self.ident.hex(), "recipient": _text(self.recipient)}


@dataclass(frozen=True)
class WorkerKey:
    """A worker's two keys, each from a seed of 32 bytes: what is sealed to her, and what she signs with."""

    seed: bytes
    signing_seed: bytes

    @classmethod
    def draw(cls) -> Self:
        return cls(secrets.token_bytes(32), secrets.token_bytes(32))

    @classmethod
    def unwrapped(cls, recipient: bytes, wrapped: Mapping[str, Any], passphrase: str) -> Self:
        """What `wrapped` closed under a passphrase. Raises `cryptography.exceptions.InvalidTag` for another
        one.
        """
        salt, nonce, box = (b64decode(wrapped["passphrase"][part]) for part in ("salt", "nonce", "box"))
        seeds = AESGCM(_stretched(passphrase, salt)).decrypt(nonce, box, _CONTEXT + recipient)
        return cls(seeds[:32], seeds[32:])

    @property
    def recipient(self) -> bytes:
        """The public half of what is sealed to, 1,216 bytes."""
        return recipient_of(self.seed)

    @property
    def signature(self) -> bytes:
        """The public half of what is signed with, 32 bytes."""
        return self._signer().public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The signature, 64 bytes."""
        return self._signer().sign(message)

    def own_key_proof(self, desk: str, person: str) -> bytes:
        """The signature (64) by which a worker of a desk shows that the private halves are hers."""
        return self.sign(b"\0".join([_OWN_KEY, desk.encode(), person.encode(), self.recipient]))

    def wrapped(self, passphrase: str) -> dict[str, Any]:
        """Both seeds in a box (80) that a passphrase in small letters opens: Argon2id over 64 MiB, three
        times, then AES-256-GCM, bound to the public half. `salt`, `nonce` and `box` in base64 (section 12).
        """
        salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
        seeds, bound = self.seed + self.signing_seed, _CONTEXT + self.recipient
        box = AESGCM(_stretched(passphrase, salt)).encrypt(nonce, seeds, bound)
        return {"v": 2, "passphrase": {"salt": _text(salt), "nonce": _text(nonce), "box": _text(box)}}

    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.signing_seed)


def seal_text(written: Mapping[str, Any], recipients: Sequence[bytes]) -> bytes:
    """A report, or the draft of a log (22,714): sealed to these recipients (1,216 each, at most four) and to
    as many throw-away keys as it takes, in an order drawn by chance.
    """
    thrown_away = [recipient_of(secrets.token_bytes(32)) for _ in range(_STANZAS - len(recipients))]
    everybody = [*recipients, *thrown_away]
    secrets.SystemRandom().shuffle(everybody)
    return seal_age(_padded(written, _TEXT), everybody)


def seal_answer(answer: Mapping[str, Any], key: WorkerKey, recipient: bytes) -> bytes:
    """An answer (5,755), signed and sealed to a resident's mailbox."""
    padded = _padded(answer, _ANSWER - _SIGNATURE)
    return seal_age(key.sign(b"lippen-speak/1 answer\0" + padded) + padded, [recipient])


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return hash_secret_raw(passphrase.encode(), salt, _ROUNDS, _MEMORY_KIB, 1, 32, Type.ID)


def _padded(written: Mapping[str, Any], length: int) -> bytes:
    """Raises ValueError where it does not fit."""
    raw = json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode()
    if len(raw) + 4 > length:
        raise ValueError(f"{len(raw):,} bytes do not fit into {length:,}")
    return (len(raw).to_bytes(4) + raw).ljust(length, b"\0")


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()

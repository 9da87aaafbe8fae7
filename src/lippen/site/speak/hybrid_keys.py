"""age's hybrid keys, made from a seed of 32 bytes: how the seed is written, and the public half that it has.

A report is sealed to ML-KEM-768 and X25519 at once (`mlkem768x25519` in age's list of recipients): whoever
wants to open it has to break both. The seed grows into both private keys by SHAKE256, as X-Wing has it
(draft-connolly-cfrg-xwing-kem, section 5.2), and is written in bech32 (BIP 173).
"""

from __future__ import annotations

import secrets
from hashlib import shake_256
from typing import Final, Self

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from lippen.site.secret_files import Secret

RECIPIENT: Final = 1_216
"""Bytes of a public half: the encapsulation key of ML-KEM-768 (1,184), then the point of X25519 (32)."""

_KEM: Final = 1_184
_PREFIX: Final = "age-secret-key-pq-"
_SIGNS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


class HybridSeed(Secret):
    """A private key, as the 32 bytes from which it grows."""

    @classmethod
    def draw(cls) -> Self:
        return cls(secrets.token_bytes(32))

    def identity(self) -> str:
        """The key as age reads it: AGE-SECRET-KEY-PQ-1 and 58 more signs."""
        return _bech32(_PREFIX, self.reveal()).upper()

    def recipient(self) -> bytes:
        """The public half, 1,216 bytes."""
        grown = shake_256(self.reveal()).digest(96)
        kem = MLKEM768PrivateKey.from_seed_bytes(grown[:64]).public_key()
        point = X25519PrivateKey.from_private_bytes(grown[64:]).public_key()
        return kem.public_bytes_raw() + point.public_bytes_raw()


def can_be_sealed_to(recipient: bytes) -> bool:
    """Whether these bytes are a public half to which something can be sealed: of the right length, with
    coefficients in range, and with a point that leads to a secret at all.
    """
    if len(recipient) != RECIPIENT:
        return False
    try:
        MLKEM768PublicKey.from_public_bytes(recipient[:_KEM])
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(recipient[_KEM:]))
    except (ValueError, InvalidKey):
        return False
    return True


def _bech32(prefix: str, content: bytes) -> str:
    bits = int.from_bytes(content) << (-8 * len(content) % 5)
    count = -(-8 * len(content) // 5)
    values = [bits >> 5 * at & 31 for at in reversed(range(count))]
    head = [ord(sign) >> 5 for sign in prefix] + [0] + [ord(sign) & 31 for sign in prefix]
    checksum = _polymod([*head, *values, *[0] * 6]) ^ 1
    values += [checksum >> 5 * at & 31 for at in reversed(range(6))]
    return f"{prefix}1{''.join(_SIGNS[value] for value in values)}"


def _polymod(values: list[int]) -> int:
    rest = 1
    for value in values:
        top = rest >> 25
        rest = (rest & 0x1FFFFFF) << 5 ^ value
        for at, part in enumerate(_GENERATOR):
            rest ^= part if top >> at & 1 else 0
    return rest

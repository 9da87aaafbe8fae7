"""What stands in a slot of a mailbox where there is no answer, and cannot be told from one.

Bytes drawn at random would be told: an ML-KEM ciphertext is made of numbers modulo 3329 squeezed into ten
bits, so that 257 of the 1,024 values are a third more frequent than the others, and the last byte of an
X25519 point never has its highest bit. Over the 768 numbers of one slot the first alone gives away which
is which in nearly every case. So a blank is drawn from the distribution that an answer has: numbers
modulo 3329 that are squeezed as FIPS 203 does, the public half of an X25519 key, and random bytes where
an answer is the output of a cipher.
"""

from __future__ import annotations

import struct
from hashlib import shake_256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from lippen.site.speak.envelope import KEY, PACKED, SLOTS

MAILBOX: Final = SLOTS * PACKED
"""All slots of a mailbox, 15,936 bytes."""

_Q: Final = 3_329
_POINT: Final = 32
_RANK_BY_N, _N = 3 * 256, 256  # numbers in the two parts of a ciphertext of ML-KEM-768
_NUMBERS: Final = _RANK_BY_N + _N
_DRAWN: Final = 4 * _NUMBERS + _POINT + PACKED - KEY  # four bytes to a number: the remainder is even to 1e-6


def _squeezed(bits: int) -> tuple[int, ...]:
    """Compress_d of FIPS 203, 4.2.1, for each number modulo q."""
    return tuple(((number << bits) + _Q // 2) // _Q % (1 << bits) for number in range(_Q))


_TEN, _FOUR = _squeezed(10), _squeezed(4)


def blank_slots(seed: bytes) -> bytes:
    """The slots (15,936) of a mailbox without an answer: the same for the same seed."""
    drawn = shake_256(seed).digest(SLOTS * _DRAWN)
    return b"".join(_blank(drawn[at : at + _DRAWN]) for at in range(0, len(drawn), _DRAWN))


def _blank(drawn: bytes) -> bytes:
    numbers = struct.unpack_from(f"<{_NUMBERS}I", drawn)
    tens = [_TEN[number % _Q] for number in numbers[:_RANK_BY_N]]
    fours = [_FOUR[number % _Q] for number in numbers[_RANK_BY_N:]]
    ciphertext = b"".join(
        (a | b << 10 | c << 20 | d << 30).to_bytes(5, "little")
        for a, b, c, d in zip(tens[0::4], tens[1::4], tens[2::4], tens[3::4], strict=True)
    ) + bytes(a | b << 4 for a, b in zip(fours[0::2], fours[1::2], strict=True))
    rest = drawn[4 * _NUMBERS :]
    point = X25519PrivateKey.from_private_bytes(rest[:_POINT]).public_key().public_bytes_raw()
    return ciphertext + point + rest[_POINT:]

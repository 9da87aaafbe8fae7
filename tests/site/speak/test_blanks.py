"""A slot without an answer looks like one that has one, by the measures that tell random bytes apart."""

from __future__ import annotations

import math
import secrets
from collections import Counter
from functools import cache

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite

from lippen.site.speak.blanks import blank_slots

SLOT, U, V, POINT, CURVE = 5_312, 960, 128, 32, 2**255 - 19
ANSWERS = 40


@cache
def real() -> list[bytes]:
    """Encapsulated keys (1,120) as age's hybrid recipients have them: of ML-KEM-768, and an X25519 point."""
    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    private = MLKEM768X25519PrivateKey(MLKEM768PrivateKey.generate(), X25519PrivateKey.generate())
    return [suite.encrypt(bytes(16), private.public_key())[: U + V + POINT] for _ in range(ANSWERS)]


@cache
def blank() -> list[bytes]:
    drawn = b"".join(blank_slots(bytes([number])) for number in range(ANSWERS // 3 + 1))
    return [drawn[at : at + U + V + POINT] for at in range(0, ANSWERS * SLOT, SLOT)]


def tens(key: bytes) -> list[int]:
    """The numbers of ten bits in the first part of a ciphertext."""
    whole = int.from_bytes(key[:U], "little")
    return [whole >> (10 * at) & 1023 for at in range(768)]


def likelihood(key: bytes) -> float:
    """How much likelier (natural logarithm) these numbers are squeezed from 3,329 than drawn from 1,024."""
    ways = Counter(((number << 10) + 1664) // 3329 % 1024 for number in range(3329))
    return sum(math.log(ways[one] * 1024 / 3329) for one in tens(key))


def is_on_curve(point: bytes) -> bool:
    """Whether these bytes are the x of a point of the curve and not of its twist (RFC 7748, 4.1)."""
    x = int.from_bytes(point, "little")
    square = (x**3 + 486_662 * x**2 + x) % CURVE
    return x < CURVE and pow(square, (CURVE - 1) // 2, CURVE) in (0, 1)


def test_the_measure_tells_random_bytes_from_answers() -> None:
    """Else the tests below would show nothing. Of each kind about one in 28 falls on the wrong side."""
    drawn = [secrets.token_bytes(U + V + POINT) for _ in range(ANSWERS)]
    assert sum(likelihood(one) > 0 for one in real()) >= ANSWERS - 9
    assert sum(likelihood(one) > 0 for one in drawn) <= 9
    assert all(is_on_curve(one[-POINT:]) for one in real())
    assert not all(is_on_curve(one[-POINT:]) for one in drawn)


def test_a_blank_has_the_numbers_that_an_answer_has() -> None:
    of_blanks, of_answers = (sorted(map(likelihood, keys)) for keys in (blank(), real()))
    middle = ANSWERS // 2
    spread = of_answers[-1] - of_answers[0]
    assert abs(of_blanks[middle] - of_answers[middle]) < spread / 3
    assert sum(one > 0 for one in of_blanks) >= ANSWERS - 9


def test_the_second_part_of_a_blank_is_spread_as_evenly_as_an_answers() -> None:
    for keys in (blank(), real()):
        found = Counter(half for key in keys for byte in key[U : U + V] for half in (byte & 15, byte >> 4))
        expected = ANSWERS * V * 2 / 16
        chi_squared = sum((found[value] - expected) ** 2 / expected for value in range(16))
        assert chi_squared < 45, "15 degrees of freedom: above once in 12,000"


def test_the_point_of_a_blank_is_a_point_as_an_answers_is() -> None:
    points = [one[-POINT:] for one in blank()]
    assert all(is_on_curve(one) for one in points)
    assert all(one[-1] < 128 for one in points), "the highest bit is never set"
    assert len(set(points)) == ANSWERS
    assert not is_on_curve((2).to_bytes(32, "little")), "which half of all numbers are not"
    assert is_on_curve(X25519PrivateKey.generate().public_key().public_bytes_raw())


def test_a_blank_is_the_same_for_the_same_seed_and_no_slot_is_like_another() -> None:
    seed = secrets.token_bytes(32)
    drawn = blank_slots(seed)
    assert drawn == blank_slots(seed)
    assert len(drawn) == 3 * SLOT
    parts = [drawn[at : at + SLOT] for at in range(0, len(drawn), SLOT)]
    parts += [blank_slots(secrets.token_bytes(32))[:SLOT]]
    for at in range(0, SLOT - 16, 331):
        assert len({part[at : at + 16] for part in parts}) == len(parts)

"""The work that a message costs its sender (docs/speak-protocol.md, 8), checked and taken once.

    challenge   random (16), until (8, seconds since 1970), HMAC-SHA-256 of both cut to 16
    proof       eight nonces of 4: SHA-256(nonce, i, challenge, zeros) over 16,384 begins with eight zero bits

The key is the process's own and ends with it, so challenges of another one are strangers here. Spent ones are
remembered until they would run out, and no more of them than MOST_SPENT: then nothing is taken until some
have.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections import OrderedDict
from hashlib import sha256
from typing import Final

CHALLENGE, PROOF = 40, 32
DIFFICULTY: Final = 8
"""Zero bits. The page has the same number."""

SECONDS: Final = 600
MOST_SPENT: Final = 100_000

_RANDOM, _UNTIL, _MAC, _NONCE, _PARTS = 16, 8, 16, 4, 8
_ZEROS: Final = bytes(16_384 - _NONCE - 1 - CHALLENGE)


class ProofRefused(Exception):
    """The challenge is not ours, too old or used, or the work was not done."""


class Challenges:
    """Hands out challenges and takes the proofs of them. Threads may share it."""

    def __init__(self, most_spent: int = MOST_SPENT) -> None:
        self._key = secrets.token_bytes(32)
        self._most_spent = most_spent
        self._spent: OrderedDict[bytes, int] = OrderedDict()
        self._lock = threading.Lock()

    def issue(self, now: float) -> bytes:
        """A challenge (40) that can be met for ten minutes from `now` (seconds since 1970)."""
        told = secrets.token_bytes(_RANDOM) + (int(now) + SECONDS).to_bytes(_UNTIL)
        return told + self._mac(told)

    def spend(self, challenge: bytes, proof: bytes, now: float) -> None:
        """Take a proof (32) of a challenge (40), once. Raises ProofRefused."""
        told, mac = challenge[: _RANDOM + _UNTIL], challenge[_RANDOM + _UNTIL :]
        until = int.from_bytes(told[_RANDOM:])
        if len(challenge) != CHALLENGE or len(proof) != PROOF:
            raise ProofRefused
        if not hmac.compare_digest(self._mac(told), mac) or until <= now:
            raise ProofRefused
        for part in range(_PARTS):
            nonce = proof[part * _NONCE : (part + 1) * _NONCE]
            digest = sha256(nonce + bytes([part]) + challenge + _ZEROS).digest()
            if int.from_bytes(digest[:4]) >> (32 - DIFFICULTY):
                raise ProofRefused
        with self._lock:
            while self._spent and next(iter(self._spent.values())) <= now:
                self._spent.popitem(last=False)
            if told in self._spent or len(self._spent) >= self._most_spent:
                raise ProofRefused
            self._spent[told] = until

    def _mac(self, told: bytes) -> bytes:
        return hmac.digest(self._key, told, "sha256")[:_MAC]

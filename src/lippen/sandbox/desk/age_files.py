"""age files with hybrid recipients, sealed and opened without the code that runs in the browser.

Follows age-encryption.org/v1, with HPKE (RFC 9180) over ML-KEM-768 and X25519 as `cryptography` has it. It
seals what nobody wrote: what residents of a made-up town tell. A real site seals nothing for anybody.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
INFO = b"age-encryption.org/mlkem768x25519"
FIRST = b"age-encryption.org/v1"
STANZA = b"-> mlkem768x25519 "
CHUNK = 65_536
TAG = 16
ENCAPSULATED = 1120
LATTICE = 1184


class NotOpened(Exception):
    """No stanza is for this identity, or something in the file is not as it has to be."""


def recipient_of(seed: bytes) -> bytes:
    """The public half, 1,216 bytes: the encapsulation key of ML-KEM-768 and the point of X25519."""
    lattice, curve = _keys(seed)
    return lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()


def open_age(seed: bytes, sealed: bytes) -> bytes:
    """What was sealed to the identity of a seed of 32 bytes. Raises NotOpened."""
    header, found, rest = sealed.partition(b"\n--- ")
    mac, _, payload = rest.partition(b"\n")
    first, *lines = header.split(b"\n")
    if not found or first != FIRST or len(lines) % 2:
        raise NotOpened
    file_key = _file_key(seed, list(zip(lines[::2], lines[1::2], strict=True)))
    if not hmac.compare_digest(_mac(file_key, header + b"\n---"), _bytes(mac)):
        raise NotOpened
    key = ChaCha20Poly1305(_derived(file_key, payload[:16], b"payload"))
    chunks = _chunks(payload[16:], CHUNK + TAG)
    try:
        return b"".join(key.decrypt(_nonce(at, len(chunks)), chunk, None) for at, chunk in enumerate(chunks))
    except InvalidTag as fault:
        raise NotOpened from fault


def seal_age(text: bytes, recipients: list[bytes]) -> bytes:
    """An age file for recipients of 1,216 bytes, in their order."""
    file_key = secrets.token_bytes(16)
    lines = [FIRST]
    for recipient in recipients:
        public = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(recipient[:LATTICE]),
            X25519PublicKey.from_public_bytes(recipient[LATTICE:]),
        )
        wrapped = SUITE.encrypt(file_key, public, INFO)
        lines += [STANZA + _text(wrapped[:ENCAPSULATED]), _text(wrapped[ENCAPSULATED:])]
    header = b"\n".join([*lines, b"---"])
    nonce = secrets.token_bytes(16)
    key = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    chunks = _chunks(text, CHUNK)
    payload = b"".join(key.encrypt(_nonce(at, len(chunks)), chunk, None) for at, chunk in enumerate(chunks))
    return header + b" " + _text(_mac(file_key, header)) + b"\n" + nonce + payload


def _keys(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    # The seed spread over both, as X-Wing does.
    spread = hashlib.shake_256(seed).digest(96)
    return MLKEM768PrivateKey.from_seed_bytes(spread[:64]), X25519PrivateKey.from_private_bytes(spread[64:])


def _file_key(seed: bytes, stanzas: list[tuple[bytes, bytes]]) -> bytes:
    key = MLKEM768X25519PrivateKey(*_keys(seed))
    for argument, body in stanzas:
        if not argument.startswith(STANZA):
            raise NotOpened
        try:
            return bytes(SUITE.decrypt(_bytes(argument.removeprefix(STANZA)) + _bytes(body), key, INFO))
        except InvalidTag:
            continue
    raise NotOpened


def _derived(file_key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt or None, info).derive(file_key)


def _mac(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(_derived(file_key, b"", b"header"), header, "sha256")


def _nonce(chunk: int, chunks: int) -> bytes:
    return chunk.to_bytes(11, "big") + bytes([chunk == chunks - 1])


def _chunks(whole: bytes, length: int) -> list[bytes]:
    return [whole[at : at + length] for at in range(0, max(1, len(whole)), length)]


def _text(raw: bytes) -> bytes:
    return base64.b64encode(raw).rstrip(b"=")


def _bytes(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)

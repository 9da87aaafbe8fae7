"""The published vectors of the speak protocol, worked out again with `hashlib` and `cryptography` alone.

The same file is checked against the modules of `web/` where those are tested. What is sealed in it was sealed
there; what `sealed_elsewhere.json` holds was sealed here, and opens there.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import unicodedata
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from hybrid_age import NotOpened, open_age, recipient_of, seal_age
from hypothesis import given, settings
from hypothesis import strategies as st

HERE = Path(__file__).parent
VECTORS: dict[str, Any] = json.loads((HERE / "vectors.json").read_text("utf-8"))
ELSEWHERE: dict[str, str] = json.loads((HERE / "sealed_elsewhere.json").read_text("utf-8"))
LIST = resources.files("lippen.site.speak").joinpath("eff_large_wordlist.txt").read_text("ascii")
CHANGED = dict(
    line.split("\t")
    for line in resources.files("lippen.site.speak")
    .joinpath("words_changed.tsv")
    .read_text("ascii")
    .splitlines()
)
LONG = [line.split("\t")[1] for line in LIST.splitlines()]
WORDS = sorted(
    [word for word in LONG if word not in CHANGED]
    + [word for word, reason in CHANGED.items() if reason == "put in"]
)
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def places(number: int, base: int, count: int) -> list[int]:
    """The digits of a number, the most significant first."""
    return [number // base**place % base for place in reversed(range(count))]


def bech32(prefix: str, raw: bytes) -> str:
    """Written from BIP 173, apart from its limit on the length."""
    count = -(-len(raw) * 8 // 5)
    values = places(int.from_bytes(raw, "big") << (-len(raw) * 8 % 5), 32, count)
    name = [ord(one) for one in prefix]
    check = 1
    for value in [*(one >> 5 for one in name), 0, *(one & 31 for one in name), *values, *[0] * 6]:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator * (top >> bit & 1)
    return prefix + "1" + "".join(BECH32[one] for one in [*values, *places(check ^ 1, 32, 6)])


def derived(secret: bytes, name: bytes, length: int) -> bytes:
    root = hmac.digest(b"lippen-speak/1", secret, "sha256")
    return HKDFExpand(SHA256(), length, name).derive(root)


def padded(raw: bytes, total: int) -> bytes:
    return (len(raw).to_bytes(4, "big") + raw).ljust(total, b"\0")


def holds(key: bytes, signature: bytes, signed: bytes) -> bool:
    """Raises InvalidSignature where it does not."""
    Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    return True


def test_the_words_are_those_of_the_published_list_as_they_were_changed() -> None:
    assert hashlib.sha256(LIST.encode()).hexdigest() == (
        "addd35536511597a02fa0a9ff1e5284677b8883b83e986e43f15a3db996b903e"
    )
    assert (len(WORDS), len(set(WORDS))) == (7422, 7422)
    assert (WORDS[0], WORDS[-1]) == ("abacus", "zoom")
    assert {word for word, reason in CHANGED.items() if reason != "put in"} <= set(LONG)
    assert not set(LONG) & {word for word, reason in CHANGED.items() if reason == "put in"}
    assert hashlib.sha256("".join(f"{word}\n" for word in WORDS).encode()).hexdigest() == (
        "b8aee9a925c41da655c66ce206ab14cd71e4ebf9a25e7188f5a7c8a5980e3d8e"
    )


@pytest.mark.parametrize("vector", VECTORS["receipt"], ids=lambda vector: vector["secret"])
def test_a_receipt_is_its_secret_in_words_and_in_digits(vector: dict[str, str]) -> None:
    secret = bytes.fromhex(vector["secret"])
    number = int.from_bytes(secret, "big")
    assert len(secret) == 12
    assert number < 7422**7
    check = int.from_bytes(hashlib.sha256(b"lippen-speak/1 check" + secret).digest()[:2], "big") % 7422
    assert vector["words"].split(" ") == [WORDS[one] for one in [*places(number, 7422, 7), check]]
    assert vector["digits"] == f"{number * 5 + check % 5:028}"


@pytest.mark.parametrize("vector", VECTORS["mailbox"], ids=lambda vector: vector["secret"])
def test_a_mailbox_follows_from_the_secret(vector: dict[str, str]) -> None:
    secret = bytes.fromhex(vector["secret"])
    assert vector["id"] == derived(secret, b"mailbox", 16).hex()
    assert vector["authenticator"] == derived(secret, b"authenticator", 32).hex()
    seed = derived(secret, b"identity", 32)
    assert vector["identity"] == bech32("age-secret-key-pq-", seed).upper()
    assert base64.b64decode(vector["recipient"]) == recipient_of(seed)


def test_bech32_is_bip_173s() -> None:
    assert bech32("a", b"") == "a12uel5l"
    assert bech32("?", b"") == "?1ezyfcl"
    assert bech32("abcdef", bytes.fromhex("00443214c74254b635cf84653a56d7c675be77df")) == (
        "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"
    )


def test_a_desk_is_named_by_a_digest() -> None:
    digest = hashlib.sha256(b"lippen-speak/1 desk" + VECTORS["desk"]["id"].encode()).digest()
    assert VECTORS["desk"]["number"] == digest[:16].hex()


def test_padding_and_padme_are_as_written() -> None:
    for vector in VECTORS["padding"]:
        assert bytes.fromhex(vector["padded"]) == padded(vector["text"].encode(), vector["total"])
    for length, total in VECTORS["padme"]:
        exponent = length.bit_length() - 1
        step = 1 << max(0, exponent - exponent.bit_length())
        assert total == -(-length // step) * step


def test_a_report_is_four_stanzas_and_its_text_padded() -> None:
    vector = VECTORS["report"]
    sealed = base64.b64decode(vector["sealed"])
    assert len(sealed) == 22_714
    assert sealed[:6298].count(b"\n-> mlkem768x25519 ") == 4
    seed = bytes.fromhex(vector["seed"])
    assert vector["identity"] == bech32("age-secret-key-pq-", seed).upper()
    assert open_age(seed, sealed) == padded(vector["text"].encode(), 16_384)
    assert " ".join(json.loads(vector["text"])) == (
        "v kind desk number language answers text conditions mailbox photographs"
    )
    with pytest.raises(NotOpened):
        open_age(bytes(32), sealed)


def test_a_photograph_opens_with_the_seed_from_the_report() -> None:
    vector = VECTORS["photograph"]
    sealed = base64.b64decode(vector["sealed"])
    assert len(sealed) == 1643 + 16_384 + 16
    content = base64.b64decode(vector["content"])
    assert open_age(base64.b64decode(vector["seed"]), sealed) == padded(content, 16_384)


def test_an_answer_is_signed_and_packs_to_what_differs() -> None:
    vector = VECTORS["answer"]
    sealed, packed = base64.b64decode(vector["sealed"]), base64.b64decode(vector["packed"])
    assert (len(sealed), len(packed)) == (5755, 5312)
    first, argument, body, mac, payload = sealed.split(b"\n", 4)
    assert first == b"age-encryption.org/v1"
    parts = [argument.removeprefix(b"-> mlkem768x25519 "), body, mac.removeprefix(b"--- ")]
    raw = [base64.b64decode(part + b"=" * (-len(part) % 4), validate=True) for part in parts]
    assert [len(one) for one in raw] == [1120, 32, 32]
    assert packed == b"".join(raw) + payload

    text = open_age(derived(bytes.fromhex(vector["secret"]), b"identity", 32), sealed)
    assert text[64:] == padded(vector["text"].encode(), 4032)
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vector["signing_seed"]))
    key = private.public_key().public_bytes_raw()
    assert base64.b64decode(vector["signature"]) == key
    assert holds(key, text[:64], b"lippen-speak/1 answer\0" + text[64:])
    assert " ".join(json.loads(vector["text"])) == "v kind desk mailbox number template text"


def test_a_proof_is_eight_lowest_nonces() -> None:
    vector = VECTORS["proof"]
    challenge, proof = bytes.fromhex(vector["challenge"]), bytes.fromhex(vector["proof"])
    assert (len(challenge), len(proof)) == (40, 32)
    for part in range(8):
        found = int.from_bytes(proof[4 * part :][:4], "big")
        for nonce in range(found + 1):
            hashed = nonce.to_bytes(4, "big") + bytes([part]) + challenge
            begins = hashlib.sha256(hashed.ljust(16_384, b"\0")).digest()[0]
            assert (begins == 0) == (nonce == found)


def test_a_manifest_is_signed_and_its_key_has_six_words() -> None:
    vector = VECTORS["manifest"]
    outer = json.loads(vector["manifest"])
    payload, key = base64.b64decode(outer["payload"]), base64.b64decode(outer["key"])
    assert holds(key, base64.b64decode(outer["signature"]), b"lippen-speak/1 manifest\0" + payload)
    assert key.hex() == vector["key"]
    number = int.from_bytes(hashlib.sha256(key).digest()[:12], "big") % 7422**6
    assert vector["fingerprint"].split(" ") == [WORDS[one] for one in places(number, 7422, 6)]
    desk = json.loads(payload)["desks"][0]
    assert desk["keys"] == hashlib.sha256(vector["desk_keys"].encode()).hexdigest()
    (recipient,) = json.loads(vector["desk_keys"])["recipients"]
    assert base64.b64decode(recipient) == recipient_of(bytes.fromhex(VECTORS["report"]["seed"]))


def test_a_worker_s_seeds_are_wrapped_under_a_passphrase_or_a_passkey() -> None:
    vector = VECTORS["wrapping"]
    recipient = base64.b64decode(vector["recipient"])
    seeds = bytes.fromhex(vector["seed"] + vector["signing_seed"])
    assert recipient == recipient_of(seeds[:32])
    typed = {name: bytes.fromhex(one) for name, one in vector["passphrase"].items() if name != "typed"}
    touched = {name: bytes.fromhex(one) for name, one in vector["passkey"].items()}
    words = " ".join(unicodedata.normalize("NFKC", vector["passphrase"]["typed"]).split()).lower()
    stretched = Argon2id(salt=typed["salt"], length=32, iterations=3, lanes=1, memory_cost=65_536)
    assert stretched.derive(words.encode()) == typed["key"]
    info = b"lippen-desk/1 passkey\0" + recipient
    assert HKDF(SHA256(), 32, touched["salt"], info).derive(touched["output"]) == touched["key"]
    assert [len(one) for one in (typed["salt"], touched["salt"], touched["output"])] == [16, 32, 32]
    for one in (typed, touched):
        assert (len(one["nonce"]), len(one["box"])) == (12, 80)
        assert (
            AESGCM(one["key"]).decrypt(one["nonce"], one["box"], b"lippen-desk/1 key\0" + recipient) == seeds
        )
    proof = vector["proof"]
    said = b"\0".join([b"lippen-desk/1 own key", proof["desk"].encode(), proof["person"].encode(), recipient])
    key = Ed25519PrivateKey.from_private_bytes(seeds[32:]).public_key().public_bytes_raw()
    assert holds(key, bytes.fromhex(proof["signed"]), said)


def test_what_was_sealed_here_for_the_browser_opens_here_too() -> None:
    report = open_age(bytes.fromhex(VECTORS["report"]["seed"]), base64.b64decode(ELSEWHERE["report"]))
    assert report == padded(VECTORS["report"]["text"].encode(), 16_384)
    seed = derived(bytes.fromhex(VECTORS["answer"]["secret"]), b"identity", 32)
    answer = open_age(seed, base64.b64decode(ELSEWHERE["answer"]))
    assert answer[64:] == padded(VECTORS["answer"]["text"].encode(), 4032)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 3))
@settings(max_examples=30)
def test_what_is_sealed_here_opens_for_each_recipient_and_nobody_else(
    seed: bytes, text: bytes, place: int
) -> None:
    others = [hashlib.sha256(seed + bytes([one])).digest() for one in range(4)]
    recipients = [recipient_of(one) for one in others[:3]]
    recipients.insert(place, recipient_of(seed))
    sealed = seal_age(text, recipients)
    assert open_age(seed, sealed) == text
    with pytest.raises(NotOpened):
        open_age(others[3], sealed)


@pytest.mark.parametrize("length", [0, 1, 65_535, 65_536, 65_537, 131_072])
def test_long_texts_are_sealed_in_chunks_that_cannot_be_cut_off(length: int) -> None:
    seed = bytes(range(32))
    text = bytes(itertools.islice(itertools.cycle(range(251)), length))
    sealed = seal_age(text, [recipient_of(seed)])
    assert len(sealed) == 1643 + length + 16 * max(1, -(-length // 65_536))
    assert open_age(seed, sealed) == text
    if length > 65_536:
        with pytest.raises(NotOpened):
            open_age(seed, sealed[: 1643 + 65_536 + 16])

"""The partnership's key and a desk's recovery key: made once, told by six words, readable by nobody else."""

from __future__ import annotations

import base64
import json
import pickle
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from hybrid_age import open_age, seal_age
from hypothesis import given
from hypothesis import strategies as st
from made_partnership import done, refused, seed_of

from lippen.site.secret_files import KeyExposed
from lippen.site.speak import partnership_key
from lippen.site.speak.fingerprint import FingerprintUnreadable, fingerprint, is_fingerprint_of, word_list
from lippen.site.speak.hybrid_keys import HybridSeed, can_be_sealed_to
from lippen.site.speak.partnership_key import PartnershipKey, read_partnership_key

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))

SIGNS = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"


def seed_in(identity: str) -> bytes:
    """The 32 bytes that an identity spells: 52 signs of five bits, of which the last four are padding."""
    bits = "".join(f"{SIGNS.index(sign):05b}" for sign in identity.removeprefix("AGE-SECRET-KEY-PQ-1")[:52])
    return int(bits[:256], 2).to_bytes(32, "big")


WRITTEN_BY_AGE = [
    (
        bytes(32),
        "AGE-SECRET-KEY-PQ-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQAE0WQE",
        "3bb0b003f553f49f38bab31546b7f4fdd323c74cbf4aaf97d9703ede4e83eff7",
    ),
    (
        bytes(range(32)),
        "AGE-SECRET-KEY-PQ-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0S5DYVQQ",
        "c9a3565ffde4f72b51661be391ee13e46378d7f06dd5c8bf5af9d2cfb5b8336b",
    ),
]
"""A seed, the identity, and the SHA-256 of the recipient that age-encryption 0.3.1 makes of it."""


@pytest.mark.parametrize(("seed", "identity", "digest"), WRITTEN_BY_AGE)
def test_a_recovery_key_is_written_and_grows_as_age_has_it(seed: bytes, identity: str, digest: str) -> None:
    assert HybridSeed(seed).identity() == identity
    assert sha256(HybridSeed(seed).recipient()).hexdigest() == digest


@pytest.mark.parametrize("name", ["all zeros", "one bit", "half", "range"])
def test_what_can_be_sealed_to_is_told_from_what_cannot(name: str) -> None:
    recipient = seed_of(name).recipient()
    assert can_be_sealed_to(recipient)
    assert not can_be_sealed_to(recipient[:-1])
    assert not can_be_sealed_to(recipient + b"\0")
    assert not can_be_sealed_to(recipient[:-32] + bytes(32)), "a point that leads to no secret"
    assert not can_be_sealed_to(b"\xff" * 3 + recipient[3:]), "a coefficient out of range"


def test_the_six_words_are_those_of_the_published_vectors() -> None:
    told = VECTORS["manifest"]
    assert fingerprint(bytes.fromhex(told["key"])) == told["fingerprint"]


@given(st.binary(min_size=32, max_size=32))
def test_six_words_spell_the_first_of_the_digest(public: bytes) -> None:
    words = word_list()
    at = [words.index(word) for word in fingerprint(public).split()]
    number = int.from_bytes(sha256(public).digest()[:12], "big") % len(words) ** 6
    assert sum(digit * len(words) ** place for place, digit in enumerate(reversed(at))) == number


@given(
    st.binary(min_size=32, max_size=32),
    st.sampled_from([" ", "\n", ", ", "  ", "; ", "-", " - ", "–"]),
    st.booleans(),
)
def test_words_copied_by_hand_are_read_however_they_are_set(public: bytes, between: str, loud: bool) -> None:
    found = fingerprint(public)
    words = found.replace(" ", between)
    typed = words.upper() if loud else found.replace("-", "").replace(" ", between)
    assert is_fingerprint_of(typed, public)
    assert not is_fingerprint_of(words, public[:-1] + bytes([public[-1] ^ 1]))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "no word"),
        ("abacus", "these are 1 words"),
        ("abacus " * 7, "these are 7 words"),
        ("abacus abacus abacus abacus abacus abacuz", "'abacuz' is no word"),
        ("abacus abacus abacus abacus abacus \x1b[31mzoom", "is no word"),
    ],
)
def test_what_is_no_fingerprint_is_refused(typed: str, said: str) -> None:
    with pytest.raises(FingerprintUnreadable, match=re.escape(said)):
        is_fingerprint_of(typed, bytes(32))


def test_the_key_is_for_its_owner_alone_and_its_words_are_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    file = tmp_path / "partnership.key"
    said = done("key", "--out", file)
    key = read_partnership_key(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert f"Its six words:         {fingerprint(key.public())}" in said
    assert key.reveal().hex() not in said
    assert "two people" in said


def test_a_key_is_never_written_over_anything(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    file = tmp_path / "partnership.key"
    file.write_text("what somebody kept here")
    assert "never overwritten" in refused("key", "--out", file)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    assert "never overwritten" in refused("key", "--out", tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()
    assert file.read_text() == "what somebody kept here"


def test_no_key_is_made_where_others_could_exchange_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert "others can write to this folder" in refused("key", "--out", tmp_path / "partnership.key")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_keeps_no_permissions_keeps_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a stick with FAT, where every file can be read by everybody whatever was asked for."""
    tmp_path.chmod(0o700)
    kept = partnership_key.write_secret
    monkeypatch.setattr(partnership_key, "write_secret", lambda file, text, _mode: kept(file, text, 0o755))
    assert "lets everybody read" in refused("key", "--out", tmp_path / "partnership.key")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_not_used(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(0o700)
    done("key", "--out", tmp_path / "partnership.key")
    (tmp_path / "partnership.key").chmod(mode)
    with pytest.raises(KeyExposed, match="chmod 600"):
        read_partnership_key(tmp_path / "partnership.key")


def test_neither_key_is_shown_or_pickled() -> None:
    for secret in (PartnershipKey(bytes(range(32))), HybridSeed(bytes(range(32)))):
        assert bytes(range(32)).hex() not in f"{secret} {secret!r} {[secret]}"
        with pytest.raises(TypeError):
            pickle.dumps(secret)


def test_a_recovery_key_is_shown_once_and_its_public_half_is_kept(tmp_path: Path) -> None:
    said = done("recovery-key", "--public", tmp_path / "recovery.json")
    (identity,) = re.findall(r"^AGE-SECRET-KEY-PQ-1[0-9A-Z]{58}$", said, re.M)
    told = json.loads((tmp_path / "recovery.json").read_text())
    recipient = base64.b64decode(told["recipient"])
    assert len(recipient) == 1216
    assert (
        open_age(seed_in(identity), seal_age(b"what a resident saw", [recipient])) == b"what a resident saw"
    )
    assert [one.name for one in tmp_path.iterdir()] == ["recovery.json"]
    assert "AGE-SECRET" not in (tmp_path / "recovery.json").read_text()


def test_a_sheet_to_print_is_for_its_owner_alone_and_is_not_shown_too(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.txt"
    said = done("recovery-key", "--public", tmp_path / "recovery.json", "--out", sheet)
    assert sheet.stat().st_mode & 0o777 == 0o600
    assert "AGE-SECRET-KEY-PQ-1" in sheet.read_text()
    assert "Name of the desk, by hand: ___" in sheet.read_text()
    assert "AGE-SECRET" not in said
    assert "is here already" in refused("recovery-key", "--public", tmp_path / "new", "--out", sheet)
    assert "is here already" in refused("recovery-key", "--public", tmp_path / "recovery.json")
    assert not (tmp_path / "new").exists()
    same = ("--public", tmp_path / "new", "--out", tmp_path / "." / "new")
    assert "two options name this one file" in refused("recovery-key", *same)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("nowhere", ["closed", "full"])
def test_a_recovery_key_that_nobody_was_shown_is_not_kept(tmp_path: Path, nowhere: str) -> None:
    """Else reports are sealed to a paper that nobody has, and it is found out when it is needed."""
    public = tmp_path / "recovery.json"
    line = f"exec {sys.executable} -m lippen.cli speak recovery-key --public {public}"
    to = " >&-" if nowhere == "closed" else " >/dev/full"
    ran = subprocess.run(["/bin/sh", "-c", line + to], check=False, capture_output=True, text=True)
    assert ran.returncode
    assert "could not be shown" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not public.exists()

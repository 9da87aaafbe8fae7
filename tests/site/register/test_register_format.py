"""A register checked by what knows docs/explanation/register.md and nothing else: raw rows, hashes, a key."""

from __future__ import annotations

import hmac
import json
import re
import struct
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection
from registers import HeldRegister, clock

from lippen.site.register import sealer
from lippen.site.register.expiry import expire
from lippen.site.register.looking import look
from lippen.site.register.models import Checkpoint, Expiry, Retention
from lippen.site.register.retention import state_policy
from lippen.site.register.seals import checkpoint_bytes, expiry_bytes, retention_bytes
from lippen.site.seal_keys import RotationNote

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "register.md"


def rows(question: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def micro(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def in_utc(at: Any) -> datetime:
    """SQLite keeps times as text in UTC."""
    return datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at.astimezone(UTC)


def root(hashes: list[bytes]) -> bytes:
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256(b"").digest()
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return sha256(b"\1" + root(hashes[:half]) + root(hashes[half:])).digest()


def digest(key: bytes, entry: dict[str, Any]) -> bytes:
    named = rows(f"SELECT data_class, record FROM register_shown WHERE entry_id = {entry['id']}")  # noqa: S608
    said = [
        in_utc(entry["at"]).isoformat(timespec="microseconds"),
        *(entry[name] for name in ("act", "reader", "role", "organisation", "regime", "what", "purpose")),
        *(entry[name] for name in ("case", "agreement")),
        sorted([one["data_class"], one["record"]] for one in named),
    ]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(key, text.encode("utf-8"), "sha256")


def test_an_outsider_with_the_page_alone_can_check_it(register: HeldRegister) -> None:
    register.enter(3, case="c-1")
    register.enter(2, agreement='Übereinkunft \U0001f511 "a" \\ \n')
    register.seal()
    register.filled(checkpoints=2, entries=7)
    key = Ed25519PublicKey.from_public_bytes(register.settings.KEYS.seal.public().public_bytes_raw())
    digest_key = register.settings.KEYS.digest.reveal()
    entries = rows("SELECT * FROM register_entry")
    position = "turn" if connection.vendor == "postgresql" else "id"
    before, last, checked = bytes(32), 0, 0
    for one in rows("SELECT * FROM register_checkpoint ORDER BY number"):
        content = (
            b"lippen checkpoint 1\n"
            + struct.pack(">Qq", one["number"], micro(in_utc(one["at"])))
            + struct.pack(">QQQ", one["from_position"], one["to_position"], one["entries"])
            + bytes(one["root"])
            + bytes(one["previous"])
            + bytes([int(one["clock_went_back"])])
        )
        assert len(content) == 125
        key.verify(bytes(one["signature"]), content)
        assert bytes(one["previous"]) == before
        assert one["from_position"] == last + 1
        within = [e for e in entries if one["from_position"] <= e[position] <= one["to_position"]]
        within.sort(key=lambda e: (e[position], e["id"]))
        leaves = []
        for entry in within:
            assert digest(digest_key, entry) == bytes(entry["digest"])
            leaf = struct.pack(">QQ", entry[position], entry["id"]) + bytes(entry["digest"])
            leaves.append(sha256(b"\0" + leaf).digest())
        assert len(leaves) == one["entries"]
        assert root(leaves) == bytes(one["root"])
        before = sha256(content + bytes(one["signature"])).digest()
        last = one["to_position"]
        checked += len(leaves)
    assert checked == len(entries) == 19
    assert last >= max(entry[position] for entry in entries)


def test_a_copied_line_is_the_checkpoint_as_the_page_says(register: HeldRegister) -> None:
    register.filled(checkpoints=2)
    told = [json.loads(line) for file in register.copies.glob("*.jsonl") for line in file.open()]
    for one, line in zip(rows("SELECT * FROM register_checkpoint ORDER BY number"), told, strict=True):
        assert line == {
            **{name: one[name] for name in ("number", "from_position", "to_position", "entries")},
            "at": in_utc(one["at"]).isoformat(timespec="microseconds"),
            **{name: bytes(one[name]).hex() for name in ("root", "previous", "signature")},
            "clock_went_back": bool(one["clock_went_back"]),
        }


def test_an_expiry_is_signed_as_the_page_says(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Long(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime(2019, 5, 15, tzinfo=tz)

    with monkeypatch.context() as patched:
        patched.setattr(sealer, "datetime", Long)
        register.filled(checkpoints=2)
    register.filled(checkpoints=1)
    assert [one.entries for one in expire()] == [8]
    (one,) = rows("SELECT * FROM register_expiry")
    key = Ed25519PublicKey.from_public_bytes(register.settings.KEYS.seal.public().public_bytes_raw())
    key.verify(bytes(one["signature"]), expiry_content(one))


def test_a_note_of_how_long_is_signed_and_named_as_the_page_says(register: HeldRegister) -> None:
    register.settings.REGISTER_KEEP_MONTHS = 84
    state_policy()
    (one,) = rows("SELECT * FROM register_retention")
    assert one["keep_months"] == 84
    key = Ed25519PublicKey.from_public_bytes(register.settings.KEYS.seal.public().public_bytes_raw())
    key.verify(bytes(one["signature"]), retention_content(one))
    (named,) = rows("SELECT * FROM register_shown")
    assert (named["data_class"], named["record"]) == ("register", "retention-1")


def test_a_new_seal_key_is_signed_by_both_as_the_page_says(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock(monkeypatch, 2019, 5):
        register.filled(checkpoints=1)
    with clock(monkeypatch, 2026, 11, 24):
        register.filled(checkpoints=1)
        expire()
        register.settings.REGISTER_KEEP_MONTHS = 84
        state_policy()
        old = register.rotate("as each year").public_bytes()
    (one,) = rows("SELECT * FROM register_rotation")
    (last,) = rows("SELECT * FROM register_checkpoint ORDER BY number DESC LIMIT 1")
    (expired,) = rows("SELECT * FROM register_expiry")
    standing = expiry_content(expired) + bytes(expired["signature"])
    for kept in rows("SELECT * FROM register_retention ORDER BY number"):
        standing += retention_content(kept) + bytes(kept["signature"])
    content = (
        b"lippen rotation 1\n"
        + struct.pack(">Qq", one["number"], micro(in_utc(one["at"])))
        + old
        + register.settings.KEYS.seal.public_bytes()
        + struct.pack(">Q", last["number"])
        + bytes(one["last_digest"])
        + sha256(standing).digest()
        + sha256(b"as each year").digest()
    )
    signature = bytes(one["signature"])
    Ed25519PublicKey.from_public_bytes(old).verify(signature, content)
    accepted = b"lippen rotation accepted 1\n" + content + signature
    new = Ed25519PublicKey.from_public_bytes(bytes(one["new_public"]))
    new.verify(bytes(one["countersignature"]), accepted)
    (named,) = rows("SELECT * FROM register_shown ORDER BY id DESC LIMIT 1")
    assert (named["data_class"], named["record"]) == ("register", "rotation-1")
    told = json.loads((register.copies / "rotation-00000001.json").read_text()) if register.seal() else {}
    assert told == {
        **{name: one[name] for name in ("number", "last_checkpoint", "reason")},
        "at": in_utc(one["at"]).isoformat(timespec="microseconds"),
        **{
            name: bytes(one[name]).hex()
            for name in ("last_digest", "standing", "signature", "countersignature")
        },
        "old": old.hex(),
        "new": bytes(one["new_public"]).hex(),
    }


def expiry_content(one: dict[str, Any]) -> bytes:
    return (
        b"lippen expiry 1\n"
        + str(one["month"])[:7].encode()
        + struct.pack(">q", micro(in_utc(one["at"])))
        + struct.pack(">I", one["keep_months"])
        + struct.pack(">QQQ", one["first_checkpoint"], one["last_checkpoint"], one["entries"])
        + sha256(one["policy"].encode()).digest()
    )


def retention_content(one: dict[str, Any]) -> bytes:
    return (
        b"lippen retention 1\n"
        + struct.pack(">Qq", one["number"], micro(in_utc(one["at"])))
        + struct.pack(">I", one["keep_months"])
        + sha256(one["policy"].encode()).digest()
    )


def test_an_alert_is_named_by_its_entry_as_the_page_says(
    register: HeldRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock(monkeypatch, 2026, 11, 24):
        register.enter(45)
    with clock(monkeypatch, 2026, 11, 26):
        assert look() == 1
    (one,) = rows("SELECT * FROM register_alert")
    times = {
        name: in_utc(one[name]).isoformat(timespec="microseconds")
        for name in ("made_at", "first_at", "last_at")
    }
    order = ("made_at", "rule", "reader", "organisation", "first_at", "last_at", "readings", "reason")
    text = json.dumps([{**one, **times}[name] for name in order], ensure_ascii=False, separators=(",", ":"))
    key = register.settings.KEYS.digest.reveal()
    digest = hmac.digest(key, text.encode("utf-8"), "sha256").hex()[:40]
    (named,) = rows(f"SELECT * FROM register_shown WHERE entry_id = {one['entry_id']}")  # noqa: S608
    assert (named["data_class"], named["record"]) == ("register", f"alert-{digest}")


def test_the_page_gives_the_lengths_that_are_signed() -> None:
    text = PAGE.read_text()
    now = datetime(2026, 11, 26, tzinfo=UTC)
    checkpoint = Checkpoint(
        number=1, at=now, from_position=1, to_position=2, entries=2, root=bytes(32), previous=bytes(32)
    )
    note = Expiry(
        month=now.date(), at=now, policy="", keep_months=72, first_checkpoint=1, last_checkpoint=2, entries=2
    )
    retention = Retention(number=1, at=now, policy="", keep_months=12)
    rotation = RotationNote(1, now, bytes(32), bytes(32), 0, bytes(32), bytes(32), "")
    for title, content in (
        ("A checkpoint", checkpoint_bytes(checkpoint)),
        ("An expiry", expiry_bytes(note)),
        ("How long entries are kept", retention_bytes(retention)),
        ("A new seal key", rotation.content()),
    ):
        assert f"### {title}, {len(content)} bytes signed" in text
        section = text.split(f"### {title},")[1].split("###")[0]
        lengths = re.findall(r"^\| (\d+) \|", section, re.MULTILINE)
        assert sum(map(int, lengths)) == len(content)

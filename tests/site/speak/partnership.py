"""A partnership that does not exist: its signed manifest, its desks' keys, and the workers who hold them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from envelopes import desk_id
from hybrid_age import open_age, recipient_of, seal_age

from lippen.site.speak.envelope import pack
from lippen.site.speak.store import Store

KEY = hashlib.sha256(b"partnership").digest()
LEAVE = "https://example.org/weather"
DESKS: dict[str, dict[str, str]] = {
    "harbour": {
        "name": "Harbour Desk",
        "serves": "Harbour and Old Town",
        "telephone": "01632 960101",
        "drop_in": "Fisher Hall, Tuesday and Thursday, 2 to 6",
        "freepost": "FREEPOST HARBOUR DESK",
    },
    "hillhead": {
        "name": "Hillhead Women’s Desk",
        "serves": "all of Invermarrow",
        "telephone": "01632 960102",
        "drop_in": "Hillhead Library, Saturday, 10 to 1",
        "freepost": "FREEPOST HILLHEAD DESK",
    },
}
PARTNERS = {
    "police": "Police",
    "council": "Council",
    "housing": "Housing association",
    "health": "Health service",
}
AREAS = {
    "Harbour": [612, 744, 580],
    "Old Town": [801, 655],
    "Hillhead": [590, 702, 688, 731],
    "Mains of Marrow": [540, 566],
    "Marrow Bridge": [733, 811, 650],
}
MOST_RECIPIENTS = 4
"""Three workers and the key on paper: as many as a desk can have."""


def seed_of(desk: str, holder: int) -> bytes:
    """The seed of one of a desk's identities."""
    return hashlib.sha256(f"{desk} {holder}".encode()).digest()


def signing_key(desk: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{desk} signs".encode()).digest())


def _raw(key: Ed25519PrivateKey) -> str:
    return b64encode(key.public_key().public_bytes_raw()).decode()


def publish(
    workspace: Path,
    today: dt.date,
    *,
    days: int = 30,
    until: dict[str, dt.date] | None = None,
    key: bytes = KEY,
) -> None:
    """Write the manifest and the desks' keys into a workspace. `until` closes desks at another day."""
    folder = workspace / "speak"
    (folder / "desks").mkdir(parents=True, exist_ok=True)
    expires = today + dt.timedelta(days)
    desks = []
    for desk, told in DESKS.items():
        recipients = [b64encode(recipient_of(seed_of(desk, one))).decode() for one in range(MOST_RECIPIENTS)]
        keys = json.dumps({"desk": desk, "recipients": recipients}, separators=(",", ":")).encode()
        (folder / "desks" / f"{desk}.json").write_bytes(keys)
        desks.append(
            {
                "id": desk,
                **told,
                "keys": hashlib.sha256(keys).hexdigest(),
                "until": (until or {}).get(desk, expires).isoformat(),
                "signatures": [_raw(signing_key(desk))],
            }
        )
    payload = {
        "v": 1,
        "name": "Invermarrow Partnership",
        "issued": (today - dt.timedelta(1)).isoformat(),
        "expires": expires.isoformat(),
        "leave": LEAVE,
        "files": {
            name: hashlib.sha256(name.encode()).hexdigest() for name in ("index.html", "page.css", "page.js")
        },
        "desks": desks,
        "partners": [{"id": one, "name": name} for one, name in PARTNERS.items()],
        "areas": [{"name": name, "small_areas": residents} for name, residents in AREAS.items()],
    }
    written = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    signer = Ed25519PrivateKey.from_private_bytes(key)
    signed = {
        "payload": b64encode(written).decode(),
        "signature": b64encode(signer.sign(b"lippen-speak/1 manifest\0" + written)).decode(),
        "key": _raw(signer),
    }
    new = folder / "manifest.json.new"
    new.write_text(json.dumps(signed, separators=(",", ":")))
    new.rename(folder / "manifest.json")


def alter(file: Path) -> None:
    """Change one sign in the middle of a file's longest text, where it stays JSON and base64."""
    text = file.read_text()
    at = len(text) // 2
    file.write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :])


@dataclass
class Worker:
    """Somebody at a desk, who holds one of its identities."""

    desk: str
    store: Store

    def reports(self) -> list[dict[str, Any]]:
        """What every waiting report says."""
        number = desk_id(self.desk)
        found = []
        for one in self.store.waiting(number):
            sealed = self.store.fetch(number, one.id)
            assert sealed is not None
            text = open_age(seed_of(self.desk, 1), sealed)
            found.append(json.loads(text[4 : 4 + int.from_bytes(text[:4])]))
        return found

    def photograph(self, told: dict[str, str]) -> bytes:
        """The picture that a report names."""
        sealed = self.store.fetch(desk_id(self.desk), bytes.fromhex(told["id"]), photograph=True)
        assert sealed is not None
        text = open_age(b64decode(told["seed"]), sealed)
        return text[4 : 4 + int.from_bytes(text[:4])]

    def answer(self, report: dict[str, Any], text: str, signed_by: str | None = None) -> None:
        """Leave an answer in the report's mailbox."""
        mailbox = report["mailbox"]
        answer = {
            **{"v": 1, "kind": "answer", "desk": self.desk, "mailbox": mailbox["id"], "number": 1},
            **{"template": "received", "text": text},
        }
        written = json.dumps(answer, ensure_ascii=False).encode()
        padded = (len(written).to_bytes(4) + written).ljust(4096 - 64, b"\0")
        signature = signing_key(signed_by or self.desk).sign(b"lippen-speak/1 answer\0" + padded)
        sealed = seal_age(signature + padded, [b64decode(mailbox["recipient"])])
        self.store.answer(bytes.fromhex(mailbox["id"]), pack(sealed))

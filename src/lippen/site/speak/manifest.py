"""The partnership's signed word on which page, which desks and which keys are its own (protocol, 11).

What is signed is the payload byte for byte, so that it can be carried to a machine without a network, looked
over there, signed, and carried back.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lippen.errors import LippenError
from lippen.site.speak.desk_keys import DeskKeys
from lippen.site.speak.partnership import Desk, Partnership
from lippen.site.speak.partnership_key import PartnershipKey

LIVES: Final = timedelta(days=31)
"""No manifest is believed for longer, so that a stolen signature runs out."""

LARGEST: Final = 256 * 1_024
"""Bytes; a page on a slow line is to load it."""

_CONTEXT: Final = b"lippen-speak/1 manifest\0"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_PAYLOAD: Final = ("v", "name", "issued", "expires", "leave", "files", "desks", "partners", "areas")
_ANEW: Final = "Make it anew: lippen speak manifest --unsigned FILE"


class ManifestUnreadable(LippenError):
    """This is no manifest, or no payload of one."""


class ManifestNotSigned(LippenError):
    """The signature is not by the key that the manifest names."""


class ManifestExpired(LippenError):
    """A manifest's last day has passed, or lies too far ahead."""


@dataclass(frozen=True)
class SignedDesk:
    """A desk in a manifest; `keys` is the SHA-256 of the file that holds them, `until` their last day."""

    id: str
    name: str
    serves: str
    telephone: str
    drop_in: str
    freepost: str
    keys: str
    until: date


@dataclass(frozen=True)
class Payload:
    """What a partnership signs, as far as a machine acts on it; `content` is all of it, byte for byte."""

    content: bytes
    name: str
    issued: date
    expires: date
    leave: str
    files: Mapping[str, str]
    desks: tuple[SignedDesk, ...]

    def refuse_expired(self, today: date) -> None:
        """Raises ManifestExpired, also where it is to live longer than any may."""
        if today >= self.expires:
            raise ManifestExpired(f"this manifest ran out on {self.expires}", remedy=_ANEW)
        if self.expires > self.issued + LIVES or self.issued > today:
            raise ManifestExpired(
                f"this manifest is to stand from {self.issued} to {self.expires}, and none may begin in the"
                f" future or stand for more than {LIVES.days} days",
                remedy=f"See that this machine's clock is right. {_ANEW}",
            )


@dataclass(frozen=True)
class Manifest:
    """A payload whose signature holds, and the public key (32 bytes) whose it is."""

    payload: Payload
    key: bytes


def desk_file(desk: str, keys: DeskKeys) -> bytes:
    """The bytes of `/desks/<id>.json`."""
    recipients = [base64.b64encode(one).decode() for one in keys.recipients]
    return json.dumps({"desk": desk, "recipients": recipients}, separators=(",", ":")).encode()


def write_payload(
    partnership: Partnership,
    keys: Mapping[str, DeskKeys],
    files: Mapping[str, str],
    issued: date,
    expires: date,
) -> Payload:
    """The payload for a partnership: `keys` by desk, `files` the SHA-256 (hex) of each file of the page."""
    desks = [
        {
            **asdict(desk),
            "keys": sha256(desk_file(desk.id, keys[desk.id])).hexdigest(),
            "until": f"{keys[desk.id].until}",
            "signatures": [base64.b64encode(one).decode() for one in keys[desk.id].signatures],
        }
        for desk in partnership.desks
    ]
    told = {
        "v": 1,
        "name": partnership.name,
        "issued": f"{issued}",
        "expires": f"{expires}",
        "leave": partnership.leave,
        "files": dict(sorted(files.items())),
        "desks": desks,
        "partners": [asdict(one) for one in partnership.partners],
        "areas": [asdict(one) for one in partnership.areas],
    }
    return read_payload(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())


def read_payload(content: bytes) -> Payload:
    """A payload from its bytes. Raises ManifestUnreadable."""
    told = _json(content)
    try:
        if told["v"] != 1 or set(told) != set(_PAYLOAD):
            raise ValueError("other fields than version 1 has")
        files = {str(name): str(digest) for name, digest in told["files"].items()}
        desks = tuple(
            SignedDesk(
                **{field: str(one[field]) for field in Desk.__dataclass_fields__},
                keys=str(one["keys"]),
                until=date.fromisoformat(one["until"]),
            )
            for one in told["desks"]
        )
        if not all(map(_DIGEST.fullmatch, [*files.values(), *(one.keys for one in desks)])):
            raise ValueError("a digest that is none")
        return Payload(
            content=content,
            name=str(told["name"]),
            issued=date.fromisoformat(told["issued"]),
            expires=date.fromisoformat(told["expires"]),
            leave=str(told["leave"]),
            files=files,
            desks=desks,
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ManifestUnreadable("this is no payload of a manifest", remedy=_ANEW) from error


def sign(payload: Payload, key: PartnershipKey) -> bytes:
    """The bytes of `/manifest.json`."""
    told = {
        "payload": payload.content,
        "signature": key.sign(_CONTEXT + payload.content),
        "key": key.public(),
    }
    return json.dumps({name: base64.b64encode(one).decode() for name, one in told.items()}).encode()


def read_manifest(content: bytes) -> Manifest:
    """A manifest whose signature is by the key that it names. Whose key that is, the fingerprint alone tells,
    and whether it still stands, `Payload.refuse_expired`.

    Raises ManifestUnreadable or ManifestNotSigned.
    """
    told = _json(content)
    try:
        if set(told) != {"payload", "signature", "key"}:
            raise ValueError("other fields")
        payload, signature, key = (
            base64.b64decode(told[name], validate=True) for name in ("payload", "signature", "key")
        )
        public = Ed25519PublicKey.from_public_bytes(key)
    except (ValueError, TypeError) as error:
        raise ManifestUnreadable("this is no manifest", remedy=_ANEW) from error
    try:
        public.verify(signature, _CONTEXT + payload)
    except InvalidSignature as error:
        raise ManifestNotSigned(
            "the signature of this manifest does not hold: it was altered, or not signed by the key it names",
            remedy="Do not publish it. Ask who had it in hand.",
        ) from error
    return Manifest(read_payload(payload), key)


def _json(content: bytes) -> dict[str, Any]:
    if len(content) > LARGEST:
        raise ManifestUnreadable(f"this has more than {LARGEST // 1_024} KiB", remedy=_ANEW)
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ManifestUnreadable("this is no JSON", remedy=_ANEW) from error
    if not isinstance(told, dict):
        raise ManifestUnreadable("this is no manifest", remedy=_ANEW)
    return told

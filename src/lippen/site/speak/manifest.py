"""The partnership's signed word on which page, which desks and which keys are its own (protocol, 11).

What is signed is the payload byte for byte, so that it can be carried to a machine without a network, looked
over there, signed, and carried back. A payload, a manifest and a desk's file of keys each have one spelling
(`written.canonical`), and are read as strictly as the page reads them (web/speak/manifest.ts): what is signed
and published here, the page can read.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lippen.errors import LippenError
from lippen.site.speak import parts
from lippen.site.speak.areas import Area
from lippen.site.speak.desk_keys import DeskKeys
from lippen.site.speak.fitness import unfit
from lippen.site.speak.hybrid_keys import RECIPIENT
from lippen.site.speak.partnership import Desk, Partner, Partnership
from lippen.site.speak.partnership_key import PartnershipKey
from lippen.site.speak.parts import Misshapen
from lippen.site.speak.written import canonical, object_in

LIVES: Final = timedelta(days=31)
"""No manifest is believed for longer, so that a stolen signature runs out."""

LARGEST: Final = 256 * 1_024
"""Bytes; a page on a slow line is to load it."""

_CONTEXT: Final = b"lippen-speak/1 manifest\0"
_SIGNATURE: Final = 32
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_MOST_RESIDENTS: Final = 2**53 - 1
"""The largest whole number that the page takes for one."""

_PAYLOAD: Final = ("v", "name", "issued", "expires", "leave", "files", "desks", "partners", "areas")
_ANEW: Final = "Make it anew: lippen speak manifest --unsigned FILE"


class ManifestUnreadable(LippenError):
    """This is no manifest, or no payload of one."""


class ManifestNotSigned(LippenError):
    """The signature is not by the key that the manifest names."""


class ManifestUnfit(LippenError):
    """The page could read this manifest, and people could not tell what it says."""


class ManifestExpired(LippenError):
    """A manifest's last day has passed, or lies too far ahead."""


@dataclass(frozen=True)
class SignedDesk:
    """A desk in a manifest; `keys` is the SHA-256 of the file that holds them, `until` their last day, and
    `signatures` the public halves (32 bytes each) by one of which its answers are signed.
    """

    id: str
    name: str
    serves: str
    telephone: str
    drop_in: str
    freepost: str
    keys: str
    until: date
    signatures: tuple[bytes, ...]


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
    partners: tuple[Partner, ...]
    areas: tuple[Area, ...]

    @property
    def one_desk(self) -> bool:
        """Whether a resident whose cousin works at the desk could choose no other."""
        return len(self.desks) < 2

    def refuse_unfit(self, file: Path | None = None) -> None:
        """Raises ManifestUnfit where it says what no partnership may say of itself (`fitness`)."""
        if (why := unfit(self)) is not None:
            raise ManifestUnfit(why, file=file, remedy=_ANEW)

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
    return canonical({"desk": desk, "recipients": recipients})


def desk_of_file(content: bytes) -> str | None:
    """The desk whose `/desks/<id>.json` these bytes are; None where they are no such file."""
    try:
        told = parts.fields(_object(content, None), ("desk", "recipients"))
        recipients = [parts.from_base64(one) for one in parts.listed(told["recipients"])]
        desk = parts.text(told["desk"])
    except (Misshapen, ManifestUnreadable):
        return None
    return desk if all(len(one) == RECIPIENT for one in recipients) else None


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
    return read_payload(canonical(told))


def read_payload(content: bytes, file: Path | None = None) -> Payload:
    """A payload from its bytes. Raises ManifestUnreadable, with `file`, where the page could not read it."""
    told = _object(content, file)
    try:
        parts.fields(told, _PAYLOAD)
        if parts.count(told["v"], 1) != 1:
            raise Misshapen("it is of another version")
        files = told["files"]
        desks = tuple(map(_desk, parts.listed(told["desks"])))
        if not isinstance(files, dict):
            raise Misshapen("files is no object")
        digests = [*map(parts.text, files.values()), *(one.keys for one in desks)]
        if not all(map(_DIGEST.fullmatch, digests)):
            raise Misshapen("a digest is none")
        if not parts.text(told["leave"]).startswith("https://"):
            raise Misshapen("its way out is not by HTTPS")
        read = Payload(
            content=content,
            name=parts.text(told["name"]),
            issued=parts.day(told["issued"]),
            expires=parts.day(told["expires"]),
            leave=told["leave"],
            files=files,
            desks=desks,
            partners=tuple(map(_partner, parts.listed(told["partners"]))),
            areas=tuple(map(_area, parts.listed(told["areas"]))),
        )
        _refuse_other_spelling(told, content)
    except Misshapen as error:
        raise ManifestUnreadable(
            f"this is no payload of a manifest: {error}", file=file, remedy=_ANEW
        ) from error
    return read


def sign(payload: Payload, key: PartnershipKey) -> bytes:
    """The bytes of `/manifest.json`."""
    told = {
        "payload": payload.content,
        "signature": key.sign(_CONTEXT + payload.content),
        "key": key.public(),
    }
    return canonical({name: base64.b64encode(one).decode() for name, one in told.items()})


def read_manifest(content: bytes, file: Path | None = None) -> Manifest:
    """A manifest whose signature is by the key that it names. Whose key that is, the fingerprint alone tells,
    and whether it still stands, `Payload.refuse_expired`.

    Raises ManifestUnreadable or ManifestNotSigned, with `file`.
    """
    told = _object(content, file)
    try:
        parts.fields(told, ("payload", "signature", "key"))
        payload, signature, key = map(parts.from_base64, told.values())
        _refuse_other_spelling(told, content)
        public = Ed25519PublicKey.from_public_bytes(key)
    except (Misshapen, ValueError) as error:
        why = error if isinstance(error, Misshapen) else "its key is none"
        raise ManifestUnreadable(f"this is no manifest: {why}", file=file, remedy=_ANEW) from error
    try:
        public.verify(signature, _CONTEXT + payload)
    except InvalidSignature as error:
        raise ManifestNotSigned(
            "the signature of this manifest does not hold: it was altered, or not signed by the key it names",
            file=file,
            remedy="Do not publish it. Ask who had it in hand.",
        ) from error
    return Manifest(read_payload(payload, file), key)


def _object(content: bytes, file: Path | None) -> dict[str, Any]:
    if len(content) > LARGEST:
        raise ManifestUnreadable(f"this has more than {LARGEST // 1_024} KiB", file=file, remedy=_ANEW)
    return object_in(content, ManifestUnreadable, _ANEW, file)


def _refuse_other_spelling(told: dict[str, Any], content: bytes) -> None:
    try:
        spelt = canonical(told)
    except (UnicodeEncodeError, ValueError) as error:
        raise Misshapen("it holds a sign or a number that is none") from error
    if spelt != content:
        raise Misshapen("it is spelt in another way than lippen writes it")


def _desk(value: object) -> SignedDesk:
    told = parts.fields(value, (*Desk.__dataclass_fields__, "keys", "until", "signatures"))
    signatures = tuple(map(parts.from_base64, parts.listed(told["signatures"])))
    if any(len(one) != _SIGNATURE for one in signatures):
        raise Misshapen("a key for answers is none")
    texts = {field: parts.text(told[field]) for field in (*Desk.__dataclass_fields__, "keys")}
    return SignedDesk(**texts, until=parts.day(told["until"]), signatures=signatures)


def _partner(value: object) -> Partner:
    told = parts.fields(value, ("id", "name"))
    return Partner(parts.text(told["id"]), parts.text(told["name"]))


def _area(value: object) -> Area:
    told = parts.fields(value, ("name", "small_areas"))
    counts = tuple(parts.count(one, _MOST_RESIDENTS) for one in parts.listed(told["small_areas"]))
    return Area(parts.text(told["name"]), counts)

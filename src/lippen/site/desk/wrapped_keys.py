"""The form of a worker's key as her browser hands it in: both public halves, the proof that she has the
private ones, and those wrapped. What has another form is refused, and what is kept is written anew from what
was read. Whether the bytes in a box, or the number of a passkey, are what they should be only a browser can
tell: whoever alters hers can put others there.

How they are wrapped stands in docs/speak-protocol.md, section 12.
"""

from __future__ import annotations

import base64
import json
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lippen.site.accounts.said import Refusal
from lippen.site.speak.hybrid_keys import RECIPIENT, can_be_sealed_to

SIGNATURE: Final = 32
PROOF: Final = 64

_OWN_KEY: Final = b"lippen-desk/1 own key\0"
_BOXES: Final = {
    "passphrase": {"salt": 16, "nonce": 12, "box": 80},
    "passkey": {"salt": 32, "nonce": 12, "box": 80},
}
"""Bytes of each part of what is wrapped, by what opens it: two seeds of 32 and a tag of 16 are in a box."""

_CREDENTIAL: Final = range(16, 1_024)
"""Bytes of the number by which a device knows its passkey (Web Authentication, section 4)."""

_LONGEST: Final = 2_500
_FIELD: Final = 2**255 - 19
_ORDER_8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL: Final = frozenset({0, 1, _FIELD - 1, _ORDER_8, _FIELD - _ORDER_8})
"""The y of points of small order: with one of these as a key, anybody can make a signature that holds."""


class KeyRefused(Refusal):
    """This is no key that could be kept."""


def check_recipient(text: str) -> None:
    """A public half in base64 to which something can be sealed, or KeyRefused."""
    if not can_be_sealed_to(_bytes(text, RECIPIENT)):
        raise KeyRefused("nothing can be sealed to this key", remedy="Make another.")


def check_own(desk: str, person: str, recipient: str, signature: str, proof: str) -> None:
    """Whoever hands these in has the private half of the signing key: `proof` is a signature by it over the
    desk's id, the worker's reference and the recipient. Raises KeyRefused.
    """
    key = _bytes(signature, SIGNATURE)
    height = int.from_bytes(key, "little") % 2**255
    if height >= _FIELD or height in _SMALL:
        raise KeyRefused("no signature of this key would say whose it is", remedy="Make another.")
    signed = _OWN_KEY + b"\0".join([desk.encode(), person.encode(), _bytes(recipient, RECIPIENT)])
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(_bytes(proof, PROOF), signed)
    except (InvalidSignature, ValueError) as error:
        raise KeyRefused(
            "this signing key is not yours, or not made for this desk", remedy="Make another."
        ) from error


def as_kept(wrapped: str) -> str:
    """What is wrapped, written anew: a box of exactly the size of two wrapped seeds, or one for each way to
    open them. Raises KeyRefused.
    """
    try:
        told = json.loads(wrapped, object_pairs_hook=_once_each) if len(wrapped) <= _LONGEST else None
    except (ValueError, RecursionError):  # brackets within brackets
        told = None
    ways = set(told) - {"v"} if isinstance(told, dict) else set()
    if not isinstance(told, dict) or not ways or not ways <= set(_BOXES):
        raise KeyRefused("what is to be kept is no wrapped key")
    if type(told.get("v")) is not int or told["v"] != 2:  # neither 2.0 nor True
        raise KeyRefused("what is to be kept is no wrapped key")
    kept: dict[str, Any] = {"v": 2}
    for way in sorted(ways):
        box, parts = told[way], _BOXES[way]
        named = {*parts, "credential"} if way == "passkey" else {*parts}
        if (
            not isinstance(box, dict)
            or set(box) != named
            or not all(isinstance(one, str) for one in box.values())
        ):
            raise KeyRefused("what is to be kept is no wrapped key")
        for part, length in parts.items():
            _bytes(box[part], length)
        if way == "passkey" and len(_decoded(box["credential"])) not in _CREDENTIAL:
            raise KeyRefused("what is to be kept names no passkey")
        kept[way] = {part: box[part] for part in sorted(named)}
    return json.dumps(kept)


def opened_by(wrapped: str) -> str:
    """By what a wrapped key opens, in words."""
    return " or ".join(f"a {way}" for way in _BOXES if way in json.loads(wrapped))


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which each name stands once: of two, one would be looked at and the other one kept."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _bytes(text: str, length: int) -> bytes:
    whole = _decoded(text)
    if len(whole) != length:
        raise KeyRefused(f"a part of this key has not {length:,} bytes")
    return whole


def _decoded(text: str) -> bytes:
    try:
        whole = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise KeyRefused("a part of this key is no base64") from error
    if base64.b64encode(whole).decode() != text:
        raise KeyRefused("a part of this key is no base64 as one writes it")
    return whole

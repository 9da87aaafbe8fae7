"""One-time links: 256 random bits that are shown once; the database keeps only their digest."""

from __future__ import annotations

import secrets
from hashlib import sha256

from lippen.errors import LippenError


class LinkSpent(LippenError):
    """A one-time link that opens nothing: used, withdrawn, out of date, or never made. Which is not told."""

    def __init__(self) -> None:
        super().__init__(
            "this link opens nothing any more",
            remedy="It works once, and for a limited time. Ask whoever gave it to you for a new one.",
        )


def new_link() -> tuple[str, bytes]:
    """What stands in the link's address, and the digest that is kept of it."""
    token = secrets.token_urlsafe(32)
    return token, digest_of(token)


def digest_of(token: str) -> bytes:
    return sha256(token.encode()).digest()


class Token:
    """`<token:token>` in an address takes what `new_link` makes, and nothing else gets further; `apps`
    registers it.
    """

    regex = "[A-Za-z0-9_-]{43}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value

"""One-time links: 256 random bits that are shown once; the database keeps only their digest."""

from __future__ import annotations

import secrets
from hashlib import sha256

from django.urls import register_converter


def new_link() -> tuple[str, bytes]:
    """What stands in the link's address, and the digest that is kept of it."""
    token = secrets.token_urlsafe(32)
    return token, digest_of(token)


def digest_of(token: str) -> bytes:
    return sha256(token.encode()).digest()


class Token:
    """`<token:token>` in an address takes what `new_link` makes, and nothing else gets further."""

    regex = "[A-Za-z0-9_-]{43}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Token, "token")

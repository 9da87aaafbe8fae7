"""Ids of what is sealed, in addresses and forms: 16 bytes as 32 hexadecimal digits."""

from __future__ import annotations

import re


class SealedId:
    """A converter of Django's; `apps` registers it."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def is_sealed_id(text: str) -> bool:
    return re.fullmatch(SealedId.regex, text) is not None

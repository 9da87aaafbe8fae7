"""Parts of a JSON value that somebody else wrote, each of exactly the kind that the page takes for it.

What is none raises Misshapen: in our own words, for what Python says can quote all that was given.
"""

from __future__ import annotations

import base64
import binascii
from datetime import date
from typing import Any


class Misshapen(Exception):
    """A part is not as it should be."""


def fields(value: object, names: tuple[str, ...]) -> dict[str, Any]:
    """An object with these fields, in this order, and no others."""
    if not isinstance(value, dict) or [*value] != [*names]:
        raise Misshapen(f"something has not the fields {', '.join(names)}, in this order")
    return value


def listed(value: object) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise Misshapen("something is no list")
    return value


def text(value: object) -> str:
    """A text."""
    if not isinstance(value, str):
        raise Misshapen("something is no text")
    return value


def count(value: object, most: int) -> int:
    """A whole number from 0 to `most`."""
    if type(value) is not int or not 0 <= value <= most:
        raise Misshapen("something is no whole number")
    return value


def day(value: object) -> date:
    """A day as `2026-11-28`: Python takes other spellings too."""
    try:
        found = date.fromisoformat(text(value))
    except ValueError as error:
        raise Misshapen("something is no day as 2026-11-28") from error
    if f"{found}" != value:
        raise Misshapen("something is no day as 2026-11-28")
    return found


def from_base64(value: object) -> bytes:
    """Bytes in the one spelling that base64 has for them: Python lets bits to spare be anything."""
    try:
        found = base64.b64decode(text(value), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Misshapen("something is no base64") from error
    if base64.b64encode(found).decode() != value:
        raise Misshapen("something is no base64 as a page reads it")
    return found

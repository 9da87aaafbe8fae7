"""The database that `DATABASE_URL` names, taken apart before anything is made for a site."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from lippen.site.configuration_error import ConfigurationError

DATABASE_VARIABLE: Final = "DATABASE_URL"

_LONE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class DatabaseParts:
    """What DATABASE_URL names, each part decoded; "" and None for one that it leaves out."""

    name: str
    user: str
    password: str = field(repr=False)
    host: str
    port: int | None


def database_parts() -> DatabaseParts | None:
    """The parts of DATABASE_URL; None when it is not set. Raises ConfigurationError as `database_address`."""
    address = database_address()
    if address is None:
        return None
    return DatabaseParts(
        name=unquote(address.path.strip("/")),
        user=unquote(address.username or ""),
        password=unquote(address.password or ""),
        host=address.hostname or "",
        port=address.port,
    )


def database_address() -> SplitResult | None:
    """The PostgreSQL that DATABASE_URL names, taken apart; None when it is not set, which means SQLite.

    Asked before anything is made for a site, and names no part of the address, in which a password can stand.
    Raises ConfigurationError for an address that Django and PostgreSQL's own library would not both read so.
    """
    address = os.environ.get(DATABASE_VARIABLE)
    if address is None:
        return None
    if not address.strip():
        raise _no_database("is empty")
    if any(sign.isspace() or not sign.isprintable() for sign in address):
        raise _no_database("has a blank in it, which an address writes as %20")
    if "?" in address or "#" in address:
        raise _no_database(
            "has a ? or # in it: in a password write %3F or %23, and set options as PGSSLMODE and the like"
        )
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise _no_database("names a host or a port that cannot be: a port is 1 to 65535") from error
    if parts.scheme not in {"postgres", "postgresql"}:
        raise _no_database("begins with neither postgres:// nor postgresql://")
    if port == 0:
        raise _no_database("names port 0: a port is 1 to 65535")
    if not parts.path.strip("/"):
        raise _no_database("names no database")
    if "@" in parts.netloc.rpartition("@")[0] or "@" in parts.path or "/" in parts.path.strip("/"):
        raise _no_database("has an @ or a / too many: in a password write %40 and %2F")
    for part, text in (("user", parts.username), ("password", parts.password), ("database", parts.path)):
        if not _decodes(text or ""):
            raise _no_database(f"has a % in its {part} that stands for no sign: write a % itself as %25")
    if "%" in (parts.hostname or ""):
        raise _no_database("has a % in its host, which no name or address of a machine has")
    return parts


def _decodes(text: str) -> bool:
    """Whether each % begins a sign of UTF-8 in two hexadecimal digits, other than NUL."""
    try:
        return not _LONE_PERCENT.search(text) and "\0" not in unquote(text, errors="strict")
    except UnicodeDecodeError:
        return False


def _no_database(why: str) -> ConfigurationError:
    return ConfigurationError(
        f"{DATABASE_VARIABLE} {why}",
        remedy="Write it as postgres://user:password@host:5432/name, or unset it to use SQLite.",
    )

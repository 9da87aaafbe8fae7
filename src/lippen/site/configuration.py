"""What a workspace says of its site.

    site.toml        what the partnership set; every line may be missing
    lippen.sqlite3   the site's database, unless DATABASE_URL names a PostgreSQL
    keys/            the secrets (see `lippen.site.keys`), unless `keys` names another folder

`site.toml` holds:

    name = "Invermarrow Partnership"      what stands at the head of each page
    origins = ["https://lippen.example"]  where people reach it, besides localhost
    demo = false                          true only in a workspace that `lippen demo` made
    keys = "/etc/lippen/keys"             where the keys lie
    checkpoint_copies = "/mnt/panel"      where the register's checkpoints are copied to
    keep_register_months = 72             how long the register keeps its entries, if not as the program says
    mail_from = "lippen@example.org"      without it no e-mail is sent, and notices stand on pages only
    proxy = false                         true when a reverse proxy on this machine answers for the origins
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from lippen.errors import LippenError

WORKSPACE_VARIABLE: Final = "LIPPEN_WORKSPACE"
"""The environment variable by which the site's processes learn their workspace."""

DATABASE_VARIABLE: Final = "DATABASE_URL"

_KNOWN: Final = {
    "name": str,
    "origins": list,
    "demo": bool,
    "keys": str,
    "checkpoint_copies": str,
    "keep_register_months": int,
    "mail_from": str,
    "proxy": bool,
}

_KINDS: Final = {
    str: "text in quotation marks",
    list: "a list in brackets",
    bool: "true or false",
    int: "a whole number",
}


class ConfigurationError(LippenError):
    """What was set for the site cannot be used."""


@dataclass(frozen=True)
class Configuration:
    """One site: where it lies and what was set for it."""

    workspace: Path
    name: str
    origins: tuple[str, ...]
    demo: bool
    keys: Path
    checkpoint_copies: Path
    mail_from: str | None
    keep_register_months: int | None
    proxy: bool

    @property
    def database_file(self) -> Path:
        return self.workspace / "lippen.sqlite3"


def read_configuration(workspace: Path) -> Configuration:
    """What the workspace in this folder says of its site. Raises ConfigurationError."""
    workspace = workspace.resolve()
    path = workspace / "site.toml"
    told: dict[str, Any] = {}
    if path.exists():
        try:
            told = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"this cannot be read ({error})",
                file=path,
                remedy='Each line is a name, "=" and a value: docs/how-to/run-it-for-a-year.md shows them.',
            ) from error
    for key, value in told.items():
        if key not in _KNOWN:
            raise ConfigurationError(
                f"{key!r} is no setting of the site",
                file=path,
                remedy=f"The settings are {', '.join(_KNOWN)}.",
            )
        if type(value) is not _KNOWN[key]:  # not isinstance: true is no number of months
            raise ConfigurationError(
                f"{key} must be {_KINDS[_KNOWN[key]]}", file=path, remedy=f"It is {value!r} now: change it."
            )
    origins = tuple(str(one).rstrip("/") for one in told.get("origins", ()))
    for origin in origins:
        parts = urlsplit(origin)
        onion = (parts.hostname or "").endswith(".onion")
        if (
            not parts.hostname
            or parts.path
            or parts.scheme not in ({"http", "https"} if onion else {"https"})
        ):
            raise ConfigurationError(
                f"{origin!r} is no origin that can be served",
                file=path,
                remedy='Write it as "https://lippen.example.org", without a path.',
            )
    if told.get("keep_register_months", 1) < 1:
        raise ConfigurationError(
            "the register keeps its entries for at least a month",
            file=path,
            remedy="Set keep_register_months to 1 or more.",
        )
    if told.get("demo", False) and (origins or told.get("proxy", False)):
        raise ConfigurationError(
            "a demo lets anybody in as anybody, so nobody may reach it from another machine",
            file=path,
            remedy="Take out the lines origins and proxy, or use another workspace.",
        )
    beside = f"../{workspace.name}-checkpoints"
    return Configuration(
        workspace=workspace,
        name=told.get("name", "Lippen"),
        origins=origins,
        demo=told.get("demo", False),
        keys=(workspace / told.get("keys", "keys")).resolve(),
        checkpoint_copies=(workspace / told.get("checkpoint_copies", beside)).resolve(),
        mail_from=told.get("mail_from"),
        keep_register_months=told.get("keep_register_months"),
        proxy=told.get("proxy", False),
    )


def database_settings(configuration: Configuration) -> dict[str, Any]:
    """Django's DATABASES["default"]: PostgreSQL when DATABASE_URL names one, else the workspace's SQLite
    file.

    Raises ConfigurationError when DATABASE_URL is no PostgreSQL address.
    """
    address = os.environ.get(DATABASE_VARIABLE)
    if address is None:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(configuration.database_file),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",  # two writers wait for each other
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    parts = urlsplit(address)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ConfigurationError(
            f"{DATABASE_VARIABLE} names no PostgreSQL database",
            remedy="Write it as postgres://user:password@host:5432/name, or unset it to use SQLite.",
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }

"""What a workspace says of its site.

    site.toml        what the partnership set; every line may be missing
    made-as.json     what the site was when it was first opened: on which database, and whether a demo
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
    time_zone = "Europe/London"           whose clock and days; times in files and the API are UTC
    largest_upload_mib = 2048             how large an export may be that is uploaded, in MiB
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo

from lippen.errors import LippenError

WORKSPACE_VARIABLE: Final = "LIPPEN_WORKSPACE"
"""The environment variable by which the site's processes learn their workspace."""

DATABASE_VARIABLE: Final = "DATABASE_URL"

MADE_AS: Final = "made-as.json"
"""The file of a workspace in which the program writes what its site was made as. It holds no secret."""

_KNOWN: Final = {
    "name": str,
    "origins": list,
    "demo": bool,
    "keys": str,
    "checkpoint_copies": str,
    "keep_register_months": int,
    "mail_from": str,
    "proxy": bool,
    "time_zone": str,
    "largest_upload_mib": int,
}

_KINDS: Final = {
    str: "text in quotation marks",
    list: "a list in brackets",
    bool: "true or false",
    int: "a whole number",
}


_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_LONE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ORIGIN: Final = re.compile(
    rf"(?P<scheme>https?)://(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>{_LABEL}(?:\.{_LABEL})*))"
    r"(?::(?P<port>[0-9]{1,5}))?/*",
    re.ASCII,
)
_LONGEST_KEPT_MONTHS: Final = 1200
_UPLOAD_MIB: Final = 2048
_LARGEST_UPLOAD_MIB: Final = 1 << 20


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
    time_zone: str
    largest_upload_mib: int

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host of each origin, as a browser names it: without a port, IPv6 in brackets."""
        return tuple(re.sub(r":\d+$", "", origin.split("://", 1)[1]) for origin in self.origins)

    @property
    def database_file(self) -> Path:
        return self.workspace / "lippen.sqlite3"


@dataclass(frozen=True)
class MadeAs:
    """What a site was made as: `database` is `sqlite` or `postgresql`, `name` what it is called there, "" for
    SQLite's file; and whether it was a demo.
    """

    database: str
    name: str
    demo: bool

    def as_text(self) -> str:
        told = {"database": self.database, "name": self.name, "demo": self.demo}
        return json.dumps(told, indent=1) + "\n"

    def differs(self, configuration: Configuration) -> ConfigurationError | None:
        """What is raised where the site would now be opened as something else, on another database say: that
        would be a second site with the first one's keys.
        """
        parts, file = database_parts(), configuration.workspace / MADE_AS
        if self.database == "postgresql" and parts is None:
            return ConfigurationError(
                f"this site is in the PostgreSQL database {self.name}, and {DATABASE_VARIABLE} is not set",
                file=file,
                remedy="Set it as it was when the site was opened (docs/how-to/run-it-for-a-year.md).",
            )
        if self.database == "sqlite" and parts is not None:
            return ConfigurationError(
                f"this site is on SQLite, in its workspace, and {DATABASE_VARIABLE} is set",
                file=file,
                remedy=f"Unset {DATABASE_VARIABLE}, or name another workspace for a site on PostgreSQL.",
            )
        if parts is not None and parts.name != self.name:
            return ConfigurationError(
                f"this site is in the database {self.name}, and {DATABASE_VARIABLE} names another",
                file=file,
                remedy=f"Put {DATABASE_VARIABLE} right; or, if you gave the database another name, delete "
                "this file: it is written anew when the site is opened.",
            )
        if configuration.demo and not self.demo:
            return ConfigurationError(
                "demo = true, and this site was made as a real one",
                file=configuration.workspace / "site.toml",
                remedy="Take that line out; for a demo, run lippen demo with a new folder.",
            )
        return None


def made_as(workspace: Path) -> MadeAs | None:
    """What the site of this workspace was made as; None where none was opened yet.

    Raises ConfigurationError.
    """
    file = workspace / MADE_AS
    if not file.exists():
        return None
    try:
        told = json.loads(file.read_text("utf-8"))
        found = MadeAs(str(told["database"]), str(told["name"]), told["demo"] is True)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ConfigurationError(
            "this cannot be read, and says on which database the site is",
            file=file,
            remedy=f"Delete it once {DATABASE_VARIABLE} is as it should be: it is written anew when the site "
            "is opened.",
        ) from error
    return found


def now_made_as(configuration: Configuration) -> MadeAs:
    """What the site is if it is made now, with what is set."""
    parts = database_parts()
    database, name = ("sqlite", "") if parts is None else ("postgresql", parts.name)
    return MadeAs(database, name, configuration.demo)


def read_configuration(workspace: Path) -> Configuration:
    """What the workspace in this folder says of its site.

    Raises ConfigurationError, also where the site was made as something else than it would be opened as now:
    everything that chooses a database reads this first.
    """
    workspace = workspace.resolve()
    path = workspace / "site.toml"
    told: dict[str, Any] = {}
    if path.exists():
        try:
            told = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
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
    origins = tuple(_origin(str(one), path) for one in told.get("origins", ()))
    if not 1 <= told.get("keep_register_months", 1) <= _LONGEST_KEPT_MONTHS:
        raise ConfigurationError(
            f"the register keeps its entries for between 1 and {_LONGEST_KEPT_MONTHS:,} months",
            file=path,
            remedy="Set keep_register_months to the months that your policy says.",
        )
    if not 1 <= told.get("largest_upload_mib", 1) <= _LARGEST_UPLOAD_MIB:
        raise ConfigurationError(
            f"an upload may have between 1 and {_LARGEST_UPLOAD_MIB:,} MiB",
            file=path,
            remedy=f"Set largest_upload_mib to what this site's disk has room for, such as {_UPLOAD_MIB}.",
        )
    if told.get("demo", False) and (origins or told.get("proxy", False)):
        raise ConfigurationError(
            "a demo lets anybody in as anybody, so nobody may reach it from another machine",
            file=path,
            remedy="Take out the lines origins and proxy, or use another workspace.",
        )
    keys = _folder(workspace, "keys", told.get("keys", "keys"), path)
    if workspace.is_relative_to(keys):
        raise ConfigurationError(
            f"the keys need a folder of their own, and keys names {keys}",
            file=path,
            remedy='Name one in which nothing else lies: keys = "/etc/lippen/keys".',
        )
    beside = f"../{workspace.name}-checkpoints"
    copies = _folder(workspace, "checkpoint_copies", told.get("checkpoint_copies", beside), path)
    configuration = Configuration(
        workspace=workspace,
        name=told.get("name", "Lippen"),
        origins=origins,
        demo=told.get("demo", False),
        keys=keys,
        checkpoint_copies=copies,
        mail_from=told.get("mail_from"),
        keep_register_months=told.get("keep_register_months"),
        proxy=told.get("proxy", False),
        time_zone=_time_zone(told.get("time_zone", "Europe/London"), path),
        largest_upload_mib=told.get("largest_upload_mib", _UPLOAD_MIB),
    )
    made = made_as(workspace)
    if made is not None and (differs := made.differs(configuration)) is not None:
        raise differs
    return configuration


def _origin(told: str, path: Path) -> str:
    """An origin as browsers write it. Raises ConfigurationError for anything that no browser would send."""
    match = _ORIGIN.fullmatch(told.lower())
    host = _host(match["six"], match["name"]) if match else None
    if match is None or host is None or not 1 <= int(match["port"] or 443) <= 65_535:
        raise ConfigurationError(
            f"{told!r} is no origin that can be served",
            file=path,
            remedy='Write it as "https://lippen.example.org", with a port if need be, and nothing after it.',
        )
    if match["scheme"] == "http" and not host.endswith(".onion"):
        raise ConfigurationError(
            f"{told!r} is no origin that can be served: off this machine it is HTTPS only",
            file=path,
            remedy='Write it as "https://lippen.example.org".',
        )
    return f"{match['scheme']}://{host}" + (f":{match['port']}" if match["port"] else "")


def _host(six: str | None, name: str | None) -> str | None:
    try:
        if six is not None:
            return f"[{IPv6Address(six)}]"
        if name is not None and name.rpartition(".")[2].isdigit():  # browsers take that for an address
            return str(IPv4Address(name))
    except ValueError:
        return None
    return name


def _folder(workspace: Path, setting: str, told: str, path: Path) -> Path:
    try:
        return (workspace / told).resolve()
    except (ValueError, RuntimeError) as error:  # a NUL in it; links that lead in a circle
        raise ConfigurationError(
            f"{setting} is no path to a folder ({error})",
            file=path,
            remedy=f'Write it as {setting} = "/path/to/the/folder".',
        ) from error


def _time_zone(name: str, path: Path) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError) as error:  # unknown; no name at all; the name of a folder of zones
        raise ConfigurationError(
            f"{name!r} is no time zone that this machine knows",
            file=path,
            remedy='Write time_zone = "Europe/London", or the name of another zone as the IANA list has it.',
        ) from error


def database_settings(configuration: Configuration) -> dict[str, Any]:
    """Django's DATABASES["default"]: PostgreSQL when DATABASE_URL names one, else the workspace's SQLite
    file.

    Raises ConfigurationError when DATABASE_URL is no PostgreSQL address.
    """
    parts = database_parts()
    if parts is None:
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
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.name,
        "USER": parts.user,
        "PASSWORD": parts.password,
        "HOST": parts.host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


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

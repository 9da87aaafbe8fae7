"""What a workspace says of its site.

    site.toml        what the partnership set; every line may be missing
    made-as.json     what the site was when it was first opened: on which database, and whether a demo
    lippen.sqlite3   the site's database, unless DATABASE_URL names a PostgreSQL
    keys/            the secrets (see `lippen.site.keys`), unless `keys` names another folder

`site.toml` holds:

    name = "Invermarrow Partnership"      what stands at the head of each page
    origins = ["https://lippen.example"]  where people reach it, besides localhost
    demo = false                          true only in a workspace that `lippen demo` made
    door = "https://speak.example.org"    where residents can tell a desk, for the first page to lead there
    keys = "/etc/lippen/keys"             where the keys lie
    checkpoint_copies = "/mnt/panel"      where the register's checkpoints are copied to
    keep_register_months = 72             how long the register keeps its entries, if not as the program says
    mail_from = "lippen@example.org"      without it no e-mail is sent, and notices stand on pages only
    proxy = false                         true when a reverse proxy on this machine answers for the origins
    time_zone = "Europe/London"           whose clock and days; times in files and the API are UTC
    largest_upload_mib = 2048             how large an export may be that is uploaded, in MiB
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from lippen.site.configuration_error import ConfigurationError
from lippen.site.database_address import database_parts
from lippen.site.made_as import made_as
from lippen.site.register.copied_files import whole
from lippen.toml_faults import fault_of

WORKSPACE_VARIABLE: Final = "LIPPEN_WORKSPACE"
"""The environment variable by which the site's processes learn their workspace."""

_KNOWN: Final = {
    "name": str,
    "origins": list,
    "demo": bool,
    "door": str,
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

_ONCE: Final = "Each name stands once: take one of its lines out."
_SLASHES: Final = 'Paths are written with "/", as in "/mnt/panel".'
_REMEDIES: Final = {
    "overwrite": _ONCE,
    "Duplicate": _ONCE,
    "twice": _ONCE,
    "Unescaped": _SLASHES,
    "hex value": _SLASHES,
    "": 'Each line is a name, "=" and a value. Text stands in straight quotation marks ("..."), and true and'
    " false are written small: docs/how-to/run-it-for-a-year.md shows them.",
}
"""What to do about a fault that the reader of TOML words so."""

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN: Final = re.compile(
    rf"(?P<scheme>https?)://(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>{_LABEL}(?:\.{_LABEL})*))"
    r"(?::(?P<port>[0-9]{1,5}))?/*",
    re.ASCII,
)
_ADDRESS: Final = re.compile(r"[^\s<>@,;:\"]+@[^\s<>@,;:\"]+")
_LONGEST_KEPT_MONTHS: Final = 1200
_LONGEST_NAME: Final = 120
_UPLOAD_MIB: Final = 2048
_LARGEST_UPLOAD_MIB: Final = 1 << 20
_LONGEST_FILE: Final = 2**20


@dataclass(frozen=True)
class Configuration:
    """One site: where it lies and what was set for it."""

    workspace: Path
    name: str
    origins: tuple[str, ...]
    demo: bool
    door: str | None
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


def read_configuration(workspace: Path) -> Configuration:
    """What the workspace in this folder says of its site.

    Raises ConfigurationError, also where the site was made as something else than it would be opened as now:
    everything that chooses a database reads this first.
    """
    workspace = workspace.resolve()
    path = workspace / "site.toml"
    told = _told(path) if path.exists() else {}
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
    name = _name(told.get("name", "Lippen"), path)
    mail_from = told.get("mail_from")
    if mail_from is not None and not (mail_from.isprintable() and _ADDRESS.fullmatch(mail_from)):
        raise ConfigurationError(
            f"{mail_from!r} is no address that mail can come from",
            file=path,
            remedy='Write mail_from = "lippen@example.org", the address alone.',
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
    if workspace.is_relative_to(keys) or keys.is_file():
        raise ConfigurationError(
            f"the keys need a folder of their own, and keys names {keys}",
            file=path,
            remedy='Name one in which nothing else lies: keys = "/etc/lippen/keys".',
        )
    beside = f"../{workspace.name}-checkpoints"
    copies = _folder(workspace, "checkpoint_copies", told.get("checkpoint_copies", beside), path)
    configuration = Configuration(
        workspace=workspace,
        name=name,
        origins=origins,
        demo=told.get("demo", False),
        door=_origin(told["door"], path) if "door" in told else None,
        keys=keys,
        checkpoint_copies=copies,
        mail_from=mail_from,
        keep_register_months=told.get("keep_register_months"),
        proxy=told.get("proxy", False),
        time_zone=_time_zone(told.get("time_zone", "Europe/London"), path),
        largest_upload_mib=told.get("largest_upload_mib", _UPLOAD_MIB),
    )
    made = made_as(workspace)
    if made is not None and (differs := made.differs(workspace, demo=configuration.demo)) is not None:
        raise differs
    return configuration


def _told(path: Path) -> dict[str, Any]:
    """What `site.toml` says, unchecked. Raises ConfigurationError where it is no TOML or no plain file."""
    try:
        text = whole(path, _LONGEST_FILE).decode("utf-8-sig")  # some editors begin with its mark
    except OSError as error:
        raise ConfigurationError(
            f"this cannot be read ({error.strerror})",
            file=path,
            remedy="Put an ordinary file in its place that whoever runs the site can read.",
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"this cannot be read ({error})", file=path, remedy="Save it as UTF-8 text."
        ) from error
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError is a ValueError; so is a number too long
        fault = fault_of(error, text)
        raise ConfigurationError(
            f"this cannot be read ({fault.what})",
            file=path,
            line=fault.line,
            remedy=next(remedy for sign, remedy in _REMEDIES.items() if sign in fault.what),
        ) from error


def _name(told: str, path: Path) -> str:
    """The name of the site, which stands on one line of every page, mail and printed note."""
    name = told.strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise ConfigurationError(
            f"a site's name is one line of 1 to {_LONGEST_NAME} signs that can be seen",
            file=path,
            remedy='Write name = "Invermarrow Partnership".',
        )
    return name


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
    """The folder that a setting names. A path of a shell or of Windows would name one inside the workspace
    here, silently, and is refused.
    """
    foreign = None
    if told.startswith("~"):
        foreign = "~ means a folder in a shell alone"
    elif "\\" in told or re.match(r"[A-Za-z]:", told):
        foreign = "this is a path of Windows"
    if foreign is not None:
        raise ConfigurationError(
            f"{setting} names {told!r}, and {foreign}",
            file=path,
            remedy=f'Write the whole path, with "/": {setting} = "/path/to/the/folder".',
        )
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

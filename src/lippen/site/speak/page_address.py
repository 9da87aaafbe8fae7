"""The address at which a page is handed out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lippen.errors import LippenError

_ADDRESS: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[::1\])(?::(?P<port>[0-9]{1,5}))?/?",
    re.ASCII,
)
_HERE: Final = ("localhost", "127.0.0.1", "::1")


class AddressRefused(LippenError):
    """No page is asked for at such an address."""


@dataclass(frozen=True)
class Address:
    """Where a page is: by HTTPS or without, at which name, at which port."""

    secure: bool
    host: str
    port: int

    @property
    def local(self) -> bool:
        """Whether it is on this machine, where nobody else's browser finds it."""
        return self.host in _HERE

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.secure else 80
        scheme = "https" if self.secure else "http"
        return f"{scheme}://{host}" + (f":{self.port}" if self.port != usual else "")

    @classmethod
    def read(cls, typed: str) -> Address:
        """Raises AddressRefused for anything but HTTPS, this machine, or an onion address."""
        found = _ADDRESS.fullmatch(typed.strip().lower())
        port = int(found["port"] or (443 if found["scheme"] == "https" else 80)) if found else 0
        if found is None or not 1 <= port <= 65_535:
            raise AddressRefused(
                f"{typed!r} is no address of a page",
                remedy="Give it as on the leaflet, with nothing after the name: https://speak.example.org",
            )
        host, secure = found["host"].strip("[]"), found["scheme"] == "https"
        if not secure and host not in _HERE and not host.endswith(".onion"):
            raise AddressRefused(
                f"{typed!r} would be asked for without HTTPS, and anybody on the way could answer",
                remedy="Give the address as on the leaflet, with https.",
            )
        return cls(secure, host, port)

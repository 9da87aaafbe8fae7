"""Who asks, when a reverse proxy on this machine answers for the site."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from ipaddress import IPv6Address, ip_address
from typing import Any, Final

from granian.utils.proxies import wrap_wsgi_with_proxy_headers

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

_ON_THIS_MACHINE: Final = ["127.0.0.1", "::1"]
_WITH_PORT: Final = re.compile(r"\[(?P<six>[^\]]+)\](?::\d+)?|(?P<four>[\d.]+):\d+")


def believing_a_proxy(application: Application) -> Application:
    """The application, told what a proxy on this machine says of who asks and whether by HTTPS.

    Each address has one spelling, so that it is counted as one; what is no address counts as the proxy's.
    """

    def in_one_spelling(environ: dict[str, Any], answer: Any) -> Iterable[bytes]:
        environ["REMOTE_ADDR"] = address_in(environ["REMOTE_ADDR"]) or _ON_THIS_MACHINE[0]
        return application(environ, answer)

    wrapped: Application = wrap_wsgi_with_proxy_headers(in_one_spelling, _ON_THIS_MACHINE)
    return wrapped


def address_in(told: str) -> str | None:
    """An address without its port and zone; None for what is none."""
    if match := _WITH_PORT.fullmatch(told):
        told = match["six"] or match["four"]
    try:
        read = ip_address(told.partition("%")[0])
    except ValueError:
        return None
    if isinstance(read, IPv6Address) and read.ipv4_mapped:
        read = read.ipv4_mapped
    return str(read)

"""How many threads may wait for what somebody still has to send.

A web worker answers with a few threads, and one that reads a body waits until all of it has come: the server
beneath has no time limit for that, so whoever sends half a form and falls silent keeps a thread for as long
as they like. Here only part of the threads may wait so, and fewer for one network; the next who sends
something is told at once to come again, and pages go on being answered by the rest.

Each web worker counts for itself, so a network has its places once in each.
"""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any, Final

from lippen.site.operation.proxy import Application, address_in

IN_ALL: Final = 5
"""Of the threads in `serving.py`: three stay for what has no body."""

OF_ONE_NETWORK: Final = 3

READ_AT_ONCE: Final = 1024 * 1024
"""Up to this a body is read before the site is asked, so that a place is taken while it comes and no longer:
not while a password is checked. A larger one, as a form is never, keeps its place until it is dealt with.
"""

_HEADERS: Final = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
]
_BUSY: Final = (
    "Too much is being sent to this site at once, so what you sent was not read and nothing was changed. "
    "Wait half a minute, then send it again.\n"
)
_CUT_OFF: Final = "Less came than was announced, so nothing was changed. Send it again.\n"


class Places:
    """Who is waited for at this moment."""

    def __init__(self, in_all: int = IN_ALL, of_one_network: int = OF_ONE_NETWORK) -> None:
        self._in_all = in_all
        self._of_one_network = of_one_network
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def one_for(self, address: str) -> Iterator[bool]:
        """Whether there is a place, which is kept to the end of the block."""
        network = _network(address)
        with self._lock:
            free = self._taken.total() < self._in_all and self._taken[network] < self._of_one_network
            self._taken[network] += free
        try:
            yield free
        finally:
            with self._lock:
                self._taken[network] -= free
                if not self._taken[network]:
                    del self._taken[network]


def waiting_for_few(application: Application, places: Places | None = None) -> Application:
    """The application, asked for what has a body only while there is a place to wait for it."""
    places = places or Places()

    def answered(environ: dict[str, Any], answer: Any) -> Iterable[bytes]:
        length = _length(environ)
        if length == 0:
            return application(environ, answer)
        with places.one_for(environ.get("REMOTE_ADDR", "")) as free:
            if not free:
                return _told(answer, "503 Service Unavailable", _BUSY, ("Retry-After", "30"))
            if length is None or length > READ_AT_ONCE:
                return application(environ, answer)
            body = environ["wsgi.input"].read(length)
        if len(body) < length:
            # Whoever sent it is gone. The server hands over what came as if it were all: half a form.
            return _told(answer, "400 Bad Request", _CUT_OFF)
        environ["wsgi.input"] = io.BytesIO(body)
        return application(environ, answer)

    return answered


def _length(environ: dict[str, Any]) -> int | None:
    """How much is to come; None where nobody said how much."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return None
    told = environ.get("CONTENT_LENGTH", "")
    return int(told) if told.isascii() and told.isdigit() else 0  # what is no number Django takes for 0 too


def _network(told: str) -> str:
    """What counts as one: an address, or the 64 bits that a household has of the newer kind."""
    address = address_in(told) or ""
    return ip_address(address).exploded[:19] if ":" in address else address


def _told(answer: Any, status: str, text: str, *headers: tuple[str, str]) -> list[bytes]:
    body = text.encode()
    answer(status, [*_HEADERS, *headers, ("Content-Length", str(len(body)))])
    return [body]

"""Whoever sends half of something and falls silent: how few threads wait for it, and for how long."""

from __future__ import annotations

import io
import selectors
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from open_sites import LONG, WORKERS, Served

from lippen.site.operation.bodies import IN_ALL, OF_ONE_NETWORK, READ_AT_ONCE, Places, waiting_for_few
from lippen.site.operation.serving import THREADS

SILENT = 2 * THREADS * WORKERS


class Asked:
    """The wrapper around an application of ours, and what it answered last."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.read: list[bytes] = []
        self.status = ""
        self.headers: dict[str, str] = {}
        self.places = Places()
        self._wrapped = waiting_for_few(self._application, self.places)

    def _application(self, environ: dict[str, Any], answer: Any) -> Iterable[bytes]:
        if self.fails:
            raise ZeroDivisionError
        self.read.append(environ["wsgi.input"].read())
        answer("200 OK", [])
        return []

    def send(
        self,
        body: bytes = b"abcd",
        address: str = "203.0.113.9",
        stream: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Send something of ours and say the status of the answer."""
        environ = {
            "REMOTE_ADDR": address,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": stream or io.BytesIO(body),
            **(headers or {}),
        }
        self._wrapped(environ, self._answer)
        return self.status

    def _answer(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status[:3], dict(headers)

    @contextmanager
    def waited_for(self, *addresses: str) -> Iterator[None]:
        """While these are sending."""
        with ExitStack() as stack:
            for address in addresses:
                assert stack.enter_context(self.places.one_for(address)), address
            yield


def waiting_in(asked: Asked, headers: dict[str, str]) -> list[bool]:
    """Whether another of the same network has a place while all but one are taken and a body is read."""
    found: list[bool] = []

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            with asked.places.one_for("203.0.113.9") as free:
                found.append(free)
            return super().read(size)

    with asked.waited_for(*["203.0.113.9"] * (OF_ONE_NETWORK - 1)):
        asked.send(stream=Slow(b"abcd"), headers=headers)
    return found


def test_some_threads_stay_for_pages_and_some_for_others_who_send() -> None:
    assert OF_ONE_NETWORK < IN_ALL < THREADS


def test_one_network_has_its_places_and_others_have_theirs() -> None:
    asked = Asked()
    with asked.waited_for(*["203.0.113.9"] * OF_ONE_NETWORK):
        assert asked.send() == "503"
        assert int(asked.headers["Retry-After"]) > 0
        assert asked.send(address="198.51.100.7") == "200"
    assert asked.send() == "200"


def test_all_together_have_no_more_than_there_are() -> None:
    asked = Asked()
    with asked.waited_for(*(f"203.0.113.{one}" for one in range(IN_ALL))):
        assert asked.send(address="198.51.100.7") == "503"
    assert asked.send(address="198.51.100.7") == "200"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:203.0.113.9", "203.0.113.9", True),
        ("::ffff:203.0.113.9", "::ffff:203.0.113.10", False),
        ("", "", True),
    ],
)
def test_what_counts_as_one_network(one: str, other: str, same: bool) -> None:
    asked = Asked()
    with asked.waited_for(*[one] * OF_ONE_NETWORK):
        assert (asked.send(address=other) == "503") is same


def test_who_is_refused_is_not_read_and_the_site_is_not_asked() -> None:
    asked = Asked()
    body = io.BytesIO(b"abcd")
    with asked.waited_for(*["203.0.113.9"] * OF_ONE_NETWORK):
        assert asked.send(stream=body) == "503"
    assert body.tell() == 0
    assert asked.read == []


def test_what_has_no_body_is_never_refused() -> None:
    asked = Asked()
    with asked.waited_for(*["203.0.113.9"] * OF_ONE_NETWORK):
        assert asked.send(b"") == "200"
        assert asked.send(b"", headers={"CONTENT_LENGTH": ""}) == "200"
        assert asked.send(b"", headers={"CONTENT_LENGTH": "-5"}) == "200"


@pytest.mark.parametrize(
    "headers",
    [{}, {"CONTENT_LENGTH": str(READ_AT_ONCE + 1)}, {"HTTP_TRANSFER_ENCODING": "chunked"}],
    ids=["small", "large", "of unknown length"],
)
def test_a_place_is_kept_while_a_body_is_read_and_not_after(headers: dict[str, str]) -> None:
    asked = Asked()
    assert waiting_in(asked, headers) == [False]
    assert asked.read == [b"abcd"]
    with asked.waited_for(*["203.0.113.9"] * OF_ONE_NETWORK):
        pass


def test_a_small_body_keeps_no_place_while_the_site_thinks_about_it() -> None:
    asked = Asked()
    with asked.waited_for(*["203.0.113.9"] * (OF_ONE_NETWORK - 1)):
        again = waiting_for_few(
            lambda environ, _: [asked.send(b"within").encode(), environ["wsgi.input"].read()],
            asked.places,
        )
        environ = {
            "REMOTE_ADDR": "203.0.113.9",
            "CONTENT_LENGTH": "4",
            "wsgi.input": io.BytesIO(b"abcd"),
        }
        assert list(again(environ, None)) == [b"200", b"abcd"]


@pytest.mark.parametrize("length", [4, READ_AT_ONCE + 1])
def test_a_place_is_given_back_when_the_site_fails(length: int) -> None:
    asked = Asked(fails=True)
    for _ in range(2 * IN_ALL):
        with pytest.raises(ZeroDivisionError):
            asked.send(headers={"CONTENT_LENGTH": str(length)})


def test_a_place_is_given_back_when_reading_fails() -> None:
    class Broken(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise ZeroDivisionError

    asked = Asked()
    for _ in range(2 * IN_ALL):
        with pytest.raises(ZeroDivisionError):
            asked.send(stream=Broken())
    assert asked.send() == "200"


def test_half_a_form_of_somebody_who_is_gone_is_not_taken_for_one() -> None:
    asked = Asked()
    for _ in range(2 * IN_ALL):
        assert asked.send(headers={"CONTENT_LENGTH": "1000"}) == "400"
    assert asked.read == []


def half_a_form(site: Served) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", urlsplit(site.origin).port or 0), LONG)
    connection.sendall(b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nlogi")
    return connection


def sent_from(site: Served, address: str) -> int:
    """The status of the answer to a form; 403 is the site's own, as this one has no token."""
    place = ("127.0.0.1", urlsplit(site.origin).port)
    with closing(HTTPConnection(*place, timeout=LONG, source_address=(address, 0))) as connection:
        connection.request("POST", "/sign-in/", b"login=a", {"Host": "localhost"})
        return connection.getresponse().status


def answered(connections: list[socket.socket], at_least: int) -> list[bytes]:
    """What came on those where something came, once that many were answered."""
    found: list[bytes] = []
    with selectors.DefaultSelector() as waiting:
        for one in connections:
            waiting.register(one, selectors.EVENT_READ)
        until = time.monotonic() + LONG
        while len(found) < at_least and time.monotonic() < until:
            for key, _ in waiting.select(1):
                waiting.unregister(key.fileobj)
                assert isinstance(key.fileobj, socket.socket)
                found.append(key.fileobj.recv(65536))
    return found


def test_many_who_send_half_a_form_and_fall_silent_close_the_site_to_nobody(served: Served) -> None:
    with ExitStack() as stack:
        silent = [stack.enter_context(closing(half_a_form(served))) for _ in range(SILENT)]
        at_least = SILENT - WORKERS * OF_ONE_NETWORK
        told = answered(silent, at_least)
        assert len(told) >= at_least
        for one in told:
            assert one.startswith(b"HTTP/1.1 503 ")
            assert b"\r\nretry-after: 30\r\n" in one.lower()
            assert b"send it again" in one
        for _ in range(SILENT):
            assert served.client().get("/sign-in/").status == 200
        for _ in range(THREADS):
            assert sent_from(served, "127.0.0.2") == 403
    until = time.monotonic() + LONG
    in_a_row = 0
    while in_a_row < SILENT and time.monotonic() < until:
        in_a_row = in_a_row + 1 if sent_from(served, "127.0.0.1") == 403 else 0
    assert in_a_row == SILENT, "their places were not given back"


def test_no_http_2_is_offered_since_with_it_no_silent_connection_is_ended(served: Served) -> None:
    """The end itself comes after half a minute, too long for a test."""
    place = ("127.0.0.1", urlsplit(served.origin).port or 0)
    with socket.create_connection(place, LONG) as connection:
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
        assert connection.recv(100)[:9] in (b"", b"HTTP/1.1 ")

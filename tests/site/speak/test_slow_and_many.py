"""Whoever sends slowly or a lot: the application itself, with senders that are not on this machine."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from doors import make_page, publish

from lippen.site.speak.door import Door
from lippen.site.speak.page import Published, read_page
from lippen.site.speak.proof import Challenges
from lippen.site.speak.senders import Senders
from lippen.site.speak.store import Store

READ = 48

Result = TypeVar("Result")


@pytest.fixture
def door(tmp_path: Path) -> Door:
    publish(tmp_path)
    page = read_page(make_page(tmp_path / "page"))
    store = Store(tmp_path / "speak.sqlite3")
    return Door(page, Published(tmp_path / "speak"), store, Challenges(), Senders(), seconds_to_send=0.2)


class Sender:
    """Somebody at an address, who sends parts of a body, and then waits for `still` seconds."""

    def __init__(self, address: str, parts: tuple[bytes, ...], still: float = 0.0) -> None:
        self._address, self._parts, self._still = address, list(parts), still
        self.status, self.asked = 0, 0

    async def post(self, door: Door, path: str, length: int) -> int:
        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "scheme": "https",
            "client": (self._address, "40000"),
            "headers": [
                (b"content-length", str(length).encode()),
                (b"content-type", b"application/octet-stream"),
            ],
        }
        await door(scope, self._receive, self._send)
        return self.status

    async def _receive(self) -> Mapping[str, Any]:
        self.asked += 1
        if not self._parts:
            await asyncio.sleep(self._still)
            return {"type": "http.disconnect"}
        part = self._parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(self._parts) or self._still > 0}

    async def _send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """In a thread of its own: while a browser is open, its loop runs in the one of the tests."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def whole(address: str) -> Sender:
    return Sender(address, (secrets.token_bytes(20), secrets.token_bytes(28)))


def stuck(address: str) -> Sender:
    return Sender(address, (b"half",), still=600)


def test_whoever_sends_half_and_falls_silent_is_given_up_on(door: Door) -> None:
    async def within_a_minute() -> int:
        return await asyncio.wait_for(stuck("203.0.113.7").post(door, "/mailbox/read", READ), 60)

    assert run(within_a_minute()) == 400


def test_many_who_fall_silent_keep_nobody_else_waiting(door: Door) -> None:
    async def all_at_once() -> tuple[list[int], int]:
        silent = [
            asyncio.create_task(stuck(f"2001:db8:0:{number:x}::1").post(door, "/mailbox/read", READ))
            for number in range(200)
        ]
        await asyncio.sleep(0)
        other = await whole("203.0.113.9").post(door, "/mailbox/read", READ)
        return await asyncio.gather(*silent), other

    silent, other = run(all_at_once())
    assert set(silent) == {400}
    assert other == 200


def test_whoever_takes_all_places_through_a_proxy_keeps_nobody_out(door: Door) -> None:
    """Behind an onion service or a proxy all come from this machine: 256 half bodies would shut the door."""

    async def all_at_once() -> tuple[list[int], int]:
        silent = [
            asyncio.create_task(stuck("127.0.0.1").post(door, "/mailbox/read", READ)) for _ in range(256)
        ]
        await asyncio.sleep(0.05)
        later = await whole("127.0.0.1").post(door, "/mailbox/read", READ)
        return await asyncio.gather(*silent), later

    silent, later = run(all_at_once())
    assert later == 200
    assert set(silent) <= {400, 429}


def test_one_network_takes_a_part_of_the_places(door: Door) -> None:
    async def all_at_once() -> tuple[list[int], int]:
        silent = [
            asyncio.create_task(stuck("203.0.113.7").post(door, "/mailbox/read", READ)) for _ in range(40)
        ]
        await asyncio.sleep(0)
        other = await whole("203.0.113.9").post(door, "/mailbox/read", READ)
        return await asyncio.gather(*silent), other

    silent, other = run(all_at_once())
    assert sorted(silent) == [400] * 32 + [429] * 8
    assert other == 200


def test_whoever_sends_too_much_is_refused_unread_and_this_machine_is_not(door: Door) -> None:
    async def one_after_another(address: str) -> tuple[list[int], int]:
        told = [await whole(address).post(door, "/mailbox/read", READ) for _ in range(60)]
        last = whole(address)
        told.append(await last.post(door, "/mailbox/read", READ))
        return told, last.asked

    assert run(one_after_another("203.0.113.7")) == ([200] * 60 + [429], 0)
    assert run(one_after_another("127.0.0.1")) == ([200] * 61, 2)


def test_a_wrong_length_is_refused_unread(door: Door) -> None:
    for length in (0, 47, 49, 10**9):
        sender = whole("203.0.113.7")
        assert run(sender.post(door, "/mailbox/read", length)) == 400
        assert sender.asked == 0


def test_more_than_was_announced_is_refused(door: Door) -> None:
    sender = Sender("203.0.113.7", (secrets.token_bytes(48), b"more"))
    assert run(sender.post(door, "/mailbox/read", READ)) == 400

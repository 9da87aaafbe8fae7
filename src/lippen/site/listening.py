"""Where a server of Lippen's may listen, and when somebody answers there."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from typing import Final

from lippen.errors import LippenError

LOCAL: Final = ("127.0.0.1", "localhost", "::1")


class PortTaken(LippenError):
    """Somebody else listens at this port."""


class NotServedSafely(LippenError):
    """What was asked would let others read what passes between people and a server."""


def refuse_taken(host: str, port: int) -> None:
    """Raise PortTaken when nobody can listen there; asked by listening for a moment."""

    async def listen() -> None:
        server = await asyncio.start_server(lambda *_: None, host, port)
        server.close()
        await server.wait_closed()

    try:
        asyncio.run(listen())
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        raise PortTaken(
            f"port {port} is in use by another program"
            if taken
            else f"cannot listen at {host}:{port} ({error})",
            remedy="Name another with --port." if taken else "Name another --host or --port.",
        ) from error


def when_open(host: str, port: int, opened: Callable[[], None]) -> None:
    """Call `opened` once somebody answers there; web workers listen when they have loaded."""

    async def wait() -> None:
        local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared only
        while True:
            try:
                _, writer = await asyncio.open_connection(local, port)
            except OSError:
                await asyncio.sleep(0.03)
            else:
                writer.close()
                return

    asyncio.run(wait())
    opened()

"""Which message gets which answer (docs/speak-protocol.md, 9).

    GET    /  the page's files  /manifest.json  /desks/<id>.json  /challenge  /leave
    POST   /reports  /photographs  /mailbox/read  /mailbox/destroy

A body is read only where it was announced with a length that such a message has. Whoever sends it slowly
costs no thread, and has a time to send it in. Of a request nothing is written down, and of an error one
line that is always the same.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from lippen.site.speak import answers, envelope
from lippen.site.speak.answers import Answer
from lippen.site.speak.envelope import DESK, ID, EnvelopeRefused
from lippen.site.speak.page import File, Publication, Published
from lippen.site.speak.proof import CHALLENGE, PROOF, Challenges, ProofRefused
from lippen.site.speak.senders import Place, Places, Senders
from lippen.site.speak.store import DeskFull, Store

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

THREADS: Final = 4
"""That work on messages which are whole."""

_PART_SURE: Final = 12
"""Which part of the time to send in is everybody's, however many wait: 5 seconds, 50 for a photograph."""

AUTHENTICATOR, VERIFIER = 32, 32
_BEFORE_SEALED: Final = CHALLENGE + PROOF + DESK + ID
_OF_REPORT: Final = _BEFORE_SEALED + VERIFIER
_OF_MAILBOX: Final = ID + AUTHENTICATOR

_CLEAR: Final = (b"clear-site-data", b'"cache", "cookies", "storage"')
"""On the way out. Browsers heed it by HTTPS and on this machine, and for no `fetch` without credentials."""

_LENGTH: Final = re.compile(rb"[1-9][0-9]{0,8}")
_NO_GZIP: Final = re.compile(rb"gzip\s*;\s*q=0(\.0*)?\s*(,|$)")


class Stopped(Exception):
    """A body did not come whole, or not in time."""


@dataclass(frozen=True)
class Kind:
    """A kind of message: the lengths that it has, the seconds that it may take to come, and for how many of
    them the door waits at once, in all and of one network.
    """

    lengths: frozenset[int]
    seconds: float
    places: Places


class Door:
    """The application that the server calls (ASGI, without its lifespan)."""

    def __init__(
        self,
        page: Mapping[str, File],
        published: Published,
        store: Store,
        challenges: Challenges,
        senders: Senders,
        seconds_to_send: float = 60,
    ) -> None:
        self._page = page
        self._published = published
        self._store = store
        self._challenges = challenges
        self._senders = senders
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="message")
        slow = 10 * seconds_to_send  # 8 MiB over a poor line
        small = Places(256, 32, sure=seconds_to_send / _PART_SURE)
        self._kinds = {
            "/reports": Kind(frozenset({_OF_REPORT + envelope.REPORT}), seconds_to_send, small),
            "/photographs": Kind(
                frozenset(_BEFORE_SEALED + one for one in envelope.PHOTOGRAPHS),
                slow,
                Places(12, 2, sure=slow / _PART_SURE),
            ),
            "/mailbox/read": Kind(frozenset({_OF_MAILBOX}), seconds_to_send, small),
            "/mailbox/destroy": Kind(frozenset({_OF_MAILBOX}), seconds_to_send, small),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(scope, receive)
        except Exception:
            # Neither what went wrong nor where: both can hold words of the request.
            sys.stderr.write("lippen speak: a message could not be dealt with\n")
            answer = answers.FAILED
        by_https = scope["scheme"] == "https"
        lines = answer.lines(by_https=by_https)
        await send({"type": "http.response.start", "status": answer.status, "headers": lines})
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        publication = self._published.now()
        if publication is None:
            return answers.NOT_OPEN
        path, method, headers = scope["path"], scope["method"], dict(scope["headers"])
        if (kind := self._kinds.get(path)) is not None:
            if method != "POST":
                return answers.ONLY_SENT
            return await self._take(path, kind, scope, headers, receive, publication)
        found = self._found(path, headers, publication)
        return answers.ONLY_READ if found.status != 404 and method not in ("GET", "HEAD") else found

    def _found(self, path: str, headers: Mapping[bytes, bytes], publication: Publication) -> Answer:
        if path == "/challenge":
            challenge = self._challenges.issue(time.time())
            return Answer(200, ((b"content-type", answers.BYTES),), challenge)
        if path == "/leave":
            return Answer(303, ((b"location", publication.leave), _CLEAR))
        file = self._page.get(path) or publication.files.get(path)
        if file is None:
            return answers.NOT_THERE
        accepted = headers.get(b"accept-encoding", b"").lower()
        return file.compressed if b"gzip" in accepted and not _NO_GZIP.search(accepted) else file.plain

    async def _take(
        self,
        path: str,
        kind: Kind,
        scope: Scope,
        headers: Mapping[bytes, bytes],
        receive: Receive,
        publication: Publication,
    ) -> Answer:
        """Read a message that was announced as one, and deal with it."""
        told = headers.get(b"content-length", b"")
        length = int(told) if _LENGTH.fullmatch(told) else 0
        # A form of another site can announce no such type, so no browser sends one here unasked.
        typed = headers.get(b"content-type") == answers.BYTES
        if length not in kind.lengths or b"transfer-encoding" in headers or not typed:
            return answers.NO_SUCH_MESSAGE
        network = self._senders.network(str((scope.get("client") or ("",))[0]), time.time())
        if not self._senders.may_send(network):
            return answers.TOO_MUCH
        loop = asyncio.get_running_loop()
        with kind.places.one_for(network, loop.time()) as place:
            if place is None:
                return answers.TOO_MUCH
            try:
                async with asyncio.timeout(kind.seconds) as limit:

                    def give_up() -> None:
                        if not limit.expired():
                            limit.reschedule(loop.time())

                    place.give_up = give_up
                    body = await _read(receive, length, place)
                    place.give_up = None
            except (Stopped, TimeoutError):
                return answers.TOO_MUCH if place.given_up else answers.NO_SUCH_MESSAGE
            return await loop.run_in_executor(self._threads, self._deal_with, path, body, publication)

    def _deal_with(self, path: str, body: bytes, publication: Publication) -> Answer:
        try:
            if path.startswith("/mailbox/"):
                return self._mailbox(path, body[:ID], body[ID:])
            return self._keep(path, body, publication)
        except EnvelopeRefused:
            return answers.NO_SUCH_MESSAGE
        except ProofRefused:
            return answers.NO_PROOF
        except DeskFull:
            return answers.FULL

    def _mailbox(self, path: str, mailbox: bytes, authenticator: bytes) -> Answer:
        if path == "/mailbox/destroy":
            self._store.destroy_mailbox(mailbox, authenticator)
            return answers.DONE
        slots = self._store.read_mailbox(mailbox, authenticator)
        return Answer(200, ((b"content-type", answers.BYTES),), slots)

    def _keep(self, path: str, body: bytes, publication: Publication) -> Answer:
        challenge, proof = body[:CHALLENGE], body[CHALLENGE : CHALLENGE + PROOF]
        desk = body[CHALLENGE + PROOF : CHALLENGE + PROOF + DESK]
        one = body[_BEFORE_SEALED - ID : _BEFORE_SEALED]
        if path == "/reports":
            verifier, sealed = body[_BEFORE_SEALED:_OF_REPORT], body[_OF_REPORT:]
            envelope.check_report(sealed)
        else:
            verifier, sealed = b"", body[_BEFORE_SEALED:]
            envelope.check_photograph(sealed)
        if desk not in publication.desks:
            return answers.NOT_THERE
        now = datetime.now(UTC)
        self._challenges.spend(challenge, proof, now.timestamp())
        if path == "/reports":
            self._store.receive_report(desk, one, verifier, sealed, now.date())
        else:
            self._store.receive_photograph(desk, one, sealed, now.date())
        return answers.DONE


async def _read(receive: Receive, length: int, place: Place) -> bytes:
    """The body, which has this length; how much of it came is told to its `place`. Raises Stopped."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Stopped
        parts.append(message.get("body", b""))
        place.received += len(parts[-1])
        if not message.get("more_body", False):
            break
    body = b"".join(parts)
    if len(body) != length:
        raise Stopped
    return body

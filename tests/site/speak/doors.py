"""A real door: `lippen speak` as processes of its own, and whoever knocks at it."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path

from envelopes import desk_id, prove, report
from open_sites import LONG, free_port

DESKS = ("northfield", "harbour", "mart")
LEAVE = "https://example.org/weather"
INDEX = b"<!doctype html><title>Weather</title><p>" + b"Say it here. " * 100
BYTES = {"Content-Type": "application/octet-stream"}


@dataclass(frozen=True)
class Told:
    """An answer: its status, its headers by lower-case name (each came once), and its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Receipt:
    """What a resident keeps: where the mailbox is, and what opens it."""

    mailbox: bytes
    authenticator: bytes

    @classmethod
    def draw(cls) -> Receipt:
        return cls(secrets.token_bytes(16), secrets.token_bytes(32))


@dataclass
class OpenDoor:
    """A door that is open, and what its processes have written."""

    workspace: Path
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Told:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=LONG)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            read = answer.read()
            named = [(name.lower(), value) for name, value in answer.getheaders()]
        finally:
            connection.close()
        assert len(dict(named)) == len(named), named
        return Told(answer.status, dict(named), read)

    def send(self, path: str, body: bytes) -> Told:
        return self.ask("POST", path, body, BYTES)

    def proved(self) -> bytes:
        """A challenge of this door and a proof of it."""
        challenge = self.ask("GET", "/challenge").body
        return challenge + prove(challenge)

    def report(
        self,
        receipt: Receipt,
        sealed: bytes | None = None,
        *,
        desk: str = DESKS[0],
        proved: bytes | None = None,
    ) -> Told:
        verifier = sha256(receipt.authenticator).digest()
        place = desk_id(desk) + receipt.mailbox + verifier
        return self.send("/reports", (proved or self.proved()) + place + (sealed or report()))

    def photograph(self, name: bytes, sealed: bytes, *, desk: str = DESKS[0]) -> Told:
        return self.send("/photographs", self.proved() + desk_id(desk) + name + sealed)

    def read(self, receipt: Receipt) -> Told:
        return self.send("/mailbox/read", receipt.mailbox + receipt.authenticator)

    def destroy(self, receipt: Receipt) -> Told:
        return self.send("/mailbox/destroy", receipt.mailbox + receipt.authenticator)


def make_page(folder: Path) -> Path:
    """A small page, with what must not be handed out beside it."""
    folder.mkdir()
    (folder / "index.html").write_bytes(INDEX)
    (folder / "page.js").write_text("'use strict';\n" * 50)
    (folder / "page.css").write_text("p{}")
    (folder / ".hidden.txt").write_text("canary")
    (folder / "notes.py").write_text("canary")
    (folder / "within.txt").mkdir()
    return folder


def publish(workspace: Path, desks: tuple[str, ...] = DESKS, leave: str = LEAVE) -> None:
    """A manifest as the protocol has it, with the keys of its desks. No door looks at its signature."""
    folder = workspace / "speak"
    (folder / "desks").mkdir(parents=True, exist_ok=True)
    named = []
    for desk in desks:
        keys = json.dumps({"desk": desk, "recipients": [b64encode(bytes(1_216)).decode()]}).encode()
        (folder / "desks" / f"{desk}.json").write_bytes(keys)
        named.append({"id": desk, "name": desk.title(), "keys": hashlib.sha256(keys).hexdigest()})
    payload = {"v": 1, "name": "Invermarrow Partnership", "leave": leave, "desks": named}
    signed = {
        "payload": b64encode(json.dumps(payload).encode()).decode(),
        "signature": b64encode(bytes(64)).decode(),
        "key": b64encode(bytes(32)).decode(),
    }
    new = folder / "manifest.json.new"
    new.write_text(json.dumps(signed))
    new.rename(folder / "manifest.json")


@contextmanager
def open_door(
    place: Path, *options: str, published: bool = True, leave: str = LEAVE, **variables: str
) -> Iterator[OpenDoor]:
    """A door over a workspace of its own in `place`, with these in its environment, closed at the end."""
    workspace = place / "workspace"
    if not workspace.exists():
        workspace.mkdir(mode=0o700)
        make_page(place / "page")
        if published:
            publish(workspace, leave=leave)
    port, log = free_port(), place / "log"
    arguments = ["speak", "--workspace", workspace, "--page", place / "page", "--port", port, *options]
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "lippen.cli", *map(str, arguments)],
            stdout=written,
            stderr=written,
            env={**os.environ, **variables},
        )
    try:
        until = time.monotonic() + LONG
        while b"The door is open" not in log.read_bytes():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        yield OpenDoor(workspace, port, process, log)
    finally:
        process.terminate()
        process.wait(LONG)

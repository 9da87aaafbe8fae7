"""Opening a real site for tests: `lippen serve` or `lippen demo` as processes of their own, and a browser
without script. The fixtures over it are in conftest.py.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from forked import run

LONG = 180
"""Seconds until a test gives an answer up. What it waits for takes none, but on a machine with other work."""
WORKERS = 2
"""Web workers of a site on which more than one is to answer."""


@dataclass(frozen=True)
class Answer:
    """What the site answered: `status`, `headers` by lower-case name, and the `body`."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@dataclass
class Run:
    """This run of the tests: the `place` that all its processes share."""

    place: Path = Path()


RUN = Run()


@dataclass
class Client:
    """A browser without script. It keeps cookies and follows nothing."""

    origin: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        connection = HTTPConnection(urlsplit(self.origin).netloc, timeout=LONG)
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        connection.request(method, path, body, {**(sent if self.cookies else {}), **(headers or {})})
        response = connection.getresponse()
        answer = Answer(
            response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        )
        for line in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                if morsel.value and morsel["max-age"] != "0":
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)
        connection.close()
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers={name.replace("_", "-"): text for name, text in headers.items()})

    def post(self, path: str, fields: Mapping[str, Any] | None = None, token: str | None = None) -> Answer:
        """Send a form, with this browser's own form token unless another is given ("" for none)."""
        if token is None:
            token = self.cookies.get("lippen-form", "")
        sent = {**(fields or {}), **({"csrfmiddlewaretoken": token} if token else {})}
        return self.ask(
            "POST",
            path,
            urlencode(sent, doseq=True).encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )


@dataclass
class Served:
    """A site that is open: where it is, its workspace, its database and its process."""

    origin: str
    workspace: Path
    database_url: str | None
    process: subprocess.Popen[str] | None = None

    def client(self) -> Client:
        return Client(self.origin)

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the site's database as its owner could, past the program; "?" stands for a value."""
        if self.database_url is None:
            with closing(sqlite3.connect(self.workspace / "lippen.sqlite3", timeout=LONG)) as connection:
                rows = connection.execute(query, values).fetchall()
                connection.commit()
                return rows
        import psycopg

        with psycopg.connect(self.database_url) as connection:
            cursor = connection.execute(query.replace("%", "%%").replace("?", "%s"), values)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []


_HELD: list[socket.socket] = []


def free_port() -> int:
    """A port of this machine that no other process is given before these tests have ended.

    The socket that found it stays bound and never listens: the system hands the port to nobody who asks for
    any, nobody is answered there, and a server that is told the port listens there all the same.
    """
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(("127.0.0.1", 0))
    _HELD.append(one)
    return int(one.getsockname()[1])


@contextmanager
def own_database() -> Iterator[str | None]:
    """The address of an empty database on the PostgreSQL of DATABASE_URL; None where that is not set."""
    server = os.environ.get("DATABASE_URL")
    if server is None:
        yield None
        return
    import psycopg

    name = f"lippen_{secrets.token_hex(6)}"
    parts = urlsplit(server)
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]


def environment(database_url: str | None) -> dict[str, str]:
    """What a process of the site's own is given: none of the tests' settings."""
    ours = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "LIPPEN_WORKSPACE", "LIPPEN_SERVED_BY"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept if database_url is None else {**kept, "DATABASE_URL": database_url}


def start(
    verb: str,
    workspace: Path,
    database_url: str | None,
    *options: str,
    workers: int = 1,
    settings: str = "",
    **variables: str,
) -> Served:
    """Start `lippen serve` or `lippen demo`, over other settings of Django's where a module is named, and
    wait until it says that it is open.
    """
    port = free_port()
    program = ("-c", _program(settings)) if settings else ("-m", "lippen.cli")
    command = [sys.executable, *program, verb, "--workspace", str(workspace), "--port", str(port)]
    command += ["--workers", str(workers)]
    if verb == "demo" and "--door-port" not in options:
        command += ["--door-port", str(free_port())]
    log = workspace.with_name(f"{workspace.name}.log")
    with log.open("w") as writes:
        process = subprocess.Popen(
            [*command, *options],
            stdout=writes,
            stderr=writes,
            text=True,
            env={**environment(database_url), **variables},
        )
    until = time.monotonic() + LONG
    while "The site is open" not in log.read_text():
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            raise AssertionError(f"{' '.join(command)} did not open:\n{log.read_text()}")
        time.sleep(0.05)
    return Served(f"http://localhost:{port}", workspace, database_url, process)


def closed(verb: str, workspace: Path, database_url: str | None) -> Served:
    """A site (`serve`) or a demo (`demo`) that was opened once and is closed again.

    On SQLite it is a copy of the first one: to open one takes some three seconds.
    """
    if database_url is None:
        first = _closed_before(verb)
        for one in first.parent.iterdir():
            copy = workspace.with_name(one.name.replace(first.name, workspace.name))
            (shutil.copytree if one.is_dir() else shutil.copy)(one, copy)
        return Served("", workspace, None)
    site = start(verb, workspace, database_url)
    assert stop(site) == 0
    return site


def _closed_before(verb: str) -> Path:
    """The first process of a run of the tests that asks makes it, and the others wait for that."""
    place = RUN.place / f"closed-{verb}"
    place.mkdir(exist_ok=True)
    with (RUN.place / f"closed-{verb}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not any(place.iterdir()):
            assert stop(start(verb, place / "first", None)) == 0
    return place / "first"


def stop(served: Served) -> int:
    """Stop a site as systemd does, which waits 90 seconds at most, and return its exit code."""
    assert served.process, "it was never opened"
    served.process.terminate()
    return served.process.wait(90)


def lippen(
    *arguments: str | Path, database_url: str | None = None, settings: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a verb of the command line to its end, over other settings of Django's where a module is named."""
    return run(
        *(("-c", _program(settings)) if settings else ("-m", "lippen.cli")),
        *map(str, arguments),
        env={**environment(database_url), **variables},
        timeout=LONG,
    )


def _program(settings: str) -> str:
    return f"{_over(settings)}from lippen.cli import main\nmain()\n"


def _over(settings: str) -> str:
    """The lines by which a program runs `lippen` over this module of settings: no variable does that."""
    if not settings:
        return ""
    return f"from lippen.site.operation import starting\nstarting.SETTINGS = {settings!r}\n"


def killed_before(
    step: str, *arguments: str | Path, database_url: str | None = None, settings: str = "", **variables: str
) -> None:
    """Run a verb that is killed (SIGKILL) just before it would call `step`, given as `module:function`."""
    module, name = step.split(":")
    program = (
        f"{_over(settings)}import importlib, os, signal, sys\n"
        f"module = importlib.import_module({module!r})\n"
        f"assert callable(module.{name})\n"
        f"module.{name} = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from lippen.cli import main\n"
        "main()\n"
    )
    done = run(
        *("-c", program, *map(str, arguments)),
        env={**environment(database_url), **variables},
        timeout=LONG,
    )
    assert done.returncode == -9, f"{step} was never called: {done.stdout}{done.stderr}"

"""Pages of the site, as people who work with it meet them: `lippen demo` with 50 people at once.

No peer does this. Each person is signed in, and opens the pages that they may open one after another. What is
timed runs from the moment at which the page was due, so that a page that keeps the next one waiting counts
against both.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from benchmarks.opened import opened
from benchmarks.report import Finding, Row
from lippen.site.operation.demo_people import PEOPLE

READERS: Final = 50
SECONDS_BETWEEN: Final = 5.0
PACED_S: Final = 60.0
SATURATED_S: Final = 20.0
PORT: Final = 8799
PAGES: Final = ("/", "/people/", "/register/", "/you/", "/permissions/", "/operating-code/")
"""Of these each person opens those that they may. Reading people or the register is entered in it."""

FORM: Final = "application/x-www-form-urlencoded"
POSTGRESQL: Final = "postgres://postgres@127.0.0.1:5432/postgres"


@dataclass(frozen=True)
class Measured:
    """One site, once: seconds until its first page, of paced pages at the median and the 95th percentile in
    milliseconds, pages a second when all ask at once, and how many failed.
    """

    first_page_s: float
    median_ms: float
    p95_ms: float
    pages_a_second: float
    failed: int


def run(repeats: int) -> Finding:
    """Measure a demo on SQLite, and on PostgreSQL where one answers."""
    rows: list[Row] = []
    for database in ("SQLite", "PostgreSQL"):
        found = [measure(database) for _ in range(repeats)]
        rows.append(
            {
                "database": database,
                "first page, s": median(one.first_page_s for one in found),
                "median, ms": median(one.median_ms for one in found),
                "p95, ms": median(one.p95_ms for one in found),
                "of the budget": median(one.p95_ms for one in found) / 60,
                "pages a second, all at once": median(one.pages_a_second for one in found),
                "failed": sum(one.failed for one in found),
            }
        )
    return Finding(
        title="Pages of the site, with 50 people at once",
        what=f"`lippen demo` in its own processes, and {READERS} people of it signed in, who open the pages "
        f"they may open: one each {SECONDS_BETWEEN:.0f} seconds for a minute, then as fast as they come. "
        "Every page about people is entered in the register before it leaves.",
        columns={
            "database": "",
            "first page, s": ",.1f",
            "median, ms": ",.0f",
            "p95, ms": ",.0f",
            "of the budget": ".0%",
            "pages a second, all at once": ",.0f",
            "failed": ",.0f",
        },
        rows=rows,
        repeats=repeats,
        packages=["lippen", "django", "granian"],
        notes=[
            "The budget: 95 in 100 pages within 60 ms, at least 100 pages a second when all ask at once and "
            "none failed, the first page within 10 s of the command. The first page is that of a workspace "
            "made by the same command.",
            "The browsers run on the same two cores as the site, so the site has less than both.",
        ],
    )


def measure(database: str) -> Measured:
    """Open a demo, wait for its first page, and let people at it."""
    with opened_demo(database) as (_, first_page_s):
        browsers = [Browser(word.word, PAGES) for word in islice(cycle(PEOPLE), READERS)]
        took, failed = paced(browsers, PACED_S)
        rate, more_failed = saturated(browsers)
    print(
        f"  {database}: p95 {quantiles(took, n=20)[-1]:.0f} ms, {rate:.0f} pages/s",
        file=sys.stderr,
        flush=True,
    )
    return Measured(first_page_s, median(took), quantiles(took, n=20)[-1], rate, failed + more_failed)


@contextmanager
def opened_demo(database: str) -> Iterator[tuple[int, float]]:
    """A demo that is open, over a database of its own: its process, and the seconds to its first page."""
    with tempfile.TemporaryDirectory(prefix="lippen-pages-") as folder, _database(database) as address:
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        if address is not None:
            environment["DATABASE_URL"] = address
        begun = time.perf_counter()
        options = ["--workspace", str(Path(folder) / "demo"), "--port", str(PORT)]
        with opened("demo", *options, environment=environment) as site:
            yield site.pid, _first_page(begun, site)


class Browser:
    """Somebody signed in, with a connection that is kept open as browsers do, and the pages of `pages` that
    they may open.
    """

    def __init__(self, word: str, pages: Sequence[str]) -> None:
        self._cookies: dict[str, str] = {}
        self._connection = HTTPConnection("127.0.0.1", PORT, timeout=30)
        self.ask("GET", "/demo/")
        if self.send(f"/demo/{word}/", {}) != 302:
            raise RuntimeError(f"nobody could sign in as {word}")
        self._pages = cycle([page for page in pages if self.ask("GET", page) == 200])

    def open_next(self) -> bool:
        """Open the next page; whether it came."""
        try:
            return self.ask("GET", next(self._pages)) == 200
        except OSError:
            self._connection.close()
            return False

    def send(self, path: str, fields: dict[str, str]) -> int:
        """Send a form, and give the status of the answer."""
        return self.ask("POST", path, urlencode({"csrfmiddlewaretoken": self.token, **fields}).encode())

    @property
    def token(self) -> str:
        """What a form of this browser has to hold."""
        return self._cookies["lippen-form"]

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = FORM) -> int:
        """Ask for an address, and give the status of the answer, which is then in `headers` and `body`."""
        headers = {"Host": f"localhost:{PORT}"}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if body is not None:
            headers["Content-Type"] = kind
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        self.headers, self.body = answer.headers, answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self._cookies.update({name: one.value for name, one in SimpleCookie(line).items()})
        return answer.status


def paced(browsers: list[Browser], seconds: float) -> tuple[list[float], int]:
    """Milliseconds of each page that was due in so many seconds, and how many failed."""
    took: list[float] = []
    failed: list[int] = []
    begun = time.perf_counter() + 0.5

    def work(number: int, browser: Browser) -> None:
        due = begun + SECONDS_BETWEEN * number / READERS
        while due < begun + seconds:
            time.sleep(max(0.0, due - time.perf_counter()))
            if not browser.open_next():
                failed.append(number)
            took.append((time.perf_counter() - due) * 1000)
            due += SECONDS_BETWEEN

    _all_at_once(browsers, work)
    return took, len(failed)


def saturated(browsers: list[Browser]) -> tuple[float, int]:
    """Pages a second while nobody waits, and how many failed."""
    came: list[int] = []
    failed: list[int] = []
    until = time.perf_counter() + SATURATED_S

    def work(number: int, browser: Browser) -> None:
        while time.perf_counter() < until:
            (came if browser.open_next() else failed).append(number)

    _all_at_once(browsers, work)
    return len(came) / SATURATED_S, len(failed)


def _all_at_once(browsers: list[Browser], work: Callable[[int, Browser], None]) -> None:
    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(browsers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def _first_page(begun: float, site: subprocess.Popen[str]) -> float:
    while site.poll() is None:
        connection = HTTPConnection("127.0.0.1", PORT, timeout=30)
        try:
            connection.request("GET", "/", headers={"Host": "localhost"})
            if connection.getresponse().status == 200:
                return time.perf_counter() - begun
        except OSError:
            time.sleep(0.02)
        finally:
            connection.close()
    raise RuntimeError("the demo did not open")


@contextmanager
def _database(kind: str) -> Iterator[str | None]:
    """An empty database of its own, dropped afterwards; None for SQLite, which is a file."""
    if kind == "SQLite":
        yield None
        return
    server = os.environ.get("DATABASE_URL", POSTGRESQL)
    name = f"lippen_pages_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

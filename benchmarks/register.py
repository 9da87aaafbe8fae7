"""Entering in the register, 50 readers at once: Lippen's way beside a chain that each extends, and beside
plain inserts.

Readers are threads in two processes, as the site's web workers are, and ask without pause. Every way writes
the same rows under the same triggers, and lets a reader go when the entry is committed.
"""
# ruff: noqa: PLC0415 - each process opens what it needs once its settings are known

from __future__ import annotations

import contextlib
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from benchmarks.report import Finding, Row

READERS: Final = 50
PROCESSES: Final = 2
SECONDS: Final = 10.0
WARMING_S: Final = 1.0
SHOWN: Final = 2
OURS: Final = "Lippen: entries share a commit, a sealer beside"
PLAIN: Final = "plain inserts: a commit each, not sealed"
CHAIN: Final = "a chain that each extends: a commit each"
WAYS: Final = {OURS: "ours", PLAIN: "plain", CHAIN: "chain"}


def run(repeats: int, seconds: float = SECONDS) -> Finding:
    """Time each way on each database in turn; PostgreSQL when DATABASE_URL names one.

    Raises RuntimeError when entries are missing afterwards, or when Lippen's are not sealed and whole.
    """
    servers = {"SQLite": None}
    if "DATABASE_URL" in os.environ:
        servers["PostgreSQL"] = os.environ["DATABASE_URL"]
    rows: list[Row] = []
    for database, server in servers.items():
        measured: dict[str, list[tuple[float, list[list[float]]]]] = {way: [] for way in WAYS}
        for turn in range(repeats):
            for way in list(WAYS)[:: 1 if turn % 2 == 0 else -1]:
                rate, waits = _measure(WAYS[way], server, seconds)
                measured[way].append((rate, waits))
                print(f"  {database}, {way}: {rate:,.0f} entries/s", file=sys.stderr, flush=True)
        ours = statistics.median(rate for rate, _ in measured[OURS])
        for way, times in measured.items():
            rate = statistics.median(one for one, _ in times)
            row: Row = {
                "database": database,
                "way": way,
                "entries/s": rate,
                "Lippen's, times as many": ours / rate,
                "median, ms": statistics.median(_percentile(_all(waits), 50) for _, waits in times),
                "p95, ms": statistics.median(_percentile(_all(waits), 95) for _, waits in times),
            }
            if all(reader for _, waits in times for reader in waits):
                row["p95 of the reader who waited most, ms"] = statistics.median(
                    max(_percentile(reader, 95) for reader in waits) for _, waits in times
                )
            rows.append(row)
    left_out = [] if len(servers) == 2 else ["PostgreSQL was left out: DATABASE_URL names none."]
    return Finding(
        title="Entering in the register",
        what=f"{READERS} readers in {PROCESSES} processes, each entering a reading of {SHOWN} records "
        f"again and again for {seconds:g} s, and let go when it is on the disk (SQLite synchronous=FULL, "
        "PostgreSQL synchronous_commit=on). Lippen's entries are sealed meanwhile each second, and "
        "checked at the end.",
        columns={
            "database": "",
            "way": "",
            "entries/s": ",.0f",
            "Lippen's, times as many": ",.1f",
            "median, ms": ",.1f",
            "p95, ms": ",.1f",
            "p95 of the reader who waited most, ms": ",.1f",
        },
        rows=rows,
        repeats=repeats,
        packages=["django", "psycopg"],
        notes=[
            "Readers, sealer and, for PostgreSQL, the server share the same cores.",
            "The chain is what a register would be without a sealer: each entry holds the digest of the one "
            "before, so the next writer waits for it. Plain inserts show what sealing in the background "
            "costs, and what sharing a commit saves.",
            "A reader who is overtaken again and again has few entries and weighs little in the p95 of all, "
            "so that of the reader who waited most stands beside it; nothing stands there where some reader "
            "never had a turn.",
            *left_out,
        ],
    )


def _all(waits: list[list[float]]) -> list[float]:
    return [wait for reader in waits for wait in reader]


def _percentile(waits: list[float], percent: int) -> float:
    """In milliseconds."""
    return sorted(waits)[min(len(waits) - 1, len(waits) * percent // 100)] * 1000


def _measure(way: str, server: str | None, seconds: float) -> tuple[float, list[list[float]]]:
    """Entries a second, and how long each of every reader's entries took, in seconds."""
    with tempfile.TemporaryDirectory(prefix="lippen-register-") as folder, _database(server) as address:
        workspace = Path(folder) / "workspace"
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment |= {"LIPPEN_WORKSPACE": str(workspace)} | ({"DATABASE_URL": address} if address else {})

        def start(*arguments: str) -> subprocess.Popen[str]:
            return subprocess.Popen(
                [sys.executable, "-m", "benchmarks.register", *arguments],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )

        _finish(start("prepare"))
        sealer = start("seal") if way == "ours" else None
        workers = [start("enter", way, str(seconds)) for _ in range(PROCESSES)]
        told = [json.loads(_finish(worker)) for worker in workers]
        if sealer is not None:
            _finish(sealer)
        entered = sum(one["entered"] for one in told)
        checked = json.loads(_finish(start("check", way)))
        if checked["entries"] != entered or not checked["sound"]:
            raise RuntimeError(f"{entered} were entered, and the register says {checked}")
        waits = [reader for one in told for reader in one["waits"]]
        return sum(map(len, waits)) / seconds, waits


def _finish(process: subprocess.Popen[str]) -> str:
    out, _ = process.communicate("end\n")
    if process.returncode:
        raise RuntimeError(f"a process of the benchmark ended with {process.returncode}")
    return out


@contextlib.contextmanager
def _database(server: str | None) -> Iterator[str | None]:
    """A database of this run's own on that server, dropped at its end; None is SQLite."""
    if server is None:
        yield None
        return
    import psycopg

    name = f"lippen_bench_{secrets.token_hex(6)}"
    parts = urlsplit(server)

    def ask(statement: str) -> None:
        with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as connection:
            connection.execute(statement.encode())

    ask(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        ask(f"DROP DATABASE {name} WITH (FORCE)")


# --- what each process does


def _open() -> None:
    import django
    from django.conf import settings

    from lippen.site.configuration import database_settings, read_configuration
    from lippen.site.keys import make_keys, read_keys

    configuration = read_configuration(Path(os.environ["LIPPEN_WORKSPACE"]))
    make_keys(configuration.keys)
    settings.configure(
        CONFIGURATION=configuration,
        KEYS=read_keys(configuration.keys),
        DATABASES={"default": database_settings(configuration)},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["lippen.site.register"],
        SILENCED_SYSTEM_CHECKS=["register.E001"],  # what it checks are the site's other apps
        TIME_ZONE="UTC",
        USE_TZ=True,
    )
    django.setup()


def prepare() -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE chain (number integer PRIMARY KEY, digest text)")
        cursor.execute("INSERT INTO chain VALUES (1, '')")


def seal() -> None:
    """Seal each second until told to end, and then what is left."""
    from lippen.site.register.sealer import run_sealer, seal_once

    stop = threading.Event()
    sealer = threading.Thread(target=run_sealer, args=(stop,))
    sealer.start()
    sys.stdin.readline()
    stop.set()
    sealer.join()
    while seal_once():
        pass


def enter(way: str, seconds: str) -> None:
    """Be this process's readers, and print how many entries were made and how long each waited."""
    from django.db import connection

    entry = {"ours": _ours, "plain": _plain, "chain": _chain}[way]()
    readers = range(READERS // PROCESSES)
    waits: list[list[float]] = [[] for _ in readers]
    entered = [0] * len(readers)
    begin = time.perf_counter() + WARMING_S
    end = begin + float(seconds)

    def read(reader: int) -> None:
        while (start := time.perf_counter()) < end:
            entry(entered[reader])
            entered[reader] += 1
            if start >= begin:
                waits[reader].append(time.perf_counter() - start)
        connection.close()

    threads = [threading.Thread(target=read, args=(at,)) for at in readers]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    print(json.dumps({"entered": sum(entered), "waits": waits}))


def check(way: str) -> None:
    from django.conf import settings

    from lippen.site.register.models import Entry
    from lippen.site.register.verification import verify

    told = {"entries": Entry.objects.count(), "sound": True}
    if way == "ours":
        copy = settings.CONFIGURATION.checkpoint_copies
        verdict = verify([settings.KEYS.seal.public()], digest_key=settings.KEYS.digest, copy=copy)
        told["sound"] = verdict.sound and verdict.tail_entries == 0
    print(json.dumps(told))


def _said(at: int) -> tuple[Any, ...]:
    from lippen.site.register.models import Act
    from lippen.site.register.services import Reader, Records

    reader = Reader("p-0123456789abcdef", "worker", "o-0123456789abcdef", "uk-gdpr")
    shown = [Records("staff", tuple(f"{at:016d}{one}" for one in range(SHOWN)))]
    return reader, Act.CONSULTATION, "people", shown


def _ours() -> Callable[[int], object]:
    from lippen.site.register.services import enter_reading

    return lambda at: enter_reading(*_said(at), purpose="to reach a colleague")


def _plain() -> Callable[[int], object]:
    from django.db import transaction

    from lippen.site.register.services import enter_change

    def entry(at: int) -> None:
        with transaction.atomic():
            enter_change(*_said(at), purpose="to reach a colleague")

    return entry


def _chain() -> Callable[[int], object]:
    from django.db import connection, transaction

    from lippen.site.register.services import enter_change

    head = "SELECT digest FROM chain WHERE number = 1"
    if connection.vendor == "postgresql":
        head += " FOR UPDATE"  # SQLite's transactions begin with the lock

    def entry(at: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(head)
            (before,) = cursor.fetchone()
            number = enter_change(*_said(at), purpose="to reach a colleague")
            digest = sha256(f"{before}{number}".encode()).hexdigest()
            cursor.execute("UPDATE chain SET digest = %s WHERE number = 1", [digest])

    return entry


if __name__ == "__main__":
    _open()
    {"prepare": prepare, "seal": seal, "enter": enter, "check": check}[sys.argv[1]](*sys.argv[2:])

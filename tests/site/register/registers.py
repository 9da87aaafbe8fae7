"""Registers that tests attack as whoever owns the database could: past the program, its triggers down."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.models import Max
from open_sites import LONG, RUN, own_database

from forked import run
from lippen.site.keys import SealKey, make_keys
from lippen.site.register import expiry, looking, retention, rotation, sealer, services
from lippen.site.register.dialects import dialect
from lippen.site.register.models import Act, Checkpoint, Entry
from lippen.site.register.rotation import write_rotation
from lippen.site.register.sealer import newest_checkpoint, seal_once
from lippen.site.register.services import Reader, Records, enter_reading
from lippen.site.register.verdict import Verdict
from lippen.site.register.verification import verify

AILSA = Reader("p-ailsa", "worker", "o-housing", "uk-gdpr")
ROBERT = Reader("p-robert", "police-officer", "o-police", "law-enforcement")


class HeldRegister:
    """The register of this process: enter, seal, attack, check."""

    def __init__(self, settings: Any, copies: Path) -> None:
        settings.CONFIGURATION = replace(settings.CONFIGURATION, checkpoint_copies=copies)
        self.settings = settings
        self.copies = copies

    def enter(self, many: int = 1, reader: Reader = AILSA, **said: str) -> list[int]:
        """Enter readings, each of two people, and return their ids."""
        return [
            enter_reading(
                reader,
                Act.CONSULTATION,
                f"people {at}",
                [Records("staff", (f"a-{at}", f"b-{at}"))],
                purpose="to reach a colleague",
                **said,
            )
            for at in range(many)
        ]

    def seal(self) -> list[Checkpoint]:
        """Seal until nothing is open, once all is settled: whatever else the cluster does holds that up."""
        made: list[Checkpoint] = []
        until = time.monotonic() + LONG
        position = dialect().position
        highest = Entry.objects.aggregate(highest=Max(position))["highest"] or 0
        while dialect().settled() < highest:
            time.sleep(0.01)
            assert time.monotonic() < until, "it was not settled"
        while self.open_entries():
            one = seal_once()
            made += [one] if one else []
            assert time.monotonic() < until, "it was not sealed"
        return made

    def open_entries(self) -> int:
        last = newest_checkpoint()
        position = dialect().position
        return Entry.objects.filter(**{f"{position}__gt": last.to_position if last else 0}).count()

    def wait_until_sealed(self) -> None:
        """Wait while another thread seals. Raises AssertionError where it does not.

        In memory SQLite keeps one cache for all threads, and turns a reader away at once while one writes:
        that is no answer yet.
        """
        until = time.monotonic() + LONG
        while time.monotonic() < until:
            with suppress(OperationalError):
                if not self.open_entries():
                    return
            time.sleep(0.05)
        raise AssertionError("it was not sealed")

    def filled(self, checkpoints: int = 3, entries: int = 4) -> list[int]:
        """Fill it with that many checkpoints over that many entries each; returns the entries' ids."""
        ids: list[int] = []
        for _ in range(checkpoints):
            ids += self.enter(entries)
            self.seal()
        return ids

    def rotate(self, reason: str = "as agreed") -> SealKey:
        """Replace the seal key by a new one, as the command does once all is sealed; returns the old one."""
        self.seal()
        old, new = self.settings.KEYS.seal, SealKey(secrets.token_bytes(32))
        write_rotation(old, new, reason)
        self.settings.KEYS = replace(self.settings.KEYS, seal=new)
        return old

    def attack(self, *statements: str | tuple[str, Sequence[Any]]) -> None:
        """Do what a database's owner can: take the triggers down, alter, and put them up again."""
        append_only = dialect()
        append_only.take_down_triggers()
        postgresql = connection.vendor == "postgresql"
        with connection.constraint_checks_disabled(), connection.cursor() as cursor:
            if postgresql:
                cursor.execute("SET session_replication_role = replica")  # foreign keys too stand aside
            for one in statements:
                statement, values = (one, ()) if isinstance(one, str) else one
                cursor.execute(statement, list(values))
            if postgresql:
                cursor.execute("RESET session_replication_role")
        append_only.put_up_triggers()

    def verify(self, *, copy: bool = True, digests: bool = True, **other: Any) -> Verdict:
        keys = self.settings.KEYS
        return verify(
            other.get("keys", [keys.seal.public()]),
            digest_key=keys.digest if digests else None,
            copy=self.copies if copy else None,
        )


@contextmanager
def clock(monkeypatch: pytest.MonkeyPatch, year: int, month: int, day: int = 15) -> Iterator[None]:
    """The machine's clock at noon of that day, for all that the register dates."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:  # noqa: ARG003 - it stands in UTC for all
            return cls(year, month, day, 12, tzinfo=UTC)

    with monkeypatch.context() as patched:
        for module in (sealer, expiry, services, retention, looking, rotation):
            patched.setattr(module, "datetime", Then)
        yield


OPENED = "import sys, django; django.setup()\nfrom registers_at_work import *\n"
"""The beginning of each program that works on a register."""


MIGRATE = "from django.core.management import call_command; call_command('migrate', verbosity=0)"
DATABASE = "lippen.sqlite3"


@dataclass
class OwnRegister:
    """A register in a workspace of its own, worked on by processes of their own."""

    workspace: Path
    database_url: str | None

    @property
    def environment(self) -> dict[str, str]:
        here = Path(__file__).parent
        given = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            "LIPPEN_WORKSPACE": str(self.workspace),
            "DJANGO_SETTINGS_MODULE": "register_settings",
            "PYTHONPATH": f"{here}{os.pathsep}{here.parent}",
        }
        return given if self.database_url is None else {**given, "DATABASE_URL": self.database_url}

    @property
    def copies(self) -> Path:
        return self.workspace.with_name(f"{self.workspace.name}-checkpoints")

    def start(self, code: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a process that runs this code, with the register open."""
        return subprocess.Popen(
            [sys.executable, "-c", OPENED + code, *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str, *arguments: str) -> str:
        """Run this code to its end, and return what it printed. Raises AssertionError when it fails."""
        done = run("-c", OPENED + code, *arguments, env=self.environment, timeout=LONG)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def lippen(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a verb of `lippen register` on it, as somebody would at a terminal."""
        return run(
            "-c",
            "from lippen.site.operation import starting\nstarting.SETTINGS = 'register_settings'\n"
            "from lippen.cli import registers, running; running.run(registers.register)",
            *(*arguments, "--workspace", str(self.workspace)),
            env=self.environment,
            timeout=LONG,
        )


@contextmanager
def own_register(workspace: Path) -> Iterator[OwnRegister]:
    """A new workspace with keys and an empty register, on SQLite or, with DATABASE_URL, on PostgreSQL."""
    make_keys(workspace / "keys")
    with own_database() as database_url:
        one = OwnRegister(workspace, database_url)
        if database_url is None:
            for file in _empty().glob(f"{DATABASE}*"):  # and its write-ahead log, where that is left
                shutil.copy(file, workspace)
        else:
            one.run(MIGRATE)
        yield one


@cache
def _empty() -> Path:
    """The workspace of a register in which nothing is entered: to make its tables takes longer than most of
    what is then tried on them.
    """
    first = RUN.place / f"empty-register-{os.getpid()}"
    make_keys(first / "keys")
    OwnRegister(first, None).run(MIGRATE)
    return first

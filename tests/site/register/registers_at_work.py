"""What processes of the tests do to a register of their own. Loaded when its settings are."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import Any

from django.db import connection

from lippen.site.register import copied_files, copies, sealer
from lippen.site.register.models import Act, Checkpoint, Entry
from lippen.site.register.services import Reader, Records, enter_reading

__all__ = [
    "copied_files",
    "copies",
    "die",
    "enter",
    "enter_until_killed",
    "seal_all",
    "seal_for",
    "sealer",
    "sys",
]

WORKER = Reader("p-one", "worker", "o-one", "uk-gdpr")


def enter(many: int) -> None:
    for at in range(many):
        enter_reading(
            WORKER,
            Act.CONSULTATION,
            "people",
            [Records("staff", (f"a-{at}",))],
            purpose="to reach a colleague",
        )


def seal_all() -> None:
    """Seal until every entry is under a checkpoint."""
    until = time.monotonic() + 180
    while sum(Checkpoint.objects.values_list("entries", flat=True)) < Entry.objects.count():
        sealer.seal_once()
        if time.monotonic() > until:
            sys.exit("it was not sealed")


def seal_for(seconds: float) -> None:
    """Be a sealer for some seconds, as fast as can be: two at once meet at every step."""
    stop = threading.Event()
    threading.Timer(seconds, stop.set).start()
    sealer.SECONDS_BETWEEN = 0.001  # type: ignore[misc]
    sealer.run_sealer(stop)


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def enter_until_killed(readers: int) -> None:
    """Many readers at once, each saying the id of an entry as soon as it is let go, until all are killed."""

    def read() -> None:
        try:
            while True:
                number = enter_reading(
                    WORKER, Act.CONSULTATION, "people", [Records("staff", ("a",))], purpose="to work"
                )
                os.write(1, b"%d\n" % number)
        finally:
            connection.close()

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

"""A process ends when the one that started it does, even when that one was killed and could not say so."""

from __future__ import annotations

import os
import resource
import threading
import time
from typing import Final

VARIABLE: Final = "LIPPEN_SERVED_BY"
"""The environment variable that holds the number of the process at the root of the tree."""

_SECONDS_BETWEEN_LOOKS: Final = 0.25
_NICE: Final = 10


def end_with_parent() -> None:
    """End this process at once when `lippen serve`, which started it, is gone.

    An orphan is handed to another parent by the system, on every system; no signal needs to arrive. Does
    nothing where VARIABLE is not set: whoever started this process then looks after it.
    """
    parent = os.environ.get(VARIABLE)
    if parent is not None:
        threading.Thread(target=_watch, args=(int(parent),), name="parent", daemon=True).start()


def work_beside_pages(most_memory: int) -> None:
    """Let this process end with its parent, give way to those that answer pages, and hold so many bytes of
    memory at most.
    """
    end_with_parent()
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    os._exit(1)  # as if killed: open transactions are taken back by the database

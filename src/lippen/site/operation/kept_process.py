"""A process beside the web workers: started again when it ends unasked, and ended with the site."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

REFUSED: Final = 3
"""The exit code of a process that said why it cannot work: it is not started again."""

SECONDS_TO_FINISH: Final = 10
_FAILURES_IN_A_MINUTE: Final = 5


@dataclass(frozen=True)
class Kept:
    """What is kept running: the module that is run with these arguments, its `name` in messages, and what
    follows from its `failing` again and again.
    """

    name: str
    module: str
    failing: str
    arguments: tuple[str, ...] = ()


class KeptProcess:
    """Such a process. `give_up` is called when starting it again is vain."""

    def __init__(self, kept: Kept, give_up: Callable[[], None]) -> None:
        self.gave_up = False
        self._kept = kept
        self._give_up = give_up
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name=kept.module, daemon=True)

    def start(self) -> None:
        self._keeper.start()

    def ask_to_end(self) -> None:
        """Ask it to end, and do not wait."""
        self._stopping.set()

    def stop(self) -> None:
        """Ask it to end, wait for what it is doing, and kill it when that takes too long."""
        self.ask_to_end()
        self._keeper.join(SECONDS_TO_FINISH + 2)

    def _keep(self) -> None:
        ends: list[float] = []
        while not self._stopping.is_set():
            command = [sys.executable, "-m", self._kept.module, *self._kept.arguments]
            # In a group of its own, so that Ctrl-C reaches the site alone, which then ends what it keeps.
            process = subprocess.Popen(command, process_group=0)  # noqa: S603 - our own module
            while process.poll() is None and not self._stopping.is_set():
                time.sleep(0.1)
            if self._stopping.is_set():
                _end(process)
                return
            ends = [*(one for one in ends if one > time.monotonic() - 60), time.monotonic()]
            if process.returncode == REFUSED or len(ends) >= _FAILURES_IN_A_MINUTE:
                if process.returncode != REFUSED:
                    sys.stderr.write(f"lippen: {self._kept.name} keeps failing, so {self._kept.failing}\n")
                self.gave_up = True
                self._give_up()
                return
            sys.stderr.write(f"lippen: {self._kept.name} ended and is started again\n")
            self._stopping.wait(0.5)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_FINISH)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

"""A site or a door that is open while something is measured: a verb of `lippen` in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO


@contextmanager
def opened(
    verb: str,
    *options: str,
    environment: Mapping[str, str] | None = None,
    stdout: int | IO[str] = subprocess.DEVNULL,
) -> Iterator[subprocess.Popen[str]]:
    """`lippen verb options`, which is told to stop afterwards and given 30 seconds for it."""
    command = [sys.executable, "-m", "lippen.cli", verb, *options]
    with subprocess.Popen(command, env=environment, stdout=stdout, text=True) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)

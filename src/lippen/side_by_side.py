"""Parts of one work, done here and in processes beside this one.

The invariant: no process outlives the run that started it, however that run ends. Each holds one end of a
pipe whose other end is held by the run alone; the system closes that end when the run is killed, and the run
closes it when it is stopped. Numbers of processes are never asked for: they are given out again.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Thread
from typing import TypeVar

import pyarrow as pa

from lippen.errors import LippenError

Part = TypeVar("Part")
Done = TypeVar("Done")


def done_side_by_side(
    do: Callable[[Part], Done], parts: Iterable[Part], workers: int
) -> Generator[Done, None, None]:
    """Have `do` done with every one of `parts`, and yield what comes of each as it is done, in no order.

    One part after the other is done by this process, others meanwhile by up to `workers` - 1 beside it, to
    which `do` and the parts must be able to go. Closing the iterator ends them in the middle of what they do.
    Raises LippenError when one of them was ended from outside.
    """
    waiting = deque(parts)
    others = min(workers, len(waiting)) - 1
    if others < 1:
        yield from map(do, waiting)
        return
    # Spawned, not forked: a process that has threads (Arrow's) is not safely copied.
    context = get_context("spawn")
    theirs, ours = context.Pipe(duplex=False)
    with (
        theirs,
        ours,
        ProcessPoolExecutor(others, mp_context=context, initializer=_begin, initargs=(theirs,)) as pool,
    ):
        running: set[Future[Done]] = set()
        try:
            while waiting or running:
                # One more than there are others, so that none waits while this process is at its own part.
                while waiting and len(running) <= others:
                    with _interrupts_kept():
                        running.add(pool.submit(do, waiting.popleft()))
                if waiting:
                    yield do(waiting.popleft())
                done, running = wait(running, 0 if waiting else None, FIRST_COMPLETED)
                yield from (one.result() for one in done)
        except BrokenProcessPool as error:
            raise LippenError(
                "a process beside this one was ended from outside, perhaps because memory ran out",
                remedy="Run it again with less beside it; where there is --workers, with fewer.",
            ) from error
        except BaseException:
            ours.close()
            raise


def _begin(of_the_run: Connection) -> None:
    """Make a new process ready: one thread of Arrow, and one that waits for the end of the run."""
    pa.set_cpu_count(1)
    Thread(target=_end_with, args=(of_the_run,), daemon=True).start()


def _end_with(run: Connection) -> None:
    with suppress(EOFError, OSError):
        run.recv_bytes()  # nothing is ever sent: this returns when the other end is closed
    os._exit(1)


@contextmanager
def _interrupts_kept() -> Iterator[None]:
    """Keep Ctrl-C from processes that are started meanwhile, from their first moment on.

    It reaches every process of a terminal, and it is the run that ends the others. What is blocked here stays
    blocked in a process started here; this one receives it when the body ends.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

"""The one background worker: jobs of the queue, the register's sealer, and an hourly sweep.

Started by `lippen serve` as `python -m lippen.site.operation.worker`, and ends with it. When either part
fails, the process ends and the server starts another: a register that nobody seals is worse than a job that
is done again.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, Final

from lippen.site.operation.process_tree import end_with_parent

_SECONDS_BETWEEN_SWEEPS: Final = 3600.0
_SECONDS_TO_FINISH: Final = 8.0


def main() -> int:
    """Work until told to stop. Returns the exit code."""
    end_with_parent()
    stop = threading.Event()
    failed = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    import django

    django.setup()
    parts = [_started(part, stop, failed) for part in (_jobs, _sealer, _sweep)]
    stop.wait()
    for part in parts:
        part.join(_SECONDS_TO_FINISH)
    return int(failed.is_set())


def _started(
    part: Callable[[threading.Event], None], stop: threading.Event, failed: threading.Event
) -> threading.Thread:
    def run() -> None:
        try:
            part(stop)
        except Exception:
            logging.getLogger(__name__).exception("the background worker has to start again")
            failed.set()
        finally:
            stop.set()

    thread = threading.Thread(target=run, name=part.__name__, daemon=True)
    thread.start()
    return thread


def _sealer(stop: threading.Event) -> None:
    from lippen.site.register.sealer import run_sealer

    run_sealer(stop)


def _jobs(stop: threading.Event) -> None:
    """Do the jobs of the queue one after another. Those that a killed worker had begun are done again."""
    from django.utils.crypto import get_random_string
    from django_tasks.base import TaskResultStatus
    from django_tasks_db.management.commands.db_worker import Worker
    from django_tasks_db.models import DBTaskResult

    # One worker has a site (see `lock`), so whatever still runs when it starts was left behind.
    DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).update(
        status=TaskResultStatus.READY, started_at=None
    )
    worker = Worker(
        queue_names=["*"],
        interval=1,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )
    ending = threading.Thread(target=_end, args=(worker, stop), daemon=True)
    ending.start()
    worker.run()


def _end(worker: Any, stop: threading.Event) -> None:
    stop.wait()
    worker.running = False


def _sweep(stop: threading.Event) -> None:
    """Take away what has expired: sessions, jobs done more than a fortnight ago, months of the register that
    its policy lets go. And look for unusual reading in the days that ended.
    """
    from django.core.management import call_command

    from lippen.site.register.expiry import expire
    from lippen.site.register.unusual import look

    while not stop.is_set():
        call_command("clearsessions", verbosity=0)
        call_command("prune_db_task_results", verbosity=0)
        expire()
        look()
        stop.wait(_SECONDS_BETWEEN_SWEEPS)


if __name__ == "__main__":
    sys.exit(main())

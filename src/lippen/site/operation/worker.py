"""The one background worker: the register's sealer, the jobs of the queue, those of each hour and night, the
list of what has ended, and imports, each of these in a process of its own.

Started by `lippen serve` as `python -m lippen.site.operation.worker`, and ends with it. Each part has a
thread and a database connection of its own, and sealing waits for no other. When the sealer fails, the
process ends and the server starts another; when another part fails, it is tried again and the sealer goes on.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from lippen.site.process_tree import end_with_parent

_SECONDS_BETWEEN_LOOKS: Final = 60.0
_SECONDS_BEFORE_AGAIN: Final = 30.0
_SECONDS_BEFORE_NIGHTLY: Final = 900.0
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
    sealer = threading.Thread(target=_sealer, args=(stop, failed), name="sealer", daemon=True)
    others = [
        threading.Thread(target=_kept_up, args=(part, stop), name=part.__name__, daemon=True)
        for part in (_jobs, _hourly, _endings, _imports)
    ]
    for thread in (sealer, *others):
        thread.start()
    stop.wait()
    for thread in (sealer, *others):
        thread.join(_SECONDS_TO_FINISH)
    return int(failed.is_set())


def _sealer(stop: threading.Event, failed: threading.Event) -> None:
    """Seal until told to stop. What the sealer itself does not master ends the process."""
    from lippen.site.register.sealer import run_sealer

    try:
        run_sealer(stop)
    except Exception:
        logging.getLogger(__name__).exception(
            "the sealer failed, so the background worker has to start again"
        )
        failed.set()
    finally:
        stop.set()


def _kept_up(part: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """Do this part until told to stop, and again after a while when it fails: sealing goes on meanwhile."""
    from django.db import connection

    while not stop.is_set():
        try:
            part(stop)
        except Exception:
            logging.getLogger(__name__).exception("%s failed and is tried again", part.__name__.strip("_"))
            connection.close()
            stop.wait(_SECONDS_BEFORE_AGAIN)


def queue_worker(*, batch: bool = False) -> Any:
    """The worker of the queue, a `Worker` of django-tasks-db. With `batch` it ends once nothing is left."""
    from django.utils.crypto import get_random_string
    from django_tasks_db.management.commands.db_worker import Worker

    return Worker(
        queue_names=["*"],
        interval=1,
        batch=batch,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )


def _jobs(stop: threading.Event) -> None:
    """Do the jobs of the queue one after another."""
    from lippen.site.operation.hourly import take_up_left_behind

    take_up_left_behind()
    worker = queue_worker()
    ending = threading.Thread(target=_end, args=(worker, stop), daemon=True)
    ending.start()
    worker.run()


def _end(worker: Any, stop: threading.Event) -> None:
    stop.wait()
    worker.running = False


def _hourly(stop: threading.Event) -> None:
    """Put what is done each hour and each night into the queue."""
    from lippen.site.operation.hourly import put_into_queue

    began = time.monotonic()
    while not stop.is_set():
        # Where a site is closed at night everybody comes when it opens, and what takes long waits for them.
        put_into_queue(nightly=time.monotonic() - began >= _SECONDS_BEFORE_NIGHTLY)
        stop.wait(_SECONDS_BETWEEN_LOOKS)


def _endings(stop: threading.Event) -> None:
    """Keep the list of what has ended within a minute of each ending, and once more at the end, when no page
    is served any more.
    """
    from lippen.errors import LippenError
    from lippen.site.operation.hourly import keep_list_where_it_lags

    said, last = "", False
    while not last:
        last = stop.is_set()
        try:
            keep_list_where_it_lags()
            said = ""
        except (LippenError, OSError) as error:
            if str(error) != said:  # each minute the same would bury what else is logged
                logging.getLogger(__name__).error("the list of what has ended: %s", error)
            said = str(error)
        if not last:
            stop.wait(_SECONDS_BETWEEN_LOOKS)


def _imports(stop: threading.Event) -> None:
    """Bring exports in, one after another."""
    from lippen.site.insight.import_queue import run_queue

    run_queue(stop)


if __name__ == "__main__":
    sys.exit(main())

"""What the background worker does each hour and each night, as jobs of its queue.

There a fault is kept with its job and shown by `lippen doctor`, the job comes again an hour or a night later,
and neither the sealer nor any other job meets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from lippen.site.accounts import notices
from lippen.site.accounts.sessions import SessionStore
from lippen.site.accounts.sweeping import let_go_of_what_ended
from lippen.site.desk.sweeping import let_go_at_desks, let_go_of_desk_keys, release_logs
from lippen.site.insight.sweeping import let_go_of_collections, let_go_of_uploads
from lippen.site.operation import ended_again, ended_imports, ended_list
from lippen.site.register.days import begins, day_of
from lippen.site.register.rotation import own_seal_keys, sealing_key
from lippen.site.register.tasks import check_register, let_months_go, look_for_unusual
from lippen.site.sightings.sweeping import let_go_of_sightings, let_go_on

_BETWEEN: Final = timedelta(hours=1)
_BEGUN_AT_MOST: Final = 2
_LETTER_TRIED_FOR: Final = timedelta(days=1)
_NOT_TAKEN: Final = f"{notices.NotTaken.__module__}.{notices.NotTaken.__qualname__}"


class WorkerEnded(Exception):
    """The worker ended each time it did this job."""


@dataclass(frozen=True)
class Failure:
    """A job of each hour or night whose last run failed: its name, when it failed, and the kind of error."""

    name: str
    at: datetime
    error: str


@task()
def clear_sessions() -> None:
    """Take away sessions that have ended."""
    SessionStore.clear_expired()


@task()
def clear_jobs() -> None:
    """Take away jobs that were done more than a fortnight ago."""
    call_command("prune_db_task_results", verbosity=0)


@task()
def keep_list_of_ended() -> None:
    """Keep the list that a restore goes through, outside the database."""
    _keep(ended_again.state(settings.CONFIGURATION.workspace))


def keep_list_where_it_lags() -> bool:
    """The same where something began or ended since; whether it did. Raises as `ended_list.keep` and
    `sealing_key` do.
    """
    state = ended_again.state(settings.CONFIGURATION.workspace)
    if not ended_list.lags(settings.CONFIGURATION.workspace, state):
        return False
    _keep(state)
    return True


def _keep(state: Mapping[str, bool]) -> None:
    moved = ended_imports.moved(settings.CONFIGURATION.workspace)
    ended_list.keep(settings.CONFIGURATION, sealing_key(), own_seal_keys(), state, moved)


@task()
def send_letters_again() -> None:
    """Put the e-mails that surely were not sent into the queue again, each until it is a day old: a mail
    program that stood still must not keep from somebody that something waits.

    Raises NotTaken, and puts none there, while no mail program answers: each would wait for it in vain. One
    is begun anew, as if for the first time.
    """
    since = timezone.now() - _LETTER_TRIED_FOR
    unsent = DBTaskResult.objects.failed().filter(
        task_path=notices.send.module_path, exception_class_path=_NOT_TAKEN, enqueued_at__gt=since
    )
    if settings.CONFIGURATION.mail_from and unsent.exists():
        notices.connected().close()
        unsent.update(status=TaskResultStatus.READY, started_at=None, finished_at=None, worker_ids=[])


HOURLY: Final[tuple[Any, ...]] = (
    clear_sessions,
    clear_jobs,
    send_letters_again,
    keep_list_of_ended,
    let_go_of_what_ended,
    let_go_of_uploads,
    let_go_of_collections,
    let_go_of_desk_keys,
    let_go_at_desks,
    release_logs,
    let_go_on,
    let_go_of_sightings,
    let_months_go,
    look_for_unusual,
)


NIGHTLY: Final[tuple[Any, ...]] = (check_register,)
"""Once a day, as soon after midnight by the site's own clock as the site is open."""


def put_into_queue(*, nightly: bool = False) -> int:
    """Put each hourly job into the queue whose last one was put there an hour ago or more, and was begun;
    with `nightly` also those of each night whose last one was put there before today.

    Returns how many.
    """
    now = timezone.now()
    put = 0
    due = [(one, now - _BETWEEN) for one in HOURLY]
    due += [(one, begins(day_of(now))) for one in NIGHTLY if nightly]
    for one, since in due:
        same = DBTaskResult.objects.filter(task_path=one.module_path)
        # The upper end: after a clock was set back nothing waits until it is as late again.
        if same.filter(enqueued_at__range=(since, now)).exists():
            continue
        if same.filter(status=TaskResultStatus.READY).exists():
            continue
        one.enqueue()
        put += 1
    return put


def take_up_left_behind() -> None:
    """Let jobs be done again that a worker had begun when it was killed; those that end it each time no more.

    For the start of a worker: a site has one (see `lock`), so whatever still runs was left behind. A job that
    takes the worker with it would else close the site, which closes when its worker keeps failing.
    """
    for one in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
        if len(one.worker_ids) >= _BEGUN_AT_MOST:
            one.set_failed(WorkerEnded(f"begun {len(one.worker_ids)} times and never finished"))
        else:
            one.status, one.started_at = TaskResultStatus.READY, None
            one.save(update_fields=["status", "started_at"])


def failures() -> list[Failure]:
    """Jobs of each hour and night whose last run failed, for `lippen doctor`. What the error said stays in
    the site's log.
    """
    found = []
    for one in (*HOURLY, *NIGHTLY):
        last = DBTaskResult.objects.filter(task_path=one.module_path, finished_at__isnull=False)
        newest = last.order_by("-finished_at").first()
        if newest is not None and newest.status == TaskResultStatus.FAILED:
            found.append(Failure(one.name, newest.finished_at, newest.exception_class_path))
    return found

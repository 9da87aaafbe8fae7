"""Imports wait here for their turn: one at a time, each in a process of its own.

The background worker runs this in a thread (`operation/worker.py`), beside the sealer and the other jobs,
which wait for none of it. A job is taken up by changing its state in the database, so what was under way when
the worker ended is known at the next start.
"""

from __future__ import annotations

import logging
import math
import os
import subprocess
import sys
import threading
import time
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from lippen.manifest import Import, Manifest, ManifestError
from lippen.site.configuration import WORKSPACE_VARIABLE
from lippen.site.insight.import_ends import BUSY, claimed
from lippen.site.insight.kinds import INCIDENT
from lippen.site.insight.models import ImportJob, ImportState, ImportTask
from lippen.site.insight.trade_anew import is_missing
from lippen.site.insight.uploads import Uploads
from lippen.site.process_tree import VARIABLE

KEPT: Final = timedelta(days=7)
"""How long an upload is kept that nobody brings in, or that was refused."""

_BEGUN_AT_MOST: Final = 2
_SECONDS_BETWEEN_LOOKS: Final = 0.5
_SECONDS_WHILE_BUSY: Final = 5.0
_SECONDS_BETWEEN_INDEXES: Final = 60.0

_EARLY: Final = (
    "It ended before it was done, twice: perhaps for want of memory, or because somebody ended it."
)
_NOTHING_IN: Final = f"{_EARLY} Nothing of it was taken in. Upload fewer months at a time."
_PAGES_OLD: Final = f"{_EARLY} The lake is as it says here; only the pages could not be made anew from it."


def run_queue(stop: threading.Event) -> None:
    """Do what waits, one after another, until told to stop; and while nothing waits, see now and then that
    what is in can be searched, and that what is sold was reckoned from it.
    """
    take_up_left_behind()
    sweep()
    looked = -math.inf
    trade = TradeInStep()
    while not stop.is_set():
        job = ImportJob.objects.filter(state=ImportState.WAITING).order_by("pk").first()
        if job is None or not _begin(job):
            if time.monotonic() - looked > _SECONDS_BETWEEN_INDEXES:
                index_what_is_in(stop)
                trade.keep(stop)
                looked = time.monotonic()
            stop.wait(_SECONDS_BETWEEN_LOOKS)
        elif _do(job.ref, stop) == BUSY:
            stop.wait(_SECONDS_WHILE_BUSY)


def index_what_is_in(stop: threading.Event) -> None:
    """Make the index for search where it is missing: after a restore, for backups hold nothing derived; after
    an upgrade that makes it otherwise; after an import by command. It ends early when the worker is to stop.
    """
    manifest = _manifest()
    if manifest is None or not any(one.kind == INCIDENT for one in manifest.imports):
        return
    if not (settings.CONFIGURATION.workspace / "lake" / manifest.search_index).exists():
        _run("lippen.site.insight.indexing", stop)


class TradeInStep:
    """Sees that what is sold is reckoned from the adverts and sightings that are in (`trade_anew`).

    A state of the lake from which it could not be is tried once: the next try waits for another.
    """

    def __init__(self) -> None:
        self._failed = -1

    def keep(self, stop: threading.Event) -> None:
        """Reckon where nothing was reckoned yet. It ends early when the worker is to stop."""
        manifest = _manifest()
        if manifest is None or manifest.generation == self._failed or not is_missing(manifest):
            return
        code = _run("lippen.site.insight.trade_anew", stop)
        if code not in (0, BUSY) and not stop.is_set():
            self._failed = manifest.generation


def _manifest() -> Manifest | None:
    try:
        return Manifest.read(settings.CONFIGURATION.workspace / "lake")
    except ManifestError:
        logging.getLogger(__name__).exception("the lake cannot be read, so nothing is made from it")
        return None


def _run(module: str, stop: threading.Event) -> int:
    """Run a process of ours to its end, or end it when the worker is to stop. Returns its exit code."""
    process = _started(module)
    try:
        while process.poll() is None and not stop.wait(_SECONDS_BETWEEN_LOOKS):
            pass
    finally:
        if process.poll() is None:
            process.kill()
        code = process.wait()
    return code


def take_up_left_behind() -> None:
    """Let imports wait again that were under way when the worker ended; one that ends it each time no more.

    For the start of a worker: a site has one, and the processes of imports end with it.
    """
    for job in ImportJob.objects.filter(state=ImportState.RUNNING):
        _ended_early(job)


def sweep() -> int:
    """Let go of uploads that no open import needs, and of imports that nobody went on with for a week.

    Returns how many folders went.
    """
    long_ago = timezone.now() - KEPT
    given = ImportJob.objects.filter(state=ImportState.GIVEN, made_at__lt=long_ago)
    refused = ImportJob.objects.filter(state=ImportState.REFUSED, ended_at__lt=long_ago)
    for jobs in (given, refused):
        jobs.update(
            state=ImportState.CANCELLED,
            ended_at=timezone.now(),
            said="Nobody went on with it for a week, so the upload was let go.",
        )
    open_still = (ImportState.GIVEN, ImportState.WAITING, ImportState.RUNNING, ImportState.REFUSED)
    kept = ImportJob.objects.filter(state__in=open_still).values_list("ref", flat=True)
    return Uploads(settings.CONFIGURATION.workspace).sweep(kept)


def _begin(job: ImportJob) -> bool:
    now = timezone.now()
    return bool(
        ImportJob.objects.filter(pk=job.pk, state=ImportState.WAITING).update(
            state=ImportState.RUNNING, began_at=now, beat_at=now, stage="", rows=0, begun=job.begun + 1
        )
    )


def _do(ref: str, stop: threading.Event) -> int:
    """Run the process of one import to its end, or end it when it is cancelled or the worker is to stop."""
    process = _started("lippen.site.insight.importing", ref)
    cancelled = False
    try:
        while process.poll() is None and not stop.is_set():
            cancelled = ImportJob.objects.filter(
                ref=ref, task=ImportTask.BRING_IN, cancel_asked=True
            ).exists()
            if cancelled:
                break
            stop.wait(_SECONDS_BETWEEN_LOOKS)
    finally:
        if process.poll() is None:
            process.kill()
        code = process.wait()
    job = ImportJob.objects.filter(ref=ref, state=ImportState.RUNNING).first()
    if job is None:
        return 0
    if cancelled:
        _cancel(job)
    elif code == BUSY or stop.is_set():
        _wait_again(job, begun=job.begun - 1)
    else:
        _ended_early(job)
    return code


def _started(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    here = {VARIABLE: str(os.getpid()), WORKSPACE_VARIABLE: str(settings.CONFIGURATION.workspace)}
    return subprocess.Popen(  # noqa: S603 - our own program, with a reference of our own
        [sys.executable, "-m", module, *arguments], env={**os.environ, **here}
    )


def _ended_early(job: ImportJob) -> None:
    """Its process is gone and said nothing. It is begun once more: the lake tells how far it had come."""
    if job.cancel_asked and job.task == ImportTask.BRING_IN:
        _cancel(job)
    elif job.begun < _BEGUN_AT_MOST:
        _wait_again(job, begun=job.begun)
    else:
        inside = _in_lake(job)
        out = ImportState.UNDONE if job.task == ImportTask.TAKE_BACK else ImportState.REFUSED
        _running(job).update(
            state=ImportState.DONE if inside else out,
            import_id=inside.import_id if inside else job.import_id,
            said=_PAGES_OLD if inside or out == ImportState.UNDONE else _NOTHING_IN,
            ended_at=timezone.now(),
            stage="",
        )


def _cancel(job: ImportJob) -> None:
    """It was to be cancelled and its process has ended: nothing of it is in the lake, or all."""
    if _in_lake(job):
        _running(job).update(
            state=ImportState.WAITING,
            cancel_asked=False,
            said="It was in already when it was cancelled. You can take it back.",
        )
        return
    if _running(job).update(
        state=ImportState.CANCELLED, cancel_asked=False, ended_at=timezone.now(), stage=""
    ):
        Uploads(settings.CONFIGURATION.workspace).remove(job.ref)


def _in_lake(job: ImportJob) -> Import | None:
    """The import of this job's file that the lake holds and that no other job brought in."""
    others = claimed(job)
    imports = Manifest.read(settings.CONFIGURATION.workspace / "lake").imports
    own = (
        one
        for one in imports
        if one.kind == job.kind
        and one.import_id not in others
        and any(of.get("digest") == job.digest for of in one.inputs)
    )
    return next(own, None)


def _wait_again(job: ImportJob, begun: int) -> None:
    _running(job).update(state=ImportState.WAITING, begun=max(0, begun), stage="")


def _running(job: ImportJob) -> QuerySet[ImportJob]:
    return ImportJob.objects.filter(pk=job.pk, state=ImportState.RUNNING)

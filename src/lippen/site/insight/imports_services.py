"""The verbs of imports: the only writer of what people do with exports on the site.

Each sees first that whoever acts may bring in this kind, for the organisation that holds it, and enters what
was done in the register in the same transaction.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from lippen.errors import LippenError
from lippen.signals.contacts import name_without_contacts
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.roles import locked
from lippen.site.insight.column_choices import reads_alike
from lippen.site.insight.holding import must_hold
from lippen.site.insight.models import ImportJob, ImportState, ImportTask, SavedMapping
from lippen.site.insight.receiving import Received
from lippen.site.insight.said import for_page, title_of
from lippen.site.insight.uploads import SEEN, Uploads, open_new
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change
from lippen.workspace_settings import zone_of

BRINGING_IN: Final = "to bring an export in"
LOOK_SECONDS: Final = 300
"""However busy the machine is; the look itself may use `looking.MOST_SECONDS` of a processor."""
_EXHAUSTS: Final = "needs more memory or time to be looked at than any export may use"
_LOOKING: Final = threading.BoundedSemaphore(1)

Seen = dict[str, Any]


class ImportUnknown(LippenError):
    """There is no such import in one's organisation, or it stands where this cannot be done to it."""


class SeenOtherwise(LippenError):
    """The columns were chosen anew after somebody was shown what they make of the export."""


class NotSeen(LippenError):
    """The export could not be looked at."""


class StillLooking(NotSeen):
    """Another look is under way, perhaps at the same export."""


def uploads() -> Uploads:
    """The folder of uploads of this site."""
    return Uploads(settings.CONFIGURATION.workspace)


def clock() -> str | None:
    """The time zone by which this site keeps times; None before the first import."""
    return zone_of(settings.CONFIGURATION.workspace)


def own_job(acting: Acting, ref: str) -> ImportJob:
    """An import of one's own organisation. Raises ImportUnknown, and as `sight.must_hold`."""
    job = ImportJob.objects.filter(ref=ref, organisation=acting.organisation.ref).first()
    if job is None:
        raise ImportUnknown("there is no such import")
    must_hold(acting, job.kind)
    return job


def give(acting: Acting, received: Received, kind: str) -> ImportJob:
    """Take up an upload, whose columns are to be checked next. Raises as `sight.must_hold`, and
    PermissionError where the role ended while the file came in.
    """
    must_hold(acting, kind)
    with transaction.atomic():
        locked(acting)
        job = ImportJob.objects.create(
            ref=received.ref,
            kind=kind,
            organisation=acting.organisation.ref,
            by=acting.person.ref,
            name=name_without_contacts(received.name),
            size_bytes=received.size_bytes,
            digest=received.digest,
        )
        _enter(acting, "an export uploaded", job)
    return job


def seen(job: ImportJob) -> Seen:
    """What was seen in an export, looked at now if it was not before. Raises NotSeen, NotAnExport."""
    path = uploads().folder(job.ref) / SEEN
    try:
        found: Seen = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        saved = SavedMapping.objects.filter(organisation=job.organisation, kind=job.kind)
        found = _look(job, job.mapping or None, dict(saved.values_list("headings", "mapping")))
        _keep(job, found)  # also why nothing was seen: or each reload of the page would look anew
    return _readable(found, job)


def choose(acting: Acting, ref: str, mapping: str) -> Seen:
    """Choose this mapping. Where it reads the export otherwise than the one that it was looked at by, look
    anew, and keep both.

    Raises ImportUnknown where it is no longer to be chosen, and as `seen`.
    """
    job = own_job(acting, ref)
    if job.state not in (ImportState.GIVEN, ImportState.REFUSED):
        raise ImportUnknown("its columns were chosen already")
    found = seen(job)
    if not reads_alike(mapping, found["mapping"]):
        found = _readable(_look(job, mapping, {}), job)
        _keep(job, found)
    with transaction.atomic():
        _at(job, ImportState.GIVEN, ImportState.REFUSED).update(
            mapping=found["mapping"], state=ImportState.GIVEN
        )
        _enter(acting, "the columns of an export chosen", job)
    return found


def shown_as(found: Seen) -> str:
    """The digest of what somebody is shown of an export before they let it be brought in."""
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def start(acting: Acting, ref: str, consent: Mapping[str, Any], shown: str) -> None:
    """Let an export be brought in, and keep its columns for the next one with the same headings.

    `consent` is what was shown to the person and what they answered, and `shown` its digest (`shown_as`).
    Raises ImportUnknown, NotSeen, and SeenOtherwise when it would be read otherwise than they were shown.
    """
    job = own_job(acting, ref)
    found = seen(job)
    if shown != shown_as(found):
        raise SeenOtherwise(
            "its columns were chosen anew after you opened this page", remedy="Look at it once more."
        )
    if found["incomplete"]:
        raise NotSeen(found["incomplete"])
    mapping = found["mapping"] if job.mapping == "" else job.mapping
    said = {**consent, "by": acting.person.ref, "at": timezone.now().isoformat(timespec="seconds")}
    with transaction.atomic():
        same = _at(job, ImportState.GIVEN, ImportState.REFUSED).filter(mapping=job.mapping)
        begun = same.update(
            state=ImportState.WAITING,
            task=ImportTask.BRING_IN,
            mapping=mapping,
            consent=json.dumps(said, sort_keys=True),
            said="",
            begun=0,
            cancel_asked=False,
            began_at=None,
            stage="",
        )
        if not begun:
            raise ImportUnknown("it was begun already, or cancelled, or its columns were chosen anew")
        SavedMapping.objects.update_or_create(
            organisation=job.organisation,
            kind=job.kind,
            headings=found["digest"],
            defaults={
                "name": title_of(job.name)[:120],
                "mapping": mapping,
                "by": acting.person.ref,
                "made_at": timezone.now(),
            },
        )
        _enter(acting, "the bringing in of an export begun", job)


def cancel(acting: Acting, ref: str) -> bool:
    """Let an import be, with its upload. Returns False when it is under way, and will be ended in a moment.

    Raises ImportUnknown where it has ended.
    """
    job = own_job(acting, ref)
    with transaction.atomic():
        waits = (ImportState.GIVEN, ImportState.REFUSED, ImportState.WAITING)
        if job.task == ImportTask.TAKE_BACK and job.state in (ImportState.WAITING, ImportState.RUNNING):
            raise ImportUnknown("it is being taken back, which cannot be stopped")
        ended = _at(job, *waits).update(
            state=ImportState.CANCELLED, ended_at=timezone.now(), said="", cancel_asked=False
        )
        if not ended and not _at(job, ImportState.RUNNING).update(cancel_asked=True):
            raise ImportUnknown("it has ended already")
        _enter(acting, "an import cancelled", job)
    if ended:
        uploads().remove(job.ref)
    return bool(ended)


def take_back(acting: Acting, ref: str) -> None:
    """Let a whole import be taken back, with the rows of it that were put right; those that wait for their
    turn are not brought in. Raises ImportUnknown.
    """
    job = own_job(acting, ref)
    with transaction.atomic():
        asked = (
            _at(job, ImportState.DONE)
            .exclude(import_id="")
            .update(
                state=ImportState.WAITING,
                task=ImportTask.TAKE_BACK,
                begun=0,
                said="",
                stage="",
                began_at=None,
            )
        )
        if not asked:
            raise ImportUnknown("it is not in, so there is nothing to take back")
        waiting = ImportJob.objects.filter(
            corrects=job.ref, state=ImportState.WAITING, task=ImportTask.BRING_IN
        )
        let_be = list(waiting.values_list("ref", flat=True))
        waiting.update(
            state=ImportState.CANCELLED,
            ended_at=timezone.now(),
            said=f"{job.name} is taken back, so its rows that were put right were not brought in.",
        )
        _enter(acting, "the taking back of an import begun", job)
    for one in let_be:
        uploads().remove(one)


def keep_export(ref: str, name: str, lines: bytes) -> None:
    """Put a small export that the site made itself where uploads lie. Raises OSError."""
    folder = uploads().make(ref)
    with open(open_new(folder / name), "wb") as file:  # noqa: PTH123 - a handle that is open already
        file.write(lines)


def _look(job: ImportJob, mapping: str | None, saved: dict[str, str]) -> Seen:
    """What is seen in an export by a process of its own, or why nothing is. Raises StillLooking while
    another look is under way: whoever waited for it would hold a thread that answers others' pages.
    """
    path = uploads().export(job.ref)
    asked = {
        "kind": job.kind,
        "source": title_of(job.name),
        "mapping": mapping,
        "saved": saved,
        "clock": clock(),
    }
    if not _LOOKING.acquire(blocking=False):
        raise StillLooking("one export is looked at at a time, which mostly takes a few seconds")
    try:
        done = subprocess.run(  # noqa: S603 - our own program, with a path of our own
            [sys.executable, "-m", "lippen.site.insight.looking", str(path)],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=LOOK_SECONDS,
            check=False,
        )
        told: Seen = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return {"unread": _EXHAUSTS}
    finally:
        _LOOKING.release()
    return told


def _keep(job: ImportJob, told: Seen) -> None:
    """Keep what was seen of an export beside it."""
    part = uploads().folder(job.ref) / f".{SEEN}.part"
    part.unlink(missing_ok=True)
    with open(open_new(part), "w", encoding="utf-8") as file:  # noqa: PTH123 - a handle that is open already
        json.dump(told, file)
    part.replace(part.with_name(SEEN))


def _readable(told: Seen, job: ImportJob) -> Seen:
    """What was seen. Raises NotSeen where nothing was."""
    if told.get("unread") == _EXHAUSTS:
        raise NotSeen(
            f"{job.name} {_EXHAUSTS}",
            remedy="A workbook with cells far below its last row does, and so does a file made to exhaust a"
            " computer. Save the table as CSV with the columns that matter, and upload that.",
        )
    if "unread" in told:
        raise NotSeen(for_page(told["unread"], job))
    return {
        **told,
        "incomplete": for_page(told["incomplete"], job),
        "problems": [for_page(one, job) for one in told["problems"]],
        "notes": [for_page(one, job) for one in told["notes"]],
        "reasons": [{**one, "reason": for_page(one["reason"], job)} for one in told["reasons"]],
    }


def _at(job: ImportJob, *states: ImportState) -> QuerySet[ImportJob]:
    return ImportJob.objects.filter(pk=job.pk, state__in=states)


def _enter(acting: Acting, what: str, job: ImportJob) -> None:
    enter_change(acting.reader, Act.ALTERATION, what, [Records(job.kind, (job.ref,))], purpose=BRINGING_IN)

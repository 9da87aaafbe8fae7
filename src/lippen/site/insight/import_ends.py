"""What is written down of an import while its process runs and when it ends, and what that process ends with.
Only that process writes here.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lippen.manifest import Manifest
from lippen.site.accounts.models import Organisation
from lippen.site.insight.holding import HeldByAnother, held_as, hold_for
from lippen.site.insight.kinds import INCIDENT, KINDS
from lippen.site.insight.models import Holding, ImportJob, ImportState, ImportTask
from lippen.site.insight.uploads import Uploads
from lippen.site.register.models import Act
from lippen.site.register.services import SYSTEM, Records, enter_change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lippen.site.insight.importing import Came

BUSY: Final = 3
"""The exit code of its process when somebody else writes to the workspace: to be tried again."""

_RECKONING = "so that pages show what was brought in"


def refuse_other_holder(job: ImportJob) -> None:
    """Raise HeldByAnother when another organisation has come to hold this kind since the job was made, or its
    own takes part no longer.
    """
    if Organisation.objects.filter(ref=job.organisation, closed_on__isnull=False).exists():
        raise HeldByAnother(
            "the organisation that uploaded this takes part no longer",
            remedy="Whoever takes over its work uploads it anew.",
        )
    held = Holding.objects.filter(pk=held_as(job.kind)).first()
    if held is not None and held.organisation != job.organisation:
        raise HeldByAnother(
            f"another organisation holds the {KINDS[job.kind].held} here",
            remedy="Ask them to bring yours in too, or use a site of your own.",
        )


def came_in(job: ImportJob, came: Came) -> None:
    """The lake holds the import now: whoever brought it in holds its kind from here on."""
    with transaction.atomic():
        if came.import_id:
            hold_for(job.organisation, job.kind)
        ImportJob.objects.filter(pk=job.pk).update(
            import_id=came.import_id,
            accepted=came.accepted,
            duplicates=came.duplicates,
            quarantined=came.quarantined,
        )


def done(job: ImportJob, came: Came, said: str) -> None:
    """The import is in, and what pages show of its kind was reckoned, unless `said` says why not."""
    if not came.import_id and came.held_until:
        until = f"{came.held_until.day} {came.held_until:%B %Y}"
        said = f"Everything in this file was here already. It is held until {until} now."
    elif not came.import_id:
        said = "Everything in this file was here already when it came, so nothing was changed."
    if _end(job, ImportState.DONE, said, "an export brought in"):
        Uploads(settings.CONFIGURATION.workspace).remove(job.ref)


def not_done(job: ImportJob, why: str) -> None:
    """It was not done, or not to its end, and why. The lake says which of the two."""
    job.refresh_from_db()
    workspace = settings.CONFIGURATION.workspace
    inside = any(one.import_id == job.import_id for one in Manifest.read(workspace / "lake").imports)
    if job.task == ImportTask.BRING_IN and not inside:
        _end(job, ImportState.REFUSED, why, "an export not brought in")
        return
    if not inside:
        ended = _end(job, ImportState.UNDONE, why, "an import taken back")
    elif job.task == ImportTask.TAKE_BACK:
        ended = _end(job, ImportState.DONE, why, "an import not taken back")
    else:
        ended = _end(job, ImportState.DONE, why, "an export brought in")
    if ended:
        Uploads(workspace).remove(job.ref)


def taken_back(jobs: Sequence[ImportJob]) -> None:
    """The lake holds these imports no more."""
    others = [one.pk for one in jobs if one.state != ImportState.RUNNING]
    ImportJob.objects.filter(pk__in=others).update(state=ImportState.UNDONE, ended_at=timezone.now())


def undone(job: ImportJob, said: str) -> None:
    """The import was taken back, and what is left was reckoned anew, unless `said` says why not."""
    if _end(job, ImportState.UNDONE, said, "an import taken back"):
        Uploads(settings.CONFIGURATION.workspace).remove(job.ref)


def reckoned() -> None:
    """All incidents were put together and assessed, by the program itself."""
    with transaction.atomic():
        enter_change(SYSTEM, Act.COMBINATION, "incidents reckoned", [], purpose=_RECKONING)


def trade_reckoned() -> None:
    """All adverts and sightings were put together, by the program itself."""
    with transaction.atomic():
        enter_change(SYSTEM, Act.COMBINATION, "trade reckoned", [], purpose=_RECKONING)


def claimed(job: ImportJob) -> set[str]:
    """Ids of imports that other jobs brought in and did not take back."""
    others = ImportJob.objects.exclude(pk=job.pk).exclude(import_id="").exclude(state=ImportState.UNDONE)
    return set(others.values_list("import_id", flat=True))


def with_corrections(job: ImportJob) -> list[ImportJob]:
    """What is taken back together: imports of its rows that were put right, and of theirs, the newest first,
    and itself.
    """
    found, asked = [job], [job.ref]
    while asked:
        inside = ImportJob.objects.filter(corrects__in=asked, state=ImportState.DONE).exclude(import_id="")
        more = list(inside)
        found += more
        asked = [one.ref for one in more]
    return sorted(found, key=lambda one: -one.pk)


def place() -> str:
    """What pages call the incidents: as the newest export that is in calls its source, else by its holder."""
    inside = (ImportState.RUNNING, ImportState.DONE)
    of_incidents = ImportJob.objects.filter(kind=INCIDENT, state__in=inside)
    newest = of_incidents.exclude(import_id="").order_by("-pk").first()
    if newest is None:
        return "Incidents"
    source = str(tomllib.loads(newest.mapping).get("source", "")).strip()
    organisation = Organisation.objects.filter(ref=newest.organisation).first()
    return source or (organisation.name if organisation else "Incidents")


def _end(job: ImportJob, state: ImportState, said: str, what: str) -> bool:
    """Write down how it ended, once. False when somebody else has done so meanwhile."""
    with transaction.atomic():
        ended = ImportJob.objects.filter(pk=job.pk, state=ImportState.RUNNING).update(
            state=state, said=said, stage="", ended_at=timezone.now(), cancel_asked=False
        )
        if ended:
            enter_change(SYSTEM, Act.ALTERATION, what, [Records(job.kind, (job.ref,))], purpose=_RECKONING)
    return bool(ended)

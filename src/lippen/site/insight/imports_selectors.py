"""The reader of imports: those of one's own organisation, entered in the register before they are shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.utils import timezone

from lippen.manifest import Import
from lippen.site.accounts.acting import Acting
from lippen.site.insight.corrections import settled
from lippen.site.insight.holding import brought_in_by, holder_for
from lippen.site.insight.import_ends import with_corrections
from lippen.site.insight.import_stages import StageSeen, stages_of, time_left
from lippen.site.insight.imports_services import BRINGING_IN, ImportUnknown, Seen, own_job, seen
from lippen.site.insight.kinds import INCIDENT, KINDS, LISTING, BroughtIn
from lippen.site.insight.lake import lake
from lippen.site.insight.models import ImportJob, ImportState, ImportTask
from lippen.site.insight.receiving import in_words
from lippen.site.insight.rights import Right, right_in
from lippen.site.register import resolvers
from lippen.site.register.models import Act
from lippen.site.register.services import SYSTEM, Records, enter_reading
from lippen.wording import counted

JOBS_A_PAGE: Final = 25
_UNDER_WAY: Final = (ImportState.WAITING, ImportState.RUNNING)


@dataclass(frozen=True)
class JobSeen:
    """An import as pages show it.

    `tag` is the kind of its tag (`form` component), `words` what it says; `next` is what somebody does next
    with it and `to` where. `right` is by what a collection is held, and `gone` says that it was in until that
    ran out.
    """

    ref: str
    kind: str
    name: str
    size: str
    by: str
    made_at: datetime
    ended_at: datetime | None
    state: str
    words: str
    tag: str
    said: str
    accepted: int | None
    duplicates: int | None
    quarantined: int | None
    corrects: str
    to: str
    next: str
    is_in: bool
    gone: bool
    moving: bool
    cancellable: bool
    taking_back: bool
    cancel_asked: bool
    consent: dict[str, Any]
    right: Right | None

    @property
    def what(self) -> BroughtIn:
        """What it brings in, as pages call it."""
        return KINDS[self.kind]

    @property
    def rows(self) -> str:
        """What became of its rows, in words; "" while that is not known."""
        if self.accepted is None:
            return ""
        if self.state == ImportState.UNDONE or self.gone:
            return f"{self.accepted:,} were in"
        if self.taking_back:
            return f"{self.accepted:,} to take out"
        parts = [f"{self.accepted:,} in"]
        if self.duplicates:
            parts.append(f"{self.duplicates:,} here already or given twice")
        if self.quarantined:
            parts.append(f"{self.quarantined:,} refused")
        return ", ".join(parts)


@dataclass(frozen=True)
class Progress:
    """How far an import has come: its stages, rows done and to do, share in hundredths, time left."""

    stages: Sequence[StageSeen]
    rows: int
    total: int | None
    hundredths: int | None
    left: str
    waits_behind: int


def jobs(acting: Acting, number: int | str = 1) -> Page[JobSeen]:
    """A page of one's organisation's imports of what it may bring in, the newest first. Raises
    RegisterUnavailable.
    """
    own = ImportJob.objects.filter(organisation=acting.organisation.ref, kind__in=brought_in_by(acting))
    found = own.order_by("-pk")
    page = Paginator(found, JOBS_A_PAGE).get_page(number)
    shown = list(page.object_list)
    seen = _entered(acting, "imports", shown)
    page.object_list = seen  # type: ignore[assignment]
    return page  # type: ignore[return-value]


def job(acting: Acting, ref: str) -> JobSeen:
    """One import. Raises ImportUnknown, as `sight.must_hold`, and RegisterUnavailable."""
    return _entered(acting, "an import", [own_job(acting, ref)])[0]


def looked_at(acting: Acting, ref: str) -> tuple[JobSeen, Seen]:
    """An export that is not brought in yet, and what was seen in it.

    Raises ImportUnknown where it was begun already, NotSeen and NotAnExport where it cannot be looked at, as
    `sight.must_hold`, and RegisterUnavailable.
    """
    one = own_job(acting, ref)
    if one.state not in (ImportState.GIVEN, ImportState.REFUSED):
        raise ImportUnknown("its columns were chosen already")
    found = seen(one)
    enter_reading(
        acting.reader,
        Act.CONSULTATION,
        "an export before it is brought in",
        [Records(one.kind, (one.ref,))],
        purpose=BRINGING_IN,
    )
    return _seen(one, ""), found


def progress(acting: Acting, ref: str) -> Progress:
    """How far an import has come. It goes with `job`, which enters the reading."""
    one = own_job(acting, ref)
    so_far = timezone.now() - (one.stage_at or timezone.now())
    left = time_left(one.rows, one.total, so_far) if one.state == ImportState.RUNNING else None
    share = min(99, round(100 * one.rows / one.total)) if one.total and one.rows else None
    behind = ImportJob.objects.filter(state__in=_UNDER_WAY, pk__lt=one.pk).count()
    return Progress(
        stages=stages_of(one.stage, one.kind, bringing_in=one.task == ImportTask.BRING_IN),
        rows=one.rows,
        total=one.total,
        hundredths=share,
        left="" if left is None else _in_words(left),
        waits_behind=behind if one.state == ImportState.WAITING else 0,
    )


def corrections_of(acting: Acting, ref: str) -> list[JobSeen]:
    """The imports that brought in rows of this one that were put right. Raises RegisterUnavailable."""
    first = own_job(acting, ref)
    return _entered(acting, "imports", list(ImportJob.objects.filter(corrects=first.ref).order_by("pk")))


def stopped_by(acting: Acting, ref: str) -> list[str]:
    """Names of later imports that have to be taken back before this one, the last first.

    They left out rows that were here already, which may be this one's: those would be lost.
    """
    one = own_job(acting, ref)
    together = {of.import_id for of in with_corrections(one)}
    imports = list(lake().imports())
    places = [at for at, brought in enumerate(imports) if brought.import_id == one.import_id]
    if not places:
        return []
    later = [
        brought
        for brought in imports[places[0] + 1 :]
        if brought.kind == one.kind and brought.known > 0 and brought.import_id not in together
    ]
    known = dict(
        ImportJob.objects.filter(import_id__in=[brought.import_id for brought in later])
        .exclude(state=ImportState.UNDONE)
        .values_list("import_id", "name")
    )
    return [known.get(brought.import_id, "an import made by the command line") for brought in reversed(later)]


def any_came_otherwise() -> bool:
    """Whether any of what is in came by the command line or with the demo. It shows none of it."""
    return bool(_came_otherwise())


def rights_otherwise(acting: Acting) -> list[tuple[str, date]]:
    """By what right collections are held that came so, where one's organisation holds them: that in words,
    and the day on which they go.
    """
    holder = holder_for(acting, LISTING)
    if holder is None or holder.ref != acting.organisation.ref:
        return []
    rights = {
        (str(one.inputs[0].get("authority", "")).rpartition("; until ")[0], one.expires)
        for one in _came_otherwise()
        if one.expires is not None
    }
    return sorted(rights, key=lambda right: (right[1], right[0]))


def _came_otherwise() -> list[Import]:
    imports = lake().imports()
    brought = ImportJob.objects.filter(import_id__in=[one.import_id for one in imports])
    known = set(brought.values_list("import_id", flat=True))
    return [one for one in imports if one.import_id not in known]


def _entered(acting: Acting, what: str, found: Sequence[ImportJob]) -> list[JobSeen]:
    """The imports as pages show them, entered with the colleagues whom they name."""
    names = resolvers.names(resolvers.PEOPLE, {one.by for one in found})
    kinds = dict.fromkeys(one.kind for one in found) or (INCIDENT,)
    records = [
        *(Records(kind, tuple(one.ref for one in found if one.kind == kind)) for kind in kinds),
        Records("staff", tuple(names)),
    ]
    if what == "imports":
        enter_reading(acting.reader, Act.CONSULTATION, "imports", records, purpose=BRINGING_IN)
    else:
        enter_reading(acting.reader, Act.CONSULTATION, "an import", records, purpose=BRINGING_IN)
    return [_seen(one, _by(one, names)) for one in found]


def _by(one: ImportJob, names: Mapping[str, str]) -> str:
    """Who brought it in: what people told on this site, the site itself puts together."""
    return "this site" if one.by == SYSTEM.person else names.get(one.by, "somebody who is gone")


def _seen(one: ImportJob, by: str) -> JobSeen:
    held = next((of for of in lake().imports() if one.import_id and of.import_id == one.import_id), None)
    right = right_in(one.mapping, held)
    gone = one.state == ImportState.DONE and bool(one.import_id) and right is not None and held is None
    words, tag, to, what = (
        ("No longer held", "quiet", f"/imports/{one.ref}/", "See what it was") if gone else _stands(one)
    )
    return JobSeen(
        ref=one.ref,
        kind=one.kind,
        name=one.name,
        size=in_words(one.size_bytes),
        by=by,
        made_at=one.made_at,
        ended_at=one.ended_at,
        state=one.state,
        words=words,
        tag=tag,
        said=one.said,
        accepted=one.accepted,
        duplicates=one.duplicates,
        quarantined=one.quarantined,
        corrects=one.corrects,
        to=to,
        next=what,
        is_in=one.state == ImportState.DONE and bool(one.import_id) and not gone,
        gone=gone,
        moving=one.state in _UNDER_WAY,
        cancellable=one.state in (ImportState.GIVEN, ImportState.REFUSED)
        or (one.state in _UNDER_WAY and one.task == ImportTask.BRING_IN),
        taking_back=one.state in _UNDER_WAY and one.task == ImportTask.TAKE_BACK,
        cancel_asked=one.cancel_asked,
        consent=json.loads(one.consent) if one.consent else {},
        right=right,
    )


def _stands(one: ImportJob) -> tuple[str, str, str, str]:
    """Where an import stands: in words, the kind of its tag, and where to go and what to do next."""
    here = f"/imports/{one.ref}/"
    back = one.task == ImportTask.TAKE_BACK
    if one.state == ImportState.GIVEN:
        return "Columns to check", "plain", f"{here}columns/", "Check its columns"
    if one.state == ImportState.WAITING:
        return "Waits to be taken back" if back else "Waits for its turn", "plain", here, "Watch it"
    if one.state == ImportState.RUNNING:
        return "Being taken back" if back else "Under way", "plain", here, "Watch it"
    if one.state == ImportState.REFUSED:
        return "Not brought in", "alert", here, "See why"
    if one.state == ImportState.DONE:
        if one.import_id and one.quarantined:
            if left := one.quarantined - len(settled(one.ref)):
                return "In", "good", f"{here}refused/", f"Look at {counted(left, 'refused row')}"
            return "In", "good", here, f"{counted(one.quarantined, 'refused row')}, put right"
        return "In" if one.import_id else "Nothing new", "good", here, "See what came in"
    word = "Taken back" if one.state == ImportState.UNDONE else "Cancelled"
    return word, "quiet", here, "See what it was"


def _in_words(left: timedelta) -> str:
    seconds = left.total_seconds()
    if seconds < 10:
        return "a few seconds"
    if seconds < 90:
        return f"about {round(seconds / 10) * 10} seconds"
    return f"about {counted(round(seconds / 60), 'minute')}"

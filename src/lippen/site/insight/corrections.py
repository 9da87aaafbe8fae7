"""Refused rows that somebody puts right: a small import of their own, linked to the first.

The first import's quarantine stays as it is, since a file of the lake is never changed. A row is off its list
for as long as the import that brings it in waits, runs or is in; when that is cancelled, refused or taken
back, the row is on the list again. Whatever was put right goes through the same mapping and the same checks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Final

from django.db import transaction

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import new_reference
from lippen.site.insight.imports_services import ImportUnknown, keep_export, own_job, uploads
from lippen.site.insight.models import ImportJob, ImportState, PutRight
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change

PUTTING_RIGHT: Final = "to bring in rows that were refused"
MOST_ROWS: Final = 20
LONGEST_CELL: Final = 20_000

_NOT_IN: Final = "its rows cannot be put right while it is not in"

Row = tuple[str, int, Mapping[str, str]]
"""A refused row put right: the file and line where it stands, and its cells by the export's headings."""


def put_right(acting: Acting, ref: str, rows: Sequence[Row]) -> ImportJob:
    """Let rows that were refused be brought in as somebody put them right, and return their import.

    Raises ImportUnknown where the first import is not in, or one of the rows waits or is in already; OSError
    when the disk fails. Nothing is then begun.
    """
    first = own_job(acting, ref)
    if first.state != ImportState.DONE or not first.import_id:
        raise ImportUnknown(_NOT_IN)
    lines = b"".join(
        json.dumps({name: text[:LONGEST_CELL] for name, text in cells.items()}).encode() + b"\n"
        for _, _, cells in rows
    )
    digest = hashlib.sha256(lines).hexdigest()
    new = new_reference()
    keep_export(new, f"export-{digest[:12]}.jsonl", lines)
    try:
        with transaction.atomic():
            # Two people and one row, or one who takes the whole back meanwhile: one of them waits.
            if ImportJob.objects.select_for_update().get(pk=first.pk).state != ImportState.DONE:
                raise ImportUnknown(_NOT_IN)
            if {(file, line) for file, line, _ in rows} & settled(first.ref):
                raise ImportUnknown("one of these rows was put right already")
            job = ImportJob.objects.create(
                ref=new,
                kind=first.kind,
                organisation=first.organisation,
                by=acting.person.ref,
                name=f"{len(rows)} put right of {first.name}"[:255],
                size_bytes=len(lines),
                digest=digest,
                mapping=first.mapping,
                consent=_consent(acting, first),
                corrects=first.ref,
                state=ImportState.WAITING,
            )
            PutRight.objects.bulk_create(
                PutRight(of=first.ref, by=new, file=file, line=line) for file, line, _ in rows
            )
            about = [Records(first.kind, (first.ref, new))]
            enter_change(
                acting.reader, Act.ALTERATION, "refused rows put right", about, purpose=PUTTING_RIGHT
            )
    except BaseException:
        uploads().remove(new)
        raise
    return job


def _consent(acting: Acting, first: ImportJob) -> str:
    """What whoever puts rows right was shown: what is left out and masked, as for the first import, and no
    sample of texts. Theirs are looked through one by one as they are sent.
    """
    shown = json.loads(first.consent) if first.consent else {}
    return json.dumps({**shown, "by": acting.person.ref, "texts": "", "texts_read": 0, "texts_named": 0})


def settled(ref: str) -> set[tuple[str, int]]:
    """File and line of each refused row of an import that was put right and waits, is under way or is in."""
    stands = (ImportState.WAITING, ImportState.RUNNING, ImportState.DONE)
    by = ImportJob.objects.filter(corrects=ref, state__in=stands).values_list("ref", flat=True)
    return set(PutRight.objects.filter(of=ref, by__in=by).values_list("file", "line"))

"""What waits goes on together, as an import of the organisation that holds sightings: the same reader, the
same quarantine, the same taking back as for any export.

In the lake nothing says who told what. Each row gets a new id, the order is drawn, and the day of telling is
left out. That several go together is no crowd: in a small town a batch is often one person's.
"""

from __future__ import annotations

import hashlib
import json
import random
import secrets
from collections.abc import Sequence
from datetime import date
from importlib import resources
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lippen.contact_keys import LETTERS
from lippen.site.accounts.models import new_reference
from lippen.site.insight.imports_services import clock, keep_export, uploads
from lippen.site.insight.models import ImportJob, ImportState
from lippen.site.register.models import Act
from lippen.site.register.services import SYSTEM, Records, enter_change
from lippen.site.sightings.limits import BATCH, WAITS_AT_MOST
from lippen.site.sightings.models import Waiting
from lippen.site.sightings.services import takes_them

KIND: Final = "sighting"
PURPOSE: Final = "so that what people told is counted with the rest"

_ID_SIGNS: Final = 16
_drawn = random.SystemRandom()


def go_on(today: date | None = None) -> int:
    """Let what waits go on, where as many as BATCH wait or one has waited since an earlier day. Returns how
    many went: 0 too where nobody takes sightings now.

    Raises OSError when the disk fails; everything then waits as before.
    """
    today = today or timezone.localdate()
    holder = takes_them()
    if holder is None:
        return 0
    ref = new_reference()
    try:
        with transaction.atomic():
            waiting = list(Waiting.objects.select_for_update().filter(goes_to=holder.ref).order_by("ref"))
            if len(waiting) < BATCH and not any(one.on < today for one in waiting):
                return 0
            lines = _lines(waiting)
            digest = hashlib.sha256(lines).hexdigest()
            keep_export(ref, f"export-{digest[:12]}.jsonl", lines)
            ImportJob.objects.create(
                ref=ref,
                kind=KIND,
                organisation=holder.ref,
                by=SYSTEM.person,
                name=f"{len(waiting)} told on this site",
                size_bytes=len(lines),
                digest=digest,
                mapping=mapping_text(),
                state=ImportState.WAITING,
            )
            Waiting.objects.filter(pk__in=[one.pk for one in waiting]).delete()
            about = [Records(KIND, (ref,))]
            enter_change(SYSTEM, Act.COMBINATION, "sightings put together", about, purpose=PURPOSE)
    except BaseException:
        uploads().remove(ref)
        raise
    return len(waiting)


def let_go_of_old(today: date) -> int:
    """Delete what nobody took for WAITS_AT_MOST. Returns how many."""
    with transaction.atomic():
        old = Waiting.objects.filter(on__lt=today - WAITS_AT_MOST)
        refs = tuple(old.values_list("ref", flat=True))
        if refs:
            old.delete()
            about = [Records(KIND, refs)]
            enter_change(SYSTEM, Act.ERASURE, "sightings that nobody took", about, purpose=PURPOSE)
    return len(refs)


def mapping_text() -> str:
    """Our own mapping, by the clock of this site's lake."""
    text = resources.files("lippen.site.sightings").joinpath("mapping.toml").read_text("utf-8")
    zone = clock() or settings.TIME_ZONE
    return text.replace("\n[columns]", f"zone = {json.dumps(zone)}\n\n[columns]", 1)


def _lines(waiting: Sequence[Waiting]) -> bytes:
    drawn = _drawn.sample(waiting, len(waiting))
    return b"".join(json.dumps(_row(one)).encode() + b"\n" for one in drawn)


def _row(one: Waiting) -> dict[str, Any]:
    """A sighting as the lake gets it. Its id is drawn, of letters that no rule takes for a number: two people
    who saw the same say two things, and nothing leads from it to who told it.
    """
    return {
        "entry": "".join(secrets.choice(LETTERS) for _ in range(_ID_SIGNS)),
        "week": one.week.isoformat(),
        "channel": one.channel,
        "product": one.product,
        "words": one.words,
        "price_gbp": one.price_gbp,
        "quantity": one.quantity,
        "larger_area": one.larger_area,
        "seen_by": one.seen_by,
    }

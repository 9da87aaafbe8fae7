"""What became of a draft that lies there no more. At the sign-off it is deleted and nothing of it stays at
the desk (`drafts`), so the register alone says what was done: whoever comes to its page later, or presses
twice, is told that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils import timezone

from lippen.site.accounts.acting import Acting
from lippen.site.desk.drafts import PURPOSE
from lippen.site.desk.own_desk import must
from lippen.site.register.models import Act, Entry
from lippen.site.register.services import Records, enter_reading

_ENDED: Final[Mapping[str, str]] = {
    "a log signed off": "signed it off",
    "a draft of a log thrown away": "threw it away",
}


@dataclass(frozen=True)
class EndedDraft:
    """What was done with a draft, on what day, and whether by oneself: no page of a desk names colleagues."""

    done: str
    own: bool
    on: date


def ended(acting: Acting, ref: str) -> EndedDraft | None:
    """What became of this draft of one's own desk; None where there was none, or it went by its day. Entered.
    Raises PermissionError.
    """
    must(acting, "read", "desk")
    found = (
        Entry.objects.filter(
            shown__data_class="desk-log",
            shown__record=ref,
            organisation=acting.organisation.ref,
            what__in=_ENDED,
        )
        .order_by("id")
        .last()
    )
    if found is None:
        return None
    records = [Records("desk-log", (ref,))]
    enter_reading(acting.reader, Act.CONSULTATION, "a draft that is gone", records, purpose=PURPOSE)
    return EndedDraft(_ENDED[found.what], found.reader == acting.person.ref, timezone.localdate(found.at))

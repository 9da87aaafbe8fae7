"""The data-protection officer erases somebody who works here no more: their account, and what hangs on it.

Only somebody who holds no role any more, in any organisation: their access ends first, and their work is
handed over (`leaving`). The officer of any organisation in which they once worked can, because it is one
account.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from lippen.errors import LippenError
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.colleagues import Colleague
from lippen.site.accounts.models import Person
from lippen.site.accounts.roles import RecordUnknown
from lippen.site.accounts.services import erase_person
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_reading

PURPOSE = "erasing what is held about somebody who left"


class ErasureRefused(LippenError):
    """Somebody cannot be erased yet. The message says why, and what to do instead."""


def who_is_erased(acting: Acting, ref: str) -> Colleague | None:
    """The person of this reference, entered in the register; None when they never worked in one's
    organisation. Raises PermissionError.
    """
    found = _in_scope(acting).filter(ref=ref).first()
    records = [Records("staff", (found.ref,) if found else ())]
    enter_reading(acting.reader, Act.CONSULTATION, "who is to be erased", records, purpose=PURPOSE)
    return Colleague(found.ref, found.name) if found else None


def erase(acting: Acting, ref: str) -> int:
    """Erase everything that is held about somebody who left; returns how many rows went.

    Raises PermissionError, RecordUnknown, and ErasureRefused while they hold a role or will soon.
    """
    with transaction.atomic():
        found = _in_scope(acting).select_for_update(of=("self",)).filter(ref=ref).first()
        if found is None:
            raise RecordUnknown
        if found.roles.exclude(until__lte=timezone.localdate()).exists():
            raise ErasureRefused(
                f"{found.name} still holds a role, here or with another partner",
                remedy="An administrator ends all their access first.",
            )
        return erase_person(ref, by=acting.reader)


def _in_scope(acting: Acting) -> QuerySet[Person]:
    verdict = acting.may("erase", "staff")
    if not verdict:
        raise PermissionError(verdict.why)
    here = acting.organisation.roles.values("person_id")
    return Person.objects.filter(pk__in=here)

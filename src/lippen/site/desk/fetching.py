"""What waits at a desk, and how a worker's browser fetches it: entered before the bytes leave, and capped.

The register shows that a sealed report was fetched. Whether it was then read happens in the browser, where
nothing here can see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from lippen.errors import LippenError
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Person
from lippen.site.accounts.roles import locked
from lippen.site.accounts.said import Refusal
from lippen.site.desk.limits import PHOTOGRAPHS_A_DAY, REPORTS_A_DAY
from lippen.site.desk.models import Answered, Decision, Fetch, Matter, PassedOn
from lippen.site.desk.own_desk import colleagues, must, own_desk, store, today
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change, enter_reading

PURPOSE: Final = "to hear what residents told the desk"


class ReportUnknown(LippenError):
    """Nothing of this id waits at this desk, or it is left to others."""


class FetchRefused(Refusal):
    """A worker fetched as much today as one may."""


@dataclass(frozen=True)
class Waiting:
    """A report that waits: its id in hexadecimal digits, the Monday of its week, whether word went back, and
    whether whoever asks left it to others.
    """

    ident: str
    week: date
    answered: bool
    passed_on: bool

    @property
    def short(self) -> str:
        """Enough of its id to speak of it at the desk."""
        return self.ident[:6]


def waiting(acting: Acting) -> list[Waiting]:
    """What waits at one's own desk, by week and then by id, which is random. Raises PermissionError,
    NoDesk.
    """
    must(acting, "list", "sealed-report")
    found = store().waiting(own_desk(acting).number)
    idents = [one.id.hex() for one in found]
    answered = set(Answered.objects.filter(report__in=idents).values_list("report", flat=True))
    passed = _passed(acting.person)
    shown = [
        Waiting(one.id.hex(), one.week, one.id.hex() in answered, one.id.hex() in passed) for one in found
    ]
    return sorted(shown, key=lambda one: (one.week, one.ident))


def flooded(acting: Acting) -> bool:
    """Whether far more came this week than in those before. Raises NoDesk."""
    return store().arrivals(own_desk(acting).number, today()).flood


def week_of(acting: Acting, ident: str) -> date:
    """The week in which a report that waits came. Raises PermissionError, NoDesk, ReportUnknown."""
    must(acting, "read", "sealed-report")
    for one in store().waiting(own_desk(acting).number):
        if one.id.hex() == ident and ident not in _passed(acting.person):
            return one.week
    raise ReportUnknown("this report does not wait for you")


def fetch_report(acting: Acting, ident: str) -> bytes:
    """A sealed report, for the worker's browser to open.

    Raises PermissionError, NoDesk, ReportUnknown, FetchRefused, and RegisterUnavailable.
    """
    week_of(acting, ident)
    return _fetch(acting, ident, photograph=False)


def fetch_photograph(acting: Acting, ident: str) -> bytes:
    """A sealed photograph by the id that stands in its report. Raises as `fetch_report`."""
    must(acting, "read", "sealed-report")
    return _fetch(acting, ident, photograph=True)


def pass_on(acting: Acting, ident: str) -> None:
    """Leave a report to the others of the desk, unread: from now on it is closed to `acting`.

    Raises PermissionError, NoDesk, ReportUnknown, and FetchRefused where nobody else works at the desk.
    """
    week_of(acting, ident)
    if not others_for(acting, ident).exists():
        raise FetchRefused(
            "nobody else at this desk could open it", remedy="Ask an administrator to let somebody in."
        )
    with transaction.atomic():
        locked(acting)
        PassedOn.objects.get_or_create(
            person=acting.person.ref,
            report=ident,
            defaults={"organisation": acting.organisation.ref, "on": today()},
        )
        records = [Records("sealed-report", (ident,))]
        enter_change(acting.reader, Act.ALTERATION, "a sealed report passed on", records, purpose=PURPOSE)


def must_have_fetched(acting: Acting, ident: str) -> None:
    """Raise FetchRefused unless this worker fetched this report: nobody decides about one unseen."""
    if not Fetch.objects.filter(person=acting.person.ref, sealed=ident, photograph=False).exists():
        raise FetchRefused("you have not opened this report", remedy="Open it first.")


def must_not_be_closed(ident: str) -> None:
    """Raise FetchRefused where two closed this report: whatever is begun now would outlive it."""
    if Decision.objects.filter(report=ident, matter=Matter.CLOSE).exclude(agreed_by="").exists():
        raise FetchRefused("two of the desk closed this report", remedy="Finish deleting it, under Close it.")


def left_by(ident: str) -> set[str]:
    """References of those who left this report to others."""
    return set(PassedOn.objects.filter(report=ident).values_list("person", flat=True))


def others_for(acting: Acting, ident: str) -> QuerySet[Person]:
    """The other workers of the desk but those who left this report to others."""
    return colleagues(acting).exclude(ref__in=left_by(ident))


def _fetch(acting: Acting, ident: str, *, photograph: bool) -> bytes:
    sealed = store().fetch(own_desk(acting).number, bytes.fromhex(ident), photograph=photograph)
    if sealed is None:
        raise ReportUnknown("nothing of this id lies here")
    _is_counted(acting, ident, photograph=photograph)
    what = "a sealed photograph fetched" if photograph else "a sealed report fetched"
    enter_reading(
        acting.reader, Act.CONSULTATION, what, [Records("sealed-report", (ident,))], purpose=PURPOSE
    )
    # after the entry, so that nothing counts as fetched that never left because the register failed
    _count(acting, ident, photograph=photograph)
    return sealed


def _is_counted(acting: Acting, ident: str, *, photograph: bool) -> bool:
    """Whether this was fetched today already: the same again tells nothing new. Raises FetchRefused."""
    most = PHOTOGRAPHS_A_DAY if photograph else REPORTS_A_DAY
    today_s = Fetch.objects.filter(person=acting.person.ref, on=today(), photograph=photograph)
    if today_s.filter(sealed=ident).exists():
        return True
    if today_s.count() >= most:
        raise FetchRefused(
            f"you fetched {most} today, and nobody fetches more on one day",
            remedy="A colleague can open this one, or you tomorrow. If somebody is in danger, call 999.",
        )
    return False


def _count(acting: Acting, ident: str, *, photograph: bool) -> None:
    with transaction.atomic():
        locked(acting)  # so that two that are fetched at one moment are counted one after the other
        if _is_counted(acting, ident, photograph=photograph):
            return
        Fetch.objects.create(
            organisation=acting.organisation.ref,
            person=acting.person.ref,
            sealed=ident,
            photograph=photograph,
            on=today(),
        )


def _passed(person: Person) -> set[str]:
    return set(PassedOn.objects.filter(person=person.ref).values_list("report", flat=True))

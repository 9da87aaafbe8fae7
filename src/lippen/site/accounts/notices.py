"""Notices: something waits for somebody. The list and the e-mail do not say what; the page behind it does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.mail import get_connection, send_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_tasks import task

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Notice, Person

_AFTER_OTHER_JOBS: Final = -50


class NotTaken(Exception):
    """No mail program answered, or it answered that it does not take the letter: it surely was not sent."""


@dataclass(frozen=True)
class Waiting:
    """A notice as its person sees it."""

    ref: str
    made_at: datetime

    @property
    def path(self) -> str:
        """Where it is opened, which says nothing of what it is."""
        return f"/you/waiting/{self.ref}/"


@dataclass(frozen=True)
class Opened:
    """Where a notice leads, and what it says there."""

    path: str
    says: str


def tell(
    people: Iterable[Person], path: str, says: str, *, stays: bool = False, until: datetime | None = None
) -> None:
    """Tell each that something waits at `path`, a path of this site, and by e-mail where the site sends any.

    `says` is what waits, in a sentence that names nobody. What `stays` waits until it is settled (`settle`),
    or until `until`; anything else only until it is opened. Somebody for whom something waits at the same
    path gets no second notice. The e-mails go once the transaction is committed, from the background worker.
    """
    told = {one.pk: one for one in people}
    has_one = set(_waits().filter(path=path).values_list("person_id", flat=True))
    made = Notice.objects.bulk_create(
        Notice(person=person, path=path, says=says, stays=stays, until=until)
        for pk, person in told.items()
        if pk not in has_one
    )
    if settings.CONFIGURATION.mail_from:
        for notice in made:
            transaction.on_commit(lambda ref=notice.ref: send.enqueue(ref))  # type: ignore[misc]


def settle(path: str, people: Iterable[Person] | None = None) -> None:
    """Nothing waits at `path` any more: for these people, or for anybody."""
    settled = _waits().filter(path=path)
    if people is not None:
        settled = settled.filter(person__in=people)
    settled.update(settled_at=timezone.now())


def waiting(acting: Acting) -> list[Waiting]:
    """What waits for whoever acts, oldest first. It is their own, and says nothing of anybody else."""
    mine = _waits().filter(person=acting.person).order_by("made_at", "pk")
    return [Waiting(one.ref, one.made_at) for one in mine]


def opened(acting: Acting, ref: str) -> Opened | None:
    """Where one's own notice leads; None when one has no such notice. What does not stay is settled by it."""
    mine = Notice.objects.filter(person=acting.person, ref=ref).first()
    if mine is None:
        return None
    if mine.settled_at is None and not mine.stays:
        mine.settled_at = timezone.now()
        mine.save(update_fields=["settled_at"])
    return Opened(mine.path, mine.says)


def connected() -> BaseEmailBackend:
    """A connection to the mail program, open. Raises NotTaken when none answers."""
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        raise NotTaken from error
    return connection


@task(priority=_AFTER_OTHER_JOBS)
def send(ref: str) -> None:
    """The e-mail of one notice. Others' machines carry it, so it says only that something waits.

    Raises NotTaken, and then it is tried again each hour for a day (`operation.hourly`), for as long as the
    notice still waits. After any other fault it is not: a mail program that took the letter and answered
    late, or not at all, would be handed it each hour. None is sent once the site sends no e-mail any more.
    """
    if not settings.CONFIGURATION.mail_from:
        return
    notice = _waits().filter(ref=ref, person__is_active=True).first()
    if notice is None:
        return
    where = next(iter(settings.CONFIGURATION.origins), "the address that you know")
    connection = connected()
    try:
        _send(notice, where, connection)
    except OSError as error:
        if not _says_no(error):
            raise
        raise NotTaken from error
    finally:
        connection.close()


def _says_no(error: OSError) -> bool:
    """Whether this is a mail program's own answer. Known by what it carries, a code or an answer for each
    recipient: only Django speaks to other programs here (promise 3), so its kind cannot be imported.
    """
    return hasattr(error, "smtp_code") or hasattr(error, "recipients")


def _send(notice: Notice, where: str, connection: BaseEmailBackend) -> None:
    send_mail(
        f"Something waits for you in {settings.CONFIGURATION.name}",
        f"Something waits for you. Sign in to see what it is: {where}\n\n"
        "This message has no link that signs you in. We never ask for a password or a code by e-mail.\n",
        settings.CONFIGURATION.mail_from,
        [notice.person.email],
        connection=connection,
    )


def _waits() -> QuerySet[Notice]:
    now = timezone.now()
    return Notice.objects.filter(Q(until__isnull=True) | Q(until__gt=now), settled_at__isnull=True)

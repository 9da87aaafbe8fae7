"""Notices: something waits for somebody. Neither the page nor the e-mail says what it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Notice, Person


@dataclass(frozen=True)
class Waiting:
    """A notice as its person sees it."""

    ref: str
    made_at: datetime

    @property
    def path(self) -> str:
        """Where it is opened, which says nothing of what it is."""
        return f"/you/waiting/{self.ref}/"


def tell(people: Iterable[Person], path: str) -> None:
    """Tell each that something waits at `path`, a path of this site, and by e-mail where the site sends any.

    Somebody who has an unopened notice of the same path gets no second one. The e-mail goes once the
    transaction is committed, from the background worker.
    """
    for person in people:
        if Notice.objects.filter(person=person, path=path, seen_at__isnull=True).exists():
            continue
        notice = Notice.objects.create(person=person, path=path)
        if settings.CONFIGURATION.mail_from:
            transaction.on_commit(lambda ref=notice.ref: send.enqueue(ref))  # type: ignore[misc]


def waiting(acting: Acting) -> list[Waiting]:
    """What waits for whoever acts, oldest first. It is their own, and says nothing of anybody else."""
    mine = Notice.objects.filter(person=acting.person, seen_at__isnull=True).order_by("made_at", "pk")
    return [Waiting(one.ref, one.made_at) for one in mine]


def opened(acting: Acting, ref: str) -> str | None:
    """Mark one's own notice as seen and return its path; None when one has no such notice."""
    mine = Notice.objects.filter(person=acting.person, ref=ref).first()
    if mine is None:
        return None
    if mine.seen_at is None:
        mine.seen_at = timezone.now()
        mine.save(update_fields=["seen_at"])
    return mine.path


@task()
def send(ref: str) -> None:
    """The e-mail of one notice. Others' machines carry it, so it says only that something waits."""
    notice = Notice.objects.filter(ref=ref, seen_at__isnull=True, person__is_active=True).first()
    if notice is None:
        return
    where = next(iter(settings.CONFIGURATION.origins), "the address that you know")
    send_mail(
        f"Something waits for you in {settings.CONFIGURATION.name}",
        f"Something waits for you. Sign in to see what it is: {where}\n\n"
        "This message has no link that signs you in. We never ask for a password or a code by e-mail.\n",
        settings.CONFIGURATION.mail_from,
        [notice.person.email],
    )

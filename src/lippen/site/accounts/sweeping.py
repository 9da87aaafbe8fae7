"""What accounts let go once it is of no use any more. The background worker does it each hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from lippen.site.accounts.links_open import forget_closed
from lippen.site.accounts.models import DeviceReplacement, Notice

SETTLED_STAYS: Final = timedelta(days=7)
UNSETTLED_STAYS: Final = timedelta(days=90)
"""Somebody may be away for a quarter of a year; what nobody settled by then leads nowhere any more."""

REQUEST_STAYS: Final = timedelta(days=30)
"""How long colleagues still find, behind a notice, what became of a request to replace a device."""


def sweep() -> int:
    """Let go of notices that were settled or waited too long, of requests for a device that ended, and of
    invitations that open nothing any more. Returns how many rows went.

    A device that was revoked and not replaced yet keeps its request, however old: it is what stops somebody
    who has the password alone.
    """
    now = timezone.now()
    settled = Q(settled_at__lte=now - SETTLED_STAYS) | Q(until__lte=now - SETTLED_STAYS)
    open_still = Q(revoked_at__isnull=False, done_at__isnull=True)
    with transaction.atomic():
        gone = Notice.objects.filter(settled | Q(made_at__lte=now - UNSETTLED_STAYS)).delete()[0]
        ended = DeviceReplacement.objects.filter(expires_at__lte=now - REQUEST_STAYS)
        gone += ended.exclude(open_still).delete()[0]
        gone += forget_closed()
    return gone


@task()
def let_go_of_what_ended() -> None:
    """The sweep, as a job of the queue."""
    sweep()

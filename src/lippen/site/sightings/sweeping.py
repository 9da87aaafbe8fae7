"""What the room does each hour, as jobs of the background worker's queue."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from lippen.site.sightings import accounts_named, together
from lippen.site.sightings.models import Telling


@task()
def let_go_on() -> int:
    """Let sightings that waited long enough, or are enough, go on to whoever holds them. Returns how many."""
    return together.go_on()


@task()
def let_go_of_sightings() -> int:
    """What nobody took, the accounts that were named in months that ended, with their keys, and how often
    somebody told on days that ended. Returns how many rows and months went.
    """
    today = timezone.localdate()
    gone = together.let_go_of_old(today) + accounts_named.forget_before(today)
    return gone + Telling.objects.exclude(on=today).delete()[0]

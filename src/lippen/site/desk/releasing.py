"""When logs leave: together where it can be, by a moment that is drawn, and never before their day.

A town of 25,000 people sends some 75 to 150 reports a year, so three logs within three days are the
exception. What a batch gives is that the moment says little; it is no crowd to hide in.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from lippen.site.accounts import notices
from lippen.site.accounts.models import Organisation
from lippen.site.desk.limits import (
    BATCH,
    BETWEEN_BATCHES,
    LOG_KEPT,
    NEARBY_DAYS,
    NEARBY_HOURS,
    RESTS_HOURS,
    WAITS_HOURS,
)
from lippen.site.desk.models import Log, LogGoesTo, LogState
from lippen.site.desk.own_desk import readers
from lippen.site.desk.sighting_content import is_sighting
from lippen.site.desk.sightings_leaving import hand_on, went_since
from lippen.site.register.models import Act
from lippen.site.register.services import SYSTEM, Records, enter_change

PURPOSE: Final = "to let logs of desks go on together, so that the moment tells little"
CAME: Final = "Logs from desks have come."
_drawn = random.SystemRandom()


@dataclass(frozen=True)
class Nearby:
    """What an area's logs amounted to lately: released within 72 hours, and within 30 days."""

    hours: int
    days: int


def release_due(now: datetime | None = None) -> int:
    """Release the logs and the sightings whose time has come, in one batch; returns how many.

    A batch goes when as many as `BATCH` have rested and none went for a day, or when one has waited as long
    as was drawn for it: then all that have rested go with it.
    """
    now = now or timezone.now()
    with transaction.atomic():
        rested = list(
            Log.objects.select_for_update()
            .filter(state=LogState.SIGNED, rests_until__lte=now)
            .prefetch_related("goes_to")
            .order_by("ref")
        )
        since = now - BETWEEN_BATCHES
        lately = Log.objects.filter(at_once=False, released_at__gt=since).exists() or went_since(since)
        together = len(rested) >= BATCH and not lately
        if not together and not any(one.goes_by is not None and one.goes_by <= now for one in rested):
            return 0
        sightings = [one for one in rested if is_sighting(one.content)]
        logs = [one for one in rested if not is_sighting(one.content)]
        if logs:
            refs = tuple(one.ref for one in _made_anew(logs, now))
            records = [Records("desk-log", refs)]
            enter_change(SYSTEM, Act.DISCLOSURE, "logs released", records, purpose=PURPOSE)
            tell_partners({goes.organisation for one in logs for goes in one.goes_to.all()} - _closed())
        if sightings:
            hand_on(_drawn.sample(sightings, len(sightings)))
    return len(rested)


def _made_anew(rested: Sequence[Log], now: datetime) -> list[Log]:
    """These logs as released ones, in rows of their own, in an order that is drawn. Neither the reference nor
    the place of a row, nor the day on which it goes, then tells which of the batch was signed off when.
    """
    closed = _closed()
    goes_to = {
        one.pk: [goes.organisation for goes in one.goes_to.all() if goes.organisation not in closed]
        for one in rested
    }
    drawn = _drawn.sample(rested, len(rested))
    made = Log.objects.bulk_create(
        Log(
            organisation=one.organisation,
            state=LogState.RELEASED,
            content=one.content,
            released_at=now,
            destroy_on=timezone.localdate(now) + LOG_KEPT,
        )
        for one in drawn
    )
    LogGoesTo.objects.bulk_create(
        LogGoesTo(log=new, organisation=organisation)
        for old, new in zip(drawn, made, strict=True)
        for organisation in goes_to[old.pk]
    )
    Log.objects.filter(pk__in=goes_to).delete()
    return made


def _closed() -> set[str]:
    """Organisations that are closed: one that was when a log left has no part in it, should it open again."""
    return set(Organisation.objects.filter(closed_on__isnull=False).values_list("ref", flat=True))


def waiting_together(now: datetime | None = None) -> int:
    """How many logs of this site, of whatever desk, can go in one batch with a log that is signed off now and
    has no day of its own. Never too many: those that will have rested before it must go at the earliest, and
    need not go before it has rested at the latest. One of them can be from the same report: what
    would tell is deleted at the sign-off.
    """
    now = now or timezone.now()
    return Log.objects.filter(
        state=LogState.SIGNED,
        rests_until__lte=now + timedelta(hours=WAITS_HOURS[0]),
        goes_by__gte=now + timedelta(hours=RESTS_HOURS[1]),
    ).count()


def nearby(now: datetime | None = None) -> Mapping[str, Nearby]:
    """For each larger area of which a log was released lately, how many."""
    now = now or timezone.now()
    since = now - timedelta(days=NEARBY_DAYS)
    found = Log.objects.filter(state=LogState.RELEASED, released_at__gt=since)
    days: Counter[str] = Counter()
    hours: Counter[str] = Counter()
    for at, content in found.values_list("released_at", "content"):
        assert isinstance(content, dict)  # noqa: S101 - a released log has its words
        days[content["area"]] += 1
        hours[content["area"]] += at is not None and at > now - timedelta(hours=NEARBY_HOURS)
    return {area: Nearby(hours[area], days[area]) for area in days}


def tell_partners(organisations: Iterable[str]) -> None:
    """Tell those who read logs for these organisations that some have come."""
    for organisation in Organisation.objects.filter(ref__in=organisations):
        notices.tell(readers(organisation), "/logs/", CAME)

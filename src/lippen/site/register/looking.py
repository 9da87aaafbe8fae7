"""Looking for unusual reading in the days that ended, and telling the panel.

The register is asked once for all the days and weeks that a look needs, and answers in hours of each reader,
so that a look is short however much was read. Days and nights are those of the site's own clock (`time_zone`
in site.toml).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, Sum
from django.db.models.functions import TruncHour

from lippen.site.register.alerts import raise_alert
from lippen.site.register.commitments import NAME
from lippen.site.register.days import begins, day_of, zone
from lippen.site.register.models import Act, Alert, Entry, Shown
from lippen.site.register.services import SYSTEM
from lippen.site.register.unusual import Near, Reading, Unusual, near, rules, unusual_in

DAYS_LOOKED_AT: Final = 7
"""A site that was closed over a holiday still looks at all of its last days."""


def look(now: datetime | None = None) -> int:
    """Look at the days that ended, at most a week of them, and raise alerts. Returns how many are new.

    Looking twice at a day makes no alert twice.
    """
    today = day_of(now or datetime.now(UTC))
    first = today - timedelta(days=DAYS_LOOKED_AT)
    held = _readings(first, today)
    found = [
        one
        for back in range(DAYS_LOOKED_AT, 0, -1)
        for one in unusual_in(held, today - timedelta(days=back), zone())
    ]
    for data_class, is_near in near().items():
        found += _nearby(data_class, is_near, first, today)
    return sum(raise_alert(_alert(one)) for one in found)


def _alert(one: Unusual) -> Alert:
    return Alert(
        made_at=datetime.now(UTC),
        rule=one.rule,
        reader=one.within[0].reader,
        organisation=one.within[0].organisation,
        first_at=min(each.first_at for each in one.within),
        last_at=max(each.last_at for each in one.within),
        readings=one.readings,
        reason=f"{one.reason} This rule fires {rules()[one.rule]['fires']}."[:400],
    )


def _readings(first: date, today: date) -> list[Reading]:
    """Everybody's readings, from the weeks before the first day until today began, but the program's own."""
    # A night begins on the day before.
    start = begins(first - timedelta(weeks=rules()["past_weeks"])) - timedelta(hours=1)
    looked_at = begins(first)  # earlier days are only compared with, and that by their records
    needs_a_case = Shown.objects.filter(entry=OuterRef("pk"), data_class__in=rules()["no_case"]["classes"])
    # An act that gives a name names a commitment to it too, which is no record that anybody read.
    commitment = Shown.objects.filter(entry=OuterRef("pk"), data_class=NAME)
    gives_a_name = Q(act=Act.ALTERATION) & Q(Exists(commitment))
    hours = (
        Entry.objects.filter(at__gte=start, at__lt=begins(today))
        .exclude(reader=SYSTEM.person)
        .values("reader", "organisation", hour=TruncHour("at", tzinfo=UTC))
        .annotate(
            first_at=Min("at"),
            last_at=Max("at"),
            readings=Count("pk"),
            records=Sum("shown_count") - Count("pk", filter=gives_a_name),
            without_case=Count("pk", filter=Q(case="", at__gte=looked_at) & Q(Exists(needs_a_case))),
        )
        .order_by("hour", "reader")
    )
    columns = ("first_at", "last_at", "reader", "organisation", "readings", "records", "without_case")
    return [Reading(*row) for row in hours.values_list(*columns).iterator(2_000)]


def _nearby(data_class: str, is_near: Near, first: date, today: date) -> Iterator[Unusual]:
    """Readings of records that another app says are about the reader's own street or name, day by day."""
    shown = Shown.objects.filter(
        data_class=data_class, entry__at__gte=begins(first), entry__at__lt=begins(today)
    )
    read: defaultdict[tuple[date, str], dict[str, Reading]] = defaultdict(dict)
    columns = ("record", "entry__at", "entry__reader", "entry__organisation", "entry__shown_count")
    for record, at, reader, organisation, records in shown.values_list(*columns).iterator(2_000):
        of_day = read[day_of(at), reader]
        of_day.setdefault(record, Reading(at, at, reader, organisation, 1, records))
    for (_, reader), records_read in sorted(read.items()):
        if close := is_near(reader, sorted(records_read)):
            yield Unusual(
                "near",
                "Some of the records are about the reader's own street or name.",
                len(close),
                tuple(records_read[record] for record in sorted(close)),
            )

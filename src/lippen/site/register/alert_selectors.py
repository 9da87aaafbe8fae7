"""The reader of alerts about unusual reading. Reading them is a reading too, entered before it is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from lippen.site.register import resolvers
from lippen.site.register.days import day_of
from lippen.site.register.models import Act, Alert
from lippen.site.register.selectors import ENTRIES_A_PAGE, Question, records_of
from lippen.site.register.services import Reader, enter_reading
from lippen.site.register.told import SOMEBODY, SOMEWHERE


@dataclass(frozen=True)
class AlertSeen:
    """An alert as the panel sees it: a set of readings and why it is unusual. `question` leads to them."""

    made_at: datetime
    rule: str
    reason: str
    readings: int
    reader: str
    reader_name: str
    organisation_name: str
    first_at: datetime
    last_at: datetime
    question: Question = field(repr=False)


def alerts(asker: Reader, *, purpose: str) -> tuple[AlertSeen, ...]:
    """The newest alerts about unusual reading, for the panel. Raises RegisterUnavailable."""
    rows = list(Alert.objects.order_by("-made_at", "-id")[:ENTRIES_A_PAGE])
    enter_reading(
        asker,
        Act.CONSULTATION,
        "alerts about unusual reading",
        records_of([], {row.reader for row in rows}),
        purpose=purpose,
    )
    people = resolvers.names(resolvers.PEOPLE, {row.reader for row in rows})
    organisations = resolvers.names(resolvers.ORGANISATIONS, {row.organisation for row in rows})
    return tuple(
        AlertSeen(
            row.made_at,
            row.rule,
            row.reason,
            row.readings,
            row.reader,
            people.get(row.reader, SOMEBODY),
            organisations.get(row.organisation, SOMEWHERE),
            row.first_at,
            row.last_at,
            Question(reader=row.reader, since=day_of(row.first_at), until=day_of(row.last_at)),
        )
        for row in rows
    )

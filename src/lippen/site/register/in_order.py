"""Entries in the order in which they are sealed, some at a time: position first, then id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Q

from lippen.site.register.dialects import dialect
from lippen.site.register.models import Entry, Shown
from lippen.site.register.stored_form import held

AT_ONCE: Final = 500
"""Rows that are fetched, and held, at a time."""

NamedRecords = list[tuple[str, str]]
"""Class and id of each record that an entry names."""

Recorded = tuple[Entry, int, NamedRecords]
"""An entry, its position, and the records it names."""


def position_of(entry: Entry) -> int:
    """Where an entry stands. Raises TypeError for one without a position (see `dialects`)."""
    position: Any = getattr(entry, dialect().position)
    return int(position)


def all_there(start: int, end: int) -> bool:
    """Whether every position between these two, both included, holds an entry, if only one that cannot be
    read.
    """
    within = Entry.objects.filter(**{f"{dialect().position}__range": (start, end)})
    return within.count() == end - start + 1


def entries_between(start: int, end: int) -> Iterator[list[Recorded]]:
    """Entries whose positions are from `start` to `end`, both included, in order, some at a time."""
    position = dialect().position
    after: tuple[int, int] | None = None
    while True:
        rows = held(Entry).filter(**{f"{position}__range": (after[0] if after else start, end)})
        if after is not None:
            rows = rows.filter(
                Q(**{f"{position}__gt": after[0]}) | Q(**{position: after[0]}, id__gt=after[1])
            )
        page = list(rows.order_by(position, "id")[:AT_ONCE])
        if not page:
            return
        shown: dict[int, NamedRecords] = {row.pk: [] for row in page}
        named = held(Shown).filter(entry__in=list(shown)).values_list("entry", "data_class", "record")
        for entry, data_class, record in named:
            shown[entry].append((data_class, record))
        yield [(row, position_of(row), shown[row.pk]) for row in page]
        after = (position_of(page[-1]), page[-1].pk)

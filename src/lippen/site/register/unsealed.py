"""What is not sealed yet: about a second's entries, unless the sealer stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db.models import Min, QuerySet

from lippen.site.register.dialects import dialect
from lippen.site.register.in_order import all_there, entries_between, position_of
from lippen.site.register.models import Checkpoint, Entry
from lippen.site.register.stored_form import held
from lippen.site.register.verdict import Verdict, span
from lippen.site.register.verified_entries import EntriesVerified

SEALED_WITHIN: Final = timedelta(minutes=1)
"""Sealing takes a second or two; what is unsealed for longer says that something is wrong with it."""


def unsealed_since() -> datetime | None:
    """When the oldest entry was made that should be sealed by now and is not; None while sealing goes on."""
    return _late(_unsealed().order_by(dialect().position).values_list("at", flat=True).first())


def all_sealed() -> bool:
    """Whether there is no entry that is not sealed yet."""
    return not _unsealed().exists()


def _unsealed() -> QuerySet[Entry]:
    newest = Checkpoint.objects.order_by("-number").first()
    return Entry.objects.filter(**{f"{dialect().position}__gt": newest.to_position if newest else 0})


def verify_unsealed(
    last: Checkpoint | None, verdict: Verdict, entries: EntriesVerified, progress: Callable[[int], None]
) -> None:
    """Check what stands after the last checkpoint, and say how much it is and since when."""
    append_only = dialect()
    position = append_only.position
    end = last.to_position if last else 0
    tail = held(Entry).filter(**{f"{position}__gt": end})
    verdict.tail_since = tail.aggregate(first=Min("at"))["first"]
    nowhere = held(Entry).filter(**{f"{position}__isnull": True}).order_by("id").first()
    if nowhere is not None:
        verdict.breach(
            f"entry {nowhere.pk} has no position, so it was put in past the triggers.", entry=nowhere.pk
        )
    expected = end + 1
    highest = tail.order_by(f"-{position}").first()
    if highest is None:
        return
    for rows in entries_between(end + 1, position_of(highest)):
        for entry, at, shown in rows:
            if append_only.dense and at > expected and not all_there(expected, at - 1):
                verdict.breach(
                    f"missing among those that are not sealed yet: {span(expected, at - 1)}.", entry=expected
                )
            expected = at + 1
            entries.as_made(entry, shown, None)
        verdict.tail_entries += len(rows)
        progress(len(rows))
    if _late(verdict.tail_since):
        verdict.state(
            "the oldest entry that is not sealed is more than a minute old: the sealer does not run, or "
            "somebody keeps a transaction of the database open."
        )


def _late(at: datetime | None) -> datetime | None:
    return at if at is not None and datetime.now(UTC) - at > SEALED_WITHIN else None

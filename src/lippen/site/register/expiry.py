"""Months of the register go by policy: a signed note first, then the entries; the signed roots stay.

An entry goes with the month, in UTC, in which it was sealed, and with its whole checkpoint: each checkpoint
is either all there, and can be checked, or all gone. Killed at any step, the next expiry finishes the rest.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max, Min, Sum

from lippen.errors import LippenError
from lippen.site.register.dialects import dialect
from lippen.site.register.models import Act, Alert, Checkpoint, Entry, Expiry, Shown
from lippen.site.register.names_again import enter_again
from lippen.site.register.retention import policy_in_force, register_time, state_policy
from lippen.site.register.rotation import sealing_key
from lippen.site.register.seals import expiry_bytes
from lippen.site.register.services import SYSTEM, Reader, Records, enter_change

ENTRIES_AT_ONCE: Final = 2_000


class TooEarly(LippenError):
    """The policy keeps these entries longer."""


@dataclass(frozen=True)
class Expired:
    """A month that went: its first day, and how many entries went with it just now."""

    month: date
    entries: int


def allowed_before() -> date:
    """The first day of the first month that the policy in force keeps: what was sealed earlier may go."""
    return months_after(register_time().date().replace(day=1), -policy_in_force().keep_months)


def expire(before: date | None = None, reader: Reader = SYSTEM) -> list[Expired]:
    """Let every month go that ended before this day; without one, all that the policy in force lets go.

    Before anything else it states the policy that the site means to follow (`retention.state_policy`).

    Returns the months that went, those too whose going had been interrupted. The note about each month, an
    entry about it, and what its entries say of names that are still there (`names_again`) are written before
    its entries go. Raises TooEarly when the policy keeps some of that
    longer.
    """
    state_policy(reader)
    before = allowed_before() if before is None else before
    _refuse_kept(before)
    gone: list[Expired] = []
    for month in _months_before(before):
        noted_now = _note(month, reader)
        entries = _delete(month)
        if entries or noted_now:
            gone.append(Expired(month, entries))
    return gone


def _refuse_kept(before: date) -> None:
    allowed = allowed_before()
    if before > allowed:
        raise TooEarly(
            f"the register keeps what was sealed on {allowed:%Y-%m-%d} and later",
            remedy=f"Name {allowed:%Y-%m-%d} or an earlier day.",
        )


def months_after(month: date, months: int) -> date:
    """The first day of the month that lies `months` after this one."""
    year, index = divmod(month.year * 12 + month.month - 1 + months, 12)
    return date(year, index + 1, 1)


def _bounds(month: date) -> tuple[datetime, datetime]:
    start = datetime(month.year, month.month, 1, tzinfo=UTC)
    return start, start + timedelta(days=monthrange(month.year, month.month)[1])


def _months_before(before: date) -> list[date]:
    """Months that ended before this day and sealed something, the oldest first."""
    limit = datetime(before.year, before.month, 1, tzinfo=UTC)
    sealed = Checkpoint.objects.filter(at__lt=limit, entries__gt=0)
    return [one.date() for one in sealed.datetimes("at", "month", tzinfo=UTC)]


def _note(month: date, reader: Reader) -> bool:
    """Write the note that a month goes, unless it is there already; returns whether it was written.

    What it says and who signs it are asked where nobody else signs: a seal key replaced in between, or a
    longer time stated, would make it one that no key had to sign.
    """
    start, end = _bounds(month)
    with transaction.atomic(), dialect().nobody_signs():
        if Expiry.objects.filter(pk=month).exists():
            return False
        _refuse_kept(months_after(month, 1))
        of_month = Checkpoint.objects.filter(at__gte=start, at__lt=end)
        told = of_month.aggregate(
            first=Min("number"), last=Max("number"), entries=Sum("entries"), until=Max("to_position")
        )
        rule = policy_in_force()
        note = Expiry(
            month=month,
            at=datetime.now(UTC),
            policy=str(rule),
            keep_months=rule.keep_months,
            first_checkpoint=told["first"],
            last_checkpoint=told["last"],
            entries=told["entries"],
        )
        note.signature = sealing_key().signer().sign(expiry_bytes(note))
        enter_again(told["until"], reader)  # first: it locks, and has to hold no lesser lock before
        note.save(force_insert=True)
        enter_change(
            reader,
            Act.ERASURE,
            "a month of the register",
            [Records("register", (f"{month:%Y-%m}",))],
            purpose=note.policy,
        )
    return True


def _delete(month: date) -> int:
    """Delete what is left of a month, some checkpoints in each transaction. Returns how many entries went."""
    start, end = _bounds(month)
    position = dialect().position
    of_month = Checkpoint.objects.filter(at__gte=start, at__lt=end, entries__gt=0)
    told = of_month.aggregate(first=Min("from_position"), last=Max("to_position"))
    if not Entry.objects.filter(**{f"{position}__range": (told["first"], told["last"])}).exists():
        return 0
    gone = 0
    ranges = of_month.order_by("number").values_list("from_position", "to_position", "entries")
    for together in _by_entries(ranges.iterator(500)):
        with transaction.atomic():
            for from_position, to_position in together:
                within = Entry.objects.filter(**{f"{position}__range": (from_position, to_position)})
                Shown.objects.filter(entry__in=within).delete()
                Alert.objects.filter(entry__in=within).delete()
                gone += within.delete()[0]
    return gone


def _by_entries(ranges: Iterable[tuple[int, int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Ranges of positions in groups of some thousand entries: what readers wait for while it is deleted."""
    together: list[tuple[int, int]] = []
    entries = 0
    for from_position, to_position, many in ranges:
        together.append((from_position, to_position))
        entries += many
        if entries >= ENTRIES_AT_ONCE:
            yield together
            together, entries = [], 0
    if together:
        yield together

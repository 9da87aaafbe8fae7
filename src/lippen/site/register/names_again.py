"""Commitments to names outlive the month in which they were entered, for as long as their names are there.

Else a name that somebody has borne for longer than the register keeps its entries could be exchanged again.
What is entered again is what was entered, never what stands in the database now: a name that was exchanged
would else be entered as the right one.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from lippen.site.register.commitments import NAME, all_committed, bearers, committed, erased_since, whose
from lippen.site.register.dialects import dialect
from lippen.site.register.digests import digest_of
from lippen.site.register.models import Act, Entry
from lippen.site.register.services import Reader, enter_change

_ENTRIES_AT_ONCE = 500


def enter_again(until: int, reader: Reader) -> None:
    """Enter again, in the transaction that is under way, what names are known by from entries up to this
    position, which are about to go. What does not say what it said when it was made is left out, and whoever
    was erased since: a row that was put back past the program is no reason to forget that.

    Nobody else enters anything meanwhile: a name that was set between the look and the entry would stand
    before the older one, which would then count.
    """
    if not _going(until):
        return
    with dialect().nobody_writes():
        records = _going(until)
        if not records:
            return
        enter_change(
            reader,
            Act.ALTERATION,
            "the names entered again",
            [committed(records)],
            purpose="so that a name that is exchanged is found also after the entry that gave it has gone",
        )


def _going(until: int) -> list[str]:
    there = {f"{kind.letter}-{row[0]}" for kind in bearers() for row in kind.standing()}
    last = {whose(record): (entry, record) for entry, record in all_committed() if whose(record) in there}
    erased = erased_since({key: entry for key, (entry, _) in last.items()})
    going = set(_sound_until({entry for entry, _ in last.values()}, until))
    return sorted(record for key, (entry, record) in last.items() if entry in going and key not in erased)


def _sound_until(numbers: set[int], until: int) -> Iterator[int]:
    """Those of these entries that stand up to this position and say what they said when they were made."""
    ids = sorted(numbers)
    for start in range(0, len(ids), _ENTRIES_AT_ONCE):
        some = Entry.objects.filter(
            pk__in=ids[start : start + _ENTRIES_AT_ONCE], **{f"{dialect().position}__lte": until}
        )
        for one in some:
            shown = list(one.shown.values_list("data_class", "record"))
            who = (one.reader, one.role, one.organisation, one.regime)
            about = (one.what, one.purpose, one.case, one.agreement)
            said = digest_of(settings.KEYS.digest, one.at, one.act, who, *about, shown)
            if said == bytes(one.digest) and any(of == NAME for of, _ in shown):
                yield one.pk

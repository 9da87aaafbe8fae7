"""What people said of words, put together: which answer to each word counts, and what the next ranking reads.

The newest answer of each person stands, unless they took it back; of those that stand the last one counts.
Only answers given for the organisation that holds the trade now count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lippen.site.insight.holding import holder_of
from lippen.site.trade.models import Answer, TermAnswer
from lippen.site.trade.sight import TRADE


def standing(rows: Iterable[TermAnswer]) -> list[TermAnswer]:
    """The newest answer of each person to each word, without those that were taken back, the oldest first."""
    newest = {(one.term_id, one.by): one for one in sorted(rows, key=lambda one: one.pk)}
    kept = (one for one in newest.values() if one.answer != Answer.TAKEN_BACK)
    return sorted(kept, key=lambda one: one.pk)


def counted(rows: Iterable[TermAnswer]) -> dict[str, TermAnswer]:
    """The answer to each word that counts, by the word's id."""
    return {one.term_id: one for one in standing(rows)}


def answers_of(organisation: str) -> Mapping[str, TermAnswer]:
    """The answers of people of an organisation that count, by the word's id."""
    return counted(TermAnswer.objects.filter(organisation=organisation))


def answers_of_holder() -> Mapping[str, TermAnswer]:
    """The answers that count for whoever holds the trade; none while nobody does."""
    holder = holder_of(TRADE)
    return {} if holder is None else answers_of(holder.ref)

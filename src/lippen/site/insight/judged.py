"""What people said of episodes, put together: the newest word of each counts.

Nothing that reckons reads this, and nothing here reaches the lake.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lippen.measure import Agreement, agreement
from lippen.site.insight.models import Decision, Verdict

LEAST_TOLD = 5
"""What was said of fewer groups is not counted for anybody: it would tell what a colleague said of one."""


def newest(decisions: Iterable[Decision]) -> dict[tuple[str, str], Decision]:
    """The newest decision of each person on each episode, by episode and person."""
    return {(one.episode_id, one.by): one for one in sorted(decisions, key=lambda one: one.pk)}


def standing_words(decisions: Iterable[Decision]) -> dict[tuple[str, str], Decision]:
    """The same without those that were taken back."""
    return {key: one for key, one in newest(decisions).items() if one.verdict != Verdict.REOPENED}


@dataclass(frozen=True)
class Said:
    """What people said of groups of one sort: how many groups were judged, how often each answer was given
    (None where that is not told), and how far people agree.
    """

    groups: int
    answers: Mapping[str, int] | None
    agreement: Agreement


def said_of(*, sample: bool) -> Said:
    """What people said of groups that were flagged, or, with `sample`, of those that were not."""
    words = standing_words(Decision.objects.filter(sample=sample)).values()
    judged: dict[str, list[str]] = {}
    for one in words:
        judged.setdefault(one.episode_id, []).append(one.verdict)
    given = Counter(one.verdict for one in words)
    told = {str(verdict): given[verdict] for verdict in Verdict if verdict != Verdict.REOPENED}
    return Said(len(judged), told if len(judged) >= LEAST_TOLD else None, agreement(judged))


def agreement_over_all() -> Agreement:
    """How far people agree on whatever they were asked about, flagged or not."""
    judged: dict[str, list[str]] = {}
    for one in standing_words(Decision.objects.all()).values():
        judged.setdefault(one.episode_id, []).append(one.verdict)
    return agreement(judged)

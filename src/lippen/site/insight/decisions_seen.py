"""What was said of a group of incidents, as those see it who said something themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lippen.brief import figures
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Person
from lippen.site.insight.judged import newest
from lippen.site.insight.models import Decision, Verdict

A_COLLEAGUE: Final = "a colleague"
GONE: Final = "somebody who is gone"


@dataclass(frozen=True)
class DecisionSeen:
    """What somebody said of an episode, as those see it who said something themselves."""

    who: str
    organisation: str
    verdict: str
    title: str
    note: str
    at: datetime
    own: bool
    counts: bool
    """Whether it is the newest of this person."""


def title(verdict: str) -> str:
    """A verdict as a page writes it; "" for none."""
    return str(Verdict(verdict).label) if verdict else ""


def said(acting: Acting, decisions: Sequence[Decision]) -> tuple[DecisionSeen, ...]:
    """The decisions on one group, given and returned with the newest first, with names where `acting` may see
    them: `named` says whose.
    """
    names = _names(acting, decisions)
    latest = {one.pk for one in newest(decisions).values()}
    return tuple(
        DecisionSeen(
            who="you" if one.by == acting.person.ref else names.get(one.by, A_COLLEAGUE),
            organisation=one.organisation,
            verdict=one.verdict,
            title=title(one.verdict),
            note=one.note,
            at=one.at,
            own=one.by == acting.person.ref,
            counts=one.pk in latest,
        )
        for one in decisions
    )


def _names(acting: Acting, decisions: Iterable[Decision]) -> Mapping[str, str]:
    """Names of colleagues in one's own organisation, for whoever may see them."""
    refs = {one.by for one in decisions} - {acting.person.ref}
    known = dict(Person.objects.filter(ref__in=refs).values_list("ref", "name"))
    here = set(named(acting, decisions))
    return {ref: known[ref] if ref in here else A_COLLEAGUE if ref in known else GONE for ref in refs}


def named(acting: Acting, decisions: Iterable[Decision]) -> list[str]:
    """References of those whose names stand on the page."""
    if not acting.may("list", "staff"):
        return []
    refs = {one.by for one in decisions if one.organisation == acting.organisation.ref}
    return sorted(Person.objects.filter(ref__in=refs - {acting.person.ref}).values_list("ref", flat=True))


def agreeing(decisions: Sequence[Decision]) -> str:
    """How many of those who judged a group say the same, in a sentence; "" where only one did."""
    counted = [one.verdict for one in newest(decisions).values() if one.verdict != Verdict.REOPENED]
    if len(counted) < 2:
        return ""
    if len(set(counted)) == 1:
        return f"All {figures.spelled(len(counted))} who judged it say the same."
    return f"Those who judged it differ: {figures.listing(_each(counted))}."


def _each(verdicts: Sequence[str]) -> list[str]:
    return [
        f"{figures.spelled(verdicts.count(one))} said “{title(one)}”"
        for one in Verdict.values
        if one in verdicts
    ]

"""The verbs of the room Episodes: to decide, and to take one's word back. The only writer of decisions.

Rows are only ever added. Who decides says only what they think of a group of incidents: nothing is changed by
it, no figure is reckoned from it and no model learns from it.
"""

from __future__ import annotations

from django.db import transaction

from lippen.errors import LippenError
from lippen.site.accounts.acting import Acting
from lippen.site.insight import episode_tables
from lippen.site.insight.judged import newest
from lippen.site.insight.models import Decision, Verdict
from lippen.site.insight.standing import must_be_shown, why_not_seen
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_change

JUDGING = "to judge whether incidents that came together are bogus"
LONGEST_NOTE = 2_000


class EpisodeUnknown(LippenError):
    """There is no such episode, or it is found no longer."""


class DecisionRefused(LippenError):
    """This cannot be decided, or taken back, just now."""


def decide(acting: Acting, episode_id: str, verdict: str, note: str) -> bool:
    """Say what `acting` thinks of an episode, or of a group that was not flagged. Returns whether it was the
    latter.

    Raises PermissionError, NothingShown while nothing is shown, EpisodeUnknown, and DecisionRefused when they
    have decided and nobody reopened it since, or `verdict` or `note` cannot be taken.
    """
    _must_judge(acting)
    must_be_shown()
    if verdict not in Verdict.values or verdict == Verdict.REOPENED:
        raise DecisionRefused("an episode looks real, looks innocent, or one cannot tell")
    _check(note)
    sample = episode_id in episode_tables.ids_of(episode_tables.unflagged())
    if not sample and episode_id not in episode_tables.ids_of(episode_tables.flagged()):
        raise EpisodeUnknown("this episode is found no longer")
    with transaction.atomic():
        if not may_decide(episode_id, acting.person.ref):
            raise DecisionRefused(
                "you have decided this already", remedy="Reopen it first, with a reason, and decide anew."
            )
        _add(acting, episode_id, verdict, note, sample=sample)
        _entered(acting, "a decision on an episode", episode_id)
    return sample


def reopen(acting: Acting, episode_id: str, reason: str) -> None:
    """Take back what `acting` said of an episode, with a reason, so that everybody looks at it again.

    It works for an episode that is found no longer too. Raises PermissionError, and DecisionRefused when they
    have said nothing that could be taken back, or gave no reason.
    """
    _must_judge(acting)
    must_be_shown()
    _check(reason)
    if not reason.strip():
        raise DecisionRefused("nothing is reopened without a reason", remedy="Say what has come up.")
    with transaction.atomic():
        said = Decision.objects.filter(episode_id=episode_id, by=acting.person.ref).order_by("pk").last()
        if said is None or said.verdict == Verdict.REOPENED:
            raise DecisionRefused("you have said nothing of this episode that could be taken back")
        _add(acting, episode_id, Verdict.REOPENED, reason, sample=said.sample)
        _entered(acting, "an episode reopened", episode_id)


def may_decide(episode_id: str, person: str) -> bool:
    """Whether this person is asked about this episode: they said nothing yet, took it back, or somebody else
    took theirs back since.
    """
    latest = newest(Decision.objects.filter(episode_id=episode_id))
    own = latest.get((episode_id, person))
    if own is None or own.verdict == Verdict.REOPENED:
        return True
    return any(one.verdict == Verdict.REOPENED and one.pk > own.pk for one in latest.values())


def _must_judge(acting: Acting) -> None:
    if why := why_not_seen(acting, "write"):
        raise PermissionError(why)


def _check(text: str) -> None:
    if len(text) > LONGEST_NOTE or "\0" in text:
        raise DecisionRefused(f"a note has at most {LONGEST_NOTE:,} characters")


def _add(acting: Acting, episode_id: str, verdict: str, note: str, *, sample: bool) -> None:
    Decision.objects.create(
        episode_id=episode_id,
        sample=sample,
        verdict=verdict,
        note=note.strip(),
        by=acting.person.ref,
        organisation=acting.organisation.ref,
    )


def _entered(acting: Acting, what: str, episode_id: str) -> None:
    records = [Records("episode", (episode_id,))]
    enter_change(acting.reader, Act.ALTERATION, what, records, purpose=JUDGING)

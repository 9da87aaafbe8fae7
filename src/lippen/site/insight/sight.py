"""How far somebody sees into what was imported: the single incidents and what was found, or counts alone.

Incidents have one holder (`models.Holding`). Whoever acts for the holder, in a role that may, sees incidents
and episodes; everybody else who may see counts sees those that passed the disclosure gate, over larger areas
and quarters, and no page, file or search of insight gives them more.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from lippen.errors import LippenError
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Organisation
from lippen.site.accounts.said import sentence
from lippen.site.insight.lake import lake
from lippen.site.insight.models import Holding

INCIDENT = "incident"


class HeldByAnother(LippenError):
    """Another organisation holds the signals of this kind."""


@dataclass(frozen=True)
class Sight:
    """What somebody sees. `incidents` and `episodes` are whole; `counts` are those of the gate alone.

    `holder` names the organisation that holds the incidents ("" before the first import), `why_closed` says
    why somebody does not see what they might look for ("" where they see it). What nobody holds is seen by
    nobody.
    """

    incidents: bool
    episodes: bool
    counts: bool
    holder: str
    why_closed: str


def sight_of(acting: Acting, verb: str = "read") -> Sight:
    """How far `acting` sees with this verb, in the role they act in."""
    holder = holder_of(INCIDENT)
    incident, episode, counts = (acting.may(verb, one) for one in ("incident", "episode", "counts"))
    own = acting.held is not None and (
        holder.ref == acting.held.organisation.ref if holder else not lake().imports()
    )
    why = ""
    if not incident:
        why = incident.why
    elif not own:
        why = why_not_own(holder.name if holder else "")
    return Sight(
        incidents=bool(incident) and own,
        episodes=bool(episode) and own,
        counts=bool(counts),
        holder=holder.name if holder else "",
        why_closed=why,
    )


def why_not_own(holder: str) -> str:
    """Why somebody whose role would do sees none of the incidents that `holder` ("" for nobody) holds."""
    if not holder:
        return "No organisation holds the incidents that lie here, so nobody is shown them."
    return f"{holder} holds the incidents, and shares counts. An agreement can open more."


def holder_of(kind: str) -> Organisation | None:
    """The organisation that holds the signals of a kind; None before the first import."""
    # One question: every page asks this, for the rooms at its head.
    holding = Holding.objects.filter(pk=kind).values("organisation")
    return Organisation.objects.filter(ref__in=holding).first()


def must_hold(acting: Acting, kind: str) -> None:
    """See that `acting` may bring in signals of this kind: that their organisation holds them, or nobody yet.

    Raises PermissionError when their role may not, HeldByAnother when another organisation holds them.
    """
    verdict = acting.may("write", kind)
    if not verdict:
        raise PermissionError(verdict.why)
    holder = holder_of(kind)
    if holder is not None and holder.ref != acting.organisation.ref:
        raise HeldByAnother(
            f"{holder.name} holds the {kind}s here",
            remedy=f"Ask {holder.name} to bring yours in too, or use a site of your own.",
        )


def why_not_brought_in(acting: Acting) -> str:
    """Why `acting`, whose role may bring incidents in, brings none in here; "" where they may."""
    try:
        must_hold(acting, INCIDENT)
    except HeldByAnother as why:
        return sentence(why)
    return ""


def hold(acting: Acting, kind: str) -> None:
    """Let the organisation of `acting` hold the signals of this kind from now on, unless it does already.

    Raises as `must_hold`, also when another organisation was quicker.
    """
    must_hold(acting, kind)
    hold_for(acting.organisation.ref, kind)
    must_hold(acting, kind)


def hold_for(organisation: str, kind: str) -> bool:
    """Let the organisation of this reference hold the signals of this kind, unless there is a holder already.

    Returns whether it holds them now.
    """
    try:
        with transaction.atomic():
            held, _ = Holding.objects.get_or_create(pk=kind, defaults={"organisation": organisation})
    except IntegrityError:  # two at once: the other was first
        held = Holding.objects.get(pk=kind)
    return held.organisation == organisation


def let_go(kind: str) -> None:
    """Nobody holds signals of this kind any more: the last of them was taken back."""
    Holding.objects.filter(pk=kind).delete()

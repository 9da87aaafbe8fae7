"""How far somebody sees into what was imported: the single incidents and what was found, or counts alone.

Incidents have one holder (`models.Holding`). Whoever acts for the holder, in a role that may, sees incidents
and episodes; everybody else who may see counts sees those that passed the disclosure gate, over larger areas
and quarters, and no page, file or search of insight gives them more.
"""

from __future__ import annotations

from dataclasses import dataclass

from lippen.site.accounts.acting import Acting
from lippen.site.insight.holding import holder_for
from lippen.site.insight.kinds import INCIDENT
from lippen.site.insight.lake import lake


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
    holder = holder_for(acting)
    incident, episode, counts = (acting.may(verb, one) for one in ("incident", "episode", "counts"))
    own = acting.held is not None and (
        holder.ref == acting.held.organisation.ref
        if holder
        else not any(one.kind == INCIDENT for one in lake().imports())
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

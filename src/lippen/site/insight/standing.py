"""Whether episodes are shown just now, and if not, why. Every page that would show one asks here first."""

from __future__ import annotations

from dataclasses import dataclass

from lippen.brief import words
from lippen.brief.plain_text import plain
from lippen.errors import LippenError
from lippen.site.accounts.acting import Acting
from lippen.site.insight.holding import holder_for, why_not_brought_in
from lippen.site.insight.kinds import INCIDENT
from lippen.site.insight.lake import lake
from lippen.site.insight.models import ImportJob, ImportState, Pause
from lippen.site.insight.said import for_page
from lippen.site.insight.sight import sight_of, why_not_own

SHOWN, PAUSED, SUSPENDED, NOT_LOOKED_FOR = "shown", "paused", "suspended", "not looked for"

_LONGEST_NAME = 80


class NothingShown(LippenError):
    """No episode is shown just now."""


@dataclass(frozen=True)
class Standing:
    """`state` is SHOWN, PAUSED, SUSPENDED or NOT_LOOKED_FOR. `title` and `says` tell why nothing is shown."""

    state: str
    title: str = ""
    says: str = ""

    @property
    def shown(self) -> bool:
        return self.state == SHOWN


@dataclass(frozen=True)
class WayBack:
    """What may be done about an assessment that suspended itself: `says` in words, and `path` and `title` of
    the import that came in last, "" for those who cannot open it.
    """

    says: str
    path: str = ""
    title: str = ""


def standing() -> Standing:
    """How it stands now. A pause goes before all else: it holds whatever was reckoned meanwhile."""
    if Pause.objects.filter(lifted_at__isnull=True).exists():
        return Standing(
            PAUSED,
            "Assessment is paused",
            "Somebody stopped it, and gave a reason. Until two people lift the pause, no episode is shown.",
        )
    facts = lake().facts()
    if facts is None:
        return Standing(
            NOT_LOOKED_FOR,
            "Nothing was looked for yet",
            "No incidents were brought in, or they are still being worked on.",
        )
    credibility = facts["credibility"]
    if credibility is not None and credibility["suspended"] is not None:
        return Standing(
            SUSPENDED, "Assessment has suspended itself", plain(for_page(credibility["suspended"]), 400)
        )
    why = words.why_no_episodes(credibility)
    if why is not None:
        return Standing(NOT_LOOKED_FOR, "No episode was looked for", plain(for_page(why), 400))
    return Standing(SHOWN)


def way_back(acting: Acting) -> WayBack | None:
    """What may be done while assessment has suspended itself; None while it has not.

    It begins with the newest import that is in: whoever takes one after another back comes to the one that
    it was. Only those who may open that import read its name.
    """
    if standing().state != SUSPENDED:
        return None
    newest = next((one for one in reversed(lake().imports()) if one.kind == INCIDENT), None)
    job = (
        ImportJob.objects.filter(import_id=newest.import_id).exclude(state=ImportState.UNDONE).last()
        if newest
        else None
    )
    if job is None:
        return WayBack(
            "What came in last was brought in by whoever runs this site, who can take it back if it is wrong."
        )
    if not acting.may("write", INCIDENT) or why_not_brought_in(acting):
        holder = holder_for(acting)
        return WayBack(
            "Look first at the import that came in last. Whoever brings incidents in for "
            f"{holder.name if holder else 'their holder'} can open it, and take it back if it is wrong."
        )
    name = job.name if len(job.name) <= _LONGEST_NAME else f"{job.name[:_LONGEST_NAME]}…"
    return WayBack(
        f"The import that came in last is “{name}”. If it is of another place, was cut short, or is read by "
        "the wrong columns, take it back: everything is then worked out without it. If it is right, leave it "
        "in: assessment begins again by itself once newer months came in, and what was learned fits them.",
        f"/imports/{job.ref}/",
        f"Open “{name}”, to see it or take it back",
    )


def why_not_seen(acting: Acting, verb: str = "read") -> str:
    """Why `acting` sees no episode, or may not judge one (`verb` "write"); "" where they do."""
    seen = sight_of(acting, verb)
    if seen.episodes:
        return ""
    verdict = acting.may(verb, "episode")
    if not verdict:
        return verdict.why
    return why_not_own(seen.holder)


def must_be_shown() -> None:
    """Raises NothingShown, with why, when no episode is shown just now."""
    now = standing()
    if not now.shown:
        raise NothingShown(now.title, remedy=now.says)

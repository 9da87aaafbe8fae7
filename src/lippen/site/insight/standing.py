"""Whether episodes are shown just now, and if not, why. Every page that would show one asks here first."""

from __future__ import annotations

from dataclasses import dataclass

from lippen.brief import words
from lippen.brief.plain_text import plain
from lippen.errors import LippenError
from lippen.site.accounts.acting import Acting
from lippen.site.insight.lake import lake
from lippen.site.insight.models import Pause
from lippen.site.insight.sight import sight_of, why_not_own

SHOWN, PAUSED, SUSPENDED, NOT_LOOKED_FOR = "shown", "paused", "suspended", "not looked for"


class NothingShown(LippenError):  # noqa: N818 - named after the event, as the others are
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
        return Standing(SUSPENDED, "Assessment has suspended itself", plain(credibility["suspended"], 400))
    why = words.why_no_episodes(credibility)
    if why is not None:
        return Standing(NOT_LOOKED_FOR, "No episode was looked for", plain(why, 400))
    return Standing(SHOWN)


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

"""Who sees what adverts and sightings add up to: people of the organisation that holds them, in roles that
may.

Listings and sightings have one holder together (`insight.models.Holding`, kind "trade").
"""

from __future__ import annotations

from typing import Final

from lippen.site.accounts.acting import Acting
from lippen.site.insight.holding import holder_for
from lippen.site.insight.lake import lake

TRADE: Final = "trade"
"""The class of data, and what the holding of both kinds is called."""

KINDS: Final = ("listing", "sighting")


def why_not_held(acting: Acting) -> str:
    """Why `acting`, whose role would do, sees nothing of the trade here; "" where they do.

    Before anything was brought in nobody holds it, and the pages say what to bring in.
    """
    holder = holder_for(acting, TRADE)
    if holder is None:
        if any(one.kind in KINDS for one in lake().imports()):
            return "No organisation holds the adverts and sightings that lie here, so nobody is shown them."
        return ""
    if acting.held is None or holder.ref != acting.held.organisation.ref:
        return (
            f"{holder.name} holds the adverts and sightings here, and only people there read what they add"
            " up to."
        )
    return ""


def whom_to_ask(acting: Acting) -> str:
    """Who holds the trade here, and that this is whom to ask; "" where nobody holds it, and for somebody who
    has a role or a second step at sign-in to see to first.

    A colleague in the same place can open nothing of it for people of other organisations.
    """
    holder = holder_for(acting, TRADE)
    if holder is None or acting.held is None or acting.must_set_up:
        return ""
    held = f"{holder.name} holds the adverts and sightings here."
    if holder.ref == acting.held.organisation.ref:
        return f"{held} That is where you work: if you need this, {acting.whom_to_ask}."
    return (
        f"{held} If you need what they add up to, ask {holder.name}. Nobody where you work can open it for"
        " you."
    )


def why_not_seen(acting: Acting, verb: str = "read") -> str:
    """Why `acting` may not do `verb` to what the trade adds up to; "" where they may."""
    verdict = acting.may(verb, TRADE)
    return why_not_held(acting) if verdict else verdict.why


def check(acting: Acting, verb: str = "read") -> None:
    """Raise PermissionError, saying why, for whoever may not do `verb` here."""
    if why := why_not_seen(acting, verb):
        raise PermissionError(why)

"""Who holds what was imported: signals of one kind have one holder (`models.Holding`), the organisation that
brought the first of them in. Listings and sightings are held together (`kinds.TRADE`).

It opens no lake, so the background worker has it without the libraries that pages are answered with.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import IntegrityError, transaction

from lippen.errors import LippenError
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Organisation
from lippen.site.accounts.said import sentence
from lippen.site.insight.kinds import INCIDENT, KINDS
from lippen.site.insight.models import Holding

_HOLDER: Final = (
    "SELECT holder.* FROM accounts_organisation holder"
    " JOIN insight_holding ON insight_holding.organisation = holder.ref WHERE insight_holding.kind = %s"
)


class HeldByAnother(LippenError):
    """Another organisation holds the signals of this kind."""


def held_as(kind: str) -> str:
    """The key of the holder of this kind; what is no kind of signal is a key itself."""
    return KINDS[kind].held_as if kind in KINDS else kind


def holder_of(kind: str) -> Organisation | None:
    """The organisation that holds the signals of a kind, or what is held as `kind` (`kinds.TRADE`); None
    before the first import.
    """
    # Every page asks this, for the rooms at its head. To put the question together took Django 0.6 ms of the
    # processor each time, and the database 0.1 to answer it: so it is written here.
    return next(iter(Organisation.objects.raw(_HOLDER, [held_as(kind)])), None)


def holder_for(acting: Acting, kind: str = INCIDENT) -> Organisation | None:
    """The organisation that holds the signals of a kind, looked up once in answering a request of `acting`:
    the rooms at the head of a page ask for it, and what stands below them asks again.
    """
    asked = f"holder of {held_as(kind)}"
    if asked not in acting.looked_up:
        acting.looked_up[asked] = holder_of(kind)
    holder: Organisation | None = acting.looked_up[asked]
    return holder


def must_hold(acting: Acting, kind: str) -> None:
    """See that `acting` may bring in signals of this kind: that their organisation holds them, or nobody yet.

    Raises PermissionError when their role may not, HeldByAnother when another organisation holds them.
    """
    _must_hold(acting, kind, holder_of(kind))


def _must_hold(acting: Acting, kind: str, holder: Organisation | None) -> None:
    verdict = acting.may("write", kind)
    if not verdict:
        raise PermissionError(verdict.why)
    if verdict.scope == "own":
        raise PermissionError(
            f"{acting.role_title}: this role tells what it saw itself, and brings no file of"
            f" {KINDS[kind].many} in. {verdict.why}"
        )
    if holder is not None and holder.ref != acting.organisation.ref:
        raise HeldByAnother(
            f"{holder.name} holds the {KINDS[kind].held} here",
            remedy=f"Ask {holder.name} to bring yours in too, or use a site of your own.",
        )


def why_not_brought_in(acting: Acting, kind: str = INCIDENT) -> str:
    """Why `acting` brings none of this kind in here, whether for their role or for another holder; "" where
    they may.
    """
    try:
        _must_hold(acting, kind, holder_for(acting, kind))
    except PermissionError as why:
        return str(why)
    except HeldByAnother as why:
        return sentence(why)
    return ""


def brought_in_by(acting: Acting) -> list[str]:
    """The kinds that `acting` may bring in here, in the order in which they are offered."""
    return [kind for kind in KINDS if not why_not_brought_in(acting, kind)]


def why_nothing_brought_in(acting: Acting) -> str:
    """Why `acting`, whose role may bring incidents in, brings nothing in here; "" where they may anything."""
    if brought_in_by(acting):
        return ""
    return " ".join(dict.fromkeys(why_not_brought_in(acting, kind) for kind in KINDS))


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
            held, _ = Holding.objects.get_or_create(pk=held_as(kind), defaults={"organisation": organisation})
    except IntegrityError:  # two at once: the other was first
        held = Holding.objects.get(pk=held_as(kind))
    return held.organisation == organisation


def let_go_of_all_but(kinds: Collection[str]) -> None:
    """Nobody holds anything but signals of these kinds, which are all that a restored lake has."""
    Holding.objects.exclude(pk__in={held_as(kind) for kind in kinds}).delete()


def let_go(kind: str) -> None:
    """Nobody holds signals of this kind any more: the last of them is gone, and of what is held with them."""
    Holding.objects.filter(pk=held_as(kind)).delete()

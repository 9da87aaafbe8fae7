"""Who holds what was imported: signals of one kind have one holder (`models.Holding`), the organisation that
brought the first of them in.

It opens no lake, so the background worker has it without the libraries that pages are answered with.
"""

from __future__ import annotations

from typing import Final

from django.db import IntegrityError, transaction

from lippen.errors import LippenError
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.models import Organisation
from lippen.site.accounts.said import sentence
from lippen.site.insight.models import Holding

INCIDENT = "incident"

_HOLDER: Final = (
    "SELECT holder.* FROM accounts_organisation holder"
    " JOIN insight_holding ON insight_holding.organisation = holder.ref WHERE insight_holding.kind = %s"
)


class HeldByAnother(LippenError):
    """Another organisation holds the signals of this kind."""


def holder_of(kind: str) -> Organisation | None:
    """The organisation that holds the signals of a kind; None before the first import."""
    # Every page asks this, for the rooms at its head. To put the question together took Django 0.6 ms of the
    # processor each time, and the database 0.1 to answer it: so it is written here.
    return next(iter(Organisation.objects.raw(_HOLDER, [kind])), None)


def holder_for(acting: Acting) -> Organisation | None:
    """The organisation that holds the incidents, looked up once in answering a request of `acting`: the rooms
    at the head of a page ask for it, and what stands below them asks again.
    """
    if INCIDENT not in acting.looked_up:
        acting.looked_up[INCIDENT] = holder_of(INCIDENT)
    holder: Organisation | None = acting.looked_up[INCIDENT]
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
    if holder is not None and holder.ref != acting.organisation.ref:
        raise HeldByAnother(
            f"{holder.name} holds the {kind}s here",
            remedy=f"Ask {holder.name} to bring yours in too, or use a site of your own.",
        )


def why_not_brought_in(acting: Acting) -> str:
    """Why `acting`, whose role may bring incidents in, brings none in here; "" where they may."""
    try:
        _must_hold(acting, INCIDENT, holder_for(acting))
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

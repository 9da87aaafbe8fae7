"""What is still to be done before all can work together: by whoever is first in an organisation, and by
anybody while a partner has nobody yet or somebody new was met by one colleague alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lippen.site.accounts import invitations
from lippen.site.accounts.acting import Acting
from lippen.site.accounts.colleagues import with_access
from lippen.site.accounts.links_open import open_now
from lippen.site.accounts.models import Arrival
from lippen.site.accounts.permissions import permissions

_BESIDE_ADMINISTRATORS: Final = ("protection-officer", "panel")
"""Whom an organisation needs soon besides a second administrator, where its kind has that role."""


@dataclass(frozen=True)
class Beginning:
    """`adds_partners` where their organisation lets the others in too. `roles` are those that it needs soon,
    in words.
    """

    adds_partners: bool
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Undone:
    """What nobody was told of by a notice. `partners` are references and names of those that wait for their
    first administrator; `not_met` says that the page of people marks a colleague as met by nobody else. It
    says neither who nor how many: that is a reading, and the page of people enters it.
    """

    partners: tuple[tuple[str, str], ...]
    not_met: bool

    def __bool__(self) -> bool:
        return bool(self.partners) or self.not_met


def beginning(acting: Acting) -> Beginning | None:
    """What is to be done by somebody who may invite and has no colleague yet; None for everybody else."""
    if not acting.may("invite", "staff"):
        return None
    if with_access(acting.organisation).exclude(pk=acting.person.pk).exists():
        return None
    known = permissions().roles
    kind = acting.organisation.kind
    roles = (known[one].title.lower() for one in _BESIDE_ADMINISTRATORS if kind in known[one].organisations)
    return Beginning(acting.may("write", "organisation").scope == "all", tuple(roles))


def undone(acting: Acting) -> Undone:
    """What waits though no notice says so, for whoever acts or for their colleagues."""
    return Undone(_without_administrator(acting), _somebody_not_met(acting))


def _without_administrator(acting: Acting) -> tuple[tuple[str, str], ...]:
    """Partners in which nobody works, that `acting` may invite to, and to which no link is open: with one it
    is for whoever has the link to come in.
    """
    if not acting.may("invite", "staff"):
        return ()
    empty = invitations.organisations_to_invite_to(acting)[1:]
    if not empty:
        return ()
    invited = set(
        open_now().filter(organisation__ref__in=dict(empty)).values_list("organisation__ref", flat=True)
    )
    return tuple(one for one in empty if one[0] not in invited)


def _somebody_not_met(acting: Acting) -> bool:
    if acting.may("list", "staff").scope != "organisation":
        return False
    others = with_access(acting.organisation).exclude(pk=acting.person.pk)
    return Arrival.objects.filter(organisation=acting.organisation, met_by="", person__in=others).exists()

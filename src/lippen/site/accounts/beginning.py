"""What the first administrator of an organisation has still to do before anybody can work with them."""

from __future__ import annotations

from dataclasses import dataclass

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.colleagues import with_access


@dataclass(frozen=True)
class Beginning:
    """`adds_partners` where their organisation lets the others in too."""

    adds_partners: bool


def beginning(acting: Acting) -> Beginning | None:
    """What is to be done by somebody who may invite and has no colleague yet; None for everybody else."""
    if not acting.may("invite", "staff"):
        return None
    if with_access(acting.organisation).exclude(pk=acting.person.pk).exists():
        return None
    return Beginning(adds_partners=acting.may("write", "organisation").scope == "all")

"""The reader of one's own account: even what somebody reads of themselves is entered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lippen.site.accounts.acting import Acting
from lippen.site.accounts.permissions import permissions
from lippen.site.register.models import Act
from lippen.site.register.services import Records, enter_reading

PURPOSE: Final = "keeping one's own account"


@dataclass(frozen=True)
class OwnRole:
    """A role that one holds today. `open` when it is under the law of this session, `here` when one acts in
    it.
    """

    ref: str
    title: str
    organisation: str
    law: str
    here: bool
    open: bool

    @property
    def choose(self) -> str:
        """What the button that chooses it says."""
        return f"Act as {self.title} for {self.organisation}"


def entered(acting: Acting, what: str) -> None:
    """Enter that somebody reads this of their own account. Raises RegisterUnavailable."""
    shown = [Records("staff", (acting.person.ref,))]
    enter_reading(acting.themselves, Act.CONSULTATION, what, shown, purpose=PURPOSE)


def own_roles(acting: Acting, regime: str | None) -> list[OwnRole]:
    """The roles that one holds today; `regime` is that of the session, if it has one yet."""
    known = permissions()
    return [
        OwnRole(
            ref=one.ref,
            title=known.roles[one.role].title,
            organisation=one.organisation.name,
            law=known.regimes[one.organisation.regime],
            here=acting.held is not None and acting.held.pk == one.pk,
            open=regime in {None, one.organisation.regime},
        )
        for one in acting.others
    ]

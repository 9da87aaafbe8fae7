"""The reader of what the nightly check of the register found. Reading it is entered before it is given."""

from __future__ import annotations

from dataclasses import dataclass

from lippen.site.register.models import Act
from lippen.site.register.nightly import OVERDUE_AFTER, Check, days_since, last_check
from lippen.site.register.services import Reader, enter_reading


@dataclass(frozen=True)
class CheckSeen:
    """What the last check found, None when there was none yet, and how many whole days ago that was."""

    found: Check | None
    days: int

    @property
    def overdue(self) -> bool:
        return self.days >= OVERDUE_AFTER

    @property
    def needs_a_look(self) -> bool:
        """Whether the panel should look: something was found, or nobody looked for days."""
        return self.overdue or (self.found is not None and not self.found.well)


def how_it_stands() -> CheckSeen:
    """The same for a page that is entered itself, and tells no more of it than that there is something."""
    last = last_check()
    return CheckSeen(last, days_since(last))


def check_seen(asker: Reader, *, purpose: str) -> CheckSeen:
    """What the last check found, for the panel. Raises RegisterUnavailable."""
    enter_reading(asker, Act.CONSULTATION, "the last check of the register", [], purpose=purpose)
    return how_it_stands()

"""What the register lost when a backup was put in its place: entered when it goes on, and read by the panel.

The numbers left out between two checkpoints prove a loss for ever (`verification`); the entry says it in
words, beside what else the register says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from lippen.site.register import resolvers
from lippen.site.register.copies import CopiesUnwritable, copied_lines
from lippen.site.register.models import Act, Checkpoint, Entry
from lippen.site.register.rotation import own_seal_keys
from lippen.site.register.seals import seals
from lippen.site.register.services import SYSTEM, Records, enter_change
from lippen.wording import counted

_WHAT: Final = "the register resumed"
_PREFIX: Final = "resumed-"
"""Under this and the number of the checkpoint that the register goes on from, an entry names the loss."""


@dataclass(frozen=True)
class Loss:
    """When the register went on without what it had lost, and what that was, in words."""

    at: datetime
    says: str


def enter(made: Checkpoint, first: int) -> None:
    """Enter that the checkpoints from `first` to the one before `made` are lost, and tell the panel, in the
    transaction that makes it.
    """
    last = made.number - 1
    what = f"checkpoint {last} is" if first == last else f"checkpoints {first} to {last} are"
    lines = _lines_lost(made, first)
    how_many = "nobody can tell how many lines" if lines is None else counted(lines, "line")
    named = [Records("register", (f"{_PREFIX}{made.number}",))]
    enter_change(SYSTEM, Act.ALTERATION, _WHAT, named, purpose=f"{what} lost, with {how_many}")
    resolvers.tell_panel(resolvers.RESUMED)


def losses() -> Sequence[Loss]:
    """What was lost, the earliest first, as far back as the register keeps its lines."""
    entered = Entry.objects.filter(
        what=_WHAT,
        reader=SYSTEM.person,
        shown__data_class="register",
        shown__record__gte=_PREFIX,
        shown__record__lt=f"{_PREFIX}~",
    ).order_by("id")
    return [Loss(at, says) for at, says in entered.values_list("at", "purpose")]


def _lines_lost(made: Checkpoint, first: int) -> int | None:
    """How many entries the lost checkpoints sealed, without those that the backup held unsealed; None where
    the copies do not hold all of them.
    """
    known = own_seal_keys()
    sealed: dict[int, int] = {}
    try:
        for line in copied_lines(settings.CONFIGURATION.checkpoint_copies):
            one = line.checkpoint
            if one is None or not first <= one.number < made.number or one.number in sealed:
                continue
            if seals(known.of_checkpoint(one.number), one):
                sealed[one.number] = one.entries
    except CopiesUnwritable:
        return None
    if len(sealed) < made.number - first:
        return None
    return max(0, sum(sealed.values()) - made.entries)

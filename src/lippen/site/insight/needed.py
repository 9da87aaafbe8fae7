"""What apps that stand on insight say on the page Today: each tells it when it starts, so that insight knows
none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lippen.site.accounts.acting import Acting


@dataclass(frozen=True)
class Needed:
    """Something that needs a person: what, why, and where it is done."""

    title: str
    says: str
    path: str


Tell = Callable[[Acting], list[Needed]]

_telling: Final[list[Tell]] = []


def provide(tell: Tell) -> None:
    """Say what needs somebody in a room. It counts and shows no record, so nothing is entered."""
    _telling.append(tell)


def of_rooms(acting: Acting) -> list[Needed]:
    """What needs `acting` in the rooms that told so, in the order in which they did."""
    return [one for tell in _telling for one in tell(acting)]

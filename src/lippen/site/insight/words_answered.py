"""What people said of words before, for whoever reckons what is sold. The room in which they say it tells
this when it starts, so that insight knows no room that stands on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pyarrow as pa

_tables: Final[list[Callable[[], pa.Table]]] = []


def provide(table: Callable[[], pa.Table]) -> None:
    """Say what makes the table of answers (`lippen.trade.term_decisions.DECISIONS`). It is asked in the
    process that reckons, and may load what that needs.
    """
    _tables[:] = [table]


def answers() -> pa.Table | None:
    """The table of answers; None where no room told of any."""
    return _tables[0]() if _tables else None

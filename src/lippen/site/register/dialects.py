"""All in which the register differs between SQLite and PostgreSQL: triggers, positions, and what is settled.

The invariant both keep: an entry's *position* never changes, and once a position is *settled* no entry that
is not yet to be seen can ever come to stand at it or before it. Only what is settled is sealed.

SQLite has one writer at a time, ids are given within its transaction and taken back with it: ids are given in
the order of commits, without gaps. The position is the id.

PostgreSQL has many writers, and one that came early may commit late. There a trigger gives each entry as its
`turn` the id of its transaction, which the transaction has from then on until it ends. What is below the
oldest id still running (`pg_snapshot_xmin`) has ended and is settled. The position is the turn; entries of
one transaction share it and stand in the order of their ids. In another cluster (after a restore) ids of
transactions start low again, so a *lift* is added to them, and the trigger takes no entry that would stand
where the register is sealed.
"""

from __future__ import annotations

from typing import Any, Protocol

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper

from lippen.site.register.on_postgresql import Postgresql
from lippen.site.register.on_sqlite import Sqlite


class Dialect(Protocol):
    """What each database does in its own way."""

    position: str
    """The field of Entry that holds its position."""

    dense: bool
    """Whether every position holds exactly one entry, so that a missing one can be named."""

    writers: int
    """How many transactions a process writes at once: where commits wait for the disk together, some."""

    def put_up_triggers(self) -> None:
        """Make the register append-only."""

    def take_down_triggers(self) -> None:
        """Undo it: for a restore into an empty register, and for the attacks in the tests."""

    def trigger_faults(self) -> list[str]:
        """What of the triggers is missing, altered or not the program's, each in words; nothing when they
        stand as `put_up_triggers` puts them up.
        """

    def table_faults(self, expected: dict[str, dict[str, tuple[str, bool]]]) -> list[str]:
        """What is wrong with the tables themselves, each in words: one that is a view, hides rows or adds
        some, or has other columns. `expected` is, by table and column, its type and whether it may be empty.
        """

    def damage(self) -> list[str]:
        """What the database itself says is damaged, at most some of it, as an index that lacks rows of its
        table.
        """

    def form_of(self, field: models.Field[Any, Any], column: str) -> str:
        """The condition, in SQL, that this column holds a value as the program writes it."""

    def settled(self) -> int:
        """The highest position at or before which no further entry can come to stand."""

    def went_back(self) -> bool:
        """Whether a new entry would stand before one that is there, or where the register is sealed."""

    def lift(self, above: int) -> None:
        """Let every further entry stand above this position, and above all that are there."""

    def nobody_writes(self) -> Any:
        """A context within a transaction in which no entry is under way, and none can be made."""

    def nobody_signs(self) -> Any:
        """A context, first in a transaction, in which nobody else signs: no checkpoint, no note about a month
        that has gone, about how long entries are kept or about a new seal key. What is read within it, to be
        signed, still stands when it is committed.
        """


def dialect(of: BaseDatabaseWrapper = connection) -> Dialect:
    """The dialect of this connection. Raises NotImplementedError for any other database."""
    if of.vendor == "sqlite":
        return Sqlite(of)
    if of.vendor == "postgresql":
        return Postgresql(of)
    raise NotImplementedError(f"the register is kept on SQLite and PostgreSQL, not on {of.vendor}")

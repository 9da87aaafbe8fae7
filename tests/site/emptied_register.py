"""Emptying the database between tests, though the register refuses: its triggers stand aside for that moment.

Nothing in the program can do this. A test that attacks the register takes its triggers down for itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest


@pytest.fixture(scope="session", autouse=True)
def register_stands_aside() -> Iterator[None]:
    """While a test's database is emptied the register's triggers are down, and up again before the next."""
    from django.db import connection

    from lippen.site.register.dialects import dialect

    operations: Any = type(connection.ops)
    empty = operations.execute_sql_flush

    def emptied(self: Any, sql_list: Sequence[str]) -> None:
        append_only = dialect(self.connection)
        append_only.take_down_triggers()
        empty(self, sql_list)
        append_only.put_up_triggers()

    operations.execute_sql_flush = emptied
    yield
    operations.execute_sql_flush = empty

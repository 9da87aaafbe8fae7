"""People as rows of a file: one row for each role, with how it may be handled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from lippen.site.accounts.selectors import PersonSeen
from lippen.site.handling import Handling, Row

COLUMNS: Final = ("ref", "name", "email", "role", "role_title", "organisation", "since", "until")


def rows(people: Iterable[PersonSeen]) -> Iterator[Row]:
    """A row for each role that each of them holds or held, in the order given."""
    for one in people:
        for role in one.roles:
            yield (
                Handling("staff", one.regime, role.organisation),
                {
                    "ref": one.ref,
                    "name": one.name,
                    "email": one.email,
                    "role": role.role,
                    "role_title": role.title,
                    "organisation": role.organisation,
                    "since": role.since.isoformat(),
                    "until": role.until.isoformat() if role.until else None,
                },
            )

"""Entries of the register as rows of a file, with how each may be handled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from lippen.site.handling import Handling, Row
from lippen.site.register.told import EntrySeen

COLUMNS: Final = (
    *("id", "at", "act", "reader", "reader_name", "role", "organisation", "organisation_name", "regime"),
    *("what", "records", "purpose", "case", "agreement"),
)


def rows(entries: Iterable[EntrySeen]) -> Iterator[Row]:
    """A row for each entry, in the order given. Records stand by class and reference: "staff:ab12cd"."""
    for one in entries:
        yield (
            Handling("register", one.regime, one.organisation_name),
            {
                "id": one.id,
                "at": one.at.isoformat(),
                "act": one.act,
                "reader": one.reader,
                "reader_name": one.reader_name,
                "role": one.role,
                "organisation": one.organisation,
                "organisation_name": one.organisation_name,
                "regime": one.regime,
                "what": one.what,
                "records": " ".join(f"{of}:{record}" for of, record in one.records),
                "purpose": one.purpose,
                "case": one.case,
                "agreement": one.agreement,
            },
        )

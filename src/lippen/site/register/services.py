"""The register's verbs: the only writer of entries.

`enter_reading` is for answers: it commits before it returns, so that the answer may leave. `enter_change` is
for changes: it writes into the transaction of the change, so that both are there or neither is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import CharField

from lippen.errors import LippenError
from lippen.site.register.dialects import dialect
from lippen.site.register.digests import digest_of
from lippen.site.register.group_commit import GroupCommit
from lippen.site.register.models import Act, Entry, Shown


class RegisterUnavailable(LippenError):
    """The register cannot be written, so nothing may leave."""


@dataclass(frozen=True)
class Reader:
    """Who reads or changes: an opaque reference, the role held, the organisation, and the law it works
    under.
    """

    person: str
    role: str
    organisation: str
    regime: str


SYSTEM = Reader(person="system", role="system", organisation="system", regime="uk-gdpr")
"""The program itself, for background jobs."""


@dataclass(frozen=True)
class Records:
    """Records of one class: `data_class` as declared in `classes`, and the ids that were shown or touched."""

    data_class: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class _Draft:
    """An entry that is not written yet: its columns from `at` to `agreement`, what was shown, its digest."""

    said: tuple[Any, ...]
    shown: tuple[tuple[str, str], ...]
    digest: bytes


def enter_reading(
    reader: Reader,
    act: Act,
    what: str,
    records: Sequence[Records],
    *,
    purpose: str,
    case: str = "",
    agreement: str = "",
) -> int:
    """Enter an answer that is about to leave, and return the entry's id once it is committed.

    Several readers' entries may share a commit (`group_commit`); each waits for it. An answer that shows no
    record is entered too (a search that found nothing says something). Raises RegisterUnavailable when the
    entry cannot be written; ValueError for a text that no entry can hold; RuntimeError when called inside a
    transaction, where a later failure would take the entry back after the answer has left.
    """
    if connection.in_atomic_block:
        raise RuntimeError("a reading is entered outside every transaction, or it could be taken back")
    draft = _draft(reader, act, what, records, purpose, case, agreement)
    try:
        return _readings.enter(draft)
    except Error as error:
        raise RegisterUnavailable(
            "the register cannot be written, so nothing is shown",
            remedy="Try again; if it stays so, tell whoever runs this site.",
        ) from error


def enter_change(
    reader: Reader,
    act: Act,
    what: str,
    records: Sequence[Records],
    *,
    purpose: str,
    case: str = "",
    agreement: str = "",
) -> int:
    """Enter a change inside the transaction that makes it, and return the entry's id.

    Raises RuntimeError when called outside a transaction: the change could then stand without its entry;
    ValueError for a text that no entry can hold; and what the database raises, which undoes the change.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a change is entered in the transaction that makes it")
    (number,) = _insert([_draft(reader, act, what, records, purpose, case, agreement)])
    return number


def _draft(
    reader: Reader, act: Act, what: str, records: Sequence[Records], purpose: str, case: str, agreement: str
) -> _Draft:
    at = datetime.now(UTC)
    who = (reader.person, reader.role, reader.organisation, reader.regime)
    said = (at, str(act), *who, what, purpose, case, agreement)
    for name, text in zip(_SAID[1:], said[1:], strict=True):
        _check(Entry, name, text)
    shown = tuple(sorted({(of.data_class, one) for of in records for one in of.ids}))
    for data_class, record in shown:
        _check(Shown, "data_class", data_class)
        _check(Shown, "record", record)
    digest = digest_of(settings.KEYS.digest, at, str(act), who, what, purpose, case, agreement, shown)
    return _Draft(said, shown, digest)


def _check(model: type[Entry] | type[Shown], name: str, text: str) -> None:
    # SQLite would take any length and PostgreSQL would not: what one of them refuses neither takes.
    longest = _LONGEST[model, name]
    if len(text) > longest or "\0" in text:
        raise ValueError(f"{name} of an entry is text of at most {longest} characters, without zero bytes")


def _write_readings(drafts: Sequence[_Draft]) -> list[int]:
    with transaction.atomic(durable=True):
        return _insert(drafts)


def _insert(drafts: Sequence[_Draft]) -> list[int]:
    """Write entries and what they showed, and return the ids in the same order.

    Databases promise no order of what RETURNING returns, so ids are known by their digests. Two alike say
    exactly the same, and may change places.
    """
    digests = [draft.digest for draft in drafts]
    rows = [(*draft.said, len(draft.shown), draft.digest) for draft in drafts]
    given: dict[bytes, list[int]] = {}
    for number, digest in _insert_rows(Entry, (*_SAID, "shown_count", "digest"), rows, "id, digest"):
        given.setdefault(bytes(digest), []).append(number)
    numbers = [given[digest].pop() for digest in digests]
    shown = [
        (number, data_class, record)
        for number, draft in zip(numbers, drafts, strict=True)
        for data_class, record in draft.shown
    ]
    for start in range(0, len(shown), _SHOWN_AT_ONCE):
        _insert_rows(
            Shown, ("entry_id", "data_class", "record"), shown[start : start + _SHOWN_AT_ONCE], returning=""
        )
    return numbers


def _insert_rows(
    model: type[Entry] | type[Shown],
    columns: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    returning: str,
) -> list[tuple[Any, ...]]:
    # Written by hand: this is in the way of every answer, and the mapper would take most of its time.
    line = f"({', '.join(['%s'] * len(columns))})"
    named = ", ".join(connection.ops.quote_name(column) for column in columns)
    statement = (
        f"INSERT INTO {model._meta.db_table} ({named}) "  # noqa: S608 - names, not values
        f"VALUES {', '.join([line] * len(rows))}"
    )
    adapt = connection.ops.adapt_datetimefield_value
    values = [adapt(value) if isinstance(value, datetime) else value for row in rows for value in row]
    with connection.cursor() as cursor:
        if not returning:
            cursor.execute(statement, values)
            return []
        cursor.execute(f"{statement} RETURNING {returning}", values)
        return list(cursor.fetchall())


_SAID = ("at", "act", "reader", "role", "organisation", "regime", "what", "purpose", "case", "agreement")
_SHOWN_AT_ONCE = 2_000
_LONGEST = {
    (model, name): int(cast("CharField[str, str]", model._meta.get_field(name)).max_length or 0)
    for model, names in ((Entry, _SAID[1:]), (Shown, ("data_class", "record")))
    for name in names
}
_readings = GroupCommit(_write_readings, leaders=lambda: dialect().writers)

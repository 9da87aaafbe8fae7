"""The register's verbs: the only writer of entries.

`enter_reading` is for answers: it commits before it returns, so that the answer may leave. `enter_change` is
for changes: it writes into the transaction of the change, so that both are there or neither is.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from lippen.errors import LippenError
from lippen.site.register.models import Act, Entry, Shown


class RegisterUnavailable(LippenError):  # noqa: N818 - named after the event, as the others are
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

    An answer that shows no record is entered too (a search that found nothing says something). Raises
    RegisterUnavailable when the entry cannot be written; RuntimeError when called inside a transaction, where
    a later failure would take the entry back after the answer has left.
    """
    if connection.in_atomic_block:
        raise RuntimeError("a reading is entered outside every transaction, or it could be taken back")
    try:
        with transaction.atomic():
            return _enter(reader, act, what, records, purpose, case, agreement)
    except DatabaseError as error:
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

    Raises RuntimeError when called outside a transaction: the change could then stand without its entry.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a change is entered in the transaction that makes it")
    return _enter(reader, act, what, records, purpose, case, agreement)


def _enter(
    reader: Reader, act: Act, what: str, records: Sequence[Records], purpose: str, case: str, agreement: str
) -> int:
    at = datetime.now(UTC)
    shown = sorted({(of.data_class, one) for of in records for one in of.ids})
    entry = Entry.objects.create(
        at=at,
        act=act,
        reader=reader.person,
        role=reader.role,
        organisation=reader.organisation,
        regime=reader.regime,
        what=what,
        purpose=purpose,
        case=case,
        agreement=agreement,
        shown_count=len(shown),
        digest=digest_of(at, act, reader, what, purpose, case, agreement, shown),
    )
    Shown.objects.bulk_create(
        Shown(entry=entry, data_class=data_class, record=record) for data_class, record in shown
    )
    return entry.pk


def digest_of(
    at: datetime,
    act: str,
    reader: Reader,
    what: str,
    purpose: str,
    case: str,
    agreement: str,
    shown: Iterable[tuple[str, str]],
) -> bytes:
    """HMAC-SHA256, under the digest key, of all that an entry says, as JSON with a fixed order."""
    said = [
        at.astimezone(UTC).isoformat(timespec="microseconds"),
        str(act),
        reader.person,
        reader.role,
        reader.organisation,
        reader.regime,
        what,
        purpose,
        case,
        agreement,
        [list(one) for one in sorted(shown)],
    ]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.new(settings.KEYS.digest.reveal(), text, sha256).digest()

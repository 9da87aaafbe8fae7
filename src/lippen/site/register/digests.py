"""The keyed digest of one entry: whoever reads the database cannot make one, and learns nothing from one."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from lippen.site.keys import DigestKey


def digest_of(
    key: DigestKey,
    at: datetime,
    act: str,
    who: tuple[str, str, str, str],
    what: str,
    purpose: str,
    case: str,
    agreement: str,
    shown: Iterable[tuple[str, str]],
) -> bytes:
    """HMAC-SHA256 under the digest key of all that an entry says, as JSON in a fixed order, UTF-8, without
    spaces.

    `who` is person, role, organisation and regime; `shown` are pairs of class of data and record, sorted
    here.
    """
    said = [
        at.astimezone(UTC).isoformat(timespec="microseconds"),
        str(act),
        *who,
        what,
        purpose,
        case,
        agreement,
        [list(one) for one in sorted(shown)],
    ]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.new(key.reveal(), text, sha256).digest()

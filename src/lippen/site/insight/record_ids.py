"""What stands for an incident in the register: its own id, or a digest of one that no entry should hold."""

from __future__ import annotations

import hashlib
import re
from typing import Final

_LONGEST: Final = 64

_WORDS: Final = re.compile(r"[\s,\0]|(?=[^\W\d_]*[^\W\d_a-fA-F])[^\W\d_]{5,}")
"""What ids of a control room do not hold and names do: a blank or comma, or five letters in a row that are no
digest's.
"""


def record_id(incident_id: str) -> str:
    """The id as the register keeps it: itself, or its SHA-256 where it is longer than an entry takes or holds
    words. What is in the register stays there, so nobody's name may come into it as the id of an incident.
    """
    if len(incident_id) <= _LONGEST and not _WORDS.search(incident_id):
        return incident_id
    return hashlib.sha256(incident_id.encode("utf-8", "surrogatepass")).hexdigest()

"""What stands for an incident in the register: its own id, or a digest of an id that no entry can hold."""

from __future__ import annotations

import hashlib
from typing import Final

_LONGEST: Final = 64


def record_id(incident_id: str) -> str:
    """The id as the register keeps it: itself, or its SHA-256 where it is longer than an entry takes."""
    if len(incident_id) <= _LONGEST and "\0" not in incident_id:
        return incident_id
    return hashlib.sha256(incident_id.encode("utf-8", "surrogatepass")).hexdigest()

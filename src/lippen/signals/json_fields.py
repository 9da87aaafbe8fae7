"""A JSON object as flat fields of text: a field within an object is named with a dot (`where.lat`)."""

from __future__ import annotations

import json
import math
from typing import Any


def flatten(value: dict[str, Any], before: str, into: dict[str, str]) -> None:
    """Write the fields of an object into `into`, each name with `before` in front of it."""
    for key, entry in value.items():
        name = _writable(f"{before}{key}")
        if isinstance(entry, dict):
            flatten(entry, f"{name}.", into)
        elif isinstance(entry, bool):
            into[name] = "true" if entry else "false"
        elif entry is None or (isinstance(entry, float) and math.isnan(entry)):
            into[name] = ""
        elif isinstance(entry, float) and entry.is_integer() and abs(entry) < 1e15:
            into[name] = str(int(entry))
        else:
            into[name] = _writable(entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False))


def _writable(text: str) -> str:
    """Half of a pair of UTF-16 signs can be escaped in JSON but stands for nothing: it becomes `?`."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()

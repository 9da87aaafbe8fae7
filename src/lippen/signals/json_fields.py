"""A JSON object as flat fields of text: a field within an object is named with a dot (`where.lat`)."""

from __future__ import annotations

import json
import math
from typing import Any, Final

TWICE: Final = "a field is named twice, and nobody can tell which is meant; correct it at the source"


class FieldTwice(Exception):
    """Two fields of an object have one name once it is flat."""


class Doubled(dict[str, Any]):
    """An object in which a name stands twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Doubled(found)


DECODER: Final = json.JSONDecoder(object_pairs_hook=_object)
"""Reads JSON so that `doubled` can tell where an object names a field twice."""


def doubled(value: Any) -> bool:
    """Whether a value that DECODER read is, or holds, an object that names a field twice."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, Doubled):
            return True
        if isinstance(one, dict):
            left += [entry for entry in one.values() if isinstance(entry, dict | list)]
        elif isinstance(one, list):
            left += [entry for entry in one if isinstance(entry, dict | list)]
    return False


def flatten(value: dict[str, Any], before: str, into: dict[str, str]) -> None:
    """Write the fields of an object into `into`, each name after `before`. Raises FieldTwice."""
    for key, entry in value.items():
        name = _writable(f"{before}{key}")
        if isinstance(entry, dict):
            flatten(entry, f"{name}.", into)
        elif name in into:
            raise FieldTwice
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

"""The sections of a mapping file as they were written, and what is said of one that cannot be meant.

Each error names the file, the key and what to do.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping as Table
from pathlib import Path
from typing import Any

from lippen.signals.mapping import MappingError

_KEYS = {
    "times": {"formats", "earliest", "latest"},
    "numbers": {"decimal_comma"},
    "file": {"delimiter", "encoding", "sheet", "header_row", "longest_line", "largest_unpacked"},
    "outcomes": {"founded", "unfounded", "unknown", "default"},
    "kinds": {"own_activity", "sensor", "protected"},
    "places": {"grid_km", "box", "missing", "fill"},
    "places.box": {"south", "west", "north", "east"},
    "authority": {"who", "basis", "purpose", "expires"},
}


class Sections:
    """The parsed TOML of a mapping, which gives up its values only in the type that is asked for.

    Raises MappingError at the first thing that cannot be meant.
    """

    def __init__(self, raw: dict[str, Any], path: Path | None) -> None:
        self.raw = raw
        self.path = path

    def fail(self, key: str, what: str, remedy: str) -> MappingError:
        """The error to raise about a key."""
        return MappingError(f"`{key}` {what}", file=self.path, remedy=remedy)

    def known(self, key: str, found: Table[str, Any], allowed: set[str]) -> None:
        """Refuse a key that is not `allowed`, with the one that it is most like."""
        for name in found:
            if name not in allowed:
                near = difflib.get_close_matches(name, sorted(allowed), n=1)
                where = f"{key}.{name}" if key else name
                hint = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(sorted(allowed))}."
                raise self.fail(where, "is not a key Lippen knows", hint)

    def section(self, key: str) -> dict[str, Any]:
        """The table of this name (`places.box` is one within another), empty where there is none."""
        found: Any = self.raw
        for part in key.split("."):
            found = found.get(part, {})
        if not isinstance(found, dict):
            raise self.fail(key, "must be a table", f"Write it as [{key}] with its keys below.")
        if key in _KEYS:
            self.known(key, found, _KEYS[key])
        return found

    def strings(self, key: str, value: Any) -> tuple[str, ...]:
        """A list of texts."""
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self.fail(key, "must be a list of texts", 'Write it as ["one", "two"].')
        return tuple(value)

    def typed(self, key: str, table: dict[str, Any], name: str, kinds: tuple[type, ...], words: str) -> Any:
        """A value of one of these types, which an error calls `words`; None where there is none."""
        value = table.get(name)
        if value is None:
            return None
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise self.fail(f"{key}.{name}" if key else name, f"must be {words}", f"It is {value!r} now.")
        if isinstance(value, int) and abs(value) >= 1 << 63:
            raise self.fail(f"{key}.{name}", "is a number too long to be meant", "Correct it.")
        return value

    def day(self, table: dict[str, Any], name: str, key: str = "times") -> dt.date | None:
        """A day, as TOML has it or as text; None where there is none."""
        value = table.get(name)
        if isinstance(value, str):
            try:
                value = dt.date.fromisoformat(value)
            except ValueError:
                value = 0
        if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
            return value
        raise self.fail(f"{key}.{name}", "must be a day", "Such as 2018-01-01.")

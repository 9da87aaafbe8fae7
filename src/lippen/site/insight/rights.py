"""By what right a collection is held, as pages show it: what its mapping says, or a renewal in its place.

The lake keeps both (`manifest.Import`): a renewal changes them there, and the mapping of the import that
brought the collection in keeps those it began with.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime

from lippen.manifest import Import
from lippen.site.insight.column_choices import AUTHORITY


@dataclass(frozen=True)
class Right:
    """Who holds a collection, by what right and for what; `until` is the day on which it goes, and `over`
    says that it has come.
    """

    who: str
    basis: str
    purpose: str
    until: date

    @property
    def over(self) -> bool:
        return self.until <= datetime.now(UTC).date()


def right_in(mapping: str, held: Import | None = None) -> Right | None:
    """The right that a mapping's TOML says, and once its import is in, the one that the lake keeps of it now;
    None where none is said whole.
    """
    said = tomllib.loads(mapping).get("authority", {})
    try:
        who, basis, purpose, expires = (str(said[name]) for name in AUTHORITY)
        until = date.fromisoformat(expires)
    except (KeyError, ValueError):
        return None
    recorded = held.inputs[0] if held and held.inputs else {}
    words = str(recorded.get("authority", "")).rpartition("; until ")[0]
    if words not in ("", f"{who}; {basis}; {purpose}"):
        who = str(recorded.get("who", who))
        # A purpose hardly ever has a semicolon; one in the name of the right is left in it.
        basis, _, purpose = words.removeprefix(f"{who}; ").rpartition("; ")
    return Right(who, basis, purpose, (held.expires if held else None) or until)

"""What a mapping says: how one export's columns, codes and clocks become a kind of signal.

Mappings are read from TOML files by `mapping_file`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from pathlib import Path

from lippen.errors import LippenError
from lippen.signals.authority import Authority
from lippen.signals.kinds import Kind
from lippen.signals.times import TimeFormat


class MappingError(LippenError):
    """A mapping file that cannot be used: the message names the file, the key and the remedy."""


@dataclass(frozen=True)
class Box:
    """The bounding box, in degrees, that every coordinate of the export must lie in."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True)
class FileRules:
    """What to take as given about the files, instead of finding it out: None means find it out.

    `longest_line` (bytes) is where a line stops being believed; `largest_unpacked` (bytes) is how much one
    gzip may unpack to once it has grown more than 200-fold.
    """

    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    longest_line: int = 1 << 20
    largest_unpacked: int = 1 << 30


@dataclass(frozen=True)
class Mapping:
    """How one export becomes one kind of signal.

    `columns` maps each column of the kind to the export's columns that make it (several are joined, by
    `join[column]` or a space). `outcomes` maps a folded disposal code to an outcome; `own_activity`, `sensor`
    and `protected_kinds` hold folded kinds. `missing` holds, for a column of the kind, the texts that stand
    for nothing. `allow` holds, for a column that only looks like identity, why it is not. `authority` is
    under which the export may be read, where its kind or its holder asks for one. `path` is where the mapping
    was read from, for messages.
    """

    kind: Kind
    zone: str
    columns: Table[str, tuple[str, ...]]
    join: Table[str, str] = field(default_factory=dict)
    formats: tuple[TimeFormat, ...] = ()
    earliest: dt.date = dt.date(1990, 1, 1)
    latest: dt.date | None = None
    decimal_comma: bool = False
    file: FileRules = field(default_factory=FileRules)
    outcomes: Table[str, str] = field(default_factory=dict)
    default_outcome: str = "unknown"
    own_activity: frozenset[str] = frozenset()
    sensor: frozenset[str] = frozenset()
    protected_kinds: frozenset[str] = frozenset()
    protected_words: Table[str, tuple[str, ...]] = field(default_factory=dict)
    grid_km: float = 1.0
    box: Box | None = None
    missing_coordinates: frozenset[str] = frozenset({"0", "0.0"})
    fill_places: bool = True
    ignore: frozenset[str] = frozenset()
    allow: Table[str, str] = field(default_factory=dict)
    missing: Table[str, frozenset[str]] = field(default_factory=dict)
    authority: Authority | None = None
    source: str = ""
    path: Path | None = None

    def wanted(self) -> tuple[str, ...]:
        """Every export column that is read, once each, in the order in which the kind's columns name them."""
        return tuple(dict.fromkeys(name for names in self.columns.values() for name in names))

    def in_force(self) -> None:
        """Raise AuthorityExpired, naming file and key, when nothing may be read by this mapping any more."""
        if self.authority is not None:
            self.authority.in_force(self.path)

    def not_personal(self) -> Table[str, tuple[str, ...]]:
        """The part of `columns` in which nothing may identify anybody: all but what is kept as personal."""
        personal = self.kind.reading("personal")
        return {name: names for name, names in self.columns.items() if name not in personal}

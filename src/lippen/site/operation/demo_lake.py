"""How much of Invermarrow lies in the demo's lake, and what lies beside it, as the demo's page says it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from pyarrow.parquet import read_metadata

from lippen.manifest import Manifest

HELD_BACK: Final = "closed_2025-12.csv"
"""The file in the workspace with the town's last month, which the visitor can bring in."""


@dataclass(frozen=True)
class Held:
    """What of Invermarrow the lake holds: closed incidents, and the first and the last day of them; how many
    collected posts, and how many sightings (0 in a demo that was filled before there were any).
    """

    incidents: int
    first: date
    last: date
    posts: int
    sightings: int

    @property
    def many(self) -> str:
        """How many they are, as a page writes it."""
        return f"{self.incidents:,}"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def is_filled(workspace: Path) -> bool:
    """Whether the lake holds incidents already."""
    return any(one.kind == "incident" for one in Manifest.read(workspace / "lake").imports)


def held(workspace: Path) -> Held | None:
    """What the lake holds now, read from what its files say of themselves; None when that is no incident."""
    lake = workspace / "lake"
    imports = Manifest.read(lake).imports
    names = [name for one in imports if one.kind == "incident" for name in one.signals]
    pieces = [piece for name in names for piece in _pieces(lake / name)]
    if not pieces:
        return None
    return Held(
        sum(rows for rows, _, _ in pieces),
        min(first for _, first, _ in pieces),
        max(last for _, _, last in pieces),
        sum(one.rows for one in imports if one.kind == "listing"),
        sum(one.rows for one in imports if one.kind == "sighting"),
    )


def held_back(workspace: Path) -> Path | None:
    """The file that waits to be brought in; None in a demo that was filled before there was one."""
    file = workspace / HELD_BACK
    return file if file.exists() else None


def _pieces(file: Path) -> Iterator[tuple[int, date, date]]:
    """Of each part of a file how many rows it has, and their first and last day."""
    told = read_metadata(file)
    column = told.schema.to_arrow_schema().get_field_index("local_day")
    for number in range(told.num_row_groups):
        group = told.row_group(number)
        days = group.column(column).statistics
        yield group.num_rows, days.min, days.max

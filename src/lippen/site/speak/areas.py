"""How many people live where: the counts by which the page says, on the device, how many could have known.

A CSV with the columns `larger_area`, `small_area` and `residents`, one row for each small area (500 to 1,000
people). Only the names of the larger areas and the counts go into the manifest.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lippen.errors import LippenError
from lippen.site.speak.alike import first_alike
from lippen.site.speak.seen import is_line
from lippen.site.speak.written import text_of

COLUMNS: Final = ("larger_area", "small_area", "residents")
MOST_LARGER: Final = 60
MOST_SMALL: Final = 1_000
MOST_RESIDENTS: Final = 100_000
LONGEST: Final = 80


class AreasRefused(LippenError):
    """The areas are not as they have to be written."""


@dataclass(frozen=True)
class Area:
    """A larger area, and the residents of each of its small areas."""

    name: str
    small_areas: tuple[int, ...]


def read_areas(file: Path) -> tuple[Area, ...]:
    """The areas in the order in which the file names them first. Raises AreasRefused, with the line."""
    found: dict[str, list[int]] = {}
    first: dict[str, int] = {}
    seen: dict[str, int] = {}
    for line, larger, small, residents in _rows(file):
        if small in seen:
            raise AreasRefused(
                f"the small area {small!r} stands in line {seen[small]} already",
                file=file,
                line=line,
                remedy="Each stands once: take one of them out.",
            )
        seen[small] = line
        first.setdefault(larger, line)
        found.setdefault(larger, []).append(residents)
    if not found:
        raise AreasRefused("there is no area in it", file=file, remedy="Write a row for each small area.")
    if (alike := first_alike(found)) is not None:
        one, other = ([*found][at] for at in alike)
        raise AreasRefused(
            f"the larger areas {one!r} and {other!r} are two, and nobody tells them apart",
            file=file,
            line=first[other],
            remedy=f"Spell both as in line {first[one]}, or give one another name.",
        )
    if len(found) > MOST_LARGER or len(seen) > MOST_SMALL:
        raise AreasRefused(
            f"{len(found)} larger and {len(seen)} small areas are more than a page on a telephone can carry",
            file=file,
            remedy=f"Give at most {MOST_LARGER} and {MOST_SMALL:,}.",
        )
    return tuple(Area(name, tuple(counts)) for name, counts in found.items())


def is_area(name: str) -> bool:
    """Whether a larger area can be called so: a report says where as "area/near"."""
    return is_line(name, LONGEST) and "/" not in name


def _rows(file: Path) -> list[tuple[int, str, str, int]]:
    """Each row as its line, its areas and its residents."""
    text = text_of(file, AreasRefused, "Write it, or correct areas in partnership.toml.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, str, str, int]] = []
    try:
        head = next(reader, [])
        if tuple(one.strip() for one in head) != COLUMNS:
            raise AreasRefused(
                "the first line does not name the columns",
                file=file,
                line=1,
                remedy=f"Write {','.join(COLUMNS)}, and one row for each small area.",
            )
        for cells in reader:
            if cells:
                rows.append((reader.line_num, *_row([one.strip() for one in cells], file, reader.line_num)))
    except csv.Error as error:
        raise AreasRefused(
            f"this is no CSV ({error})", file=file, line=reader.line_num, remedy="Save it as CSV anew."
        ) from error
    return rows


def _row(cells: list[str], file: Path, line: int) -> tuple[str, str, int]:
    if len(cells) != len(COLUMNS) or not all(is_line(one, LONGEST) for one in cells):
        raise AreasRefused(
            f"a row has {len(COLUMNS)} cells of 1 to {LONGEST} signs that can be seen",
            file=file,
            line=line,
            remedy=f"Write it as {','.join(COLUMNS)}.",
        )
    larger, small, count = cells
    if not is_area(larger):
        raise AreasRefused(
            f"{larger!r} has a '/', which parts an area from what is near in a report",
            file=file,
            line=line,
            remedy="Write a comma or a hyphen.",
        )
    residents = int(count) if count.isascii() and count.isdigit() and len(count) < 9 else 0
    if not 1 <= residents <= MOST_RESIDENTS:
        raise AreasRefused(
            f"{count!r} is no number of residents between 1 and {MOST_RESIDENTS:,}",
            file=file,
            line=line,
            remedy="Write the whole number without signs; add an area where nobody lives to its neighbour.",
        )
    return larger, small, residents

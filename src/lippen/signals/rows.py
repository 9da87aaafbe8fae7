"""What every reader hands on: stretches of rows as columns of text, with the line each row stands on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lippen.signals.folding import fold
from lippen.signals.kinds import kind_names, load_kind

STRETCH = 65_536
"""Rows in a stretch from the readers that count rows."""

MOST_COLUMNS = 500
LONGEST_HEADING = 200
"""Signs of a heading that are kept: it stands in every list to choose a column from."""

"""How many columns a file that nobody has mapped may have: each would be judged, and checked by somebody."""


class FileRefused(Exception):
    """A whole file that is not read; the text says why and what to do."""


@dataclass(frozen=True)
class Refused:
    """A record that could not even be cut into cells: its first line and why. Its text is not kept."""

    line: int
    value: str
    reason: str


@dataclass(frozen=True)
class RowBatch:
    """A stretch of rows: the wanted columns as text (empty text for nothing), each row's line, and refusals.

    `repaired` counts lines that were not UTF-8 and were read as Windows-1252, `left_out` what stood between
    the rows and is none, by what it is.
    """

    columns: dict[str, pa.StringArray]
    lines: npt.NDArray[np.int64]
    refused: Sequence[Refused] = field(default_factory=tuple)
    repaired: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Rows read in this stretch, refused ones included."""
        return len(self.lines) + len(self.refused)


class Work(Protocol):
    """A stretch that is cut out but not yet parsed: calling it gives the rows, on whatever thread."""

    def __call__(self) -> RowBatch: ...


@dataclass
class Source:
    """One table in one file, ready to read: its name, the columns it has, and its stretches in order.

    `about_rows` is a guess at how many rows there are, for the progress display. `notes` fills while reading.
    """

    name: str
    header: Sequence[str]
    work: Iterator[Work]
    about_rows: int | None = None
    typed: bool = False
    notes: list[str] = field(default_factory=list)


def number_repeats(header: Iterable[str]) -> list[str]:
    """Header cells as names that are all different.

    A header that stands there more than once becomes `Date (1)`, `Date (2)`, so that a mapping has to say
    which one it means; an empty one becomes `(column 7)`, and one too long for any list is cut.
    """
    names = [
        " ".join(cell.replace("\ufeff", "").split())[:LONGEST_HEADING] or f"(column {at})"
        for at, cell in enumerate(header, 1)
    ]
    seen: dict[str, int] = {}
    for name in names:
        seen[fold(name)] = seen.get(fold(name), 0) + 1
    turn: dict[str, int] = {}
    numbered = []
    for name in names:
        key = fold(name)
        turn[key] = turn.get(key, 0) + 1
        numbered.append(f"{name} ({turn[key]})" if seen[key] > 1 else name)
    return numbered


def refuse_wide(columns: int) -> None:
    """Raise FileRefused for a file with more columns than can be proposed to anybody."""
    if columns > MOST_COLUMNS:
        raise FileRefused(
            f"it has {columns:,} columns, and may have {MOST_COLUMNS}; export only the columns that matter"
        )


def find_columns(header: Sequence[str], wanted: Sequence[str]) -> dict[str, int]:
    """Where each wanted column stands: by the exact name, else without regard to case and spacing."""
    exact = {name: at for at, name in enumerate(header)}
    loose = {fold(name): at for at, name in enumerate(header)}
    found = {}
    for name in wanted:
        at = exact.get(name, loose.get(fold(name)))
        if at is not None:
            found[name] = at
    return found


def missing_columns(header: Sequence[str], wanted: Sequence[str]) -> str:
    """A sentence that says which wanted columns a file lacks, and which usual ones it has."""
    found = find_columns(header, wanted)
    lacking = [name for name in wanted if name not in found]
    twice = [name for name in lacking if any(fold(entry) == f"{fold(name)} (1)" for entry in header)]
    if twice:
        return (
            f"the header {twice[0]!r} stands there more than once; "
            f'write "{twice[0]} (1)" or "{twice[0]} (2)" in the mapping to say which is meant'
        )
    known = [name for name in header if fold(name) in _known_headers()][:40]
    has = f"of the usual headers it has: {', '.join(known)}" if known else "it has none of the usual headers"
    return (
        f"no row has the header {', '.join(repr(name) for name in lacking)} that the mapping names; "
        f"{has}. Correct the mapping, or move the file out of the folder"
    )


@lru_cache
def _known_headers() -> frozenset[str]:
    """The headers that may be shown: a file without a header has a caller's name and number in its place."""
    columns = [column for kind in kind_names() for column in load_kind(kind).columns]
    return frozenset(fold(name) for column in columns for name in (column.name, *column.synonyms))


def overlong(longest: int) -> str:
    """Why a line that is longer than the mapping believes (bytes) is not read."""
    return f"the line is longer than {longest:,} bytes; raise [file] longest_line if it is honest"


def text_columns(
    names: Sequence[str], rows: Sequence[Sequence[Any]], places: Sequence[int]
) -> dict[str, pa.StringArray]:
    """Columns of text from rows of cells: `places` says where in a row each name stands."""
    return {
        name: pa.array([row[at] for row in rows], type=pa.string())
        for name, at in zip(names, places, strict=True)
    }


def join_columns(parts: Sequence[pa.StringArray], between: str) -> pa.StringArray:
    """Columns of text joined row by row with `between`; an empty cell adds nothing.

    (Arrow's own join with `null_handling="skip"` leaves out rows in which every cell is null.)
    """
    joined = parts[0]
    for part in parts[1:]:
        both = pc.and_(pc.not_equal(joined, ""), pc.not_equal(part, ""))
        one = pc.if_else(pc.equal(joined, ""), part, joined)
        joined = pc.if_else(both, pc.binary_join_element_wise(joined, part, between), one)
    return joined

"""What can be wrong with a whole file, planted as files of their own beside the clean ones.

The invariant: rows that are moved into a file that must be read are still clean; what stands in a file that
must not be read, or comes a second time, is a copy.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lippen.sandbox.dirt.records import CleanFile, Layout
from lippen.sandbox.dirt.row import DUPLICATE, NOT_READ, QUARANTINED, READ

_MARK = b"\xef\xbb\xbf"
_MIB = 1 << 20
_BOMB_FLOOR = 64 * _MIB  # what is smaller unpacked is no bomb to any reader
_LARGEST_BOMB = 256 * _MIB

MOVED = 6
"""How many files rows are moved into."""


@dataclass(frozen=True)
class Planted:
    """A file of dirt: its path, its bytes, and the truth of it as (line, dirt, expect, about)."""

    path: Path
    content: bytes
    truth: tuple[tuple[int | None, str, str, str | None], ...]


def plant_files(clean: CleanFile, moved: list[list[str]]) -> Iterator[Planted]:
    """Every file of dirt that suits: `moved` holds the rows of each of the MOVED files, at least one each."""
    for end, name, content in _readable(clean.layout, moved):
        yield Planted(_beside(clean.path, end), content, ((None, name, READ, None),))
    yield from _packed(clean, moved[0])
    yield from _unreadable(clean, moved[0][0])


def _beside(path: Path, end: str) -> Path:
    # A low line sorts behind the point, so of two equal rows the one in the file of dirt is the second.
    return path.with_name(f"{path.stem}_{end}")


def _head(layout: Layout) -> str:
    return layout.write([*layout.header])


def _readable(layout: Layout, moved: list[list[str]]) -> Iterator[tuple[str, str, bytes]]:
    """Files that are written otherwise and must be read: the end of the name, the dirt, the bytes."""
    packed, marked, wide, returns, other, titled = moved
    head, rules = _head(layout), layout.mapping.file
    yield "packed.csv.gz", "gzip", _gzip(head + "".join(packed))
    yield "marked.csv", "a byte order mark", _MARK + (head + "".join(marked)).encode()
    yield "utf16.csv", "UTF-16", b"\xff\xfe" + (head + "".join(wide)).encode("utf-16-le")
    lines = [row.removesuffix("\n").removesuffix("\r") + "\r\n" for row in (head, *returns)]
    yield "returns.csv", "CRLF", "".join(lines).encode()
    if rules.delimiter is None:
        delimiter = "," if layout.delimiter == ";" else ";"
        rows = [[*layout.header], *map(layout.cells, other)]
        text = "".join(layout.write(cells, delimiter=delimiter) for cells in rows)
        yield "separated.csv", "another separator", text.encode()
    if rules.header_row is None:
        title = f"Extract of {layout.kind.name}s for the meeting\n\n"
        yield "titled.csv", "a title above the header", (title + head + "".join(titled)).encode()


def _packed(clean: CleanFile, rows: list[str]) -> Iterator[Planted]:
    """Copies of the packed file that end too early, and one that unpacks beyond belief."""
    head = _head(clean.layout)
    off = _gzip(head + "".join(rows))[:11]
    rows = [row for row in rows if row.count("\n") == 1]
    cut = _cut_between(_gzip(head + "".join(rows)), len(rows))
    if cut is not None:
        packed, left = cut
        again = tuple((line, "a gzip cut short", DUPLICATE, None) for line in range(2, left + 2))
        path = _beside(clean.path, "packed_cut_short.csv.gz")
        yield Planted(path, packed, (*again, (left + 2, "a gzip cut short", QUARANTINED, None)))
    path = _beside(clean.path, "packed_cut_off.csv.gz")
    yield Planted(path, off, ((None, "a gzip cut off in its head", NOT_READ, None),))
    size = max(_BOMB_FLOOR, clean.layout.mapping.file.largest_unpacked)
    if size <= _LARGEST_BOMB:
        zeros = gzip.compress(b"0" * _MIB, mtime=0)
        path = _beside(clean.path, "packed_bomb.csv.gz")
        bomb = _gzip(head + "".join(rows[:1])) + zeros * (size // _MIB + 2)
        yield Planted(path, bomb, ((None, "a gzip bomb", NOT_READ, None),))


def _gzip(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)


def _cut_between(packed: bytes, rows: int) -> tuple[bytes, int] | None:
    """The file cut where some rows are left and some are lost, and how many are left; None where there is no
    such place."""
    for end in np.linspace(len(packed) - 9, 20, 64).astype(int).tolist():
        unpacked = zlib.decompressobj(wbits=31).decompress(packed[:end])
        left = unpacked.count(b"\n") - 1
        if 0 < left < rows:
            return packed[:end], left
    return None


def _unreadable(clean: CleanFile, row: str) -> Iterator[Planted]:
    """Files that hold nothing, or not the columns that are needed."""
    layout = clean.layout
    yield Planted(_beside(clean.path, "empty.csv"), b"", ((None, "an empty file", NOT_READ, None),))
    field = layout.named(layout.kind.when)
    if field is None:
        return
    both = [*layout.header], layout.cells(row)
    twice = [[*cells, cells[field.at]] for cells in both]
    without = [[*cells[: field.at], *cells[field.at + 1 :]] for cells in both]
    for end, dirt, rows in (
        ("header_twice.csv", "a header that stands there twice", twice),
        ("header_missing.csv", "a header that is needed and missing", without),
    ):
        content = "".join(map(layout.write, rows)).encode()
        yield Planted(_beside(clean.path, end), content, ((None, dirt, NOT_READ, field.header),))

"""Planting dirt into the CSV files of one stream: which rows, which sorts, and the truth of it.

The invariant: what is drawn depends on the clean files, the share and the random numbers handed in, so the
same three give the same bytes and the same truth.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa

from lippen.errors import LippenError
from lippen.sandbox.dirt.records import CleanFile, open_clean, rewrite
from lippen.sandbox.dirt.turns import dirty_rows
from lippen.sandbox.dirt.whole_files import MOVED, Planted, plant_files
from lippen.signals.kinds import Kind
from lippen.signals.mapping import Mapping

MOST = 0.2
"""The largest share of rows that may be made dirty."""

TRUTH: pa.Schema = pa.schema(
    [
        pa.field("file", pa.string(), nullable=False),
        pa.field("line", pa.int64()),
        pa.field("dirt", pa.string(), nullable=False),
        pa.field("expect", pa.string(), nullable=False),
        pa.field("about", pa.string()),
    ]
)
"""The truth of dirt: the file (named from the stream's folder), the first physical line of the record (null:
the whole file), what the dirt is, what an import must make of it (`quarantined`, `duplicate`, `not read`, or
`read`: harmless, and to be read right), and the export's column that it is about (null: none alone)."""

_MOVED_FROM = 60
_MOST_MOVED = 60


def plant(folder: Path, kind: Kind, mapping: Mapping, share: float, rng: np.random.Generator) -> pa.Table:
    """Rewrite the clean CSV files of one stream in place with a `share` of their rows dirty.

    A file of 300 rows gets each sort of dirt that suits it at least once, whatever the share. The largest
    file gives a few clean rows to files that are written otherwise (packed, UTF-16, another separator ...);
    files that cannot be read, and copies, are put beside it. Files in other formats are left alone, and so is
    everything when the share is nought.

    Returns the truth of it as TRUTH, in the order of file and line. Raises LippenError when the share is not
    between 0 and MOST, a file has not the mapping's columns, or the files of dirt are there already.
    """
    if not 0 <= share <= MOST:
        raise LippenError(
            f"the share of dirty rows is {share}", remedy=f"It must lie between 0 and {MOST:g}, such as 0.01."
        )
    if not share:
        return TRUTH.empty_table()
    paths = sorted(path for path in folder.rglob("*.csv") if not path.name.startswith("."))
    files = [open_clean(path, path.relative_to(folder).as_posix(), kind, mapping) for path in paths]
    largest = max(files, key=lambda one: one.rows, default=None)
    truth: list[tuple[str, int | None, str, str, str | None]] = []
    for file in files:
        kept = file.rows
        if file is largest and file.rows >= _MOVED_FROM:
            moved = _moved(file)
            kept -= sum(map(len, moved))
            for one in _only_new(plant_files(file, moved)):
                one.path.write_bytes(one.content)
                name = one.path.relative_to(folder).as_posix()
                truth += [(name, *what) for what in one.truth]
        dirty = dirty_rows(file, kept, share, rng)
        began = rewrite(file, {at: made.written for at, (_, made) in dirty.items()}, kept)
        truth += [
            (file.name, began[at] + made.before, sort.name, sort.expect, made.about)
            for at, (sort, made) in dirty.items()
        ]
    truth.sort(key=lambda one: (one[0], one[1] or 0))
    return pa.Table.from_pylist([dict(zip(TRUTH.names, one, strict=True)) for one in truth], schema=TRUTH)


def _only_new(planted: Iterable[Planted]) -> list[Planted]:
    files = list(planted)
    for one in files:
        if one.path.exists():
            raise LippenError(
                "a file of this name is here already", file=one.path, remedy="Write the clean stream anew."
            )
    return files


def _moved(file: CleanFile) -> list[list[str]]:
    """The last rows of a file, in MOVED parts."""
    each = min(_MOST_MOVED, file.rows // _MOVED_FROM)
    first = file.rows - MOVED * each
    with file.path.open("rb") as opened:
        rows = [file.record(opened, at) for at in range(first, file.rows)]
    return [rows[at : at + each] for at in range(0, len(rows), each)]

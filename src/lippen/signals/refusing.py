"""Rows of one stretch that are not taken: each with one reason, the first that was found."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from lippen.signals.contacts import remove_contacts
from lippen.signals.identity import mask_values
from lippen.signals.kinds import QUARANTINE_SCHEMA
from lippen.signals.rows import Refused

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

WRITTEN = ("file", "line", "column", "value", "reason")
"""What a spreadsheet of refused rows holds: where each stood, what was wrong with it and what to do."""

_NO_CELLS = -1

Mask = npt.NDArray[np.bool_]


class Refusals:
    """Which rows are still `open` (neither refused nor yet taken), and what was said of the others.

    A value is kept only as `mask_values` shows it, so the quarantine identifies nobody either; with
    `without_contacts` handles and links are removed too.
    """

    def __init__(self, file: str, lines: npt.NDArray[np.int64], *, without_contacts: bool = False) -> None:
        self.open: Mask = np.ones(len(lines), dtype=bool)
        self._file = file
        self._without_contacts = without_contacts
        self._lines = lines
        self._tables: list[pa.Table] = []
        self._places: list[npt.NDArray[np.int64]] = []

    def refuse(self, mask: Any, column: str | None, values: pa.Array, reason: str) -> None:
        """Refuse the rows of `mask` that are still open."""
        at = np.flatnonzero(np.asarray(mask) & self.open)
        if not len(at):
            return
        self.open[at] = False
        given = values.take(pa.array(at)).fill_null("")
        coded = given.dictionary_encode()
        different = coded.dictionary
        if self._without_contacts:
            different, _ = remove_contacts(different)
        shown = pa.array(mask_values(different.to_pylist()), pa.string()).take(coded.indices)
        self._add(self._lines[at], column, shown, [reason] * len(at), at)

    def add_records(self, refused: Sequence[Refused]) -> None:
        """Add records that the reader could not even cut into cells."""
        if refused:
            self._add(
                [one.line for one in refused],
                None,
                [one.value for one in refused],
                [one.reason for one in refused],
                np.full(len(refused), _NO_CELLS),
            )

    def table(self, cells: Callable[[npt.NDArray[np.int64]], pa.Array]) -> pa.Table:
        """All refused rows, as the quarantine holds them; `cells` gives those of the rows at these places."""
        if not self._tables:
            return QUARANTINE_SCHEMA.empty_table()
        places = np.concatenate(self._places)
        cut = places != _NO_CELLS
        kept = cells(places[cut])
        row = kept.take(pa.array(np.cumsum(cut) - 1, mask=~cut))
        return pa.concat_tables(self._tables).append_column("row", row).cast(QUARANTINE_SCHEMA)

    def _add(
        self,
        lines: Any,
        column: str | None,
        values: Any,
        reasons: list[str],
        places: npt.NDArray[np.int64],
    ) -> None:
        rows = {
            "file": pa.repeat(self._file, len(reasons)),
            "line": pa.array(lines, pa.int64()),
            "column": pa.array([column] * len(reasons), pa.string()),
            "value": pa.array(values, pa.string()),
            "reason": pa.array(reasons, pa.string()),
        }
        self._tables.append(pa.table(rows))
        self._places.append(places)


def write_refused_csv(quarantine: Path | None, path: Path) -> None:
    """A quarantine file (None: no rows) as CSV for a spreadsheet: the columns of WRITTEN.

    What a spreadsheet would take for a formula gets an apostrophe in front. Raises FileExistsError when there
    is such a file.
    """
    with path.open("x", encoding="utf-8-sig", newline="") as out:
        try:
            writer = csv.writer(out)
            writer.writerow(WRITTEN)
            for batch in pq.ParquetFile(quarantine).iter_batches() if quarantine else ():
                columns = [batch.column(name).to_pylist() for name in WRITTEN]
                writer.writerows([_as_text(cell) for cell in row] for row in zip(*columns, strict=True))
        except BaseException:
            path.unlink()  # half of it would look like all of it
            raise


def _as_text(cell: str | int | None) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text

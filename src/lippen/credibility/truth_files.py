"""The truth of a sandbox, read from its folder: whole, with the columns that are scored, and with no value
that cannot be.

A town's truth is one file a table; that of a nation is a folder of parts a table. Whatever is wrong is said
with the file and, where it is one, the row.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NoReturn

import pyarrow as pa
import pyarrow.parquet as pq

from lippen.credibility.settings import AssessmentError
from lippen.credibility.truth import TRUTH
from lippen.credibility.truth_values import first_fault

_REMEDY = "Write the sandbox again as its sandbox.json says, and leave its truth as it was written."


def read_truth(folder: Path, first: date, last: date) -> dict[str, pa.Table]:
    """The tables of `truth.TRUTH` from the folder `truth` of a sandbox that runs from day `first` to `last`.

    Raises AssessmentError, with file and row (counted from 1), for a table that is not there, cannot be
    read or lacks a column, and for a value that cannot be (`truth_values.first_fault`).
    """
    parts = {name: _parts(folder, name) for name in TRUTH}
    read = {name: [_read(file, TRUTH[name]) for file in files] for name, files in parts.items()}
    truth = {name: pa.concat_tables(tables) for name, tables in read.items()}
    fault = first_fault(truth, first, last)
    if fault is not None:
        row = fault.row
        for file, table in zip(parts[fault.table], read[fault.table], strict=True):
            if row < table.num_rows:
                _refuse(file, f"row {row + 1:,}: {fault.what}")
            row -= table.num_rows
    return truth


def _parts(folder: Path, name: str) -> list[Path]:
    where = folder / name
    if not where.is_dir():
        return [where.with_suffix(".parquet")]
    parts = sorted(where.glob("*.parquet"))
    if not parts:
        _refuse(where, "this table of the truth has no parts")
    return parts


def _read(file: Path, schema: pa.Schema) -> pa.Table:
    try:
        # Opened here, so that what the system refuses is told from what the file holds.
        opened = file.open("rb")
    except FileNotFoundError:
        _refuse(file, "this table of the truth is not there")
    with opened:
        try:
            whole = pq.ParquetFile(opened)
            missing = [name for name in schema.names if name not in whole.schema_arrow.names]
            if missing:
                _refuse(file, f"this table of the truth does not hold {', '.join(missing)}")
            table = whole.read(columns=schema.names)
        except (OSError, pa.ArrowException) as error:
            _refuse(file, "this table of the truth is cut off, damaged or no Parquet", error)
    columns = []
    for field in schema:
        try:
            columns.append(table[field.name].cast(field.type))
        except pa.ArrowException as error:
            said = f"the column {field.name} holds {table[field.name].type}, not {field.type}"
            _refuse(file, said, error)
    return pa.table(columns, schema)


def _refuse(file: Path, what: str, error: Exception | None = None) -> NoReturn:
    raise AssessmentError(what, file=file, remedy=_REMEDY) from error

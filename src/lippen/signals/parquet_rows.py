"""Parquet in stretches, as columns of text."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lippen.signals.rows import (
    STRETCH,
    FileRefused,
    RowBatch,
    Source,
    Work,
    find_columns,
    missing_columns,
    number_repeats,
)
from lippen.signals.unpacking import decode_line


def open_parquet(path: Path, name: str, wanted: tuple[str, ...]) -> Source:
    """A Parquet file ready to read; raises FileRefused when it is damaged or has not the wanted columns."""
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise FileRefused(f"it is no whole Parquet file ({error}); ask for the export again") from error
    schema = file.schema_arrow  # made anew each time that it is asked for
    names = schema.names
    header = number_repeats(names)
    columns = find_columns(header, wanted)
    if len(columns) < len(wanted):
        raise FileRefused(missing_columns(header, wanted))
    for column, at in columns.items():
        if pa.types.is_nested(schema.field(at).type):
            raise FileRefused(f"the column {column!r} holds lists or records; flatten it at the source")
        if names.count(names[at]) > 1:
            raise FileRefused(f"two columns are called {names[at]!r}; rename one of them at the source")
    work = _stretches(file, {column: names[at] for column, at in columns.items()})
    return Source(name, header, work, about_rows=file.metadata.num_rows, typed=True)


def flat_columns(path: Path) -> tuple[str, ...]:
    """The columns of a Parquet file that hold one value a row and have a name of their own, for a proposal.

    Raises FileRefused when the file is damaged.
    """
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise FileRefused(f"it is no whole Parquet file ({error}); ask for the export again") from error
    named = Counter(schema.names)
    return tuple(
        field.name
        for field in schema
        if field.name.strip() and not pa.types.is_nested(field.type) and named[field.name] == 1
    )


def _stretches(file: pq.ParquetFile, columns: dict[str, str]) -> Iterator[Work]:
    line = 1
    try:
        for batch in file.iter_batches(batch_size=STRETCH, columns=list(dict.fromkeys(columns.values()))):
            lines = np.arange(line, line + batch.num_rows, dtype=np.int64)
            line += batch.num_rows
            yield functools.partial(_as_text, batch, columns, lines)
    except (pa.ArrowException, OSError) as error:
        raise FileRefused(
            f"it is damaged after row {line - 1:,} ({error}); ask for the export again"
        ) from error


def _as_text(batch: pa.RecordBatch, columns: dict[str, str], lines: Any) -> RowBatch:
    texts = {}
    for name, source in columns.items():
        values = batch.column(source)
        try:
            texts[name] = _text(values)
        except pa.ArrowException as error:
            raise FileRefused(
                f"the column {name!r} holds {values.type}, which cannot be read as text ({error}); "
                "write it as text at the source"
            ) from error
    return RowBatch(texts, lines)


def _text(values: pa.Array) -> pa.StringArray:
    kind = values.type
    if pa.types.is_dictionary(kind):
        values, kind = values.dictionary_decode(), kind.value_type
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        # Arrow's own text of a zoned time ends in the zone's offset: give it in UTC, plainly.
        values = pc.strftime(values.cast(pa.timestamp("us", "UTC")), format="%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_float16(kind):
        values, kind = values.cast(pa.float32()), pa.float32()
    if pa.types.is_floating(kind):
        values = pc.if_else(pc.is_nan(values), None, values)
        whole = pc.equal(pc.floor(values), values).fill_null(False)
        small = pc.less(pc.abs(values), 1e15).fill_null(False)
        safe = pc.if_else(pc.and_(whole, small), values, None).cast(pa.int64())
        return pc.coalesce(safe.cast(pa.string()), values.cast(pa.string())).fill_null("")
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return _decoded(values)
    texts = values.cast(pa.string())
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        return _decoded(texts)
    return texts.fill_null("")


def _decoded(values: pa.Array) -> pa.StringArray:
    """Bytes as text; what is not UTF-8 is read as Windows-1252."""
    lines = values.cast(pa.binary()).to_pylist()
    return pa.array([decode_line(line)[0] if line is not None else "" for line in lines], pa.string())

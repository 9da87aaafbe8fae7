"""Parquet and JSON lines, in stretches, as columns of text."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lippen.signals.mapping import FileRules
from lippen.signals.rows import (
    STRETCH,
    FileRefused,
    Refused,
    RowBatch,
    Source,
    Work,
    find_columns,
    missing_columns,
)
from lippen.signals.unpacking import Unpacking, decode_line

_CUT_SHORT = "the compressed file ends in the middle here; ask for the export again"


def open_parquet(path: Path, name: str, wanted: tuple[str, ...]) -> Source:
    """A Parquet file ready to read; raises FileRefused when it is damaged or has not the wanted columns."""
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise FileRefused(f"it is no whole Parquet file ({error}); ask for the export again") from error
    header = file.schema_arrow.names
    columns = find_columns(header, wanted)
    if len(columns) < len(wanted):
        raise FileRefused(missing_columns(header, wanted))
    nested = [name for name, at in columns.items() if pa.types.is_nested(file.schema_arrow.field(at).type)]
    if nested:
        raise FileRefused(f"the column {nested[0]!r} holds lists or records; flatten it at the source")
    work = _parquet_stretches(file, {name: header[at] for name, at in columns.items()})
    return Source(name, header, work, about_rows=file.metadata.num_rows, typed=True)


def _parquet_stretches(file: pq.ParquetFile, columns: dict[str, str]) -> Iterator[Work]:
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
    return RowBatch({name: _text(batch.column(source)) for name, source in columns.items()}, lines)


def _text(values: pa.Array) -> pa.StringArray:
    kind = values.type
    if pa.types.is_dictionary(kind):
        values, kind = values.dictionary_decode(), kind.value_type
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        # Arrow's own text of a zoned time ends in the zone's offset: give it in UTC, plainly.
        values = pc.strftime(values.cast(pa.timestamp("us", "UTC")), format="%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_floating(kind):
        whole = pc.equal(pc.floor(values), values).fill_null(False)
        small = pc.less(pc.abs(values), 1e15).fill_null(False)
        safe = pc.if_else(pc.and_(whole, small), values, None).cast(pa.int64())
        return pc.coalesce(safe.cast(pa.string()), values.cast(pa.string())).fill_null("")
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        values = values.cast(pa.binary())
        return pa.array(
            [decode_line(value)[0] if value is not None else "" for value in values.to_pylist()], pa.string()
        )
    return values.cast(pa.string()).fill_null("")


def open_json_lines(
    path: Path, name: str, wanted: tuple[str, ...], rules: FileRules
) -> tuple[Source, Unpacking]:
    """A file with one JSON object on each line; fields inside an object are named with a dot (`location.lat`).

    Raises FileRefused when it is empty, one big array, or none of the first rows has a wanted column.
    """
    unpacking = Unpacking(path, rules.encoding, rules.largest_unpacked)
    chunks = unpacking.chunks()
    first = next(chunks, b"")
    if not first.strip():
        raise FileRefused("it is empty")
    if first.lstrip()[:1] == b"[":
        raise FileRefused("it is one JSON array; save it with one object on each line (JSON lines)")
    header = json_header(first)
    lacking = missing_columns(header, wanted) if len(find_columns(header, wanted)) < len(wanted) else None
    if lacking:
        raise FileRefused(lacking)
    names = {name: header[at] for name, at in find_columns(header, wanted).items()}
    lines = max(1, first.count(b"\n"))
    about = round(
        path.stat().st_size * max(1.0, unpacking.unpacked / max(1, unpacking.read)) * lines / len(first)
    )
    return Source(
        name, header, _json_stretches(first, chunks, names, rules.longest_line, unpacking), about, True
    ), unpacking


def json_header(data: bytes) -> list[str]:
    """The names that occur in the first thousand objects, in the order of first occurrence."""
    names: dict[str, None] = {}
    for raw in data.split(b"\n", 1000)[:1000]:
        fields, _ = _fields(raw)
        names.update(dict.fromkeys(fields or ()))
    return list(names)


def json_preview(data: bytes) -> list[dict[str, str]]:
    """The first objects as flat text fields, for a proposal."""
    rows = [_fields(raw)[0] for raw in data.split(b"\n")[:-1] if raw.strip()]
    return [row for row in rows if row is not None]


def _json_stretches(
    first: bytes, chunks: Iterator[bytes], names: dict[str, str], longest: int, unpacking: Unpacking
) -> Iterator[Work]:
    held, line, skipping = first, 1, False
    while True:
        following = next(chunks, None)
        raw = held.split(b"\n")
        held = raw.pop()
        if following is None and held and not unpacking.cut_short:
            raw.append(held)
        if skipping and raw:
            raw, line, skipping = raw[1:], line + 1, False
        for at in range(0, len(raw), STRETCH):
            stretch = raw[at : at + STRETCH]
            yield functools.partial(_json_batch, stretch, line, names, longest)
            line += len(stretch)
        if following is None:
            break
        if skipping or len(held) > longest:
            if not skipping:
                yield functools.partial(_json_batch, [held[: longest + 1]], line, names, longest)
            held, skipping = b"", True
        held += following
    if unpacking.cut_short:
        empty = {name: pa.array([], pa.string()) for name in names}
        yield functools.partial(
            _given, RowBatch(empty, np.array([], np.int64), [Refused(line, "", _CUT_SHORT)])
        )


def _given(batch: RowBatch) -> RowBatch:
    return batch


def _json_batch(raw: list[bytes], line: int, names: dict[str, str], longest: int) -> RowBatch:
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    refused: list[Refused] = []
    for number, text in enumerate(raw, line):
        if not text.strip():
            continue
        if len(text) > longest:
            refused.append(
                Refused(number, "", f"the line is longer than {longest:,} bytes; raise [file] longest_line")
            )
            continue
        fields, problem = _fields(text)
        if fields is None:
            refused.append(Refused(number, "", problem))
        else:
            rows.append(fields)
            lines.append(number)
    columns = {name: pa.array([row.get(key, "") for row in rows], pa.string()) for name, key in names.items()}
    return RowBatch(columns, np.array(lines, dtype=np.int64), refused)


def _fields(raw: bytes) -> tuple[dict[str, str] | None, str]:
    """One object as flat text fields, or None and why not."""
    flat: dict[str, str] = {}
    try:
        value = json.loads(decode_line(raw)[0])
        if not isinstance(value, dict):
            return None, "the line is JSON but not an object with named fields"
        _flatten(value, "", flat)
    except (ValueError, RecursionError):
        return None, "the line is not a whole JSON object; correct it at the source"
    return flat, ""


def _flatten(value: dict[str, Any], before: str, into: dict[str, str]) -> None:
    for key, entry in value.items():
        name = f"{before}{key}"
        if isinstance(entry, dict):
            _flatten(entry, f"{name}.", into)
        elif isinstance(entry, bool):
            into[name] = "true" if entry else "false"
        elif entry is None:
            into[name] = ""
        elif isinstance(entry, float) and entry.is_integer() and abs(entry) < 1e15:
            into[name] = str(int(entry))
        else:
            text = entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False)
            into[name] = text if text.isascii() else text.encode("utf-8", "replace").decode()

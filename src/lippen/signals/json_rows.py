"""JSON lines in stretches, as columns of text."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from lippen.signals.json_fields import DECODER, TWICE, FieldTwice, doubled, flatten
from lippen.signals.json_whole import is_whole, open_posts, stretches
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
    overlong,
)
from lippen.signals.unpacking import Unpacking, decode_line, repair_utf8


def open_json_lines(
    path: Path, name: str, wanted: tuple[str, ...], rules: FileRules
) -> tuple[Source, Unpacking]:
    """A file with one JSON object on each line; a field within an object is named with a dot (`where.lat`).
    Or one document that holds many posts (`json_whole`).

    Raises FileRefused when it is empty, one big array, or none of the first rows has a wanted column.
    """
    unpacking = Unpacking(path, rules.encoding, rules.largest_unpacked)
    chunks = unpacking.chunks()
    first = next(chunks, b"")
    if not first.strip():
        raise FileRefused("it is empty")
    posts = open_posts(first, chunks) if is_whole(first) else None
    if posts is None and first.lstrip()[:1] == b"[":
        if not re.match(rb"\s*\[\s*\{", first):
            raise FileRefused(
                "it is a JSON array that holds no objects with named fields; ask for another export"
            )
        raise FileRefused("it is one JSON array; save it with one object on each line (JSON lines)")
    header = json_header(first) if posts is None else posts.header
    lacking = missing_columns(header, wanted) if len(find_columns(header, wanted)) < len(wanted) else None
    if lacking:
        raise FileRefused(lacking)
    names = {name: header[at] for name, at in find_columns(header, wanted).items()}
    if posts is not None:
        return Source(name, header, stretches(posts, names, unpacking), None, True), unpacking
    lines = max(1, first.count(b"\n"))
    about = round(
        path.stat().st_size * max(1.0, unpacking.unpacked / max(1, unpacking.read)) * lines / len(first)
    )
    return Source(
        name, header, _json_stretches(first, chunks, names, rules.longest_line, unpacking), about, True
    ), unpacking


def json_header(data: bytes) -> list[str]:
    """The names that occur in the first thousand objects, in the order of first occurrence."""
    if is_whole(data):
        return open_posts(data, iter(())).header
    names: dict[str, None] = {}
    for raw in data.split(b"\n", 1000)[:1000]:
        fields, _ = _fields(raw)
        names.update(dict.fromkeys(fields or ()))
    return list(names)


def _json_stretches(
    first: bytes, chunks: Iterator[bytes], names: dict[str, str], longest: int, unpacking: Unpacking
) -> Iterator[Work]:
    held, line, skipping = first, 1, False
    while True:
        following = next(chunks, None)
        raw = held.split(b"\n")
        held = raw.pop()
        if following is None and held and not unpacking.broken:
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
    if unpacking.broken:
        empty = {name: pa.array([], pa.string()) for name in names}
        yield functools.partial(
            _given, RowBatch(empty, np.array([], np.int64), [Refused(line, "", unpacking.broken)])
        )


def _given(batch: RowBatch) -> RowBatch:
    return batch


def _json_batch(raw: list[bytes], line: int, names: dict[str, str], longest: int) -> RowBatch:
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    refused: list[Refused] = []
    for number, text in enumerate(raw, line):
        if len(text) > longest:
            refused.append(Refused(number, "", overlong(longest)))
            continue
        if not text.strip():
            continue
        fields, problem = _fields(text)
        if fields is None:
            refused.append(Refused(number, "", problem))
        else:
            rows.append(fields)
            lines.append(number)
    columns = {name: pa.array([row.get(key, "") for row in rows], pa.string()) for name, key in names.items()}
    _, repaired = repair_utf8(b"\n".join(raw))
    return RowBatch(columns, np.array(lines, dtype=np.int64), refused, repaired)


def _fields(raw: bytes) -> tuple[dict[str, str] | None, str]:
    """One object as flat text fields, or None and why not."""
    flat: dict[str, str] = {}
    try:
        value = DECODER.decode(decode_line(raw)[0])
        if not isinstance(value, dict):
            return None, "the line is JSON but not an object with named fields; correct it at the source"
        if doubled(value):
            return None, TWICE
        flatten(value, "", flat)
    except FieldTwice:
        return None, TWICE
    except (ValueError, RecursionError):
        return None, "the line is not a whole JSON object; correct it at the source"
    return flat, ""

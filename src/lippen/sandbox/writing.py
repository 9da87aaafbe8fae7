"""Tables of the sandbox as files: CSV and JSON lines as a town's partners send them, Parquet for a nation."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

FILE_NAMES = {
    "incident": "closed_incidents",
    "sighting": "sightings",
    "listing": "collected_posts",
    "record": "partner_entries",
    "concern": "concerns_raised",
    "report": "told_to_the_desk",
    "answer": "survey_answers",
}
"""The name of the export of each kind of signal."""

_ROW_GROUP = 20_000  # rows
_ONE_COLUMN = re.compile(r'^\w+ = "([^"]+)"$')
_SOURCE = re.compile(r'^source = ".*"$', re.MULTILINE)
_CLOCK, _DAY = "%d/%m/%Y %H:%M:%S", "%d/%m/%Y"


class Parts:
    """Parquet files under one folder, each written a burgh at a time: small tables wait for the next burgh's,
    because a row group costs the same however little is in it.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._waiting: dict[str, list[pa.Table]] = {}

    def __enter__(self) -> Parts:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                for where in self._waiting:
                    self._write_waiting(where)
        finally:
            for writer in self._writers.values():
                writer.close()

    def write(self, where: str, table: pa.Table) -> None:
        """Add a burgh's rows to `folder/where/name.parquet`."""
        waiting = self._waiting.setdefault(where, [])
        waiting.append(table)
        if sum(one.num_rows for one in waiting) >= _ROW_GROUP:
            self._write_waiting(where)

    def _write_waiting(self, where: str) -> None:
        waiting = self._waiting[where]
        if not waiting:
            return
        table = pa.concat_tables(waiting)
        waiting.clear()
        if where not in self._writers:
            path = self._folder / where / f"{self._name}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writers[where] = _writer(path, table.schema)
        # In one row group a column has one dictionary, and the burghs' names differ.
        self._writers[where].write_table(table.unify_dictionaries())


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Whole numbers and times as steps in few bits, coded texts as codes, other texts packed: smaller than
    all of it packed, and two thirds of the time.
    """
    whole = [field.name for field in schema if _is_whole(field.type)]
    return pq.ParquetWriter(
        path,
        schema,
        compression={field.name: "snappy" if pa.types.is_string(field.type) else "none" for field in schema},
        use_dictionary=[field.name for field in schema if pa.types.is_dictionary(field.type)],
        column_encoding=dict.fromkeys(whole, "DELTA_BINARY_PACKED") or None,
        store_schema=False,
        write_statistics=False,
    )


def _is_whole(of: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_integer(of) or types.is_date(of) or types.is_timestamp(of))


def write_export(folder: Path, kind: str, rows: pa.Table) -> Path:
    """One burgh's export of a kind as its partners would send it: JSON lines for listings, CSV for the
    rest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "listing":
        path = folder / f"{FILE_NAMES[kind]}.jsonl"
        path.write_text(_json_lines(rows), "utf-8")
        return path
    path = folder / f"{FILE_NAMES[kind]}.csv"
    shown = pa.table({name: _as_written(rows[name]) for name in rows.column_names})
    options = pacsv.WriteOptions(include_header=True, quoting_style="needed")
    pacsv.write_csv(shown, path, options)
    return path


def write_mapping(folder: Path, kind: str, headers: list[str], source: str | None = None) -> None:
    """The mapping that reads a kind's export, beside it, without the columns that this export leaves out.

    `headers` are those of the export; `source`, if given, is said to be where it comes from.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = files(__package__).joinpath("streams", "mappings", f"{kind}.toml").read_text(encoding="utf-8")
    start = text.index("[columns]")
    end = text.find("\n[", start)
    kept = [
        line
        for line in text[start:end].splitlines()
        if (found := _ONE_COLUMN.match(line)) is None or found[1] in headers
    ]
    text = text[:start] + "\n".join(kept) + text[end:]
    if source is not None:
        text = _SOURCE.sub(f'source = "{source}"', text)
    (folder / "mapping.toml").write_text(text, "utf-8")


def _as_written(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_timestamp(values.type):
        return pc.strftime(values, _CLOCK)
    if pa.types.is_date(values.type):
        return pc.strftime(values.cast(pa.timestamp("s")), _DAY)
    if pa.types.is_dictionary(values.type):
        return values.cast(values.type.value_type)
    return values


def _json_lines(rows: pa.Table) -> str:
    lines = (
        json.dumps(
            {name: value for name, value in row.items() if value is not None}, ensure_ascii=False, default=str
        )
        for row in rows.to_pylist()
    )
    return "".join(line + "\n" for line in lines)

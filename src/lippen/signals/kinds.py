"""Kinds of signal, read from one schema file each in `kinds/`.

A kind is data: the Parquet schema, the check of a mapping, the proposal made by `lippen inspect` and the
reference page all come from the same file, so they cannot disagree.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import pyarrow as pa

_TYPES: dict[str, Any] = {
    "string": pa.string(),
    "timestamp": pa.timestamp("us"),
    "date": pa.date32(),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
}


@dataclass(frozen=True)
class Column:
    """One column of a kind: its name, type and unit, whether it may be empty, and plain words about it.

    `from_export` says whether a mapping may name it; the others are worked out on the way in. `synonyms` are
    header words seen in real exports.
    """

    name: str
    type: str
    required: bool
    from_export: bool
    says: str
    example: str
    unit: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of signal: its name, what it is in one sentence, and its columns in stored order."""

    name: str
    title: str
    says: str
    columns: tuple[Column, ...]

    def schema(self) -> pa.Schema:
        """The Arrow schema of the accepted table of this kind."""
        return pa.schema(
            [
                pa.field(column.name, _TYPES[column.type], nullable=not column.required)
                for column in self.columns
            ]
        )

    def mappable(self) -> tuple[Column, ...]:
        """The columns that a mapping file may name."""
        return tuple(column for column in self.columns if column.from_export)


@lru_cache
def load_kind(name: str) -> Kind:
    """Read the schema file of the kind `name`; raises KeyError when there is no such kind."""
    source = files(__package__).joinpath("kinds", f"{name}.toml")
    if not source.is_file():
        raise KeyError(name)
    raw = tomllib.loads(source.read_text(encoding="utf-8"))
    columns = tuple(
        Column(
            name=entry["name"],
            type=entry["type"],
            required=entry.get("required", False),
            from_export=entry["from"] == "export",
            says=entry["says"],
            example=entry["example"],
            unit=entry.get("unit", ""),
            synonyms=tuple(entry.get("synonyms", ())),
        )
        for entry in raw["column"]
    )
    return Kind(name=raw["name"], title=raw["title"], says=raw["says"], columns=columns)


def kind_names() -> tuple[str, ...]:
    """The names of every kind that has a schema file, in alphabetical order."""
    folder = files(__package__).joinpath("kinds")
    return tuple(sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml")))


QUARANTINE_SCHEMA: pa.Schema = pa.schema(
    [
        pa.field("file", pa.string(), nullable=False),
        pa.field("line", pa.int64(), nullable=False),
        pa.field("column", pa.string()),
        pa.field("value", pa.string()),
        pa.field("reason", pa.string(), nullable=False),
    ]
)
"""Rows not taken: the file and its first physical line, the export's column, the value (at most 200
characters, telephone numbers and the like masked), and a plain reason with what to do about it."""

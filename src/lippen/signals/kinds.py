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

READS = {
    "id": "text that names the row, at most 200 bytes; one that is a telephone number or the like is refused",
    "code": "one of few short texts; telephone numbers and the like in it are masked",
    "text": "free text; telephone numbers and the like in it are masked",
    "time": "a day with its clock, in a format of [times], read in the mapping's zone",
    "day": "a day in a format of [times]; a clock beside it is left away",
    "decimal": "a number, with a decimal point or, under [numbers], a comma",
    "whole": "a whole number",
    "yes_no": "yes, no, true, false, y, n, 1 or 0",
    "place": "a street or block; house numbers are cut to the hundred block",
    "lat": "degrees, rounded to a thousandth",
    "lon": "degrees, rounded to a thousandth",
    "area": "the code or name of an area; a column full of single addresses is refused",
    "cell": "as `area`; where no column is named, a cell made from lat and lon",
    "disposal": "closing codes; the first that [outcomes] lists decides the outcome",
    "personal": "text about a person or a home, kept as it is written under the mapping's [authority]",
}
"""How a column of the export is read, by the word that stands under `reads` in a kind's schema file."""


@dataclass(frozen=True)
class Column:
    """One column of a kind: its name, type and unit, whether it may be empty, and plain words about it.

    `from_export` says whether a mapping may name it; the others are worked out on the way in. `reads` names
    the rule of READS by which the export's text becomes the column (empty for what is worked out). `synonyms`
    are header words seen in real exports. A whole number lies between `least` and `most`; a decimal is below
    nought only where it may be `negative`: an amount may be owed, and nothing is asked for less than nothing.
    """

    name: str
    type: str
    required: bool
    from_export: bool
    says: str
    example: str
    reads: str = ""
    unit: str = ""
    synonyms: tuple[str, ...] = ()
    least: int = 0
    most: int = (1 << 31) - 1
    negative: bool = True

    @property
    def words(self) -> str:
        """Its name as it is said in a sentence, without the currency that stands at its end."""
        return self.name.removesuffix("_gbp").replace("_", " ")


@dataclass(frozen=True)
class Kind:
    """A kind of signal: its name, what it is in one sentence, and its columns in stored order.

    The first column is its id. `when` names the column that says when it happened, a time or a day; of two
    rows of one id, the one that is later by the column `later_by` is kept (empty: nothing of the sort). What
    `needs_authority` is only read by a mapping with an [authority]. `contacts` says what becomes of handles,
    numbers and links in texts (`signals.contacts`): `hashed` under the key of the month, `removed`, or, where
    nobody writes any, "" for no more than what is masked in all.
    """

    name: str
    title: str
    says: str
    columns: tuple[Column, ...]
    when: str
    later_by: str = ""
    needs_authority: bool = False
    contacts: str = ""

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

    def must_name(self) -> tuple[Column, ...]:
        """The columns that a mapping file must name. The id is none of them: a missing one is made."""
        return tuple(column for column in self.mappable() if column.required and column.reads != "id")

    @property
    def id(self) -> str:
        """The name of the column that holds the id."""
        return self.columns[0].name

    @property
    def day(self) -> str:
        """The name of the column that holds the local day on which it happened."""
        return "local_day" if self.has("local_day") else self.when

    @property
    def sorted_by(self) -> tuple[str, ...]:
        """The order of stored rows: by area, then time, then id."""
        area = next((name for name in ("area", "larger_area") if self.has(name)), None)
        return tuple(name for name in (area, self.when, self.id) if name)

    def has(self, name: str) -> bool:
        """Whether there is a column of this name."""
        return any(column.name == name for column in self.columns)

    def reading(self, *rules: str) -> tuple[str, ...]:
        """The names of the columns that are read by one of these rules."""
        return tuple(column.name for column in self.columns if column.reads in rules)


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
            reads=entry.get("reads", ""),
            unit=entry.get("unit", ""),
            synonyms=tuple(entry.get("synonyms", ())),
            least=entry.get("least", Column.least),
            most=entry.get("most", Column.most),
            negative=entry.get("negative", Column.negative),
        )
        for entry in raw["column"]
    )
    return Kind(
        name=raw["name"],
        title=raw["title"],
        says=raw["says"],
        columns=columns,
        when=raw["when"],
        later_by=raw.get("later_by", ""),
        needs_authority=raw.get("needs_authority", False),
        contacts=raw.get("contacts", ""),
    )


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
        pa.field("row", pa.string()),
    ]
)
"""Rows not taken: the file and its first physical line, the export's column, the value (at most 200
characters, telephone numbers and the like masked), a plain reason with what to do about it, and the mapped
cells as far as they may be kept (`kept_cells`; null for what could not be cut into cells, and for a row whose
id another one has)."""

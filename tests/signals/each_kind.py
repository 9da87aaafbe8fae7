"""One honest row of every kind, made of the examples in its schema file: CSV, JSON lines, typed Parquet."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lippen.signals import Column, Kind

AUTHORITY = """
[authority]
who = "Invermarrow Homes"
basis = "public task"
purpose = "finding homes that were taken over"
expires = 2099-01-01
"""
TYPES = {
    "time": pa.timestamp("us"),
    "day": pa.date32(),
    "decimal": pa.float64(),
    "lat": pa.float64(),
    "lon": pa.float64(),
    "whole": pa.int32(),
    "yes_no": pa.bool_(),
}


def header(column: Column) -> str:
    """What our export calls a column: in its own words, so that no rule can go by the name."""
    return column.synonyms[0].title()


def mapping_for(kind: Kind, *more: str, leave: tuple[str, ...] = ()) -> str:
    """A mapping that names every column of the kind but those of `leave`."""
    named = [f'{one.name} = "{header(one)}"' for one in kind.mappable() if one.name not in leave]
    lines = [f'kind = "{kind.name}"', 'zone = "Europe/London"', "[columns]", *named, *more]
    return "\n".join(lines) + (AUTHORITY if kind.needs_authority else "\n")


def example(kind: Kind, /, **other: str) -> dict[str, str]:
    """The row of examples, by our own names; `other` replaces cells."""
    return {**{column.name: column.example for column in kind.mappable()}, **other}


def least(kind: Kind) -> dict[str, str]:
    """A row that says no more than it must."""
    must = {column.name for column in kind.must_name()}
    return {name: text if name in must else "" for name, text in example(kind).items()}


def meant(column: Column, text: str) -> Any:
    """The value that an example stands for."""
    if text == "":
        return None
    makers: dict[str, Any] = {
        "time": dt.datetime.fromisoformat,
        "day": dt.date.fromisoformat,
        "decimal": float,
        "lat": float,
        "lon": float,
        "whole": int,
        "yes_no": {"yes": True, "no": False}.__getitem__,
    }
    return makers.get(column.reads, str)(text)


def write_csv(kind: Kind, rows: list[dict[str, str]], folder: Path) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([header(column) for column in kind.mappable()])
    writer.writerows([[row[column.name] for column in kind.mappable()] for row in rows])
    (folder / "rows.csv").write_text(out.getvalue(), encoding="utf-8")


def write_json_lines(kind: Kind, rows: list[dict[str, str]], folder: Path) -> None:
    """Numbers, truth and nothing as JSON has them; the rest as text."""
    as_text = ("time", "day")
    lines = [
        json.dumps(
            {
                header(one): row[one.name]
                if one.reads in as_text and row[one.name]
                else meant(one, row[one.name])
                for one in kind.mappable()
            }
        )
        for row in rows
    ]
    (folder / "rows.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_parquet(kind: Kind, rows: list[dict[str, str]], folder: Path) -> None:
    """Every column in its own type."""
    table = pa.table(
        {
            header(one): pa.array(
                [meant(one, row[one.name]) for row in rows], TYPES.get(one.reads, pa.string())
            )
            for one in kind.mappable()
        }
    )
    pq.write_table(table, folder / "rows.parquet")


WRITERS = {"csv": write_csv, "jsonl": write_json_lines, "parquet": write_parquet}

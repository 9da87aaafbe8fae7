"""Clean streams of every kind, made dirty and brought in, beside what the truth says of them."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from lippen.engine import Engine
from lippen.progress import Stages
from lippen.sandbox.dirt import TRUTH, plant
from lippen.signals import ImportReport, Kind, Mapping, import_folder, parse_mapping
from lippen.workspace import Workspace

Truth = dict[str, Any]
Signal = dict[str, Any]

WHOLE_FILES = {
    "a byte order mark", "UTF-16", "CRLF", "another separator", "a title above the header", "gzip",
    "a gzip cut short", "a gzip cut off in its head", "a gzip bomb", "an empty file",
    "a header that stands there twice", "a header that is needed and missing",
}  # fmt: skip

BOX = "[places.box]\nsouth = 55.0\nwest = -6.0\nnorth = 57.0\neast = -3.0\n"
SMALL_BOMB = "largest_unpacked = 1_000_000\n"
AUTHORITY = """[authority]
who = "Invermarrow Homes"
basis = "public task"
purpose = "a test"
expires = 2099-01-01
"""
# What an honest cell holds, by how it is read. Commas and marks have a part of the cells quoted.
CELLS = {
    "id": lambda at, kind: f"{kind[:2].upper()}-{at:05}",
    "code": lambda at, _: ("NOISE", "LOUD, LATE", "STREET")[at % 3],
    "text": lambda at, _: (
        f"loud music at number {at}",
        f'{at} said "go", and left',
        f"shouting {at}",
        f"shouting {at}\n\nand singing",
    )[at % 4],
    "time": lambda at, _: f"{dt.datetime(2025, 1, 5) + dt.timedelta(minutes=20 * at):%d/%m/%Y %H:%M}",
    "day": lambda at, _: f"{dt.date(2025, 1, 5) + dt.timedelta(days=at // 9):%d/%m/%Y}",
    "decimal": lambda at, _: f"{at % 50}.25",
    "whole": lambda at, _: str(1 + at % 4),
    "yes_no": lambda at, _: ("yes", "no")[at % 2],
    "lat": lambda at, _: f"55.6{at % 90:02}",
    "lon": lambda at, _: f"-4.5{at % 90:02}",
    "place": lambda at, _: ("Kirkgait", "Wharf Road")[at % 2],
    "area": lambda at, _: f"S0100{at % 7}",
    "cell": lambda at, _: f"S0200{at % 7}",
    "disposal": lambda at, _: ("NO TRACE", "CRIME RECORDED")[at % 2],
    "personal": lambda at, _: f"Robyn Exemplar {at}",
}


def header(name: str) -> str:
    """What the export calls a column: nothing that looks like identity."""
    return f"The {name.replace('_', ' ')}"


def mapping_of(kind: Kind, file: str = "", *, box: bool = True) -> Mapping:
    """A mapping of every column; `file` adds to [file]."""
    columns = "".join(f'{one.name} = "{header(one.name)}"\n' for one in kind.mappable())
    return parse_mapping(
        f'kind = "{kind.name}"\nzone = "Europe/London"\n[columns]\n{columns}'
        '[times]\nformats = ["%d/%m/%Y %H:%M", "%d/%m/%Y"]\n'
        f"[file]\nlongest_line = 20_000\n{file}"
        f"{BOX if kind.has('lat') and box else ''}{AUTHORITY if kind.needs_authority else ''}"
    )


def write_clean(
    folder: Path, kind: Kind, *sizes: int, end: str = "\n", quoting: int = csv.QUOTE_MINIMAL
) -> None:
    """Clean CSV files of so many rows each, ids running on; a column that no rule needs stands between."""
    folder.mkdir(parents=True, exist_ok=True)
    columns, at = kind.mappable(), 0
    for number, size in enumerate(sizes):
        with (folder / f"{kind.name}s-{number}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator=end, quoting=quoting)
            writer.writerow([*(header(one.name) for one in columns), "Sheet"])
            for _ in range(size):
                writer.writerow([*(CELLS[one.reads](at, kind.name) for one in columns), "ü"])
                at += 1


@dataclass(frozen=True)
class Planted:
    """A stream before and after, what the truth says, and what an import made of it."""

    folder: Path
    mapping: Mapping
    clean: dict[str, Signal]
    truth: list[Truth]
    report: ImportReport
    taken: dict[tuple[str, int], Signal]
    refused: dict[tuple[str, int], list[Signal]]


def brought_in(
    duck: Engine, folder: Path, mapping: Mapping, workspace: Path
) -> tuple[ImportReport, Any, Any]:
    opened = Workspace.open(workspace, duck)
    report = import_folder(folder, mapping, opened, Stages(quiet=True))
    rows: list[list[Signal]] = [
        [
            row
            for one in opened.imports()
            for name in getattr(one, what)
            for row in pq.read_table(opened.lake / name).to_pylist()
        ]
        for what in ("signals", "quarantine")
    ]
    return report, rows[0], rows[1]


def plant_and_bring_in(duck: Engine, folder: Path, mapping: Mapping, share: float, seed: int) -> Planted:
    kind = mapping.kind
    _, before, refused = brought_in(duck, folder, mapping, folder.parent / f"{folder.name}-clean")
    assert refused == []
    truth = plant(folder, kind, mapping, share, np.random.default_rng(seed))
    assert truth.schema == TRUTH
    report, taken, refused = brought_in(duck, folder, mapping, folder.parent / f"{folder.name}-dirty")
    by_line = defaultdict(list)
    for row in refused:
        by_line[row["file"], row["line"]].append(row)
    return Planted(
        folder,
        mapping,
        {row[kind.id]: row for row in before},
        truth.to_pylist(),
        report,
        {(row["file"], row["line"]): row for row in taken},
        dict(by_line),
    )


def check(planted: Planted) -> None:
    """Everything the truth says, and nothing beside it."""
    truth, report, kind = planted.truth, planted.report, planted.mapping.kind
    where = {(one["file"], one["line"]): one for one in truth if one["line"] is not None}
    assert len(where) == sum(one["line"] is not None for one in truth)
    unread = {one.file: one.reason for one in report.not_read if one.export}
    assert set(unread) == {one["file"] for one in truth if one["expect"] == "not read"}
    assert all(reason for reason in unread.values())
    # Quarantined: these lines and no others, each once, saying where, what and what to do.
    assert set(planted.refused) == {at for at, one in where.items() if one["expect"] == "quarantined"}
    for at, rows in planted.refused.items():
        (row,) = rows
        what, _, remedy = row["reason"].partition("; ")
        assert what, row
        assert remedy, row
        about = where[at]["about"]
        assert row["column"] == about or (about and about in row["column"].split(", ")), (where[at], row)
    # Read: all of these lines are there.
    for at, one in where.items():
        assert (at in planted.taken) == (one["expect"] == "read"), one
    counted = Counter(one["file"] for one in truth if one["expect"] == "duplicate")
    assert {one.file: one.duplicates for one in report.inputs if one.duplicates} == counted
    for one in report.inputs:
        assert one.quarantined == sum(file == one.file for file, _ in planted.refused)
    # Nothing clean is lost or changed: what is missing was made dirty, one row for each line that was refused
    # in another row's place.
    added = ("a row twice", "an id twice with other content", "a gzip cut short")
    lost = sum(one["expect"] == "quarantined" and one["dirt"] not in added for one in where.values())
    assert len(planted.taken) == len(planted.clean) - lost
    untouched = {at: row for at, row in planted.taken.items() if at not in where}
    for row in untouched.values():
        assert unplaced(row) == unplaced(planted.clean[row[kind.id]])


def unplaced(row: Signal) -> Signal:
    """A signal without where it stood."""
    return {name: value for name, value in row.items() if name not in ("file", "line")}


def bomb_of(kind: Kind) -> str:
    """A bomb takes seconds to refuse and knows no kind, so one is enough."""
    return SMALL_BOMB if kind.name == "incident" else ""

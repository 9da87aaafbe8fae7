"""The index is made: once over each set of imports, beside the lake's files."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from lippen.manifest import INDEX_FORM, settle
from lippen.progress import Stages
from lippen.search.spelling import JOINING, is_spelt, left_of
from lippen.workspace import Workspace

SHOWN: Final = (
    "incident_id",
    "local_day",
    "local_hour",
    "kind",
    "area",
    "larger_area",
    "place",
    "outcome",
    "text",
)
"""Columns of an incident that an answer gives."""

_LOOKED_IN: Final = ("incident_id", "kind", "place", "area", "larger_area", "text")
_AT_ONCE: Final = 20_000


def make_index(workspace: Workspace, stages: Stages) -> Path | None:
    """Make the index over the incidents of `workspace`, unless it is there, and delete those of other sets.

    Incidents of protected kinds are not in it. Returns where it lies; None where there are no incidents.
    A run that was killed leaves a hidden file, which the next one deletes.
    """
    manifest = workspace.manifest()
    file = workspace.lake / manifest.search_index
    folder = file.parent
    if not any(one.kind == "incident" for one in manifest.imports):
        _delete_but(folder, None)
        return None
    if not file.exists():
        folder.mkdir(exist_ok=True)
        part = folder / f".{file.name}.part"
        part.unlink(missing_ok=True)
        incidents = workspace.signals("incident")
        ordered = incidents.filter(~incidents.protected).order_by(
            [incidents.reported_at.desc(), incidents.incident_id.asc()]
        )
        rows = workspace.engine.collect(ordered.select(*SHOWN))
        try:
            with stages.stage("index for search", total=rows.num_rows) as stage:
                _write(part, rows, stage.advance)
            settle(part)
            part.replace(file)
            settle(folder)
        finally:
            part.unlink(missing_ok=True)
    _delete_but(folder, file)
    return file


def _write(file: Path, rows: pa.Table, advance: Callable[[int], None]) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = OFF")  # it is thrown away when this is interrupted
        database.execute("PRAGMA synchronous = OFF")
        shown = ", ".join(SHOWN)
        database.execute(f"CREATE TABLE incident (number INTEGER PRIMARY KEY, {shown})")
        database.execute(
            f"CREATE VIRTUAL TABLE words USING fts5({', '.join(_LOOKED_IN)}, content='', "
            "tokenize = 'unicode61 remove_diacritics 2')"
        )
        database.execute("CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, 'row')")
        database.execute("CREATE TABLE spelt (left TEXT, word TEXT, PRIMARY KEY (left, word)) WITHOUT ROWID")
        number = 0
        for batch in rows.to_batches(max_chunksize=_AT_ONCE):
            told = batch.to_pydict()
            told["local_day"] = [day.isoformat() for day in told["local_day"]]
            numbers = range(number + 1, number + 1 + batch.num_rows)
            database.executemany(
                f"INSERT INTO incident VALUES ({', '.join('?' * (len(SHOWN) + 1))})",  # noqa: S608 - marks
                zip(numbers, *(told[name] for name in SHOWN), strict=True),
            )
            looked_in = (_joined(batch[name]).to_pylist() for name in _LOOKED_IN)
            database.executemany(
                f"INSERT INTO words (rowid, {', '.join(_LOOKED_IN)}) "  # noqa: S608 - names of ours
                f"VALUES ({', '.join('?' * (len(_LOOKED_IN) + 1))})",
                zip(numbers, *looked_in, strict=True),
            )
            number += batch.num_rows
            advance(batch.num_rows)
        # To count a common word FTS5 goes through all that holds it: so each is counted once, here.
        database.execute("CREATE TABLE counted (word TEXT PRIMARY KEY, incidents INTEGER) WITHOUT ROWID")
        database.execute("INSERT INTO counted SELECT term, doc FROM vocabulary")
        database.execute("DROP TABLE vocabulary")
        words = database.execute("SELECT word FROM counted").fetchall()
        database.executemany(
            "INSERT OR IGNORE INTO spelt VALUES (?, ?)",
            ((left, word) for (word,) in words if is_spelt(word) for left in left_of(word)),
        )
        database.commit()
        database.execute(f"PRAGMA user_version = {INDEX_FORM}")


def _joined(values: pa.Array) -> pa.Array:
    """What is looked in: as written, but apostrophes join the letters beside them."""
    return pc.replace_substring_regex(values, f"[{JOINING}]", "")


def _delete_but(folder: Path, kept: Path | None) -> None:
    for file in folder.glob("*.sqlite3"):
        if file != kept:
            with suppress(FileNotFoundError):
                file.unlink()

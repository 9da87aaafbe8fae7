"""What a process of the site reads of the workspace's lake.

One read-only DuckDB a process, which knows nothing but the files that the manifest names. A page is answered
from one state of the lake: when an import or an undoing has swapped the manifest, the next page opens the
next state, and the files of the one before are kept by the workspace until the swap after that.

Small tables are kept in memory for as long as their state lasts. Large ones (incidents, weeks) are asked
with SQL that names them as tables, and takes every value as a parameter.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from lippen.brief import Facts
from lippen.manifest import Import, Manifest
from lippen.results import FACTS, facts_in

SIGNALS: Final = ("incident",)
"""Kinds of signal that pages ask for, each a table of its name."""

_MEMORY: Final = "128MB"
_AT_ONCE: Final = 2
"""Questions that DuckDB answers at a time in one process: more would take memory and be no sooner done."""

_TRIES: Final = 3


@dataclass(frozen=True)
class State:
    """One state of the lake. `tables` are those that SQL may name."""

    stamp: tuple[int, int]
    manifest: Manifest
    tables: frozenset[str]
    database: duckdb.DuckDBPyConnection
    held: dict[str, pa.Table] = field(default_factory=dict)

    @property
    def generation(self) -> int:
        """The number of this state; each change of the lake has a higher one."""
        return self.manifest.generation


class Lake:
    """The lake of one workspace, for reading. Safe for several threads."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(_AT_ONCE)
        self._open: State | None = None

    def state(self) -> State:
        """The newest state. Raises ManifestError when the manifest is broken."""
        stamp = self._stamp()
        seen = self._open
        if seen is not None and seen.stamp == stamp:
            return seen
        with self._lock:
            if self._open is None or self._open.stamp != stamp:
                self._open = _opened(self.directory, stamp)
            return self._open

    @property
    def generation(self) -> int:
        """The number of the newest state: what was made from one state is to be made anew for the next."""
        return self.state().generation

    def imports(self) -> tuple[Import, ...]:
        """Every import that counts, in the order they came."""
        return self.state().manifest.imports

    def result(self, name: str) -> pa.Table | None:
        """One result table, whole; None where nothing was reckoned yet. For tables that are small."""
        state = self.state()
        if name not in state.held:
            file = state.manifest.results.get(name)
            if file is None:
                return None
            state.held[name] = pq.read_table(self.directory / file)
        return state.held[name]

    def facts(self) -> Facts | None:
        """The facts of what was reckoned last; None where nothing was."""
        told = self.result(FACTS)
        facts: Facts | None = None if told is None else facts_in(told)
        return facts

    def ask(self, statement: str, values: Mapping[str, Any] | None = None) -> pa.Table | None:
        """The answer to one SELECT, which names its values as `$name` and is never put together from them.

        None where a table that it names does not exist in this state, because nothing was brought in or
        reckoned yet.
        """
        for left in range(_TRIES - 1, -1, -1):
            state = self.state()
            try:
                with self._turns:
                    asked = state.database.cursor().sql(statement, params=dict(values or {}))
                    return asked.to_arrow_table()
            except duckdb.CatalogException:
                return None
            except duckdb.IOException:  # two changes came while this was asked, and its files are gone
                if not left:
                    raise
                self._open = None
        raise AssertionError("the last try returns or raises")

    def _stamp(self) -> tuple[int, int]:
        try:
            seen = (self.directory / "manifest.json").stat()
        except FileNotFoundError:
            return (0, 0)
        return (seen.st_ino, seen.st_mtime_ns)


def _opened(directory: Path, stamp: tuple[int, int]) -> State:
    manifest = Manifest.read(directory)
    files = {name: [file] for name, file in manifest.results.items()}
    for kind in SIGNALS:
        if brought := [name for one in manifest.imports if one.kind == kind for name in one.signals]:
            files[kind] = brought
    database = duckdb.connect(config={"memory_limit": _MEMORY, "threads": 1})
    # Where it may read has to be said before the rest is closed; then nobody can open it again.
    database.execute("SET allowed_directories = [$lake]", {"lake": f"{directory}/"})
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    for name, named in files.items():
        listed = ", ".join(_quoted(str(directory / one)) for one in named)
        database.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet([{listed}])')  # noqa: S608 - names of the manifest, which it checked
    return State(stamp, manifest, frozenset(files), database)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@cache
def lake() -> Lake:
    """The lake of this site's workspace."""
    return Lake(settings.CONFIGURATION.workspace / "lake")

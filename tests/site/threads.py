"""Doing something in many threads at the same moment: what a check that is not also a count lets through."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from open_sites import LONG


@pytest.fixture
def at_once(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., list[Any]]]:  # noqa: ARG001 - the database must be there first
    """Runs a function in as many threads as it is given arguments, all at once; returns what each returned.

    In tests SQLite lies in memory, where writers fail instead of waiting for each other; for this the
    database is a file, as a site has it.
    """
    memory = connections["default"]
    named = memory.settings_dict
    if memory.vendor == "sqlite":
        file = tmp_path / "threads.sqlite3"
        memory.ensure_connection()
        with closing(sqlite3.connect(file)) as copy:
            memory.connection.backup(copy)
        connections.settings["default"] = {**named, "NAME": str(file)}
        connections["default"] = connections.create_connection("default")
    yield _run
    if memory.vendor == "sqlite":
        connections["default"].close()
        connections.settings["default"] = named
        connections["default"] = memory


def _run(act: Callable[[Any], Any], arguments: list[Any]) -> list[Any]:
    start = threading.Barrier(len(arguments), timeout=LONG)
    told: list[Any] = []

    def one(argument: Any) -> None:
        try:
            start.wait()
            told.append(act(argument))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[argument], daemon=True) for argument in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert len(told) == len(arguments), "a thread failed"
    return told

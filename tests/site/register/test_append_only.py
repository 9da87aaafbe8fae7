"""The database itself refuses every change to what the register holds."""
# ruff: noqa: S608 - the statements are an attacker's own

from __future__ import annotations

import pytest
from django.db import Error, connection, transaction
from registers import HeldRegister

from lippen.site.register.dialects import TABLES
from lippen.site.register.models import Checkpoint, Entry, Shown

POSTGRESQL = connection.vendor == "postgresql"


def refused(statement: str) -> None:
    with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES[:3])
def test_nothing_is_updated_deleted_or_replaced(register: HeldRegister, table: str) -> None:
    register.filled(checkpoints=2)
    key = "number" if table == "register_checkpoint" else "id"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY {key}")
        before = cursor.fetchall()
    refused(f"UPDATE {table} SET {key} = {key}")
    refused(f"DELETE FROM {table} WHERE {key} = (SELECT max({key}) FROM {table})")
    if POSTGRESQL:
        refused(f"TRUNCATE {table} CASCADE")
    else:
        refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
        refused(f"REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY {key}")
        assert cursor.fetchall() == before


def test_neither_does_the_mapper_change_anything(register: HeldRegister) -> None:
    register.filled(checkpoints=1)
    entry = Entry.objects.first()
    assert entry is not None
    for attempt in (
        entry.save,
        entry.delete,
        Entry.objects.all().delete,
        Shown.objects.all().delete,
        Checkpoint.objects.all().delete,
        lambda: Entry.objects.update(purpose="another"),
    ):
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            attempt()  # type: ignore[operator]


def test_no_entry_is_put_in_before_the_last(register: HeldRegister) -> None:
    register.filled(checkpoints=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM register_entry")
        (highest,) = cursor.fetchone()
    columns = "at, act, reader, role, organisation, regime, what, purpose, agreement, shown_count, digest"
    quoted = connection.ops.quote_name("case")
    statement = (
        f"INSERT INTO register_entry (id, turn, {quoted}, {columns}) "
        f"SELECT 0, 1, '', {columns} FROM register_entry WHERE id = {highest}"
    )
    if not POSTGRESQL:
        refused(statement)
        return
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SELECT id, turn FROM register_entry ORDER BY turn DESC, id DESC LIMIT 1")
        number, turn = cursor.fetchone()
    assert number > highest, "PostgreSQL gives the id itself"
    assert turn > 1, "and the turn"

"""The database itself refuses every change to what the register holds."""
# ruff: noqa: S608 - the statements are an attacker's own

from __future__ import annotations

import pytest
from django.db import Error, connection, transaction
from registers import HeldRegister, clock

from lippen.site.register.append_only import KEYS
from lippen.site.register.expiry import expire
from lippen.site.register.looking import look
from lippen.site.register.models import Alert, Checkpoint, Entry, Shown
from lippen.site.register.retention import state_policy

POSTGRESQL = connection.vendor == "postgresql"


@pytest.fixture
def full(register: HeldRegister, monkeypatch: pytest.MonkeyPatch) -> HeldRegister:
    """A register in which every table holds something: an alert, a policy that was stated, and an expiry."""
    with clock(monkeypatch, 2019, 5):
        register.filled(checkpoints=1)
    with clock(monkeypatch, 2026, 11, 24):
        register.enter(45)
        register.seal()
    with clock(monkeypatch, 2026, 11, 26):
        assert look() == 1
        assert len(expire()) == 1
        register.settings.REGISTER_KEEP_MONTHS = 84
        state_policy()
        register.seal()
        register.rotate()
    return register


def refused(statement: str) -> None:
    with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", KEYS)
@pytest.mark.usefixtures("full")
def test_nothing_is_updated_deleted_or_replaced(table: str) -> None:
    key = KEYS[table]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY {key}")
        before = cursor.fetchall()
    assert before
    refused(f"UPDATE {table} SET {key} = {key}")
    refused(f"DELETE FROM {table} WHERE {key} = (SELECT max({key}) FROM {table})")
    if POSTGRESQL:
        refused(f"TRUNCATE {table} CASCADE")
    else:
        refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
        refused(f"UPDATE OR REPLACE {table} SET {key} = {key}")
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


@pytest.mark.skipif(POSTGRESQL, reason="PostgreSQL replaces nothing that its own words do not name")
@pytest.mark.usefixtures("full")
def test_no_alert_is_replaced_by_its_other_keys() -> None:
    columns = [field.column for field in Alert._meta.concrete_fields if field.name != "id"]
    for other in ("entry_id", "rule"):
        values = ", ".join("entry_id - 1" if one == "entry_id" == other else one for one in columns)
        changed = values.replace("rule,", "'night',") if other == "rule" else values
        refused(
            f"REPLACE INTO register_alert (id, {', '.join(columns)}) SELECT 99, {changed} FROM register_alert"
        )
    assert Alert.objects.get().rule == "newcomer"


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

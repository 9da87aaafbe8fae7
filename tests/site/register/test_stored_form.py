"""Attacks on how a value is stored: what says the same to the program and something else to the database, or
what the program cannot read at all. The check names the row, reads the rest, and never ends in the middle.
"""
# ruff: noqa: S608 - the statements are an attacker's own

from __future__ import annotations

import pytest
from attacks import POSTGRESQL, broken
from django.db import connection
from registers import HeldRegister

from lippen.site.register.append_only import TABLES
from lippen.site.register.dialects import dialect
from lippen.site.register.guarding import table_faults
from lippen.site.register.models import Entry

sqlite_only = pytest.mark.skipif(POSTGRESQL, reason="there the type of a column is the database's own")
postgresql_only = pytest.mark.skipif(not POSTGRESQL, reason="SQLite has neither rules, policies nor infinity")

FORMS = {
    "a time that sorts elsewhere": "at = replace(replace(at, '-', ''), ' ', 'T')",
    "a week in place of a day": "at = strftime('%Y', at) || '-W48-4T' || substr(at, 12)",
    "a time of another zone": "at = substr(at, 1, 19) || '+00:00'",
    "zeros that say nothing": "at = substr(at, 1, 19) || '.000000'",
    "no time": "at = 'yesterday'",
    "a day that no month has": "at = '2026-02-30 10:00:00'",
    "a blob for a text": "reader = CAST(reader AS BLOB)",
    "no text": "what = CAST(x'ff' AS TEXT)",
    "a text with a zero": "what = 'people' || char(0) || 'more'",
    "a digest cut short": "digest = x''",
    "a digest in letters": "digest = 'aa'",
    "a count in letters": "shown_count = 'x'",
    "an order of transactions, which this database has not": "turn = 5",
}


@sqlite_only
@pytest.mark.parametrize("setting", FORMS.values(), ids=FORMS)
def test_an_entry_that_is_stored_otherwise_is_named_and_the_rest_is_read(
    register: HeldRegister, setting: str
) -> None:
    ids = register.filled()
    column = setting.split(maxsplit=1)[0]
    register.attack(f"UPDATE register_entry SET {setting} WHERE id = {ids[5]}")
    for verdict in (register.verify(), register.verify(copy=False, digests=False)):
        broken(verdict, f"entry {ids[5]} ", f"column {column} ", entry=ids[5])
        assert verdict.breaches_in_all == 1, verdict.as_text()
        assert verdict.entries == 11


@sqlite_only
@pytest.mark.parametrize("setting", FORMS.values(), ids=FORMS)
def test_one_that_is_not_sealed_yet_is_named_too(register: HeldRegister, setting: str) -> None:
    register.filled(checkpoints=1)
    ids = register.enter(3)
    register.attack(f"UPDATE register_entry SET {setting} WHERE id = {ids[1]}")
    verdict = register.verify()
    broken(verdict, f"entry {ids[1]} ", entry=ids[1])
    assert verdict.tail_entries == 2


OTHERS = {
    "a record as a blob": (
        "register_shown SET record = CAST(record AS BLOB) WHERE entry_id = {entry}",
        "a record",
    ),
    "a root cut short": ("register_checkpoint SET root = x'00' WHERE number = 2", "checkpoint 2 "),
    "no time of a seal": ("register_checkpoint SET at = 'x' WHERE number = 2", "checkpoint 2 "),
    "letters for what it follows": (
        "register_checkpoint SET previous = 'abc' WHERE number = 2",
        "checkpoint 2 ",
    ),
    "letters for how many": ("register_checkpoint SET entries = 'abc' WHERE number = 2", "checkpoint 2 "),
    "less than none": ("register_checkpoint SET entries = -1 WHERE number = 2", "checkpoint 2 "),
    "a number for a signature": ("register_checkpoint SET signature = 5 WHERE number = 2", "checkpoint 2 "),
    "a number that is none": ("register_checkpoint SET number = 'two' WHERE number = 2", "a checkpoint "),
}


@sqlite_only
@pytest.mark.parametrize(("statement", "words"), OTHERS.values(), ids=OTHERS)
def test_other_rows_that_are_stored_otherwise_are_named(
    register: HeldRegister, statement: str, words: str
) -> None:
    ids = register.filled()
    register.attack(f"UPDATE {statement.format(entry=ids[5])}")
    broken(register.verify(), words, "in a form")


@sqlite_only
@pytest.mark.parametrize(
    ("values", "words"),
    [
        (
            "register_expiry (month, at, policy, keep_months, first_checkpoint, last_checkpoint, entries, "
            "signature) VALUES ('x', 'y', 'p', 1, 1, 1, 1, x'00')",
            "note that a month has expired",
        ),
        (
            "register_retention (number, at, policy, keep_months, signature) VALUES (7, 'y', 'p', 1, x'00')",
            "note 7 about how long",
        ),
    ],
)
def test_a_note_that_cannot_be_read_is_named(register: HeldRegister, values: str, words: str) -> None:
    register.filled()
    register.attack(f"INSERT INTO {values}")
    verdict = register.verify()
    broken(verdict, words)
    assert verdict.entries == 12


@postgresql_only
@pytest.mark.parametrize("value", ["'infinity'", "'-infinity'", "'20000-01-01'"])
def test_a_time_beyond_all_calendars_is_named(register: HeldRegister, value: str) -> None:
    ids = register.filled()
    register.attack(f"UPDATE register_entry SET at = {value} WHERE id = {ids[5]}")
    broken(register.verify(), f"entry {ids[5]} ", "column at ", entry=ids[5])


@postgresql_only
def test_a_number_below_zero_is_named(register: HeldRegister) -> None:
    ids = register.filled()
    register.attack(
        f"UPDATE register_shown SET entry_id = -7 WHERE entry_id = {ids[5]}",
        f"UPDATE register_entry SET id = -7 WHERE id = {ids[5]}",
    )
    broken(register.verify(), "entry -7 ", "column id ", entry=-7)


@sqlite_only
def test_an_index_that_leaves_a_reader_out_is_named(register: HeldRegister) -> None:
    register.filled()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'register_entry' AND sql LIKE "
            "'%(\"reader\")%'"
        )
        name, honest = cursor.fetchone()
        cursor.execute(f"DROP INDEX {name}")
        cursor.execute(f"{honest} WHERE reader <> 'p-ailsa'")
        cursor.execute("PRAGMA writable_schema = ON")
        cursor.execute("UPDATE sqlite_master SET sql = %s WHERE name = %s", [honest, name])
        cursor.execute("PRAGMA writable_schema = RESET")
    try:
        assert not Entry.objects.filter(reader="p-ailsa").exists(), "the pages would not find it"
        broken(register.verify(), name)
        assert any(name in one for one in dialect().damage())
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"REINDEX {name}")


def test_a_view_in_the_place_of_a_table_is_named(register: HeldRegister) -> None:
    register.filled()
    assert table_faults() == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE register_shown RENAME TO register_hidden")
        cursor.execute("CREATE VIEW register_shown AS SELECT * FROM register_hidden")
    try:
        broken(register.verify(), "register_shown is no ordinary table")
        assert table_faults() == ["register_shown is no ordinary table of the register's"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP VIEW register_shown")
            cursor.execute("ALTER TABLE register_hidden RENAME TO register_shown")


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_is_gone_is_named_and_ends_no_check(register: HeldRegister, table: str) -> None:
    register.filled()
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO register_hidden")
    try:
        broken(register.verify(), f"{table} is no ordinary table")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE register_hidden RENAME TO {table}")


def test_a_column_of_another_kind_is_named(register: HeldRegister) -> None:
    register.filled()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE register_entry ADD COLUMN hidden integer NULL")
    try:
        broken(register.verify(), "the columns of register_entry are not the program's")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE register_entry DROP COLUMN hidden")


HIDING = {
    "a policy": (
        "ALTER TABLE register_entry ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE register_entry DISABLE ROW LEVEL SECURITY",
        "register_entry shows some rows and hides others",
    ),
    "a rule": (
        "CREATE RULE more AS ON INSERT TO register_entry DO ALSO SELECT 1",
        "DROP RULE more ON register_entry",
        "register_entry has a rule",
    ),
    "a table that adds rows": (
        "CREATE TABLE more_entries () INHERITS (register_entry)",
        "DROP TABLE more_entries",
        "register_entry has rows of another table",
    ),
}


@postgresql_only
@pytest.mark.parametrize(("attack", "undo", "words"), HIDING.values(), ids=HIDING)
def test_what_shows_other_rows_than_those_of_the_table_is_named(
    register: HeldRegister, attack: str, undo: str, words: str
) -> None:
    register.filled()
    with connection.cursor() as cursor:
        cursor.execute(attack)
    try:
        broken(register.verify(), words)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(undo)

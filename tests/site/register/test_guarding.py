"""The check says which trigger is missing, altered or foreign, and `guard` puts the program's up again."""
# ruff: noqa: S608 - the statements are an attacker's own

from __future__ import annotations

import pytest
from attacks import POSTGRESQL, broken
from django.db import connection
from registers import HeldRegister, OwnRegister

from lippen.site.register.dialects import dialect
from lippen.site.register.guarding import ForeignTrigger, guard, trigger_faults
from lippen.site.register.models import Act, Entry

TRIGGERS = (
    "register_entry_no_update", "register_entry_no_delete",
    "register_shown_no_update", "register_shown_no_delete",
    "register_alert_no_update", "register_alert_no_delete",
    "register_checkpoint_no_update", "register_checkpoint_no_delete",
    "register_expiry_no_update", "register_expiry_no_delete",
    "register_retention_no_update", "register_retention_no_delete",
    "register_rotation_no_update", "register_rotation_no_delete",
    "register_entry_turn" if POSTGRESQL else "register_entry_in_turn",
    *(() if POSTGRESQL else ("register_checkpoint_no_second", "register_alert_no_second")),
    *(() if POSTGRESQL else ("register_entry_no_replacement", "register_alert_no_replacement")),
)  # fmt: skip


def do(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def table_of(trigger: str) -> str:
    return "_".join(trigger.split("_")[:2])


def drop(trigger: str) -> str:
    return f"DROP TRIGGER {trigger}" + (f" ON {table_of(trigger)}" if POSTGRESQL else "")


def test_they_all_stand_in_a_register_that_was_only_migrated(register: HeldRegister) -> None:
    assert trigger_faults() == []
    register.filled()
    assert register.verify().sound
    assert guard() == [], "and nothing is entered where nothing was wrong"
    assert not Entry.objects.filter(act=Act.ALTERATION).exists()


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_each_that_is_missing_is_named_and_put_up_again(register: HeldRegister, trigger: str) -> None:
    register.filled()
    do(drop(trigger))
    assert trigger_faults() == [f"the trigger {trigger} is missing"]
    broken(register.verify(), f"the trigger {trigger} is missing", "lippen register guard")
    assert guard() == [f"the trigger {trigger} is missing"]
    assert trigger_faults() == []
    entered = Entry.objects.get(act=Act.ALTERATION)
    assert entered.purpose == f"to put right that the trigger {trigger} is missing"
    register.seal()
    assert register.verify().sound


def test_one_altered_so_that_it_never_fires_is_named(register: HeldRegister) -> None:
    register.filled()
    never = "WHEN (false)" if POSTGRESQL else "WHEN 0"
    do(
        drop("register_checkpoint_no_delete"),
        "CREATE TRIGGER register_checkpoint_no_delete BEFORE DELETE ON register_checkpoint "
        + (
            f"FOR EACH STATEMENT {never} EXECUTE FUNCTION register_refuses()"
            if POSTGRESQL
            else f"{never} BEGIN SELECT RAISE(ABORT, 'the register is append-only'); END"
        ),
    )
    broken(register.verify(), "the trigger register_checkpoint_no_delete was altered")
    guard()
    assert trigger_faults() == []


@pytest.mark.skipif(not POSTGRESQL, reason="SQLite has no switch for a trigger, and no functions")
@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "ALTER TABLE register_entry DISABLE TRIGGER register_entry_no_delete",
            "the trigger register_entry_no_delete was altered or switched off",
        ),
        (
            "ALTER TABLE register_shown ENABLE REPLICA TRIGGER register_shown_no_update",
            "the trigger register_shown_no_update was altered or switched off",
        ),
        (
            "CREATE OR REPLACE FUNCTION register_refuses() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RETURN NULL; END$$",
            "the function register_refuses was altered or switched off",
        ),
        (
            "ALTER FUNCTION register_entry_goes() SET search_path = nowhere",
            "the function register_entry_goes was altered or switched off",
        ),
    ],
)
def test_what_is_switched_off_or_hollowed_out_is_named(
    register: HeldRegister, statement: str, fault: str
) -> None:
    register.filled()
    do(statement)
    assert trigger_faults() == [fault]
    broken(register.verify(), fault)
    assert guard() == [fault]
    assert trigger_faults() == []


@pytest.mark.parametrize("table", ["register_entry", "django_content_type"])
def test_one_of_somebodys_own_is_named_and_left_to_whoever_knows_it(
    register: HeldRegister, table: str
) -> None:
    """On any table: what runs when somebody signs in can take away what they read before it is sealed."""
    register.filled()
    do(
        f"CREATE TRIGGER spare AFTER INSERT ON {table} "
        + ("EXECUTE FUNCTION register_refuses()" if POSTGRESQL else "WHEN 0 BEGIN SELECT 1; END")
    )
    try:
        broken(register.verify(), "the trigger spare")
        with pytest.raises(ForeignTrigger, match=r"spare.* is not the program's"):
            guard()
    finally:
        do("DROP TRIGGER spare" + (f" ON {table}" if POSTGRESQL else ""))
    assert trigger_faults() == []


def test_a_broken_entry_is_still_named_first(register: HeldRegister) -> None:
    ids = register.filled()
    register.attack(f"UPDATE register_entry SET purpose = 'x' WHERE id = {ids[5]}")
    dialect().take_down_triggers()
    try:
        verdict = register.verify()
        broken(verdict, f"entry {ids[5]} ", entry=ids[5])
        assert verdict.breaches_in_all == 1 + len(trigger_faults())
    finally:
        dialect().put_up_triggers()


def test_verify_and_guard_at_a_terminal(alone: OwnRegister) -> None:
    alone.run("enter(5); seal_all()")
    assert "every trigger stands" in alone.lippen("guard").stdout
    statement = drop("register_entry_no_delete")
    alone.run(f"from django.db import connection\nconnection.cursor().execute({statement!r})")
    checked = alone.lippen("verify", "--quiet")
    assert checked.returncode == 1
    assert "First: the trigger register_entry_no_delete is missing" in checked.stdout
    put_right = alone.lippen("guard")
    assert put_right.returncode == 0, put_right.stderr
    assert put_right.stdout == "Put right: 1 guard of the register.\n"
    assert alone.lippen("verify", "--quiet").returncode == 0


ALTERED = """
from lippen.site.register.dialects import dialect
from django.db import connection
dialect().take_down_triggers()
if sys.argv[1:]:
    connection.cursor().execute("UPDATE register_entry SET purpose = 'x' WHERE id = 3")
"""


def test_all_that_were_taken_down_are_put_right_in_one_line(alone: OwnRegister) -> None:
    alone.run("enter(5); seal_all()")
    alone.run(ALTERED)
    put_right = alone.lippen("guard", "--quiet")
    assert put_right.returncode == 0, put_right.stderr
    (line,) = put_right.stdout.splitlines()
    assert line.startswith("Put right: ")
    assert line.endswith(" guards of the register.")
    assert alone.lippen("verify", "--quiet").returncode == 0


def test_where_an_entry_was_altered_too_guard_names_it_and_changes_nothing(alone: OwnRegister) -> None:
    alone.run("enter(5); seal_all()")
    alone.run(ALTERED, "an entry too")
    before = alone.lippen("verify", "--quiet").stdout
    refused = alone.lippen("guard", "--quiet")
    assert refused.returncode == 2, refused.stdout
    assert refused.stdout == ""
    assert "entry 3 " in refused.stderr
    assert "tell the panel" in refused.stderr
    assert "lippen register verify" in refused.stderr
    assert alone.lippen("verify", "--quiet").stdout == before

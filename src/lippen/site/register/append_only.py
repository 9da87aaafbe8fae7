"""The tables that are append-only on both databases, and what both say when they refuse."""

from __future__ import annotations

from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper

KEYS: Final = {
    "register_entry": "id",
    "register_shown": "id",
    "register_alert": "id",
    "register_checkpoint": "number",
    "register_expiry": "month",
    "register_retention": "number",
    "register_rotation": "number",
}
"""Each table with its key. Rows of the first three go when a signed note says that their month expired."""

TABLES: Final = tuple(KEYS)
GO_WITH_THEIR_ENTRY: Final = ("register_shown", "register_alert")
NEVER_GO: Final = TABLES[3:]
APPEND_ONLY: Final = "the register is append-only"


def run(of: BaseDatabaseWrapper, *statements: str) -> None:
    # Through the schema editor's connection when a migration runs: no parameters, so no % is special.
    with of.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def one(of: BaseDatabaseWrapper, question: str) -> Any:
    """The first column of the first row."""
    with of.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def faults_in(expected: dict[str, str], found: dict[str, str], what: str) -> list[str]:
    """What differs between definitions by name, in words: "the trigger NAME is missing"."""
    return [
        *(f"the {what} {name} is missing" for name in sorted(expected.keys() - found.keys())),
        *(
            f"the {what} {name} was altered or switched off"
            for name in sorted(expected.keys() & found.keys())
            if expected[name] != found[name]
        ),
        *(f"the {what} {name} is not the program's" for name in sorted(found.keys() - expected.keys())),
    ]

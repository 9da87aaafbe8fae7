"""Whether each value stands in the database in the one form in which the program writes it, and in a table.

A digest is over what the program reads, and a page is asked for by what the database compares. On SQLite
these can differ: a column takes any type, and one moment can be written so that it sorts elsewhere. So a form
that the program never writes is a breach like an altered value, and such a row is left out of what else is
checked.
"""

# ruff: noqa: S608 - statements are put together from names in this file; no value is ever put into one
from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeVar

from django.db import connection, models
from django.db.models.expressions import RawSQL

from lippen.site.register.dialects import dialect
from lippen.site.register.models import Alert, Checkpoint, Entry, Expiry, Retention, Rotation, Shown
from lippen.site.register.verdict import Verdict

Row = TypeVar("Row", bound=models.Model)

_KEPT: Final[tuple[tuple[type[models.Model], str, str, str], ...]] = (
    (Entry, "id", "entry {}", "an entry"),
    (Shown, "entry_id", "a record of entry {}", "a record of an entry"),
    (Alert, "entry_id", "the alert of entry {}", "an alert about unusual reading"),
    (Checkpoint, "number", "checkpoint {}", "a checkpoint"),
    (Expiry, "month", "the note that a month has expired ({})", "a note that a month has expired"),
    (
        Retention,
        "number",
        "note {} about how long entries are kept",
        "a note about how long entries are kept",
    ),
    (Rotation, "number", "note {} about a new seal key", "a note about a new seal key"),
)
"""Each table with the column that names a row, and what the row is called with that name and without one."""


def held(model: type[Row]) -> models.QuerySet[Row]:
    """The rows of a table of the register that stand there as the program writes them."""
    sound: Any = RawSQL(_row_form(model), (), output_field=models.BooleanField())  # noqa: S611 - names of columns
    return model._default_manager.filter(sound)


def verify_stored_form(verdict: Verdict) -> None:
    """Tell of each row that holds a value in a form that the program never writes."""
    for model, naming, named, unnamed in _KEPT:
        for key, column in _misshapen(model, naming):
            what = unnamed if key is None else named.format(key)
            verdict.breach(
                f"{what} has its column {column} in a form that the program never writes: it was "
                "altered in the "
                "database.",
                checkpoint=key if model is Checkpoint else None,
                entry=key if naming in ("id", "entry_id") else None,
            )


def expected_columns() -> dict[str, dict[str, tuple[str, bool]]]:
    """Of each table of the register its columns, each with the type that the database gives it and whether it
    may be empty.
    """
    return {
        model._meta.db_table: {
            column: (str(field.db_type(connection)), field.null) for column, field in _columns(model).items()
        }
        for model, *_ in _KEPT
    }


def _columns(model: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
    return {str(field.column): field for field in model._meta.concrete_fields}


def _row_form(model: type[models.Model]) -> str:
    return " AND ".join(f"({one})" for one in _forms(model).values())


def _forms(model: type[models.Model]) -> dict[str, str]:
    form, quote = dialect().form_of, connection.ops.quote_name
    # Without the name of the table, which is another one within a query of queries.
    return {column: form(field, quote(column)) for column, field in _columns(model).items()}


def _misshapen(model: type[models.Model], naming: str) -> Iterator[tuple[Any, str]]:
    """Name, and the first column that is not well, of each such row; the name is None where that is not well
    either.
    """
    forms = _forms(model)
    which = " ".join(f"WHEN ({form}) IS NOT TRUE THEN '{column}'" for column, form in forms.items())
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT CASE WHEN {forms[naming]} OR '{naming}' = 'id' THEN {quote(naming)} END, "
            f"CASE {which} END "
            f"FROM {quote(model._meta.db_table)} WHERE ({_row_form(model)}) IS NOT TRUE ORDER BY 1"
        )
        while rows := cursor.fetchmany(500):
            yield from rows

"""What attacks on a register of the tests share: statements of an owner, and what the check must then say."""
# ruff: noqa: S608 - the statements are an attacker's own

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection, models

from lippen.site.register.dialects import dialect
from lippen.site.register.verdict import Verdict

POSTGRESQL = connection.vendor == "postgresql"
POSITION = dialect().position


def broken(verdict: Verdict, *words: str, entry: int | None = None) -> None:
    """That the check finds a breach, and names it first in these words."""
    text = verdict.as_text()
    assert not verdict.sound, text
    for word in words:
        assert word in verdict.breaches[0].what, text
    if entry is not None:
        assert verdict.breaches[0].entry == entry, text


def set_value(model: type[models.Model], key: Any, **values: Any) -> tuple[str, list[Any]]:
    """The statement that sets columns of one row, as an owner of the database would."""
    table, pk = model._meta.db_table, model._meta.pk
    assert pk is not None
    quote = connection.ops.quote_name
    fields = {name: model._meta.get_field(name) for name in values}
    setting = ", ".join(f"{quote(field.column)} = %s" for field in fields.values())  # type: ignore[union-attr]
    given = [
        field.get_db_prep_save(values[name], connection)  # type: ignore[union-attr]
        for name, field in fields.items()
    ]
    return f"UPDATE {table} SET {setting} WHERE {quote(pk.column)} = %s", [*given, key]


def delete_entries(ids: list[int]) -> list[str]:
    these = ", ".join(map(str, ids))
    return [
        f"DELETE FROM register_shown WHERE entry_id IN ({these})",
        f"DELETE FROM register_entry WHERE id IN ({these})",
    ]


def other_value(row: models.Model, field: models.Field[Any, Any]) -> Any:
    """A value of that column that the row does not have."""
    now = getattr(row, field.attname)
    if isinstance(field, models.DateTimeField):
        return now - timedelta(days=1)
    if isinstance(field, models.BinaryField):
        return bytes([bytes(now)[0] ^ 1]) + bytes(now)[1:]
    if isinstance(field, models.BooleanField):
        return not now
    if isinstance(field, models.CharField):
        return "another"
    return (now or 0) + 1_000_000

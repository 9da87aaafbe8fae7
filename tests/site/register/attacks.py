"""What attacks on a register of the tests share: statements of an owner, and what the check must then say."""
# ruff: noqa: S608 - the statements are an attacker's own

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, models

from lippen.site.register.dialects import dialect
from lippen.site.register.merkle import Tree, leaf_of
from lippen.site.register.models import Checkpoint, Entry
from lippen.site.register.seals import NOTHING_BEFORE, checkpoint_bytes, checkpoint_digest
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


def sealed_anew(key: Ed25519PrivateKey, start: int = 1) -> list[tuple[str, list[Any]]]:
    """All checkpoints from `start` on made over what stands there now, and signed with `key`."""
    statements: list[tuple[str, list[Any]]] = []
    before = Checkpoint.objects.filter(number=start - 1).first()
    for one in Checkpoint.objects.filter(number__gte=start).order_by("number"):
        tree = Tree()
        within = Entry.objects.filter(**{f"{POSITION}__range": (one.from_position, one.to_position)})
        for position, number, digest in within.order_by(POSITION, "id").values_list(POSITION, "id", "digest"):
            tree.add(leaf_of(position, number, digest))
        one.root, one.entries = tree.root(), tree.leaves
        one.previous = checkpoint_digest(before) if before else NOTHING_BEFORE
        one.signature = key.sign(checkpoint_bytes(one))
        names = ("root", "entries", "previous", "signature")
        statements.append(set_value(Checkpoint, one.number, **{name: getattr(one, name) for name in names}))
        before = one
    return statements


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

"""The triggers by which the database itself refuses every change to the register (see `dialects`)."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from lippen.site.register.dialects import dialect


def put_up(apps: Any, schema_editor: Any) -> None:
    dialect(schema_editor.connection).put_up_triggers()


def take_down(apps: Any, schema_editor: Any) -> None:
    dialect(schema_editor.connection).take_down_triggers()


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial")]

    operations = [migrations.RunPython(put_up, take_down)]

"""Everything a site holds, in formats that need no Lippen to be read.

    README.md               what each file and each column is
    tables/TABLE.jsonl      a row a line, each an object of its columns; times in UTC, bytes in hexadecimal
    tables/TABLE.csv        the same for a spreadsheet, with cells that it would run defused
    lake/                   the lake's own files (Parquet) and their manifest
    settings/               lippen.toml and site.toml
    digests.json            SHA-256 of each of these files

What opens accounts is left out: passwords, second factors, sessions, digests of links and keys. So are the
keys of a desk's workers, which open what residents sealed.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from lippen.manifest import Manifest
from lippen.site.configuration import Configuration
from lippen.site.handling import CONDITION, HANDLING
from lippen.site.operation.backup_file import digest_of
from lippen.site.register.classes import declared
from lippen.spreadsheets import defused
from lippen.wording import counted

LEFT_OUT: Final = frozenset(
    {
        "accounts_session",
        "account_emailconfirmation",
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "django_content_type",
        "django_tasks_database_dbtaskresult",
        "mfa_authenticator",
    }
)
"""Tables that open accounts, or that say nothing about anybody and are Django's own."""

_KINDS: Final = {
    **dict.fromkeys(
        ("AutoField", "BigAutoField", "BigIntegerField", "IntegerField", "PositiveIntegerField"),
        "whole number",
    ),
    "BinaryField": "bytes",
    "BooleanField": "true or false",
    "DateField": "day",
    "DateTimeField": "time",
    "JSONField": "list or object",
}
"""Django's kinds of column in plain words; all others are text."""

_SECRET: Final = frozenset({"password", "session_mark", "link_digest"})
_SECRET_OF: Final = {
    "accounts_invitation": {"digest"},
    "accounts_apikey": {"digest"},
    "desk_deskkey": {"wrapped"},
}


def export(configuration: Configuration, folder: Path) -> dict[str, int]:
    """Write everything into an empty folder; returns the rows of each table. Django must be ready."""
    from django.apps import apps

    tables = folder / "tables"
    tables.mkdir()
    rows: dict[str, int] = {}
    described = []
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda one: one._meta.db_table):
        table = model._meta.db_table
        if table in LEFT_OUT:
            continue
        hidden = _SECRET | _SECRET_OF.get(table, set())
        columns = [field for field in model._meta.concrete_fields if field.attname not in hidden]
        rows[table] = _write_table(tables / table, model, [field.attname for field in columns])
        described.append((model, columns, rows[table]))
    (folder / "settings").mkdir()
    for name in ("lippen.toml", "site.toml"):
        if (configuration.workspace / name).exists():
            shutil.copyfile(configuration.workspace / name, folder / "settings" / name)
    _copy_lake(configuration.workspace / "lake", folder / "lake")
    (folder / "README.md").write_text(_readme(configuration, described), "utf-8")
    digests = {
        one.relative_to(folder).as_posix(): digest_of(one)[1]
        for one in sorted(folder.rglob("*"))
        if one.is_file()
    }
    (folder / "digests.json").write_text(json.dumps(digests, indent=1) + "\n", "utf-8")
    return rows


def digest_of_export(folder: Path) -> str:
    """One digest for all of it: SHA-256 of `digests.json`."""
    return sha256((folder / "digests.json").read_bytes()).hexdigest()


def _write_table(path: Path, model: Any, columns: list[str]) -> int:
    count = 0
    with (
        path.with_suffix(".jsonl").open("w", encoding="utf-8") as lines,
        path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as sheet,
    ):
        writer = csv.writer(sheet)
        handling = _handling(model)
        writer.writerow([HANDLING, *columns])
        for values in _rows(model, columns):
            told = {HANDLING: handling, **dict(zip(columns, values, strict=True))}
            lines.write(json.dumps(told, ensure_ascii=False) + "\n")
            writer.writerow([handling, *(_cell(value) for value in values)])
            count += 1
    return count


def _rows(model: Any, columns: list[str]) -> Iterator[list[Any]]:
    for row in model._base_manager.order_by("pk").values_list(*columns).iterator(2_000):
        yield [_plain(value) for value in row]


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    return str(value)


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    return defused(value) if isinstance(value, str) else value


def _handling(model: Any) -> str:
    """How rows of a model may be handled, as `handling` words it for every file that leaves the site."""
    label = model._meta.label
    name = next((one.name for one in declared().values() if label in one.models), "no class of data")
    return f"{name} | {CONDITION}"


def _copy_lake(lake: Path, to: Path) -> None:
    to.mkdir()
    for name in sorted(Manifest.read(lake).files()):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(lake / name, to / name)
    if (lake / "manifest.json").exists():
        shutil.copyfile(lake / "manifest.json", to / "manifest.json")


def _readme(configuration: Configuration, described: list[tuple[Any, list[Any], int]]) -> str:
    lines = [
        f"# Everything that {configuration.name} held",
        "",
        "Written by `lippen retire` when the site was closed. `tables/` holds each table twice: as JSON",
        "lines, exact, and as CSV for a spreadsheet, where a cell that it would run begins with an",
        "apostrophe. The first column says how a row may be handled. Times are UTC, bytes are in",
        "hexadecimal. `lake/` holds Parquet files. `digests.json` has the SHA-256 of each file. Passwords,",
        "second factors, sessions and digests of links and keys were left out.",
    ]
    for model, columns, rows in described:
        says = " ".join((model.__doc__ or "").split("\n\n")[0].split())
        if says.startswith(f"{model.__name__}("):
            says = ""
        lines += ["", f"## {model._meta.db_table} ({counted(rows, 'row')})", ""]
        lines += [says, ""] if says else []
        lines += ["| column | type | may be empty |", "| --- | --- | --- |"]
        for field in columns:
            kind = _KINDS.get(field.get_internal_type(), "text")
            if field.is_relation:
                kind = f"{field.target_field.attname} of {field.related_model._meta.db_table}"
            empty = (field.null or field.blank) and not field.primary_key
            lines.append(f"| {field.attname} | {kind} | {'yes' if empty else 'no'} |")
    return "\n".join(lines) + "\n"

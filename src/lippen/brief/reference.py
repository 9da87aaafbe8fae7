"""The page `docs/reference/brief.md`, written from the schema (`python -m lippen.brief.reference`)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin, get_type_hints, is_typeddict

from lippen.brief.schema import RESULT_TABLES, Facts, ResultTable
from lippen.brief.trade_tables import TRADE_TABLES

_NAMES = {str: "text", int: "whole number", float: "number", bool: "true, false"}


def brief_page() -> str:
    """The reference page of `brief.json` and of every result table, as Markdown."""
    lines = [
        "# What a briefing holds",
        "",
        "This page is made from `schema.py`, `trade_facts.py` and `trade_tables.py` in `src/lippen/brief/`.",
        "Change those, then run",
        "`python -m lippen.brief.reference > docs/reference/brief.md`.",
        "",
        "`lippen brief` writes three things: `index.html`, the page; `brief.json`, its facts; and `tables/`,",
        "one Parquet file for each table below. The same input and seed give the same bytes, but for the",
        "clock fields and the page's own account of them. Floats have 9 significant digits. Nothing here",
        "holds a person, or the score of one incident.",
        "",
        "## `brief.json`",
        "",
        "Every field is always there. Null means “cannot tell”, or what its row says.",
    ]
    for path, about, fields in _objects("", "The whole file.", Facts):
        lines += ["", f"### `{path}`" if path else "### The top level", "", about, ""]
        lines += ["| field | type | what it says |", "| --- | --- | --- |"]
        lines += [f"| `{name}` | {kind} | {says} |" for name, kind, says in fields]
    lines += ["", "## Tables"]
    for table in RESULT_TABLES:
        lines += ["", *_table(table)]
    lines += [
        "",
        "## Tables of the trade",
        "",
        "These are there when the briefing was made with `--trade`. No count in them is below five.",
    ]
    for table in TRADE_TABLES:
        lines += ["", *_table(table)]
    return "\n".join(lines) + "\n"


def _objects(path: str, about: str, hint: Any) -> Iterator[tuple[str, str, list[tuple[str, str, str]]]]:
    """Each object of the facts, outermost first: its path, a sentence, and its fields."""
    hints = get_type_hints(hint, include_extras=True)
    said = {name: get_args(field)[1] for name, field in hints.items() if get_origin(field) is Annotated}
    yield path, hint.__doc__ or about, [(name, _type(field), said[name]) for name, field in hints.items()]
    for name, field in hints.items():
        inner, ending = _inner(field)
        if is_typeddict(inner):
            within = f"{path}.{name}{ending}" if path else f"{name}{ending}"
            yield from _objects(within, f"{said[name].capitalize()}.", inner)


def _inner(hint: Any) -> tuple[Any, str]:
    """What a field holds once null, lists and names are peeled off, and how a path says so."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _inner(args[0])
    if origin is list:
        return args[0], "[]"
    if origin is dict:
        return args[1], ".*"
    if args:
        return _inner(next(arg for arg in args if arg is not type(None)))
    return hint, ""


def _type(hint: Any) -> str:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _type(args[0])
    if origin is list:
        return f"list of {_type(args[0])}s"
    if origin is dict:
        return f"object ({_type(args[1])}, by name)"
    if args:
        may_be_null = " or null" if type(None) in args else ""
        return _type(next(arg for arg in args if arg is not type(None))) + may_be_null
    return "object" if is_typeddict(hint) else _NAMES[hint]


def _table(table: ResultTable) -> list[str]:
    lines = [
        f"### `{table.name}`",
        "",
        f"{table.about} Sorted by {', '.join(f'`{name}`' for name in table.order)}.",
        "",
        "| column | type | may be empty | what it says |",
        "| --- | --- | --- | --- |",
    ]
    for column in table.columns:
        empty = "no" if column.required else "yes"
        lines.append(f"| `{column.name}` | {column.type} | {empty} | {column.meaning} |")
    return lines


if __name__ == "__main__":
    sys.stdout.write(brief_page())

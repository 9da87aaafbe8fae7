"""The page `docs/reference/kinds.md`, made from the schema files by `python -m lippen.signals.reference`."""

from __future__ import annotations

import sys

from lippen.signals.kinds import QUARANTINE_SCHEMA, READS, Column, Kind, kind_names, load_kind

_QUARANTINE_WORDS = {
    "file": "The file the row stands in, named from the imported folder.",
    "line": "The first physical line of the record (the row number in Excel and Parquet).",
    "column": "The export's own column that was wrong; empty when the whole record was.",
    "value": "What stood there, at most 200 characters, with telephone numbers and the like masked.",
    "reason": "Why it was not taken, and what to do about it.",
    "row": "The mapped cells of the row as JSON, so that it can be put right and read again: house numbers "
    "cut, telephone numbers and the like masked, nothing personal. Empty when the record could not be cut "
    "into cells.",
}


def _table(kind: Kind) -> list[str]:
    lines = [
        "| column | type | from | read as | may be empty | what it says | example |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for column in kind.columns:
        unit = f" ({column.unit})" if column.unit else ""
        if column.reads == "whole" and column.most != Column.most:
            unit = f" ({column.least}-{column.most}{f', {column.unit}' if column.unit else ''})"
        source = "the export" if column.from_export else "Lippen"
        empty = "no" if column.required else "yes"
        cells = (
            f"`{column.name}`",
            f"{column.type}{unit}",
            source,
            f"`{column.reads}`" if column.reads else "",
            empty,
            column.says,
            f"`{column.example}`",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _rules(kind: Kind) -> list[str]:
    """What holds for a kind as a whole, in sentences."""
    words = [f"It happens when `{kind.when}` says: [times] `earliest` and `latest` hold for that column."]
    if kind.later_by:
        words.append(f"Of two different rows of one id, the later by `{kind.later_by}` is kept.")
    if kind.needs_authority:
        words.append("Its mapping must hold an [authority], and is refused from the day that one expires.")
    return words


def kinds_page() -> str:
    """The reference page of every kind and of the quarantine table, as Markdown."""
    lines = [
        "# Kinds of signal",
        "",
        "This page is made from the schema files in `src/lippen/signals/kinds/`. Change those, then run",
        "`python -m lippen.signals.reference > docs/reference/kinds.md`.",
        "",
        "Times are stored as UTC without a zone; `local_day` and `local_hour` are in the export's own zone.",
        "A mapping must name every column from the export that may not be empty, save the id.",
        "",
        "## How a column is read",
        "",
        "| read as | what the export may hold, and what becomes of it |",
        "| --- | --- |",
        *(f"| `{rule}` | {says} |" for rule, says in READS.items()),
    ]
    for name in kind_names():
        kind = load_kind(name)
        lines += ["", f"## {kind.title}", "", kind.says, "", *_rules(kind), "", *_table(kind)]
    lines += [
        "",
        "## Quarantine",
        "",
        "Every row that was read and not taken, and why. For each file,",
        "accepted + duplicates + quarantined = rows read.",
        "",
        "| column | type | what it says |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| `{field.name}` | {field.type} | {_QUARANTINE_WORDS[field.name]} |" for field in QUARANTINE_SCHEMA
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(kinds_page())

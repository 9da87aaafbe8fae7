"""A return as CSV for a spreadsheet and as JSON for a program: the same rows, each with who stands for it."""

from __future__ import annotations

import csv
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from lippen.brief.trade_words import for_one, price
from lippen.output import whole_folder
from lippen.spreadsheets import defused
from lippen.weekly_return.rows import Price, Return, ReturnRow

SHAPE: Final = (
    "Lippen's reading of what is publicly known of how the national drug-alert service takes reports. Nobody"
    " at the service has checked it."
)
HANDLING: Final = "For the service named in the agreement. Not for publication, and not for onward sharing."
UNTOLD: Final = (
    "No count below five is told, and no row stands on fewer unless a person writes of the substance. There"
    " is no patient, seller, contact or place to buy in it. Sightings and adverts are never added up."
    " Sightings are counted, and not who told them: five may be one person's."
)

COLUMNS: Final = (*ReturnRow.__annotations__, "written_by", "agreed_by", "handling")
"""The columns of the CSV, in order."""

_SENTENCES: Final = ("confidence", "what_is_new")
"""Columns whose values are whole sentences; other values of one cell stand apart by a semicolon."""


def write_return(made: Return, out: Path) -> None:
    """Write `return.csv` and `return.json` to a folder, which appears whole.

    No cell of the CSV can run in a spreadsheet. Raises OutputRefused as `whole_folder`.
    """
    with whole_folder(out, "return.json", frozenset({"return.csv"})) as folder:
        with (folder / "return.csv").open("x", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
            writer.writerow(COLUMNS)
            writer.writerows(_cells(row, made) for row in made.rows)
        text = json.dumps(_as_json(made), indent=2, allow_nan=False) + "\n"
        (folder / "return.json").write_text(text, "utf-8")


def _as_json(made: Return) -> dict[str, Any]:
    return {
        "versions": {"lippen": version("lippen")},
        "shape": SHAPE,
        "handling": HANDLING,
        "untold": UNTOLD,
        "week_from": made.week.isoformat(),
        "week_to": made.until.isoformat(),
        "area": made.statement.area,
        "written_by": made.statement.written_by,
        "agreed_by": made.statement.agreed_by,
        "rows": list(made.rows),
    }


def _cells(row: ReturnRow, made: Return) -> list[str | int]:
    told: dict[str, Any] = {
        **row,
        "prices": [_price(one) for one in row["prices"]],
        "written_by": made.statement.written_by,
        "agreed_by": made.statement.agreed_by,
        "handling": HANDLING,
    }
    return [_cell(told[name], " " if name in _SENTENCES else "; ") for name in COLUMNS]


def _cell(value: Any, between: str) -> str | int:
    if value is None:
        return ""
    if isinstance(value, int):
        return value
    return defused(between.join(value) if isinstance(value, list) else str(value))


def _price(one: Price) -> str:
    middle, low, high = (
        price(one[name], one["currency"]) for name in ("median_pence", "low_pence", "high_pence")
    )
    return f"{middle} {for_one(one['unit'])} ({one['prices']} {one['source']}, {low} to {high})"

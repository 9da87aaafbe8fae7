"""Rows that leave the site, as CSV or as lines of JSON: each says how it may be handled, and none can run.

Every export of the site is written here. The handling stands in the first column of every row, because rows
are cut out and pasted elsewhere, and a note at the head of a file stays behind. An export is entered in the
register before its first line is made; whoever calls this has done so.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import StreamingHttpResponse

from lippen.spreadsheets import defused

Cell = str | int | float | bool | None

CONDITION: Final = "not for onward sharing without an agreement"

HANDLING: Final = "handling"
"""The column, and the key, that holds how a row may be handled."""

_BARS: Final = re.compile("[|\u00a6\u01c0\u2223\u2502\u2758\uff5c]")
"""The bar between the parts of a mark, and what looks like one."""


@dataclass(frozen=True)
class Handling:
    """How one row may be handled: its class of data, the regime it is held under, and the organisation that
    answers for it. As text it has four parts apart by bars, and a bar in a name is written as a stroke.
    """

    data_class: str
    regime: str
    organisation: str

    def __str__(self) -> str:
        organisation = " ".join(_BARS.sub("/", self.organisation).split())
        return f"{self.data_class} | {self.regime} | {organisation} | {CONDITION}"


Row = tuple[Handling, Mapping[str, Cell]]


def csv_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """A head, then a line for each row, every cell in quotation marks. A row's missing columns stay empty."""
    yield _line([HANDLING, *columns])
    for handling, cells in rows:
        yield _line([str(handling), *(cells.get(column) for column in columns)])


def json_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """A JSON object for each row, a line each. Nothing in them is altered: JSON runs nowhere."""
    for handling, cells in rows:
        told = {HANDLING: str(handling), **{column: cells.get(column) for column in columns}}
        yield json.dumps(told, ensure_ascii=True) + "\n"


def _line(cells: Sequence[Cell]) -> str:
    held = io.StringIO()
    csv.writer(held, quoting=csv.QUOTE_ALL).writerow(
        defused(cell) if isinstance(cell, str) else cell for cell in cells
    )
    return held.getvalue()


FORMS: Final = {
    "csv": ("text/csv; charset=utf-8", csv_lines),
    "jsonl": ("application/jsonl; charset=utf-8", json_lines),
}
"""The forms in which rows leave, by the ending of the file's name."""


def file(form: str, name: str, columns: Sequence[str], rows: Iterable[Row]) -> StreamingHttpResponse:
    """Rows as a file that is saved and not shown, line by line. `form` is a key of FORMS, `name` has no
    ending.
    """
    kind, lines = FORMS[form]
    answer = StreamingHttpResponse(lines(columns, rows), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer

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
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import StreamingHttpResponse

Cell = str | int | float | bool | None

CONDITION: Final = "not for onward sharing without an agreement"

HANDLING: Final = "handling"
"""The column, and the key, that holds how a row may be handled."""

_SIGNS: Final = frozenset("=+-@\u2212")
"""What makes a spreadsheet take a cell for a formula, as it is after full-width forms are folded."""

_STARTS: Final = _SIGNS | frozenset("\t\r\n")
"""The same with what some programs trim and others take for a mark."""

_MARK: Final = re.compile("[;|\t\r\n\u037e\ufe14\ufe54\uff1b\uff5c]")
"""What a spreadsheet set to another language takes for the end of a cell, and what is folded to it."""

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


def defused(text: str) -> str:
    """`text` so that no spreadsheet runs it: a cell that could be a formula gets an apostrophe before it.

    Full-width, small and raised signs count as the plain ones, and so do signs behind blanks, invisible
    characters or a mark that ends a cell elsewhere: programs fold and trim before they look.
    """
    text = _MARK.sub(lambda mark: f"{mark[0]}'" if _runs(text, mark.end(), _SIGNS) else mark[0], text)
    return f"'{text}" if _runs(text, 0, _STARTS) else text


def _runs(text: str, start: int, signs: frozenset[str]) -> bool:
    """Whether one of these signs stands at `start`, or first behind what is trimmed there."""
    for place in range(start, len(text)):
        sign = text[place]
        if unicodedata.normalize("NFKC", sign)[:1] in signs:
            return True
        # A mark begins another cell, which is looked at by itself.
        if _MARK.match(sign) or not (sign.isspace() or unicodedata.category(sign) in {"Cf", "Cc"}):
            return False
    return False


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

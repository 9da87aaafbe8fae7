"""The shape of a delimited file: which character separates, and in which row the header stands.

Title rows above the header are passed over. With a mapping the header is the first row that has the columns
it names; without one it is guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lippen.signals.csv_careful import Record, careful_records
from lippen.signals.rows import FileRefused, find_columns, missing_columns, number_repeats

DELIMITERS = (",", ";", "\t", "|")
LOOK_ROWS = 60
_LOOK_BYTES = 1 << 20


@dataclass(frozen=True)
class Shape:
    """The separating character, the header's names, and the byte and line where the rows below begin."""

    delimiter: str
    header: tuple[str, ...]
    start: int
    line: int


def first_records(data: bytes, delimiter: str, longest: int) -> list[Record]:
    """The first records of a file, for looking at; `data` begins the file."""
    head = data[:_LOOK_BYTES]
    records = []
    for record in careful_records(head, 1, delimiter, longest, final=len(head) == len(data)):
        if record.cells == []:
            continue
        records.append(record)
        if len(records) == LOOK_ROWS:
            break
    return records


def find_shape(
    data: bytes, wanted: Sequence[str], delimiter: str | None, header_row: int | None, longest: int
) -> Shape:
    """The shape of a file that begins with `data` and has the `wanted` columns.

    `delimiter` and `header_row` are what the mapping fixes; None finds out. Raises FileRefused when no row
    has the columns.
    """
    if not data.strip(b"\r\n \t\0"):
        raise FileRefused("it is empty")
    best: tuple[int, int, list[str]] = (-1, 0, [])
    for candidate in (delimiter,) if delimiter else DELIMITERS:
        for at, record in enumerate(first_records(data, candidate, longest), 1):
            if record.cells is None or header_row not in (None, record.line, at):
                continue
            names = number_repeats(_without_empty_tail(record.cells))
            found = find_columns(names, wanted)
            if len(found) == len(wanted):
                return Shape(candidate, tuple(names), record.end, record.next_line)
            best = max(best, (len(found), len(names), names), key=lambda entry: entry[:2])
    complaint = missing_columns(best[2], wanted)
    other = _other_delimiter(data, wanted, longest) if delimiter else None
    if other:
        complaint += f"; with {other!r} as the delimiter it has them: correct [file] delimiter"
    elif header_row is not None:
        complaint += "; check [file] header_row, or delete it to have the row found"
    raise FileRefused(complaint)


def _other_delimiter(data: bytes, wanted: Sequence[str], longest: int) -> str | None:
    try:
        return find_shape(data, wanted, None, None, longest).delimiter
    except FileRefused:
        return None


def guess_shape(data: bytes, longest: int, delimiter: str | None = None) -> Shape:
    """The likely shape of a file nothing is known of: the separator that cuts the rows most evenly."""
    if not data.strip(b"\r\n \t\0"):
        raise FileRefused("it is empty")
    best: tuple[float, str, list[Record], int] | None = None
    for candidate in (delimiter,) if delimiter else DELIMITERS:
        records = [record for record in first_records(data, candidate, longest) if record.cells]
        widths = Counter(len(record.cells or ()) for record in records)
        if not widths:
            continue
        width, often = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        score = often / len(records) * (width > 1) + width / 1000
        if best is None or score > best[0]:
            best = (score, candidate, records, width)
    if best is None:
        raise FileRefused("no rows can be made out in it")
    _, chosen, records, width = best
    at = guess_header([record.cells or [] for record in records], width)
    names = number_repeats(_without_empty_tail(records[at].cells or []))
    return Shape(chosen, tuple(names), records[at].end, records[at].next_line)


def guess_header(rows: Sequence[Sequence[str]], width: int) -> int:
    """Which of the first rows is the header: the first that is full and says nothing a value would say."""
    for at, row in enumerate(rows):
        filled = [cell.strip() for cell in row if cell.strip()]
        wordy = [cell for cell in filled if any(sign.isalpha() for sign in cell)]
        if len(filled) >= max(2, 0.6 * width) and len(wordy) == len(filled) and len(row) >= width - 1:
            return at
    return 0


def _without_empty_tail(cells: Sequence[str]) -> Sequence[str]:
    end = len(cells)
    while end > 1 and not cells[end - 1].strip():
        end -= 1
    return cells[:end]

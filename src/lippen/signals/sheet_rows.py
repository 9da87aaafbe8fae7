"""Excel and OpenDocument sheets: title rows passed over, merged headers read, every cell as text.

A header of two rows, with a title merged across several columns above it, may be named either way in the
mapping: by the lower cell alone (`Reported`) or with what stands above it (`Times Reported`).
"""

from __future__ import annotations

import datetime as dt
import functools
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from lippen.signals.csv_shape import LOOK_ROWS, guess_header
from lippen.signals.mapping import FileRules
from lippen.signals.rows import (
    STRETCH,
    FileRefused,
    RowBatch,
    Source,
    Work,
    find_columns,
    missing_columns,
    number_repeats,
    text_columns,
)

_BOMB_RATIO = 200


def open_sheets(path: Path, name: str, wanted: tuple[str, ...], rules: FileRules) -> list[Source]:
    """Every sheet of a workbook that has the wanted columns (the one the mapping names, if it names one).

    When there are several, each is a source of its own, named `file [sheet]`. Raises FileRefused when the
    workbook is damaged, locked with a password, or has no such sheet.
    """
    book = _open(path, rules.largest_unpacked)
    sheets = _sheet_names(book)
    if rules.sheet is not None and rules.sheet not in sheets:
        raise FileRefused(f"it has no sheet {rules.sheet!r}, only {', '.join(sheets)}; correct [file] sheet")
    found: list[Source] = []
    complaints = []
    for sheet in [rules.sheet] if rules.sheet else sheets:
        rows = _rows(book, sheet)
        head = list(islice(rows, LOOK_ROWS))
        for at, header in _headers(head, _merged(book, sheet)):
            if rules.header_row is not None and at + 1 != rules.header_row:
                continue
            columns = find_columns(header, wanted)
            if len(columns) == len(wanted):
                work = _stretches(_chain(head, rows), at + 1, columns)
                height = book.get_sheet_by_name(sheet).height
                found.append(Source(sheet, header, work, about_rows=max(0, height - at), typed=True))
                break
            complaints.append(
                (len(columns), len(header), f"sheet {sheet!r}: {missing_columns(header, wanted)}")
            )
    if not found:
        raise FileRefused(max(complaints)[2] if complaints else "it is empty")
    for source in found:
        source.name = name if len(found) == 1 else f"{name} [{source.name}]"
    return found


def sheet_preview(path: Path, rules: FileRules) -> tuple[str, list[str], list[list[str]]]:
    """The fullest sheet of a workbook: its name, the likely header, and the rows below it, for a proposal."""
    book = _open(path, rules.largest_unpacked)
    names = [rules.sheet] if rules.sheet else _sheet_names(book)
    if not names:
        raise FileRefused("it has no sheet")
    best = max(names, key=lambda sheet: book.get_sheet_by_name(sheet).height)
    rows = list(islice(_rows(book, best), STRETCH))
    if not rows:
        raise FileRefused("it is empty")
    width = max(sum(bool(cell) for cell in row) for row in rows[:LOOK_ROWS])
    at = guess_header(rows[:LOOK_ROWS], width)
    headers = [header for row, header in _headers(rows[:LOOK_ROWS], _merged(book, best)) if row == at]
    plain = headers[0] if headers else number_repeats(rows[at])
    header = headers[-1] if len(headers) > 1 and any(name.endswith(")") for name in plain) else plain
    return best, header, [row for row in rows[at + 1 :] if any(row)]


def _open(path: Path, largest: int) -> CalamineWorkbook:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > largest and unpacked > _BOMB_RATIO * path.stat().st_size:
            raise FileRefused(
                f"it unpacks to {unpacked >> 20} MiB, over {_BOMB_RATIO} times its size, as a file made to exhaust "
                "a computer does; if it is honest, raise [file] largest_unpacked in the mapping"
            )
    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError as error:
        raise FileRefused("it is locked with a password; save a copy without one") from error
    except (CalamineError, OSError) as error:
        if _is_encrypted(path):
            raise FileRefused("it is locked with a password; save a copy without one") from error
        raise FileRefused(f"it is damaged or no spreadsheet ({error}); ask for the export again") from error


def _is_encrypted(path: Path) -> bool:
    """A locked workbook is an OLE file with a stream of this name (in UTF-16) in its directory."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
    return head[:4] == b"\xd0\xcf\x11\xe0" and "EncryptedPackage".encode("utf-16-le") in head


def _sheet_names(book: CalamineWorkbook) -> list[str]:
    return [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]


def _merged(book: CalamineWorkbook, sheet: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return list(book.get_sheet_by_name(sheet).merged_cell_ranges or ())


def _rows(book: CalamineWorkbook, sheet: str) -> Iterator[list[str]]:
    try:
        for row in book.get_sheet_by_name(sheet).iter_rows():
            yield [_text(cell) for cell in row]
    except CalamineError as error:
        raise FileRefused(f"sheet {sheet!r} is damaged ({error}); ask for the export again") from error


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, dt.timedelta):
        seconds = int(cell.total_seconds())
        return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
    return "" if cell is None else str(cell)


def _headers(
    head: Sequence[Sequence[str]], merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]
) -> Iterator[tuple[int, list[str]]]:
    """Each row as a header, alone and then with what is merged above it."""
    filled = [list(row) for row in head]
    for (top, left), (bottom, right) in merged:
        for row in range(top, min(bottom + 1, len(filled))):
            for column in range(left, min(right + 1, len(filled[row]))):
                filled[row][column] = head[top][left]
    for at, cells in enumerate(head):
        alone = [
            cell or (filled[at][column] if at and filled[at][column] == filled[at - 1][column] else "")
            for column, cell in enumerate(cells)
        ]
        if not any(alone):
            continue
        yield at, number_repeats(alone)
        spans = any(top == at - 1 and right > left for (top, left), (_, right) in merged)
        if spans:
            above = filled[at - 1]
            yield (
                at,
                number_repeats(
                    cell if not above[column] or above[column] == cell else f"{above[column]} {cell}"
                    for column, cell in enumerate(alone)
                ),
            )


def _chain(head: list[list[str]], rows: Iterator[list[str]]) -> Iterator[list[str]]:
    yield from head
    yield from rows


def _stretches(rows: Iterator[list[str]], skip: int, columns: dict[str, int]) -> Iterator[Work]:
    numbered = ((number, row) for number, row in enumerate(rows, 1) if number > skip and any(row))
    while stretch := list(islice(numbered, STRETCH)):
        batch = RowBatch(
            columns=text_columns(list(columns), [row for _, row in stretch], list(columns.values())),
            lines=np.array([number for number, _ in stretch], dtype=np.int64),
        )
        yield functools.partial(_given, batch)


def _given(batch: RowBatch) -> RowBatch:
    return batch

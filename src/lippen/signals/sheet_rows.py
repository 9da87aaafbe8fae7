"""Excel and OpenDocument sheets: title rows passed over, merged headers read, every cell as text.

A header of two rows, with a title merged across several columns above it, may be named either way in the
mapping: by the lower cell alone (`Reported`) or with what stands above it (`Times Reported`).
"""

from __future__ import annotations

import datetime as dt
import functools
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from lippen.signals.contacts import name_without_contacts
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
    refuse_wide,
    text_columns,
)

_BOMB_RATIO = 200


def open_sheets(
    path: Path, name: str, wanted: tuple[str, ...], rules: FileRules
) -> tuple[list[Source], dict[str, str]]:
    """Every sheet of a workbook that has the wanted columns (the one the mapping names, if it names one).

    When there are several, each is a source of its own, named `file [sheet]`. Also returns the sheets that
    hold rows but have not the columns, each with why. Raises FileRefused when the workbook is damaged, locked
    with a password, has no such sheet, or none with the columns.
    """
    book = _open(path, rules.largest_unpacked)
    found: list[Source] = []
    without: dict[str, str] = {}
    nearest: tuple[int, int, str] = (-1, 0, "it is empty")
    for sheet in _chosen(book, rules):
        table = _table(book, sheet)
        rows = _rows(table)
        head = list(islice(rows, LOOK_ROWS))
        best: tuple[int, int, str] | None = None
        for at, header in _headers(head, _merged(table)):
            if rules.header_row is not None and at + 1 != rules.header_row:
                continue
            columns = find_columns(header, wanted)
            if len(columns) == len(wanted):
                work = _stretches(chain(head, rows), at + 1, columns)
                found.append(Source(sheet, header, work, about_rows=max(0, table.height - at), typed=True))
                break
            best = max(best or (-1, 0, ""), (len(columns), len(header), missing_columns(header, wanted)))
        else:
            if best is None and any(map(any, head)):
                best = (-1, 1, f"it has no row {rules.header_row}; correct [file] header_row")
            if best is not None:
                without[sheet] = best[2]
                nearest = max(nearest, (*best[:2], f"sheet {sheet!r}: {best[2]}"))
    if not found:
        raise FileRefused(nearest[2])
    for source in found:
        source.name = name if len(found) == 1 else f"{name} [{name_without_contacts(source.name)}]"
    return found, {f"{name} [{name_without_contacts(sheet)}]": reason for sheet, reason in without.items()}


@dataclass(frozen=True)
class SheetPreview:
    """The beginning of a sheet: its name, the likely header, and the rows below it with their row numbers."""

    sheet: str
    header: list[str]
    lines: list[int]
    rows: list[list[str]]


def preview_sheet(path: Path, rules: FileRules) -> SheetPreview:
    """The fullest sheet of a workbook, for a proposal; raises FileRefused when there is nothing in it."""
    book = _open(path, rules.largest_unpacked)
    table = max((_table(book, sheet) for sheet in _chosen(book, rules)), key=lambda sheet: sheet.height)
    refuse_wide(table.width)
    rows = list(islice(_rows(table), STRETCH))
    if not any(map(any, rows)):
        raise FileRefused("it is empty")
    head = rows[:LOOK_ROWS]
    at = guess_header(head, max(sum(map(bool, row)) for row in head))
    headers = [header for row, header in _headers(head, _merged(table)) if row == at]
    plain = headers[0] if headers else number_repeats(rows[at])
    header = headers[-1] if len(headers) > 1 and any(name.endswith(")") for name in plain) else plain
    below = [(number, row) for number, row in enumerate(rows, 1) if number > at + 1 and any(row)]
    return SheetPreview(table.name, header, [number for number, _ in below], [row for _, row in below])


def _open(path: Path, largest: int) -> CalamineWorkbook:
    if zipfile.is_zipfile(path):
        try:
            with zipfile.ZipFile(path) as archive:
                unpacked = sum(part.file_size for part in archive.infolist())
        except (zipfile.BadZipFile, NotImplementedError) as error:
            raise _damaged(error) from error
        if unpacked > largest and unpacked > _BOMB_RATIO * path.stat().st_size:
            raise FileRefused(
                f"it unpacks to {unpacked >> 20} MiB, over {_BOMB_RATIO} times its size, as a file made to "
                "exhaust a computer does; if it is honest, raise [file] largest_unpacked in the mapping"
            )
    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError as error:
        raise FileRefused("it is locked with a password; save a copy without one") from error
    except (CalamineError, OSError) as error:
        if _is_encrypted(path):
            raise FileRefused("it is locked with a password; save a copy without one") from error
        raise _damaged(error) from error


def _damaged(error: Exception) -> FileRefused:
    return FileRefused(f"it is damaged or no spreadsheet ({error}); ask for the export again")


def _is_encrypted(path: Path) -> bool:
    """A locked workbook is an OLE file with a stream of this name (in UTF-16) in its directory."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
    return head[:4] == b"\xd0\xcf\x11\xe0" and "EncryptedPackage".encode("utf-16-le") in head


def _chosen(book: CalamineWorkbook, rules: FileRules) -> list[str]:
    names = [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if not names:
        raise FileRefused("it has no sheet with rows; ask for the export again")
    if rules.sheet is None:
        return names
    if rules.sheet not in names:
        raise FileRefused(f"it has no sheet {rules.sheet!r}, only {', '.join(names)}; correct [file] sheet")
    return [rules.sheet]


def _table(book: CalamineWorkbook, sheet: str) -> CalamineSheet:
    try:
        return book.get_sheet_by_name(sheet)
    except CalamineError as error:
        raise FileRefused(f"sheet {sheet!r} is damaged ({error}); ask for the export again") from error


_Spans = list[tuple[tuple[int, int], tuple[int, int]]]


def _merged(table: CalamineSheet) -> _Spans:
    """The merged cells as (top, left), (bottom, right), counted like `_rows` from the first used column."""
    first = table.start[1] if table.start else 0
    return [
        ((top, left - first), (bottom, right - first))
        for (top, left), (bottom, right) in table.merged_cell_ranges or ()
        if left >= first
    ]


def _rows(table: CalamineSheet) -> Iterator[list[str]]:
    for row in table.iter_rows():
        yield [_text(cell) for cell in row]


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


def _headers(head: Sequence[Sequence[str]], merged: _Spans) -> Iterator[tuple[int, list[str]]]:
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

"""Workbooks as people keep them: titles, merged headers, real dates, many sheets, formulas, blank margins."""

from __future__ import annotations

import datetime as dt
import shutil
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from exports import HEADER, MAPPING, as_csv, bring_in, call
from openpyxl.worksheet.worksheet import Worksheet

from lippen.engine import Engine
from lippen.signals import ImportRefused

Fill = Callable[[Worksheet], None]


def workbook(path: Path, **sheets: Fill) -> Path:
    """A workbook with one sheet for each keyword, filled by it."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, fill in sheets.items():
        fill(book.create_sheet(name))
    path.parent.mkdir(exist_ok=True)
    book.save(path)
    return path


def rows_of(*rows: Sequence[Any], at: tuple[int, int] = (1, 1)) -> Fill:
    """Fill a sheet with rows of cells whose first stands at row and column `at`."""

    def fill(sheet: Worksheet) -> None:
        for row, cells in enumerate(rows, at[0]):
            for column, value in enumerate(cells, at[1]):
                cell = sheet.cell(row, column)
                cell.value = value
                if isinstance(value, str) and value.startswith("="):
                    cell.data_type = "s"

    return fill


def cells(calls: Iterable[dict[str, str]], header: Sequence[str] = HEADER) -> list[Sequence[Any]]:
    return [header, *([one.get(name) for name in header] for one in calls)]


def test_title_rows_and_blank_margins_are_passed_over(duck: Engine, tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["C3"] = "Invermarrow control room, July"
        sheet.merge_cells("C3:F3")
        rows_of(*cells([call(1), {}, call(2, Kind="")]), at=(5, 3))(sheet)

    brought = bring_in(duck, workbook(tmp_path / "in" / "calls.xlsx", July=fill))
    assert [(row["incident_id"], row["file"], row["line"]) for row in brought.taken] == [
        ("IM-0001", "calls.xlsx", 6)
    ]
    # The row number is the one that Excel shows.
    assert list(brought.reasons) == [8]


def merged_header(sheet: Worksheet) -> None:
    """Two rows of header, the upper one merged over groups, from column B on."""
    sheet["B2"], sheet["C2"], sheet["E2"], sheet["G2"] = "Log", "Opened", "Closed", "Result"
    for span in ("C2:D2", "E2:F2", "B2:B3", "G2:G3"):
        sheet.merge_cells(span)
    for at, name in (("C3", "Day"), ("D3", "Code"), ("E3", "Day"), ("F3", "Code")):
        sheet[at] = name
    rows_of(
        ["IM-0001", "05/07/2025 10:00", "NOISE", "05/07/2025 11:30", "ASSAULT", "NO TRACE"],
        ["IM-0002", "05/07/2025 12:00", "NOISE", "05/07/2025 13:00", "NOISE", "CRIME RECORDED"],
        at=(4, 2),
    )(sheet)


MERGED = """
zone = "Europe/London"
[columns]
incident_id = "Log"
kind = "Opened Code"
reported_at = "Opened Day"
closed_at = "Closed Day"
disposal = "Result"
[times]
formats = ["%d/%m/%Y %H:%M"]
[outcomes]
unfounded = ["NO TRACE"]
"""


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"Opened Code": "Code (1)", "Opened Day": "Day (1)", "Closed Day": "Day (2)"},
    ],
    ids=["by the whole header", "by the lower cell, numbered"],
)
def test_merged_headers_go_by_either_name(duck: Engine, tmp_path: Path, columns: dict[str, str]) -> None:
    mapping = MERGED
    for whole, lower in columns.items():
        mapping = mapping.replace(f'"{whole}"', f'"{lower}"')
    brought = bring_in(duck, workbook(tmp_path / "in" / "calls.xlsx", July=merged_header), mapping)
    assert [(row["kind"], row["closed_at"].hour, row["outcome"], row["line"]) for row in brought.taken] == [
        ("NOISE", 10, "unfounded", 4),
        ("NOISE", 12, "unknown", 5),
    ]


def test_cells_that_are_dates_and_clocks_are_read_as_such(duck: Engine, tmp_path: Path) -> None:
    """The mapping's format is for text; a cell that holds a date needs none."""
    mapping = MAPPING.replace('"Reported"', '["Day", "Clock"]')
    header = ("Ref", "Kind", "Day", "Clock", *HEADER[3:])
    day, clock = dt.date(2025, 1, 15), dt.time(22, 4, 31)
    given = [
        (day, clock),
        (dt.datetime(2025, 1, 15), clock),
        (dt.datetime(2025, 1, 15, 22, 4, 31), None),
        (None, dt.datetime(2025, 1, 15, 22, 4, 31)),
        ("15/01/2025", "22:04"),
        (day, None),
        (45672, None),
    ]
    rows = [
        [f"IM-{at:04}", "NOISE", one, two, *list(call(1).values())[3:]]
        for at, (one, two) in enumerate(given, 1)
    ]
    brought = bring_in(duck, workbook(tmp_path / "in" / "calls.xlsx", S=rows_of(header, *rows)), mapping)
    moment = dt.datetime(2025, 1, 15, 22, 4, 31)
    assert [row["reported_at"] for row in brought.taken] == [
        *[moment] * 4,
        moment.replace(second=0),
        dt.datetime(2025, 1, 15),
    ]
    assert {line: reason.partition(";")[0] for line, reason in brought.reasons.items()} == {
        8: "the time is not written in any of the mapping's formats"
    }


def test_times_survive_the_fractions_of_a_day_that_excel_keeps(duck: Engine, tmp_path: Path) -> None:
    times = [dt.datetime(2025, 1, 1) + dt.timedelta(seconds=7919 * at) for at in range(400)]
    rows = [[f"IM-{at:04}", "NOISE", one, *list(call(1).values())[3:]] for at, one in enumerate(times)]
    mapping = MAPPING.replace("Europe/London", "UTC")
    brought = bring_in(duck, workbook(tmp_path / "in" / "calls.xlsx", S=rows_of(HEADER, *rows)), mapping)
    assert [row["reported_at"] for row in brought.taken] == times


def test_cells_of_every_sort_become_text(duck: Engine, tmp_path: Path) -> None:
    given: list[tuple[Any, str | None]] = [
        (17, "17"),
        (17.0, "17"),
        (0.5, "0.5"),
        (True, "true"),
        (None, None),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("007", "007"),
        (dt.timedelta(hours=30, minutes=2), "30:02:00"),
    ]
    rows = [[*list(call(at).values())[:6], value, "NO TRACE"] for at, (value, _) in enumerate(given)]
    brought = bring_in(duck, workbook(tmp_path / "in" / "calls.xlsx", S=rows_of(HEADER, *rows)))
    assert [row["text"] for row in brought.taken] == [text for _, text in given]


def test_every_sheet_with_the_columns_is_read_and_the_others_are_named(duck: Engine, tmp_path: Path) -> None:
    book = workbook(
        tmp_path / "in" / "calls.xlsx",
        Notes=rows_of(["How to read this"], ["Ask the analyst"]),
        July=rows_of(*cells([call(1), call(2)])),
        August=rows_of(*cells([call(3)])),
        September=rows_of(*cells([call(4)], [name.replace("Kind", "Sort") for name in HEADER])),
        Empty=rows_of(),
    )
    brought = bring_in(duck, book)
    assert {one.file: one.rows for one in brought.report.inputs} == {
        "calls.xlsx [July]": 2,
        "calls.xlsx [August]": 1,
    }
    assert {one.file for one in brought.report.not_read} == {"calls.xlsx [Notes]", "calls.xlsx [September]"}
    assert "no row has the header 'Kind'" in brought.unread("calls.xlsx [September]")
    one = bring_in(duck, book, MAPPING + '[file]\nsheet = "August"\n')
    assert [(row["incident_id"], row["file"]) for row in one.taken] == [("IM-0003", "calls.xlsx")]
    with pytest.raises(
        ImportRefused, match=r"no sheet 'October', only Notes, July, .*correct \[file\] sheet"
    ):
        bring_in(duck, book, MAPPING + '[file]\nsheet = "October"\n')
    with pytest.raises(ImportRefused, match=r"it has no row 3; correct \[file\] header_row"):
        bring_in(duck, book, MAPPING + '[file]\nsheet = "Notes"\nheader_row = 3\n')


def test_a_workbook_is_known_by_its_bytes_and_not_by_its_name(duck: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    book = workbook(folder / "july.xlsx", July=rows_of(*cells([call(1)])))
    shutil.move(book, folder / "july.csv")
    (folder / "august.xls").write_text(as_csv([call(2)], delimiter="\t"))
    brought = bring_in(duck, folder)
    assert [(row["incident_id"], row["file"]) for row in brought.taken] == [
        ("IM-0002", "august.xls"),
        ("IM-0001", "july.csv"),
    ]


def test_damaged_locked_and_empty_workbooks_are_named(duck: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    whole = workbook(folder / "whole.xlsx", July=rows_of(*cells([call(1)]))).read_bytes()
    (folder / "cut.xlsx").write_bytes(whole[: len(whole) // 2])
    with zipfile.ZipFile(folder / "whole.xlsx") as archive:
        start = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 100
    (folder / "flipped.xlsx").write_bytes(whole[:start] + bytes(40) + whole[start + 40 :])
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    (folder / "locked.xlsx").write_bytes(locked)
    (folder / "nothing.xlsx").write_bytes(b"")
    workbook(folder / "blank.xlsx", Sheet1=rows_of())
    (folder / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000))
    (folder / "packed.xlsx.gz").write_bytes(b"\x1f\x8b" + bytes(20))
    brought = bring_in(duck, folder)
    assert [one.file for one in brought.report.inputs] == ["whole.xlsx"]
    said = {one.file: one.reason.split(" (")[0] for one in brought.report.not_read}
    assert said == {
        "blank.xlsx": "it is empty",
        "cut.xlsx": "it is damaged or no spreadsheet",
        "flipped.xlsx": "sheet 'July' is damaged",
        "locked.xlsx": "it is locked with a password; save a copy without one",
        "nothing.xlsx": "it is empty",
        "old.xls": "it is damaged or no spreadsheet",
        "packed.xlsx.gz": "a packed workbook; unpack it first",
    }


def test_a_workbook_that_unpacks_beyond_measure_is_refused(duck: Engine, tmp_path: Path) -> None:
    book = workbook(tmp_path / "in" / "calls.xlsx", July=rows_of(*cells([call(1), call(2)])))
    with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/blank.bin", bytes(30_000_000))
    with pytest.raises(ImportRefused, match=r"unpacks to .* over 200 times its size"):
        bring_in(duck, book, MAPPING + "[file]\nlargest_unpacked = 1_000_000\n")
    assert bring_in(duck, book).report.accepted == 2

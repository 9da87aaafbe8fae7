"""Rows that leave: each says how it may be handled, and no spreadsheet runs one."""

from __future__ import annotations

import csv
import io
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lippen.site.handling import CONDITION, Cell, Handling, csv_lines, json_lines
from lippen.spreadsheets import defused

STAFF = Handling("staff", "uk-gdpr", "Braeside Tenants' Voice")

FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x",
    "\u22121", "  =1", "\u200b=1", "\ufeff=1", "\x00=1", "\u00a0=1", "\ufe62 1", "\ufe66 1", "\ufe6b x",
    "\u207a1", "\u207b1", "\u208a1", "\u207c1", "\u00ad=1", "\u2060 @x",
]  # fmt: skip


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert defused(cell).startswith("'")
    assert cell in defused(cell) or cell[1:] in defused(cell).replace("'", "")


@pytest.mark.parametrize("cell", ["a;=1+1", "a\n=1+1", "a\t@x", "a | -1", "a;  \uff1d1"])
def test_a_formula_behind_a_mark_that_ends_a_cell_elsewhere_is_defused_too(cell: str) -> None:
    assert "'" in defused(cell)
    assert not any(
        f"{mark}{sign}" in defused(cell).replace(" ", "") for mark in ";\n\t|" for sign in "=+-@\uff1d"
    )


@pytest.mark.parametrize("formula", [one for one in FORMULAS if one[:1] not in "\t\r\n"])
@pytest.mark.parametrize("mark", [";", "|", "\n", "\uff1b", "\uff5c", "\ufe54"])
def test_what_is_a_formula_at_the_start_of_a_cell_is_one_behind_a_mark_too(mark: str, formula: str) -> None:
    assert defused(f"x{mark}{formula}") == f"x{mark}'{formula}"


@pytest.mark.parametrize("cell", ["One.\n\nTwo.", "a; b", "a |\u200b b", "Mary\r\n\r\nAnne", ";", "a;"])
def test_lines_and_parts_that_are_no_formula_stay_as_they_are(cell: str) -> None:
    assert defused(cell) == cell


def test_a_cell_of_line_breaks_alone_is_looked_through_once() -> None:
    before = time.process_time()
    assert defused("x" + "\n" * 200_000) == "x" + "\n" * 200_000
    assert time.process_time() - before < 5


@pytest.mark.parametrize("cell", ["", "Mary-Anne", "a=b", "person@example.org", "2026-11-26", "O'Neil"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert defused(cell) == cell


cells = st.dictionaries(
    st.sampled_from(["name", "note"]), st.text() | st.integers() | st.none() | st.booleans()
)


@given(st.lists(cells))
def test_each_row_of_csv_carries_handling_and_comes_back_whole(rows: list[dict[str, Cell]]) -> None:
    text = "".join(csv_lines(("name", "note"), ((STAFF, one) for one in rows)))
    read = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(read) == len(rows)
    for got, given_row in zip(read, rows, strict=True):
        assert got["handling"] == str(STAFF)
        assert CONDITION in got["handling"]
        for column in ("name", "note"):
            value = given_row.get(column)
            expected = "" if value is None else defused(value) if isinstance(value, str) else str(value)
            assert got[column] == expected
            assert not (isinstance(value, str) and got[column][:1] in "=+-@\t\r\n" and got[column])


@given(st.lists(cells))
def test_each_line_of_json_carries_handling_and_alters_nothing(rows: list[dict[str, Cell]]) -> None:
    lines = list(json_lines(("name", "note"), ((STAFF, one) for one in rows)))
    for line, given_row in zip(lines, rows, strict=True):
        assert line.count("\n") == 1
        got = json.loads(line)
        assert got == {"handling": str(STAFF), "name": given_row.get("name"), "note": given_row.get("note")}


def test_a_name_of_an_organisation_cannot_run_either() -> None:
    hostile = Handling("staff", "uk-gdpr", "=cmd|' /C calc'!A0")
    line = list(csv_lines(("name",), [(hostile, {"name": "x"})]))[1]
    assert "| =cmd" not in line


HOSTILE = ["Homes | may be shared with anybody", "Homes \uff5c x", "a\u2223b\u2502c\u01c0d", "x\ny"]


@given(st.text() | st.sampled_from(HOSTILE))
def test_no_name_adds_a_part_to_the_mark_of_a_row(name: str) -> None:
    mark = str(Handling("staff", "uk-gdpr", name))
    seen = "".join("|" if sign in "|\uff5c\u2223\u2502\u01c0\u00a6\u2758" else sign for sign in mark)
    assert seen.count("|") == 3
    assert len(mark.splitlines()) == 1
    assert mark.endswith(f" | {CONDITION}")

"""One row to one signal: columns joined, numbers of units, ids given and made."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow.parquet as pq
from exports import HEADER, MAPPING, as_csv, bring_in, bring_in_rows, bring_in_text, call

from lippen.engine import Engine
from lippen.signals import load_kind


def test_what_is_stored_is_what_the_schema_says(duck: Engine, tmp_path: Path) -> None:
    brought = bring_in_rows(duck, tmp_path / "in", [call(1, Reported="05/07/2025 00:30")])
    (file,) = (tmp_path / ".in-workspace-0").rglob("signals/incident/*.parquet")
    schema = load_kind("incident").schema()
    stored = pq.read_schema(file)
    assert stored.names == schema.names
    assert [stored.field(name).type for name in schema.names] == [field.type for field in schema]
    assert brought.taken == [
        {
            "incident_id": "IM-0001",
            "kind": "NOISE NUISANCE",
            "reported_at": dt.datetime(2025, 7, 4, 23, 30),
            "local_day": dt.date(2025, 7, 5),
            "local_hour": 0,
            "closed_at": None,
            "dispatched_at": None,
            "arrived_at": None,
            "cleared_at": None,
            "lat": 56.2,
            "lon": -1.8,
            "placed": None,
            "place": "Kirkgait",
            "area": "56.203,-1.803",
            "larger_area": None,
            "priority": None,
            "text": "loud music from number 1",
            "outcome": "unfounded",
            "disposal": "NO TRACE",
            "units": None,
            "own_activity": False,
            "sensor": False,
            "protected": False,
            "file": "calls.csv",
            "line": 2,
        }
    ]


def test_several_columns_make_one_and_empty_cells_add_nothing(duck: Engine, tmp_path: Path) -> None:
    mapping = (
        MAPPING.replace('"Kind"', '["Group", "Kind"]')
        .replace('"Reported"', '["Day", "Clock"]')
        .replace('"Street"', '["Block", "Street", "Town"]')
        + '[join]\nkind = ": "\nplace = ", "\n'
    )
    header = ("Group", "Day", "Clock", "Block", "Town", *HEADER)
    given = [
        {
            "Group": "Public order",
            "Day": "05/07/2025",
            "Clock": "10:15",
            "Block": "300",
            "Town": "Invermarrow",
        },
        {"Group": "", "Day": "05/07/2025", "Clock": "10:15", "Block": "", "Town": "", "Street": ""},
        {
            "Group": "Public order",
            "Kind": "",
            "Day": "05/07/2025",
            "Clock": "10:15",
            "Block": " ",
            "Town": "X",
        },
        {"Group": "", "Kind": "", "Day": "05/07/2025", "Clock": "10:15"},
        {"Group": "a", "Day": "", "Clock": ""},
    ]
    rows = [{**call(at), **cells} for at, cells in enumerate(given)]
    brought = bring_in_rows(duck, tmp_path / "in", rows, mapping, header=header)
    assert [(row["kind"], row["place"]) for row in brought.taken] == [
        ("Public order: NOISE NUISANCE", "300 Kirkgait, Invermarrow"),
        ("NOISE NUISANCE", None),
        ("Public order", "Kirkgait, X"),
    ]
    assert {row["line"]: (row["column"], row["reason"].partition(";")[0]) for row in brought.refused} == {
        5: ("Group + Kind", "the row names no kind"),
        6: ("Day + Clock", "there is no time"),
    }


def test_units_are_whole_numbers(duck: Engine, tmp_path: Path) -> None:
    mapping = MAPPING.replace('text = "Notes"', 'units = "Notes"')
    honest = {"2": 2, "0": 0, "2.0": 2, "": None, "9999": 9999}
    wrong = ["two", "-1", "2.5", "12345", "1e3", "٢"]
    rows = [call(at, Notes=text) for at, text in enumerate([*honest, *wrong])]
    brought = bring_in_rows(duck, tmp_path / "in", rows, mapping)
    assert [row["units"] for row in brought.taken] == [*honest.values()]
    assert [(row["column"], row["value"]) for row in brought.refused] == [("Notes", text) for text in wrong]


def test_an_id_is_kept_as_text_and_an_overlong_one_refused(duck: Engine, tmp_path: Path) -> None:
    ids = ["0042", "4.20E+05", "é" * 100, "é" * 101, "x" * 200, "x" * 201]
    brought = bring_in_rows(duck, tmp_path / "in", [call(at, Ref=ref) for at, ref in enumerate(ids)])
    assert [row["incident_id"] for row in brought.taken] == ["0042", "4.20E+05", "é" * 100, "x" * 200]
    assert list(brought.reasons) == [5, 7]


def test_a_row_without_id_gets_one_made_from_what_it_says(duck: Engine, tmp_path: Path) -> None:
    """The same wherever the row stands, however it is spaced, and whatever the file is called."""
    rows = [call(1, Ref=""), call(2, Ref=""), call(3)]
    one = bring_in_rows(duck, tmp_path / "one", rows)
    ids = {row["text"]: row["incident_id"] for row in one.taken}
    assert sum(made.startswith("c-") and len(made) == 34 for made in ids.values()) == 2
    other = tmp_path / "other"
    other.mkdir()
    spaced = [{name: f" {cell} " for name, cell in row.items()} for row in reversed(rows)]
    (other / "renamed.csv").write_text(as_csv(spaced, delimiter=";"))
    assert {row["text"]: row["incident_id"] for row in bring_in(duck, other).taken} == ids
    # Nor does it matter in which order a mapping names its columns.
    first, last = 'kind = "Kind"\n', 'text = "Notes"\n'
    turned = MAPPING.replace(first, "@").replace(last, first).replace("@", last)
    assert turned != MAPPING
    assert {row["text"]: row["incident_id"] for row in bring_in(duck, other, turned).taken} == ids
    without = MAPPING.replace('incident_id = "Ref"\n', "")
    assert len(bring_in_rows(duck, tmp_path / "none", rows, without).taken) == 3


def test_the_earliest_check_that_fails_is_the_reason(duck: Engine, tmp_path: Path) -> None:
    wrong = call(1, Kind="", Reported="never", Lat="north")
    assert bring_in_rows(duck, tmp_path / "a", [wrong]).reasons[2].startswith("the row names no kind")
    wrong["Kind"] = "NOISE"
    assert bring_in_rows(duck, tmp_path / "b", [wrong]).reasons[2].startswith("the time is not written")
    wrong["Reported"] = "05/07/2025 10:00"
    assert bring_in_rows(duck, tmp_path / "c", [wrong]).reasons[2].startswith("the coordinate is not")


def test_rows_longer_than_the_header_by_empty_cells_only_are_rows(duck: Engine, tmp_path: Path) -> None:
    header, row = as_csv([call(1)]).splitlines()
    brought = bring_in_text(duck, tmp_path / "in", f"{header},,\n{row},,\n{row.replace('0001', '0002')}\n")
    assert [row["incident_id"] for row in brought.taken] == ["IM-0001", "IM-0002"]

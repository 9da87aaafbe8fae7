"""Parquet: every type as the text it stands for, and what cannot be text refused with its name."""

from __future__ import annotations

import datetime as dt
import decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from exports import HEADER, MAPPING, bring_in, call

from lippen.engine import Engine
from lippen.signals import ImportRefused
from lippen.signals.parquet_rows import flat_columns


def parquet(path: Path, rows: list[dict[str, Any]], **columns: pa.Array) -> Path:
    """Rows as Parquet, whole columns replaced by `columns`."""
    table = pa.Table.from_pylist(rows)
    for name, values in columns.items():
        table = table.set_column(table.schema.get_field_index(name), name, values)
    path.parent.mkdir(exist_ok=True)
    pq.write_table(table, path)
    return path


def test_rows_are_numbered_from_one_and_nothing_is_lost(duck: Engine, tmp_path: Path) -> None:
    rows = [call(1), call(2, Reported="no time"), call(3)]
    brought = bring_in(duck, parquet(tmp_path / "in" / "calls.parquet", rows))
    assert [(row["incident_id"], row["line"]) for row in brought.taken] == [("IM-0001", 1), ("IM-0003", 3)]
    assert list(brought.reasons) == [2]


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pa.array([1, None], pa.int64()), ["1", None]),
        (pa.array([1.0, float("nan")], pa.float64()), ["1", None]),
        (pa.array([0.25, 1e300], pa.float64()), ["0.25", "1e+300"]),
        (pa.array([1.5, 2.0], pa.float32()), ["1.5", "2"]),
        (pa.array([1.5, 2.0], pa.float32()).cast(pa.float16()), ["1.5", "2"]),
        (pa.array([True, False]), ["true", "false"]),
        (pa.array(["a", "b"]).dictionary_encode(), ["a", "b"]),
        (pa.array(["a", "b"], pa.large_string()), ["a", "b"]),
        (pa.array(["a", "b"]).cast(pa.string_view()), ["a", "b"]),
        (pa.array([b"caf\xc3\xa9", b"caf\xe9"], pa.binary()), ["café", "café"]),
        (pa.array([decimal.Decimal("1.50"), None]), ["1.50", None]),
        (pa.nulls(2), [None, None]),
        (pa.array([dt.date(2025, 7, 1), None]), ["2025-07-01", None]),
        (pa.array([dt.time(22, 4), None]), ["22:04:00.000000", None]),
        (pa.array(["=cmd|' /C calc'!A0", "\0"]), ["=cmd|' /C calc'!A0", None]),
    ],
    ids=str,
)
def test_types_become_text(duck: Engine, tmp_path: Path, values: pa.Array, texts: list[str | None]) -> None:
    path = parquet(tmp_path / "in" / "calls.parquet", [call(1), call(2)], Notes=values)
    assert [row["text"] for row in bring_in(duck, path).taken] == texts


@pytest.mark.parametrize(
    ("kind", "hour"),
    [
        (pa.timestamp("s"), 9),
        (pa.timestamp("ns"), 9),
        (pa.timestamp("us", "UTC"), 10),
        (pa.timestamp("us", "America/New_York"), 10),
    ],
    ids=str,
)
def test_times_with_a_zone_are_instants_and_those_without_are_the_export_s_clock(
    duck: Engine, tmp_path: Path, kind: pa.DataType, hour: int
) -> None:
    ten = (
        pa.array([dt.datetime(2025, 7, 1, 10)])
        .cast(pa.timestamp("us", "UTC") if kind.tz else kind)
        .cast(kind)
    )
    path = parquet(tmp_path / "in" / "calls.parquet", [call(1)], Reported=ten)
    (row,) = bring_in(duck, path).taken
    assert row["reported_at"] == dt.datetime(2025, 7, 1, hour)
    assert row["local_hour"] == hour + 1


def test_text_that_is_not_utf8_is_read_as_windows_1252(duck: Engine, tmp_path: Path) -> None:
    odd = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.array([0, 4], pa.int32()).buffers()[1], pa.py_buffer(b"caf\xe9")]
    )
    (row,) = bring_in(duck, parquet(tmp_path / "in" / "calls.parquet", [call(1)], Notes=odd)).taken
    assert row["text"] == "café"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (pa.array([["a"]]), "holds lists or records; flatten it at the source"),
        (pa.array([{"a": 1}]), "holds lists or records; flatten it at the source"),
        (pa.array([dt.timedelta(1)]).cast(pa.duration("s")), None),
    ],
)
def test_what_is_no_text_is_refused_by_name(
    duck: Engine, tmp_path: Path, values: pa.Array, says: str | None
) -> None:
    path = parquet(tmp_path / "in" / "calls.parquet", [call(1)], Notes=values)
    if says is None:
        assert bring_in(duck, path).report.accepted == 1
    else:
        with pytest.raises(ImportRefused, match=f"the column 'Notes' {says}"):
            bring_in(duck, path)


def test_columns_of_one_name_are_refused_only_where_they_are_read(duck: Engine, tmp_path: Path) -> None:
    one = list(call(1).values())
    folder = tmp_path / "in"
    folder.mkdir()
    twice = pa.table([[value] for value in [*one, "x", "y"]], names=[*HEADER, "Kind", "Other"])
    pq.write_table(twice, folder / "twice.parquet")
    with pytest.raises(ImportRefused, match="'Kind' stands there more than once"):
        bring_in(duck, folder)
    with pytest.raises(ImportRefused, match="two columns are called 'Kind'; rename one"):
        bring_in(duck, folder, MAPPING.replace('"Kind"', '"Kind (1)"'))
    beside = pa.table([[value] for value in [*one, "x", "y"]], names=[*HEADER, "Other", "Other"])
    pq.write_table(beside, folder / "twice.parquet")
    assert bring_in(duck, folder).report.accepted == 1


def test_a_column_without_a_name_is_proposed_to_nobody(tmp_path: Path) -> None:
    """Whoever makes a mapping could not name it, and the whole file would be refused for it."""
    path = tmp_path / "export.parquet"
    named = {"Ref": pa.array(["R1"]), "": pa.array(["x"]), " ": pa.array(["y"]), "Kind": pa.array(["FIRE"])}
    pq.write_table(pa.table(named), path)
    assert flat_columns(path) == ("Ref", "Kind")


def test_damaged_and_empty_files_are_named(duck: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    whole = parquet(folder / "whole.parquet", [call(1)]).read_bytes()
    (folder / "cut.parquet").write_bytes(whole[:-9])
    (folder / "text.parquet").write_text("Ref,Kind\n")
    (folder / "empty.parquet").write_bytes(b"")
    pq.write_table(pa.table({name: pa.array([], pa.string()) for name in HEADER}), folder / "no-rows.parquet")
    pq.write_table(pa.table({"Ref": ["a"]}), folder / "other.parquet")
    brought = bring_in(duck, folder)
    assert {one.file: one.rows for one in brought.report.inputs} == {"no-rows.parquet": 0, "whole.parquet": 1}
    for name in ("cut", "text", "empty"):
        assert brought.unread(f"{name}.parquet").startswith("it is no whole Parquet file")
    assert "no row has the header 'Kind'" in brought.unread("other.parquet")


def test_a_file_damaged_in_the_middle_is_left_out_whole(duck: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    rows = pa.Table.from_pylist([call(number, Notes=f"{number * 7919}") for number in range(1, 70_000)])
    pq.write_table(rows, folder / "calls.parquet", row_group_size=35_000, compression="zstd")
    data = bytearray((folder / "calls.parquet").read_bytes())
    middle = pq.ParquetFile(folder / "calls.parquet").metadata.row_group(1).column(6).data_page_offset
    data[middle : middle + 3000] = bytes(3000)
    (folder / "calls.parquet").write_bytes(data)
    parquet(folder / "good.parquet", [call(1)])
    brought = bring_in(duck, folder)
    assert [one.file for one in brought.report.inputs] == ["good.parquet"]
    assert "it is damaged after row" in brought.unread("calls.parquet")

"""What holds for every kind of signal alike: round trip, rows in are rows out, what its file says of it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from each_kind import TYPES, WRITERS, example, least, mapping_for, meant, write_csv
from exports import bring_in
from hypothesis import given, settings
from hypothesis import strategies as st

from lippen.engine import Engine
from lippen.signals import Kind, MappingError, check_mapping, committing, kind_names, load_kind, parse_mapping
from lippen.signals.identity import identity_by_name
from lippen.signals.kinds import READS

KINDS = [load_kind(name) for name in kind_names()]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def test_there_are_seven_kinds() -> None:
    assert kind_names() == ("answer", "concern", "incident", "listing", "record", "report", "sighting")


@every_kind
def test_the_file_of_a_kind_says_what_the_readers_rely_on(kind: Kind) -> None:
    assert kind.columns[0].reads == "id"
    assert [column.reads for column in kind.columns].count("id") == 1
    when = next(column for column in kind.columns if column.name == kind.when)
    assert when.reads in ("time", "day")
    assert when.required
    assert kind.has("local_day") == kind.has("local_hour") == (when.reads == "time")
    assert not kind.later_by or kind.later_by in kind.reading("time", "day")
    assert [column.name for column in kind.columns[-2:]] == ["file", "line"]
    schema = kind.schema()
    for column in kind.columns:
        assert (column.reads in READS) == column.from_export
        if column.reads:
            assert schema.field(column.name).type == TYPES.get(column.reads, schema.field(kind.id).type)
    assert kind.needs_authority == (kind.name in ("record", "listing"))
    assert kind.needs_authority or not kind.reading("personal")


@every_kind
@pytest.mark.parametrize("written", WRITERS)
def test_what_an_export_says_is_what_is_stored(
    duck: Engine, tmp_path: Path, kind: Kind, written: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    rows = [example(kind), least(kind)]
    WRITERS[written](kind, rows, folder)
    brought = bring_in(duck, folder, mapping_for(kind))
    assert brought.refused == []
    for row, taken in zip(rows, brought.taken, strict=True):
        expected = {column.name: meant(column, row[column.name]) for column in kind.mappable()}
        if not row[kind.id]:
            expected.pop(kind.id)
            assert taken[kind.id].startswith("c-")
        assert {name: taken[name] for name in expected} == expected
    (file,) = (tmp_path / ".in-workspace-0").rglob(f"signals/{kind.name}/*.parquet")
    stored = pq.read_schema(file)
    assert stored.names == kind.schema().names
    assert stored.types == kind.schema().types
    # The id of a row without one is the same in whatever format it came.
    again = tmp_path / "again"
    again.mkdir()
    write_csv(kind, rows, again)
    assert [row[kind.id] for row in bring_in(duck, again, mapping_for(kind)).taken] == [
        row[kind.id] for row in brought.taken
    ]


@every_kind
def test_importing_again_changes_nothing_and_rows_lie_in_order(
    duck: Engine, tmp_path: Path, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    day, clock = example(kind)[kind.when][:8], example(kind)[kind.when][10:]
    rows = [
        example(kind, **{kind.id: f"R-{at}", kind.when: f"{day}{1 + at * 7 % 28:02}{clock}"})
        for at in range(30)
    ]
    write_csv(kind, rows, folder)
    brought = bring_in(duck, folder, mapping_for(kind), tmp_path / "town")
    assert (brought.report.accepted, brought.report.changed) == (30, True)
    (table,) = brought.tables("signals")
    stored = table.select(list(kind.sorted_by)).to_pylist()
    assert stored == sorted(stored, key=lambda row: [row[name] for name in kind.sorted_by])
    again = bring_in(duck, folder, mapping_for(kind), tmp_path / "town")
    assert (again.report.changed, again.report.duplicates, len(again.taken)) == (False, 30, 30)
    # What is too much to sort at once goes in stretches of days.
    monkeypatch.setattr(committing, "PART_BYTES", 2000)
    parts = bring_in(duck, folder, mapping_for(kind)).tables("signals", [kind.id, kind.day])
    assert len(parts) > 1
    assert sorted(name for part in parts for name in part[kind.id].to_pylist()) == sorted(
        row[kind.id] for row in rows
    )
    days = [set(part[kind.day].to_pylist()) for part in parts]
    assert sum(map(len, days)) == len(set.union(*days))


cells = st.sampled_from(
    ["", "garbage", "30/02/2025", "05/07/2025", "05/07/2025 10:15", "1,5", "£12.50", "12.5", "nan", "-3", "3",
     "maybe", "Y", "ring 07700 900123", "é" * 120, "NULL", "\x1f", "=1+1", "1e400", "99999999999", "٢"]
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(data=st.data(), kind=st.sampled_from(KINDS))
def test_rows_in_are_rows_out_and_what_is_taken_is_whole(duck: Engine, data: Any, kind: Kind) -> None:
    """`bring_in` adds up the rows; here, that no taken row is half or holds a number that is not its own."""
    names = [column.name for column in kind.mappable()]
    changes = st.dictionaries(st.sampled_from(names), cells, max_size=3)
    rows = [example(kind, **change) for change in data.draw(st.lists(changes, min_size=1, max_size=8))]
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory) / "in"
        folder.mkdir()
        write_csv(kind, rows, folder)
        brought = bring_in(duck, folder, mapping_for(kind, "[times]", 'formats = ["iso", "%d/%m/%Y"]'))
        assert brought.report.rows == len(rows)
        for row in brought.taken:
            for column in kind.columns:
                value = row[column.name]
                assert value is not None or not column.required, column.name
                if column.reads == "whole" and value is not None:
                    assert column.least <= value <= column.most
                if isinstance(value, float):
                    assert abs(value) < 1e12
                if column.reads != "personal":
                    assert "07700" not in str(value)
        assert not any("07700" in str(row["value"]) for row in brought.refused)


@every_kind
def test_a_mapping_must_name_what_may_not_be_empty_and_a_row_must_have_it(
    duck: Engine, tmp_path: Path, kind: Kind
) -> None:
    must = [
        column for column in kind.columns if column.required and column.from_export and column.reads != "id"
    ]
    assert [column.name for column in kind.must_name()] == [column.name for column in must]
    for column in must:
        with pytest.raises(MappingError, match=rf"`columns.{column.name}` is missing"):
            parse_mapping(mapping_for(kind, leave=(column.name,)))
    assert parse_mapping(mapping_for(kind, leave=(kind.id,))).kind == kind
    folder = tmp_path / "in"
    folder.mkdir()
    rows = [example(kind, **{kind.id: f"R-{at}", one.name: ""}) for at, one in enumerate(must)]
    write_csv(kind, [*rows, dict.fromkeys(rows[0], "")], folder)
    brought = bring_in(duck, folder, mapping_for(kind))
    assert brought.taken == []
    named = [row["column"] for row in brought.refused]
    assert named == [*(column.synonyms[0].title() for column in must), None]
    for row in brought.refused[:-1]:
        assert row["reason"].endswith("; complete it at the source")


@every_kind
def test_inspect_shows_how_a_mapping_reads_each_kind(tmp_path: Path, kind: Kind) -> None:
    write_csv(kind, [example(kind), least(kind)], tmp_path)
    check = check_mapping(tmp_path / "rows.csv", parse_mapping(mapping_for(kind)))
    text = check.as_text()
    assert [row["line"] for row in check.first_rows] == ["2", "3"]
    assert f"{kind.when} = {example(kind)[kind.when]}" in text
    if kind.name == "incident":
        assert "Disposal codes of the export, and what each becomes" in text
        return
    assert check.problems == []
    code = kind.reading("code", "area")[0]
    assert check.values[example(kind)[code], code] == 2
    assert f"          2  {example(kind)[code]}  ->  {code}" in text
    assert "Disposal" not in text
    for name in kind.reading("personal"):
        assert example(kind)[name] not in text
        assert f"{name} = (kept as written, not shown)" in text


@pytest.mark.parametrize(
    ("section", "kinds"),
    [
        ('[outcomes]\nfounded = ["X"]', ["incident"]),
        ('[kinds]\nsensor = ["X"]', ["incident"]),
        ('[protected_words]\nhate = ["x"]', ["incident"]),
        ("[places]\ngrid_km = 1", ["incident"]),
        ("[numbers]\ndecimal_comma = true", ["answer", "incident", "listing", "record", "sighting"]),
    ],
)
def test_a_section_for_columns_that_a_kind_has_not_is_an_error(section: str, kinds: list[str]) -> None:
    name = section[1:].partition("]")[0]
    for kind in KINDS:
        if kind.name in kinds:
            parse_mapping(mapping_for(kind, section))
            continue
        with pytest.raises(MappingError, match=rf"`{name}` says nothing about a {kind.name}.*Delete"):
            parse_mapping(mapping_for(kind, section))


@every_kind
def test_no_header_that_a_kind_knows_is_refused_for_its_name(
    duck: Engine, tmp_path: Path, kind: Kind
) -> None:
    for column in kind.mappable():
        if column.reads != "personal":
            known = [header for header in column.synonyms if header != column.words]
            assert [header for header in known if identity_by_name(header)] == []
    folder = tmp_path / "in"
    folder.mkdir()
    named = [column.words for column in kind.mappable()]
    (folder / "rows.csv").write_text(",".join(named) + "\n")
    lines = "\n".join(f'{column.name} = "{column.words}"' for column in kind.mappable())
    mapping = mapping_for(kind, lines, leave=tuple(column.name for column in kind.mappable()))
    assert [one.file for one in bring_in(duck, folder, mapping).report.inputs] == ["rows.csv"]

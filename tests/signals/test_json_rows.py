"""JSON lines: one object on each line, nested or not; what is no object costs its line and no more."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from exports import MAPPING, BroughtIn, bring_in, call

from lippen.engine import Engine
from lippen.signals import ImportRefused


def bring_in_lines(
    duck: Engine, folder: Path, lines: list[Any], mapping: str = MAPPING, end: str = "\n"
) -> BroughtIn:
    """Import one file whose lines are these: text as it is, anything else as JSON."""
    folder.mkdir()
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    (folder / "calls.jsonl").write_bytes(end.join([*texts, ""]).encode())
    return bring_in(duck, folder, mapping)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_object_is_a_row_and_blank_lines_are_none(duck: Engine, tmp_path: Path, end: str) -> None:
    lines = [call(1), "", call(2, Kind=""), "  ", call(3)]
    brought = bring_in_lines(duck, tmp_path / "in", lines, end=end)
    assert [(row["incident_id"], row["line"]) for row in brought.taken] == [("IM-0001", 1), ("IM-0003", 5)]
    assert list(brought.reasons) == [3]
    assert brought.report.rows == 3


def test_fields_inside_objects_are_named_with_a_dot(duck: Engine, tmp_path: Path) -> None:
    mapping = MAPPING.replace('"Lat"', '"where.point.lat"').replace('"Long"', '"where.point.lon"')
    nested = {**call(1), "where": {"point": {"lat": 56.2, "lon": -1.8}}}
    (row,) = bring_in_lines(duck, tmp_path / "in", [nested], mapping).taken
    assert (row["lat"], row["lon"]) == (56.2, -1.8)


def test_values_become_text(duck: Engine, tmp_path: Path) -> None:
    values: list[tuple[Any, str | None]] = [
        (None, None),
        (5, "5"),
        (5.0, "5"),
        (5.25, "5.25"),
        (True, "true"),
        (["a", 1], '["a", 1]'),
        ("Café", "Café"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("two\nlines", "two\nlines"),
        ("a\0b", "a b"),  # a sign for a terminal
        ("\ud800 half a pair", "? half a pair"),
    ]
    lines = [{**call(at), "Notes": value} for at, (value, _) in enumerate(values)]
    brought = bring_in_lines(duck, tmp_path / "in", lines)
    assert [row["text"] for row in brought.taken] == [text for _, text in values]


def test_what_is_no_object_costs_its_line_and_no_more(duck: Engine, tmp_path: Path) -> None:
    lines = [
        call(1), "{", "[1, 2]", '"text"', "null", '{"Ref": "IM-7", "Kind": }', '{"Ref": ' + "[" * 100_000,
        json.dumps(call(8)) * 2, '{"Ref": ' + "9" * 5000 + "}",
        {**call(10), "Lat": float("nan"), "Long": None},
    ]  # fmt: skip
    brought = bring_in_lines(duck, tmp_path / "in", lines)
    assert [row["line"] for row in brought.taken] == [1, 10]
    assert brought.taken[1]["placed"]  # by the other row of its street: it had no coordinates itself
    broken, other = (
        "the line is not a whole JSON object",
        "the line is JSON but not an object with named fields",
    )
    assert {line: reason.partition("; ")[0] for line, reason in brought.reasons.items()} == {
        2: broken, 3: other, 4: other, 5: other, 6: broken, 7: broken, 8: broken, 9: broken,
    }  # fmt: skip


def test_an_object_that_names_a_field_twice_is_refused(duck: Engine, tmp_path: Path) -> None:
    """Readers of JSON take the first or the last of two without a word, and either may be the wrong one."""
    once = json.dumps(call(1))
    lines = [
        once,
        once[:-1] + ', "Ref": "IM-0099"}',
        once[:-1] + ', "more": [{"a": 1, "a": 2}]}',
        once[:-1] + ', "where": {"lat": 1}, "where.lat": 2}',
        once[:-1] + ', "more": [{"a": 1}, {"a": 2}]}',
    ]
    brought = bring_in_lines(
        duck, tmp_path / "in", [line.replace("IM-0001", f"IM-{at}") for at, line in enumerate(lines, 1)]
    )
    assert [row["line"] for row in brought.taken] == [1, 5]
    assert list(brought.reasons) == [2, 3, 4]
    for reason in brought.reasons.values():
        assert (
            reason == "a field is named twice, and nobody can tell which is meant; correct it at the source"
        )


def test_a_line_beyond_belief_is_refused_and_the_next_is_read(duck: Engine, tmp_path: Path) -> None:
    mapping = MAPPING + "[file]\nlongest_line = 2000\n"
    lines = [call(1), call(2, Notes="x" * 2000), " " * 20_000_000 + json.dumps(call(3)), call(4)]
    brought = bring_in_lines(duck, tmp_path / "in", lines, mapping)
    assert [(row["incident_id"], row["line"]) for row in brought.taken] == [("IM-0001", 1), ("IM-0004", 4)]
    assert list(brought.reasons) == [2, 3]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_encodings_and_gzip(duck: Engine, tmp_path: Path, encoding: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    text = "\n".join(json.dumps(call(at, Notes="Café"), ensure_ascii=False) for at in (1, 2))
    (folder / "calls.jsonl").write_bytes(text.encode(encoding))
    (folder / "packed.ndjson.gz").write_bytes(gzip.compress(text.replace("IM-", "AB-").encode(encoding)))
    brought = bring_in(duck, folder)
    assert [row["text"] for row in brought.taken] == ["Café"] * 4


def test_lines_that_are_no_utf_8_are_read_and_counted(duck: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    lines = [json.dumps(call(at, Notes=note), ensure_ascii=False) for at, note in ((1, "Café"), (2, "Cafe"))]
    (folder / "calls.jsonl").write_bytes("\n".join(lines).encode("cp1252"))
    brought = bring_in(duck, folder)
    assert [row["text"] for row in brought.taken] == ["Café", "Cafe"]
    assert brought.report.notes["lines that were not UTF-8, read as Windows-1252"] == 1


def test_a_truncated_gzip_gives_what_it_has(duck: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    rows = [call(number, Notes=f"{number * 7919 % 1009}") for number in range(1, 3001)]
    packed = gzip.compress("\n".join(map(json.dumps, rows)).encode())
    (folder / "calls.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    brought = bring_in(duck, folder)
    taken = [row["incident_id"] for row in brought.taken]
    assert taken == [row["Ref"] for row in rows[: len(taken)]]
    assert len(taken) > 1000
    (refused,) = brought.refused
    assert (refused["line"], refused["reason"][:32]) == (len(taken) + 1, "the compressed file ends in the ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is empty"),
        ("\n \n", "it is empty"),
        ('[{"Ref": "IM-1"}]', "one JSON array; save it with one object on each line"),
        ("[" * 200_000, "a JSON array that holds no objects with named fields"),
        ('{"Ref": "IM-1"}', "no row has the header 'Kind', .* it has: Ref"),
        ("Ref,Kind\n", "it has none of the usual headers"),
    ],
)
def test_a_file_without_the_columns_says_which_usual_headers_it_has(
    duck: Engine, tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(ImportRefused, match=says):
        bring_in_lines(duck, tmp_path / "in", [text])

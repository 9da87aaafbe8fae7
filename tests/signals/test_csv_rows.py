"""Delimited text as it is sent, and as it arrives damaged: what can be read is, the rest is named."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from exports import HEADER, MAPPING, as_csv, bring_in, bring_in_rows, bring_in_text, call

from lippen.engine import Engine
from lippen.signals import ImportRefused

NOTE = 'Café on the quay, "shutter" forced – £5 gone'


def notes(brought_in_rows: list[dict[str, object]]) -> list[object]:
    return [row["text"] for row in brought_in_rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found(duck: Engine, tmp_path: Path, delimiter: str) -> None:
    rows = [call(1, Notes=f"one{delimiter} two"), call(2, Notes="a, b; c"), call(3)]
    brought = bring_in_rows(duck, tmp_path / "in", rows, delimiter=delimiter)
    assert notes(brought.taken) == [row["Notes"] for row in rows]
    assert [row["line"] for row in brought.taken] == [2, 3, 4]


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(lambda text: text.encode("utf-8"), id="utf-8"),
        pytest.param(lambda text: text.encode("utf-8-sig"), id="utf-8 with a byte order mark"),
        pytest.param(lambda text: text.encode("utf-16"), id="utf-16 little-endian"),
        pytest.param(lambda text: b"\xfe\xff" + text.encode("utf-16-be"), id="utf-16 big-endian"),
        pytest.param(lambda text: text.encode("utf-16-le"), id="utf-16 without a mark"),
        pytest.param(lambda text: text.encode("utf-16-be"), id="utf-16 big-endian without a mark"),
        pytest.param(lambda text: text.encode("utf-32"), id="utf-32"),
        pytest.param(lambda text: gzip.compress(text.encode()), id="gzip under a name without .gz"),
        pytest.param(lambda text: gzip.compress(text.encode("utf-16")), id="gzip of utf-16"),
        pytest.param(
            lambda text: gzip.compress(text[:50].encode()) + gzip.compress(text[50:].encode()) + bytes(512),
            id="gzip in two members, padded",
        ),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(lambda text: text.replace("\n", "\r").encode(), id="lone CR"),
        pytest.param(lambda text: text.rstrip("\n").encode(), id="no end of line at the end"),
        pytest.param(lambda text: text.replace("\n", "\n\n").encode(), id="blank lines between"),
    ],
)
def test_however_it_is_written_it_is_the_same(duck: Engine, tmp_path: Path, encoded: object) -> None:
    rows = [call(1, Notes=NOTE), call(2), call(3, Kind="")]
    brought = bring_in_text(duck, tmp_path / "in", encoded(as_csv(rows)))  # type: ignore[operator]
    assert notes(brought.taken) == [NOTE, rows[1]["Notes"]]
    assert [row["incident_id"] for row in brought.taken] == ["IM-0001", "IM-0002"]
    (refused,) = brought.refused
    assert refused["reason"].startswith("the row names no kind")
    assert (brought.report.rows, brought.report.accepted, brought.report.quarantined) == (3, 2, 1)


def test_a_named_encoding_is_believed_unless_it_does_not_fit(duck: Engine, tmp_path: Path) -> None:
    text = as_csv([call(1, Notes="Ełk, ząb")])
    brought = bring_in_text(
        duck, tmp_path / "in", text.encode("cp1250"), MAPPING + '[file]\nencoding = "cp1250"\n'
    )
    assert notes(brought.taken) == ["Ełk, ząb"]
    with pytest.raises(ImportRefused, match=r"not written in ascii.*delete \[file\] encoding"):
        bring_in_text(duck, tmp_path / "b", text.encode("cp1250"), MAPPING + '[file]\nencoding = "ascii"\n')


def test_newlines_inside_quotes_belong_to_the_cell_and_lines_are_counted_on(
    duck: Engine, tmp_path: Path
) -> None:
    rows = [call(1, Notes="first\nsecond\n\nfourth"), call(2, Reported="30/02/2025 10:00"), call(3)]
    brought = bring_in_rows(duck, tmp_path / "in", rows)
    assert notes(brought.taken) == ["first\nsecond\n\nfourth", rows[2]["Notes"]]
    assert [row["line"] for row in brought.taken] == [2, 7]
    assert list(brought.reasons) == [6]
    crlf = bring_in_rows(duck, tmp_path / "crlf", rows, end="\r\n")
    assert [row["line"] for row in crlf.taken] == [2, 7]


def test_lines_that_are_not_utf8_are_read_as_windows_1252_and_counted(duck: Engine, tmp_path: Path) -> None:
    lines = as_csv([call(1, Notes="Café"), call(2, Notes="Café"), call(3, Notes="£5")]).split("\n")
    data = "\n".join(lines[:2]).encode() + b"\n" + "\n".join(lines[2:]).encode("cp1252")
    brought = bring_in_text(duck, tmp_path / "in", data + b"\n")
    assert notes(brought.taken) == ["Café", "Café", "£5"]
    assert brought.report.notes["lines that were not UTF-8, read as Windows-1252"] == 2


def test_damage_costs_the_lines_it_stands_on_and_no_more(duck: Engine, tmp_path: Path) -> None:
    lines = as_csv(map(call, range(1, 12))).splitlines()
    lines[2] = lines[2].replace("loud", "lo\0ud")
    lines[4] = lines[4].replace("music", 'mu"sic')  # a stray mark inside a cell is only a sign
    lines[5] = lines[5].replace("Kirkgait", '"Kirkgait')  # one that opens a cell and never closes is not
    lines[7] = lines[7] + ",more,cells"
    lines[8] = "IM-0008,NOISE NUISANCE"
    lines[10] = ",,,,,,,"
    brought = bring_in_text(duck, tmp_path / "in", "\n".join(lines) + "\n")
    starts = {
        3: "the line holds a zero byte",
        6: "a quotation mark opened on this line is never closed",
        8: "the row has 10 cells where the header has 8",
        9: "the row has 2 cells where the header has 8",
        11: "the row is empty in every column",
    }
    assert {line: reason[: len(starts[line])] for line, reason in brought.reasons.items()} == starts
    assert [row["line"] for row in brought.taken] == [2, 4, 5, 7, 10, 12]
    assert brought.taken[2]["text"] == 'loud mu"sic from number 4'
    # The text of a record that could not be cut into cells may hold anything, so it is not kept.
    assert {row["value"] for row in brought.refused} == {"", "2 cells", "10 cells"}


def test_a_file_of_nothing_but_open_quotation_marks_is_read_to_its_end(duck: Engine, tmp_path: Path) -> None:
    # Each line opens a mark that every later line reopens: the worst there is.
    text = as_csv([call(1)]) + 'a"b,"c\n' * 3000 + as_csv([call(2)]).split("\n", 1)[1]
    brought = bring_in_text(duck, tmp_path / "in", text)
    assert (brought.report.rows, brought.report.accepted) == (3002, 2)


def test_titles_above_the_header_are_passed_over(duck: Engine, tmp_path: Path) -> None:
    title = 'Invermarrow control room\n"Printed on 1 August\nby the night shift"\n\n'
    brought = bring_in_text(duck, tmp_path / "in", title + as_csv([call(1)]))
    assert [row["line"] for row in brought.taken] == [6]
    fixed = bring_in_text(
        duck, tmp_path / "fixed", title + as_csv([call(1)]), MAPPING + "[file]\nheader_row = 5\n"
    )
    assert [row["line"] for row in fixed.taken] == [6]
    with pytest.raises(ImportRefused, match=r"check \[file\] header_row"):
        bring_in_text(
            duck, tmp_path / "wrong", title + as_csv([call(1)]), MAPPING + "[file]\nheader_row = 2\n"
        )


def test_headers_are_found_whatever_their_case_and_spacing(duck: Engine, tmp_path: Path) -> None:
    header = ",".join(f"  {name.upper()} " for name in HEADER)
    brought = bring_in_text(duck, tmp_path / "in", header + "\n" + as_csv([call(1)]).split("\n", 1)[1])
    assert brought.report.accepted == 1


def test_a_header_that_stands_there_twice_must_be_told_apart(duck: Engine, tmp_path: Path) -> None:
    text = (
        as_csv([call(1, Disposal="NO TRACE")])
        .replace("Ref,", "Kind,", 1)
        .replace("IM-0001", "FIRST OPENED AS")
    )
    mapping = MAPPING.replace('incident_id = "Ref"\n', "")
    with pytest.raises(ImportRefused, match=r"'Kind' stands there more than once; write \"Kind \(1\)\""):
        bring_in_text(duck, tmp_path / "in", text, mapping)
    brought = bring_in_text(duck, tmp_path / "second", text, mapping.replace('"Kind"', '"Kind (1)"'))
    assert [row["kind"] for row in brought.taken] == ["FIRST OPENED AS"]


def test_a_wrong_separator_in_the_mapping_is_named_with_the_right_one(duck: Engine, tmp_path: Path) -> None:
    with pytest.raises(
        ImportRefused, match=r"with ';' as the delimiter it has them: correct \[file\] delimiter"
    ):
        bring_in_text(
            duck,
            tmp_path / "in",
            as_csv([call(1)], delimiter=";"),
            MAPPING + '[file]\ndelimiter = ","\n',
        )


def test_a_header_that_is_not_there_is_named_with_those_that_are(duck: Engine, tmp_path: Path) -> None:
    with pytest.raises(
        ImportRefused, match=r"no row has the header 'Reported' .* it has: Ref, Kind, "
    ) as said:
        bring_in_text(duck, tmp_path / "in", as_csv([call(1)]).replace("Reported", "When"))
    assert "When" not in str(said.value)


def test_a_file_without_a_header_shows_nothing_of_its_first_row(duck: Engine, tmp_path: Path) -> None:
    text = "IM-1,Jean Doe,07700 900123\nIM-2,Ann Doe,07700 900124\n"
    with pytest.raises(ImportRefused, match="it has none of the usual headers") as said:
        bring_in_text(duck, tmp_path / "in", text)
    assert "Doe" not in str(said.value)
    assert "07700" not in str(said.value)


@pytest.mark.parametrize("nothing", [b"", b"\n\r\n", b"   \t\n", b"\xef\xbb\xbf", b"\0\0\0\0"])
def test_an_empty_file_is_said_to_be_empty(duck: Engine, tmp_path: Path, nothing: bytes) -> None:
    with pytest.raises(ImportRefused, match=r"calls.csv: it is empty"):
        bring_in_text(duck, tmp_path / "in", nothing)


def test_a_header_without_rows_is_read_and_changes_nothing(duck: Engine, tmp_path: Path) -> None:
    brought = bring_in_text(duck, tmp_path / "in", as_csv([]))
    assert [(one.file, one.rows) for one in brought.report.inputs] == [("calls.csv", 0)]
    assert not brought.report.changed
    assert "no rows" in brought.report.as_text()
    assert brought.workspace.imports() == []


def test_text_that_begins_like_a_formula_stays_text(duck: Engine, tmp_path: Path) -> None:
    formulas = ["=cmd|' /C calc'!A0", "+HYPERLINK(1)", "@SUM(A1)", "-2+3", "=1+1"]
    brought = bring_in_rows(
        duck,
        tmp_path / "in",
        [call(number, Notes=text, Disposal=text) for number, text in enumerate(formulas)],
    )
    assert notes(brought.taken) == formulas
    assert [row["disposal"] for row in brought.taken] == formulas


LONG = MAPPING + "[file]\nlongest_line = 2000\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_beyond_belief_is_refused_and_the_next_is_read(duck: Engine, tmp_path: Path, end: str) -> None:
    rows = [call(1), call(2, Notes="x" * 2000), call(3), call(4, Notes="y" * 20_000_000), call(5)]
    brought = bring_in_rows(duck, tmp_path / "in", rows, LONG, end=end)
    assert [row["incident_id"] for row in brought.taken] == ["IM-0001", "IM-0003", "IM-0005"]
    assert [row["line"] for row in brought.taken] == [2, 4, 6]
    assert list(brought.reasons) == [3, 5]
    assert all("raise [file] longest_line" in reason for reason in brought.reasons.values())


def test_several_stretches_give_the_same_as_one(duck: Engine, tmp_path: Path) -> None:
    """A file is cut into stretches of 8 MiB: a record lies across the cut, and lines are counted on."""
    rows = [call(number, Notes="very loud\nmusic " * 400) for number in range(1, 1600)]
    brought = bring_in_rows(duck, tmp_path / "in", rows)
    assert brought.report.accepted == len(rows)
    assert [row["line"] for row in brought.taken] == [2 + 401 * at for at in range(len(rows))]
    assert {row["text"] for row in brought.taken} == {("very loud\nmusic " * 400).strip()}


def cut(packed: bytes, keep: float) -> bytes:
    return packed[: int(len(packed) * keep)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_truncated_gzip_gives_what_it_has(duck: Engine, tmp_path: Path, end: str) -> None:
    rows = [
        call(number, Notes=f"{number * 7919 % 1009} {number * 104729 % 1013}") for number in range(1, 5001)
    ]
    packed = gzip.compress(as_csv(rows, end=end).encode())
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "calls.csv.gz").write_bytes(cut(packed, 0.6))
    brought = bring_in(duck, folder)
    taken = [row["incident_id"] for row in brought.taken]
    assert 1500 < len(taken) < 4500
    assert taken == [row["Ref"] for row in rows[: len(taken)]]
    (refused,) = brought.refused
    assert refused["line"] == len(taken) + 2
    assert refused["reason"].startswith("the compressed file ends in the middle")


def test_damage_inside_a_gzip_gives_what_stands_before_it(duck: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    rows = [call(number, Notes=f"{number * 7919 % 1009} {number}") for number in range(1, 20_001)]
    packed = bytearray(gzip.compress(as_csv(rows).encode(), 1))
    middle = len(packed) * 3 // 4
    packed[middle : middle + 50] = bytes(50)
    (folder / "calls.csv.gz").write_bytes(packed)
    (folder / "not.csv.gz").write_bytes(b"\x1f\x8b" + bytes(100))
    (folder / "begun.csv.gz").write_bytes(gzip.compress(as_csv(rows).encode())[:12])
    tail = gzip.compress(as_csv([call(70_000)]).encode()) + as_csv([call(70_001)]).encode()
    (folder / "tail.csv.gz").write_bytes(tail)
    brought = bring_in(duck, folder)
    assert brought.unread("not.csv.gz").startswith("the gzip is damaged")
    assert brought.unread("begun.csv.gz").startswith("the gzip ends before anything")
    counts = {one.file: (one.accepted, one.quarantined) for one in brought.report.inputs}
    assert counts["tail.csv.gz"] == (1, 1)
    accepted, quarantined = counts["calls.csv.gz"]
    taken = [row["incident_id"] for row in brought.taken if row["file"] == "calls.csv.gz"]
    assert taken == [row["Ref"] for row in rows[:accepted]]
    assert 12_000 < accepted < 18_000
    assert quarantined >= 1
    last = max(brought.refused, key=lambda row: (row["file"] == "calls.csv.gz", row["line"]))
    assert "ask for the export again" in last["reason"]


def test_a_gzip_bomb_is_refused_whole_and_the_others_are_read(duck: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    bomb = as_csv([call(1)]).encode() + b"0" * 80_000_000
    (folder / "bomb.csv.gz").write_bytes(gzip.compress(bomb, 6))
    (folder / "honest.csv.gz").write_bytes(gzip.compress(as_csv([call(2)]).encode()))
    brought = bring_in(duck, folder, MAPPING + "[file]\nlargest_unpacked = 1_000_000\n")
    assert [one.file for one in brought.report.inputs] == ["honest.csv.gz"]
    assert [row["incident_id"] for row in brought.taken] == ["IM-0002"]
    assert "made to exhaust a computer" in brought.unread("bomb.csv.gz")


def test_what_packs_well_but_is_small_is_no_bomb(duck: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    same = as_csv([call(1)] * 20_000).encode()
    packed = gzip.compress(same, 9)
    assert len(same) > 200 * len(packed)
    (folder / "calls.csv.gz").write_bytes(packed)
    brought = bring_in(duck, folder, MAPPING + "[file]\nlargest_unpacked = 1_000\n")
    assert (brought.report.accepted, brought.report.duplicates) == (1, 19_999)


def test_two_stray_opening_marks_swallow_no_row_between_them(duck: Engine, tmp_path: Path) -> None:
    """Read as one quoted cell, all that lies between two stray marks would be one row and the rest gone."""
    lines = as_csv([call(at, Notes=f"note {at}") for at in range(1, 12)]).splitlines()
    for at in (3, 7):
        lines[at] = lines[at].replace("note", '"note', 1)
    brought = bring_in_text(duck, tmp_path / "in", "\n".join(lines) + "\n")
    assert len(brought.taken) + len(brought.refused) == 11
    assert [row["text"] for row in brought.taken] == [f"note {at}" for at in (1, 2, 4, 5, 6, 8, 9, 10, 11)]

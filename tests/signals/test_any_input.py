"""What holds for every input: rows in are rows out, order decides nothing, and a week is a week."""

from __future__ import annotations

import datetime as dt
import gzip
import tempfile
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from exports import HEADER, MAPPING, Row, as_csv, bring_in, call
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lippen.engine import Engine
from lippen.signals import ImportReport
from lippen.signals.csv_rows import open_csv
from lippen.signals.mapping import FileRules

HEAD = (",".join(HEADER) + "\n").encode()
GOOD = as_csv([call(1)]).split("\n", 1)[1].encode()

# Bytes that look enough like an export to get far into the readers.
pieces = st.sampled_from(
    [b",", b'"', b'""', b"\n", b"\r\n", b"\r", b"\0", b";", b"\t", b"\xff\xfe", b"\xef\xbb\xbf", b"caf\xe9",
     b"\xc3\xa9", b"x", b"  ", b"NOISE", b"05/07/2025 10:15", b"30/02/2025 10:15", b"56.2", b"=cmd",
     b"\x1f\x8b",
     b"{", b"}", b'{"Kind": ', b"null", b"[1]", GOOD, GOOD[:-1], HEAD]
)  # fmt: skip
loose = st.lists(st.one_of(pieces, st.binary(max_size=8)), max_size=40).map(b"".join)
contents = st.one_of(
    st.binary(max_size=200),
    loose,
    loose.map(lambda rest: HEAD + rest),
    loose.map(lambda rest: HEAD + GOOD * 3 + rest + b"\n" + GOOD),
    st.tuples(loose, st.integers(0, 60)).map(lambda two: gzip.compress(HEAD + two[0])[: -two[1] or None]),
    loose.map(lambda rest: (HEAD + rest).decode("latin-1").encode("utf-16")),
    loose.map(lambda rest: (b'{"Ref": "a", "Kind": "b", "Reported": "c", "Lat": "", "Long": "", "Street": "",'
                            b' "Notes": "", "Disposal": ""}\n' + rest)),
    loose.map(lambda rest: b"PK\x03\x04" + rest),
    loose.map(lambda rest: b"PAR1" + rest + b"PAR1"),
    loose.map(lambda rest: b"\xd0\xcf\x11\xe0" + rest),
)  # fmt: skip
suffixes = st.sampled_from(
    ["csv", "txt", "jsonl", "csv.gz", "jsonl.gz", "xlsx", "xls", "parquet", "gz", "ods"]
)
small_lines = MAPPING + "[file]\nlongest_line = 120\n"


@settings(max_examples=25)
@given(
    files=st.lists(st.tuples(suffixes, contents), min_size=1, max_size=8),
    mapping=st.sampled_from([MAPPING, small_lines]),
)
def test_whatever_the_bytes_each_row_is_accounted_for(
    duck: Engine, files: list[tuple[str, bytes]], mapping: str
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory) / "in"
        folder.mkdir()
        (folder / "good.csv").write_bytes(HEAD + GOOD)
        for at, (suffix, content) in enumerate(files):
            (folder / f"{at}.{suffix}").write_bytes(content)
        brought = bring_in(duck, folder, mapping)
        # Each file was read or is said not to have been; `bring_in` has checked that its rows add up.
        named = Counter(one.file for one in (*brought.report.inputs, *brought.report.not_read))
        assert named == Counter(one.name for one in folder.iterdir())
        lines = Counter((row["file"], row["line"]) for row in (*brought.taken, *brought.refused))
        assert max(lines.values(), default=1) == 1


no_marks = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters='\r\n"\0,;\t|\ufeff'), max_size=30
)


@settings(max_examples=15)
@given(lines=st.lists(st.lists(no_marks, min_size=1, max_size=10).map(",".join), max_size=12))
@example(lines=["", " ", ",", "\u2028", "\x85", "\x0b", "\x1c"])
def test_each_line_that_is_not_blank_is_one_row(duck: Engine, lines: list[str]) -> None:
    """Without quotation marks, returns and zero bytes a row is a line, and nothing else is."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "calls.csv"
        path.write_bytes(HEAD + GOOD + "\n".join([*lines, ""]).encode())
        brought = bring_in(duck, path)
        expected = [number for number, line in enumerate(lines, 3) if line]
        assert brought.report.rows == 1 + len(expected)
        found = [row["line"] for row in (*brought.taken, *brought.refused)]
        if not brought.report.duplicates:
            assert sorted(found) == [2, *expected]


@settings(max_examples=300)
@given(
    data=st.lists(
        st.sampled_from(['"', '""', ",", "\n", "\r\n", "a", "b c", '"a,b"', '"a\nb"', "é", "a,b,c\n",
                         '"x","y",z\n', "\r", "\0"]),
        max_size=60,
    ).map(lambda parts: "".join(parts).encode()),
    longest=st.sampled_from([20, 1 << 20]),
)  # fmt: skip
def test_the_fast_and_the_careful_way_of_reading_agree(data: bytes, longest: int) -> None:
    """The same rows with the same line numbers, and the same records refused for the same reasons."""

    def read(fast: bool) -> Any:
        source, _ = open_csv(
            path, "calls.csv", ("A", "B", "C"), FileRules(delimiter=",", longest_line=longest), fast=fast
        )
        rows, refused = [], []
        for work in source.work:
            batch = work()
            texts = [batch.columns[name].to_pylist() for name in ("A", "B", "C")]
            rows += zip(batch.lines.tolist(), *texts, strict=True)
            refused += [(one.line, one.reason) for one in batch.refused]
        return rows, refused

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "calls.csv"
        path.write_bytes(b"A,B,C\n" + data)
        assert read(fast=True) == read(fast=False)


ids = st.sampled_from(["", *(f"IM-{at}" for at in range(6))])
calls = st.fixed_dictionaries(
    {
        "Ref": ids,
        "Kind": st.sampled_from(["NOISE", "DOMESTIC", "INTRUDER ALARM", ""]),
        "Reported": st.sampled_from(
            ["05/07/2015 10:15", "06/07/2016 23:59", "31/06/2015 10:00", "26/10/2014 01:30"]
        ),
        "Closed": st.sampled_from(["", "08/07/2017 10:15", "09/07/2017 11:00"]),
        "Lat": st.sampled_from(["56.2", "", "56.21", "north"]),
        "Long": st.sampled_from(["-1.8", "-1.8", ""]),
        "Street": st.sampled_from(["Kirkgait", "300 Wharf", "100 Wharf", "200 Wharf", ""]),
        "Notes": st.sampled_from(["loud music", "", "ring 07700 900123", 'he said "go"\nand left']),
        "Disposal": st.sampled_from(["NO TRACE", "CRIME RECORDED", ""]),
    }
)
CLOSED = MAPPING.replace("[times]", 'closed_at = "Closed"\n[times]', 1).replace("Europe/London", "UTC")
CLOSED_HEADER = (*HEADER, "Closed")


def import_in_files(duck: Engine, files: list[list[dict[str, str]]], mapping: str = CLOSED) -> Fetched:
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory) / "in"
        folder.mkdir()
        for at, rows in enumerate(files):
            (folder / f"{at}.csv").write_text(as_csv(rows, CLOSED_HEADER))
        brought = bring_in(duck, folder, mapping)
        return Fetched(brought.report, brought.taken, brought.refused)


@dataclass(frozen=True)
class Fetched:
    """What an import said, took and refused, fetched before its folder went."""

    report: ImportReport
    taken: list[Row]
    refused: list[Row]


def without_where(rows: list[Row]) -> list[str]:
    """Rows without the file and line they stood on, in no order that matters."""
    return sorted(
        repr({name: value for name, value in row.items() if name not in ("file", "line")}) for row in rows
    )


@settings(max_examples=10)
@given(rows=st.lists(calls, min_size=1, max_size=25), data=st.data())
def test_neither_the_order_of_rows_nor_the_cut_into_files_decides_anything(
    duck: Engine, rows: list[dict[str, str]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(rows))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    edges = [0, *cuts, len(rows)]
    files = [list(shuffled[start:end]) for start, end in pairwise(edges)]
    one, several = import_in_files(duck, [rows]), import_in_files(duck, files)
    assert without_where(one.taken) == without_where(several.taken)
    totals = [
        (b.report.rows, b.report.accepted, b.report.duplicates, b.report.quarantined) for b in (one, several)
    ]
    assert totals[0] == totals[1]
    assert Counter((row["column"], row["value"]) for row in one.refused) == Counter(
        (row["column"], row["value"]) for row in several.refused
    )


@settings(max_examples=10)
@given(rows=st.lists(calls, min_size=1, max_size=25), weeks=st.integers(-200, 200).filter(bool))
def test_shifting_all_times_by_whole_weeks_shifts_the_times_and_nothing_else(
    duck: Engine, rows: list[dict[str, str]], weeks: int
) -> None:
    shift = dt.timedelta(weeks=weeks)

    def later(text: str) -> str:
        try:
            return f"{dt.datetime.strptime(text, '%d/%m/%Y %H:%M') + shift:%d/%m/%Y %H:%M}"
        except ValueError:
            return text  # no such day stays no such day

    moved = [{**row, "Reported": later(row["Reported"]), "Closed": later(row["Closed"])} for row in rows]
    # Rows with an id only: a made id comes from the content, and times are content.
    first, second = (
        import_in_files(duck, [[{**row, "Ref": row["Ref"] or f"N-{at}"} for at, row in enumerate(some)]])
        for some in (rows, moved)
    )
    expected = [
        {
            name: value + shift if isinstance(value, dt.date) else value
            for name, value in row.items()
            if name not in ("file", "line")
        }
        for row in first.taken
    ]
    assert without_where(second.taken) == without_where(expected)
    assert first.report.inputs[0].quarantined == second.report.inputs[0].quarantined


def test_a_shift_of_the_clock_by_a_week_across_a_change_of_clocks_keeps_the_wall_clock(duck: Engine) -> None:
    """In a zone with summer time the local day and hour are what shifts by a week, not the instant."""
    london = CLOSED.replace("UTC", "Europe/London")
    rows = [{**call(1, Reported="26/03/2015 10:15"), "Closed": ""}]
    moved = [{**rows[0], "Reported": "02/04/2015 10:15"}]
    (one,), (other,) = (import_in_files(duck, [some], london).taken for some in (rows, moved))
    assert (one["local_hour"], other["local_hour"]) == (10, 10)
    assert other["reported_at"] - one["reported_at"] == dt.timedelta(weeks=1, hours=-1)

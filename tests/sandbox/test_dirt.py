"""Dirt in clean streams of every kind: all of it is caught as the truth says, and nothing clean is lost."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import re
import tempfile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from dirtied import (
    BOX,
    WHOLE_FILES,
    Planted,
    bomb_of,
    check,
    header,
    mapping_of,
    plant_and_bring_in,
    unplaced,
    write_clean,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from lippen.engine import Engine
from lippen.sandbox.dirt import MOST
from lippen.sandbox.dirt.clocks import last_change, read_cell
from lippen.sandbox.dirt.sorts import SORTS
from lippen.signals import Mapping, kind_names, load_kind, parse_mapping
from lippen.signals.times import FINE, NO_DATE, SKIPPED_HOUR, read_times
from lippen.signals.zones import zone_table

KINDS = kind_names()


@pytest.fixture(scope="module", params=KINDS)
def planted(
    request: pytest.FixtureRequest, duck: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Planted:
    """A stream of two files of each kind, with dirt."""
    kind = load_kind(request.param)
    folder = tmp_path_factory.mktemp(kind.name) / "in"
    write_clean(folder, kind, 320, 700)
    return plant_and_bring_in(duck, folder, mapping_of(kind, bomb_of(kind)), 0.05, 7)


def test_all_dirt_is_caught_as_the_truth_says_and_nothing_else(planted: Planted) -> None:
    check(planted)


# What a sort needs in a kind: a column that is read by one of these rules.
NEEDS = {
    "a time that the clocks skipped": {"time"},
    "a time that was there twice": {"time"},
    "words for a number": {"decimal", "whole", "lat"},
    "neither yes nor no": {"yes_no"},
    "coordinates swapped": {"lat"},
    "coordinates outside the box": {"lat"},
    "half a coordinate": {"lat"},
    "a line break in a text": {"text"},
    "a formula for a text": {"text"},
    "bytes that are not UTF-8": {"text"},
    "a telephone number in a text": {"text"},
}


def test_each_sort_that_suits_the_kind_is_planted_into_each_file(planted: Planted) -> None:
    reads = {column.reads for column in planted.mapping.kind.mappable()}
    suits = {sort.name for sort in SORTS if NEEDS.get(sort.name, reads) & reads}
    for number in (0, 1):
        name = f"{planted.mapping.kind.name}s-{number}.csv"
        assert {one["dirt"] for one in planted.truth if one["file"] == name} == suits
    others = {one["dirt"] for one in planted.truth if one["dirt"] not in suits}
    assert others == WHOLE_FILES - (set() if bomb_of(planted.mapping.kind) else {"a gzip bomb"})
    once = [one["file"] for one in planted.truth if one["dirt"] == "a line beyond belief"]
    assert len(once) == 2


def test_the_truth_names_what_every_sort_must_come_to(planted: Planted) -> None:
    expected = {(sort.name, sort.expect) for sort in SORTS}
    rows = {(one["dirt"], one["expect"]) for one in planted.truth if one["dirt"] not in WHOLE_FILES}
    assert rows <= expected
    headers = {header(one.name) for one in planted.mapping.kind.mappable()}
    assert {one["about"] for one in planted.truth} <= headers | {None}
    order = [(one["file"], one["line"] or 0) for one in planted.truth]
    assert order == sorted(order)


def cells_at(path: Path, line: int) -> list[str]:
    """The cells of the record that begins on a line, read apart from the product's own readers."""
    lines = []
    for raw in path.read_bytes().split(b"\n")[line - 1 : line + 20]:
        try:
            lines.append(raw.decode() + "\n")
        except UnicodeDecodeError:
            lines.append(raw.decode("cp1252") + "\n")
    return next(csv.reader(lines))


def test_what_only_looks_dirty_is_read_right(planted: Planted) -> None:
    kind = planted.mapping.kind
    columns = {header(one.name): one.name for one in kind.mappable()}
    at = {name: place for place, name in enumerate(columns)}
    for one in planted.truth:
        if one["expect"] != "read" or one["line"] is None:
            continue
        row, cells = (
            planted.taken[one["file"], one["line"]],
            cells_at(planted.folder / one["file"], one["line"]),
        )
        value, cell = row[columns.get(one["about"], kind.id)], cells[at.get(one["about"], 0)].strip()
        match one["dirt"]:
            case "a line break in a text":
                assert "\n" in cell
                assert value == cell
            case "a formula for a text":
                assert cell.startswith("=cmd")
                assert value == cell
            case "bytes that are not UTF-8":
                assert value.endswith(", £5, by the café")
                assert value == cell
            case "a telephone number in a text":
                assert "07700 900" in cell
                # In a collection's adverts a number becomes a hash, by which copies are counted.
                instead = r"\[contact [a-z]+\]" if kind.name == "listing" else r"\[telephone removed\]"
                assert re.fullmatch(
                    re.escape(cell.split("(ring")[0]) + rf"\(ring back on {instead}\)", value, re.S
                )
            case "a time that was there twice":
                clock = dt.datetime.strptime(cell, "%d/%m/%Y %H:%M").replace(tzinfo=ZoneInfo("Europe/London"))
                assert clock.replace(fold=1).astimezone(dt.UTC) - clock.astimezone(dt.UTC) == dt.timedelta(
                    hours=1
                )
                assert value == clock.astimezone(dt.UTC).replace(tzinfo=None)
            case "blanks around a cell":
                assert cells[at[one["about"]]] == f" {cell}   "
                assert unplaced(row) == unplaced(planted.clean[row[kind.id]])
            case "a blank line before the row":
                lines = (planted.folder / one["file"]).read_bytes().split(b"\n")
                assert lines[one["line"] - 2] == b""
                assert unplaced(row) == unplaced(planted.clean[row[kind.id]])
            case other:
                raise AssertionError(other)


def test_no_telephone_number_gets_in(planted: Planted) -> None:
    telephones = [one for one in planted.truth if "telephone number" in one["dirt"]]
    assert telephones
    assert "07700" not in repr([*planted.taken.values(), *planted.refused.values()])


def test_files_written_otherwise_hold_the_rows_that_were_moved(planted: Planted) -> None:
    folder = planted.folder
    stem = f"{planted.mapping.kind.name}s-1_"
    read = [one["file"] for one in planted.truth if one["line"] is None and one["expect"] == "read"]
    assert len(read) == 6
    counts = {one.file: (one.rows, one.accepted) for one in planted.report.inputs}
    assert {counts[name] for name in read} == {(11, 11)}
    assert (folder / f"{stem}marked.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (folder / f"{stem}utf16.csv").read_bytes().decode("utf-16").count(",")
    assert b"\r\n" in (folder / f"{stem}returns.csv").read_bytes()
    assert (folder / f"{stem}separated.csv").read_text().count(";") >= 11 * len(
        planted.mapping.kind.mappable()
    )
    assert not (folder / f"{stem}titled.csv").read_text().startswith("The ")
    packed = (folder / f"{stem}packed.csv.gz").read_bytes()
    assert gzip.decompress(packed).count(b"\n") >= 12
    assert packed.startswith((folder / f"{stem}packed_cut_off.csv.gz").read_bytes())


FORMATS = [
    "iso",
    "%d/%m/%Y %H:%M",
    "%m/%d/%y %I:%M %p",
    "%A %d %B %Y, %H%M",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%d %b %Y %*",
]


@pytest.mark.parametrize("form", FORMATS)
@given(
    clock=st.datetimes(dt.datetime(1998, 1, 1), dt.datetime(2068, 1, 1)).map(lambda at: at.replace(second=0)),
)
def test_a_wrong_time_is_written_as_the_right_one_is(form: str, clock: dt.datetime) -> None:
    """Golden: the clocks of Europe/London change at 01:00 UTC on the last Sundays of March and October."""
    mapping = parse_mapping(
        f'zone = "Europe/London"\n[columns]\nkind = "a"\nreported_at = "b"\n[times]\nformats = ["{form}"]\n'
    )
    text = f"{clock:%Y-%m-%d %H:%M:%S}" if form == "iso" else clock.strftime(form.replace("%*", "noon"))
    found = read_cell(text, mapping, day=False)
    if found is None:
        assert _problem(text, mapping) == SKIPPED_HOUR  # the clean time itself
        return
    day = found.instead(clock.year, 2, 30)
    assert day is not None
    assert _problem(day, mapping) == NO_DATE
    assert found.has_clock == ("%*" not in form)
    for forward, month in ((True, 3), (False, 10)):
        odd = last_change("Europe/London", found.clock, forward=forward)
        assert odd is not None
        assert (odd.month, odd.weekday(), odd.hour, odd.minute) == (month, 6, 1, 30)
        assert odd.day > 24
        assert odd < found.clock
        written = found.instead(odd.year, odd.month, odd.day, odd.hour, odd.minute)
        if found.has_clock:
            assert _problem(str(written), mapping) == (SKIPPED_HOUR if forward else FINE)


def _problem(text: str, mapping: Mapping) -> int:
    times = read_times(pa.array([text]), mapping.formats, zone_table(mapping.zone))
    return int(times.problem[0])


def test_what_counts_days_or_seconds_cannot_say_what_cannot_be() -> None:
    mapping = parse_mapping(
        'zone = "UTC"\n[columns]\nkind = "a"\nreported_at = "b"\n[times]\nformats = ["unix", "%d/%m/%y"]\n'
    )
    for text in ("1736073000", "05/01/25"):
        found = read_cell(text, mapping, day=False)
        assert found is not None
        assert not found.has_clock
        assert found.instead(1492, 6, 1) is None
    assert read_cell("5 January", mapping, day=False) is None
    assert last_change("UTC", dt.datetime(2025, 1, 5), forward=True) is None


def test_an_export_of_other_habits_is_made_dirty_in_its_own_way(duck: Engine, tmp_path: Path) -> None:
    """Day and clock apart, decimal commas, no ids, signs beyond Windows-1252, tabs, missing coordinates."""
    folder = tmp_path / "in"
    folder.mkdir()
    with (folder / "calls.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(["Day", "Clock", "Closed", "Kind", "Lat", "Long", "Notes"])
        for at in range(400):
            clock = dt.datetime(2025, 1, 5) + dt.timedelta(minutes=20 * at)
            point = ("n/k", "n/k") if at % 3 == 0 else (f"55,6{at % 90:02}", f"-4,5{at % 90:02}")
            said = f"Łódź{at}" if at % 5 else f"loud music at number {at}"
            writer.writerow(
                [f"{clock:%d.%m.%y}", f"{clock:%H%M}", f"{clock:%d.%m.%y %H%M}", "NOISE", *point, said]
            )
    mapping = parse_mapping(
        'zone = "Europe/London"\n[columns]\nreported_at = ["Day", "Clock"]\nclosed_at = "Closed"\n'
        'kind = "Kind"\nlat = "Lat"\nlon = "Long"\ntext = "Notes"\n[times]\nformats = ["%d.%m.%y %H%M"]\n'
        '[numbers]\ndecimal_comma = true\n[places]\nmissing = ["n/k"]\n[file]\nlongest_line = 20_000\n' + BOX
    )
    planted = plant_and_bring_in(duck, folder, mapping, 0.1, 5)
    check(planted)
    sorts = {one["dirt"] for one in planted.truth if one["line"] is not None}
    assert {"coordinates outside the box", "coordinates swapped", "bytes that are not UTF-8"} <= sorts
    assert {"a time that the clocks skipped", "a time that was there twice"} <= sorts
    assert (
        not {"a day far in the past", "a telephone number for an id", "an id twice with other content"}
        & sorts
    )
    assert {one["about"] for one in planted.truth} <= {None, "Closed", "Kind", "Lat", "Long", "Notes"}


@settings(max_examples=10)
@given(
    name=st.sampled_from(KINDS),
    share=st.floats(0.001, MOST),
    seed=st.integers(0, 2**32),
    sizes=st.lists(st.integers(0, 90), min_size=1, max_size=3),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    whole=st.booleans(),
)
def test_whatever_the_share_and_the_seed_the_truth_holds(
    duck: Engine, name: str, share: float, seed: int, sizes: list[int], end: str, quoting: Any, whole: bool
) -> None:
    kind = load_kind(name)
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory) / "in"
        write_clean(folder, kind, *sizes, end=end, quoting=quoting)
        if not whole:
            last = folder / f"{kind.name}s-{len(sizes) - 1}.csv"
            last.write_bytes(last.read_bytes().removesuffix(end.encode()))
        check(plant_and_bring_in(duck, folder, mapping_of(kind), share, seed))

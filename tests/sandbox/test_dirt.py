"""Dirt in clean streams of every kind: all of it is caught as the truth says, and nothing clean is lost."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lippen.engine import Engine
from lippen.errors import LippenError
from lippen.progress import Stages
from lippen.sandbox.dirt import MOST, TRUTH, plant
from lippen.sandbox.dirt.clocks import last_change, read_cell
from lippen.sandbox.dirt.sorts import SORTS
from lippen.signals import (
    ImportReport,
    Kind,
    Mapping,
    import_folder,
    kind_names,
    load_kind,
    parse_mapping,
)
from lippen.signals.times import FINE, NO_DATE, SKIPPED_HOUR, read_times
from lippen.signals.zones import zone_table
from lippen.workspace import Workspace

KINDS = kind_names()
Truth = dict[str, Any]
Signal = dict[str, Any]

BOX = "[places.box]\nsouth = 55.0\nwest = -6.0\nnorth = 57.0\neast = -3.0\n"
SMALL_BOMB = "largest_unpacked = 1_000_000\n"
AUTHORITY = """[authority]
who = "Invermarrow Homes"
basis = "public task"
purpose = "a test"
expires = 2999-01-01
"""
# What an honest cell holds, by how it is read. Commas and marks have a part of the cells quoted.
CELLS = {
    "id": lambda at, kind: f"{kind[:2].upper()}-{at:05}",
    "code": lambda at, _: ("NOISE", "LOUD, LATE", "STREET")[at % 3],
    "text": lambda at, _: (
        f"loud music at number {at}",
        f'{at} said "go", and left',
        f"shouting {at}",
        f"shouting {at}\n\nand singing",
    )[at % 4],
    "time": lambda at, _: f"{dt.datetime(2025, 1, 5) + dt.timedelta(minutes=20 * at):%d/%m/%Y %H:%M}",
    "day": lambda at, _: f"{dt.date(2025, 1, 5) + dt.timedelta(days=at // 9):%d/%m/%Y}",
    "decimal": lambda at, _: f"{at % 50}.25",
    "whole": lambda at, _: str(1 + at % 4),
    "yes_no": lambda at, _: ("yes", "no")[at % 2],
    "lat": lambda at, _: f"55.6{at % 90:02}",
    "lon": lambda at, _: f"-4.5{at % 90:02}",
    "place": lambda at, _: ("Kirkgait", "Wharf Road")[at % 2],
    "area": lambda at, _: f"S0100{at % 7}",
    "cell": lambda at, _: f"S0200{at % 7}",
    "disposal": lambda at, _: ("NO TRACE", "CRIME RECORDED")[at % 2],
    "personal": lambda at, _: f"Robyn Exemplar {at}",
}


def header(name: str) -> str:
    """What the export calls a column: nothing that looks like identity."""
    return f"The {name.replace('_', ' ')}"


def mapping_of(kind: Kind, file: str = "", *, box: bool = True) -> Mapping:
    """A mapping of every column; `file` adds to [file]."""
    columns = "".join(f'{one.name} = "{header(one.name)}"\n' for one in kind.mappable())
    return parse_mapping(
        f'kind = "{kind.name}"\nzone = "Europe/London"\n[columns]\n{columns}'
        '[times]\nformats = ["%d/%m/%Y %H:%M", "%d/%m/%Y"]\n'
        f"[file]\nlongest_line = 20_000\n{file}"
        f"{BOX if kind.has('lat') and box else ''}{AUTHORITY if kind.needs_authority else ''}"
    )


def write_clean(
    folder: Path, kind: Kind, *sizes: int, end: str = "\n", quoting: int = csv.QUOTE_MINIMAL
) -> None:
    """Clean CSV files of so many rows each, ids running on; a column that no rule needs stands between."""
    folder.mkdir(parents=True, exist_ok=True)
    columns, at = kind.mappable(), 0
    for number, size in enumerate(sizes):
        with (folder / f"{kind.name}s-{number}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator=end, quoting=quoting)
            writer.writerow([*(header(one.name) for one in columns), "Sheet"])
            for _ in range(size):
                writer.writerow([*(CELLS[one.reads](at, kind.name) for one in columns), "ü"])
                at += 1


@dataclass(frozen=True)
class Planted:
    """A stream before and after, what the truth says, and what an import made of it."""

    folder: Path
    mapping: Mapping
    clean: dict[str, Signal]
    truth: list[Truth]
    report: ImportReport
    taken: dict[tuple[str, int], Signal]
    refused: dict[tuple[str, int], list[Signal]]


def brought_in(
    duck: Engine, folder: Path, mapping: Mapping, workspace: Path
) -> tuple[ImportReport, Any, Any]:
    opened = Workspace.open(workspace, duck)
    report = import_folder(folder, mapping, opened, Stages(quiet=True))
    rows: list[list[Signal]] = [
        [
            row
            for one in opened.imports()
            for name in getattr(one, what)
            for row in pq.read_table(opened.lake / name).to_pylist()
        ]
        for what in ("signals", "quarantine")
    ]
    return report, rows[0], rows[1]


def plant_and_bring_in(duck: Engine, folder: Path, mapping: Mapping, share: float, seed: int) -> Planted:
    kind = mapping.kind
    _, before, refused = brought_in(duck, folder, mapping, folder.parent / f"{folder.name}-clean")
    assert refused == []
    truth = plant(folder, kind, mapping, share, np.random.default_rng(seed))
    assert truth.schema == TRUTH
    report, taken, refused = brought_in(duck, folder, mapping, folder.parent / f"{folder.name}-dirty")
    by_line = defaultdict(list)
    for row in refused:
        by_line[row["file"], row["line"]].append(row)
    return Planted(
        folder,
        mapping,
        {row[kind.id]: row for row in before},
        truth.to_pylist(),
        report,
        {(row["file"], row["line"]): row for row in taken},
        dict(by_line),
    )


def check(planted: Planted) -> None:
    """Everything the truth says, and nothing beside it."""
    truth, report, kind = planted.truth, planted.report, planted.mapping.kind
    where = {(one["file"], one["line"]): one for one in truth if one["line"] is not None}
    assert len(where) == sum(one["line"] is not None for one in truth)
    unread = {one.file: one.reason for one in report.not_read if one.export}
    assert set(unread) == {one["file"] for one in truth if one["expect"] == "not read"}
    assert all(reason for reason in unread.values())
    # Quarantined: these lines and no others, each once, saying where, what and what to do.
    assert set(planted.refused) == {at for at, one in where.items() if one["expect"] == "quarantined"}
    for at, rows in planted.refused.items():
        (row,) = rows
        what, _, remedy = row["reason"].partition("; ")
        assert what, row
        assert remedy, row
        about = where[at]["about"]
        assert row["column"] == about or (about and about in row["column"].split(", ")), (where[at], row)
    # Read: all of these lines are there.
    for at, one in where.items():
        assert (at in planted.taken) == (one["expect"] == "read"), one
    counted = Counter(one["file"] for one in truth if one["expect"] == "duplicate")
    assert {one.file: one.duplicates for one in report.inputs if one.duplicates} == counted
    for one in report.inputs:
        assert one.quarantined == sum(file == one.file for file, _ in planted.refused)
    # Nothing clean is lost or changed: what is missing was made dirty, one row for each line that was refused
    # in another row's place.
    added = ("a row twice", "an id twice with other content", "a gzip cut short")
    lost = sum(one["expect"] == "quarantined" and one["dirt"] not in added for one in where.values())
    assert len(planted.taken) == len(planted.clean) - lost
    untouched = {at: row for at, row in planted.taken.items() if at not in where}
    for row in untouched.values():
        assert unplaced(row) == unplaced(planted.clean[row[kind.id]])


def unplaced(row: Signal) -> Signal:
    """A signal without where it stood."""
    return {name: value for name, value in row.items() if name not in ("file", "line")}


def bomb_of(kind: Kind) -> str:
    """A bomb takes seconds to refuse and knows no kind, so one is enough."""
    return SMALL_BOMB if kind.name == "incident" else ""


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
WHOLE_FILES = {
    "a byte order mark", "UTF-16", "CRLF", "another separator", "a title above the header", "gzip",
    "a gzip cut short", "a gzip cut off in its head", "a gzip bomb", "an empty file",
    "a header that stands there twice", "a header that is needed and missing",
}  # fmt: skip


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
                assert value == cell.split("(ring")[0] + "(ring back on [telephone removed])"
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


def digest(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*"))}


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    kind = load_kind("incident")
    made = []
    for folder, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_clean(tmp_path / folder, kind, 330)
        truth = plant(tmp_path / folder, kind, mapping_of(kind), 0.1, np.random.default_rng(seed))
        made.append((truth.to_pylist(), digest(tmp_path / folder)))
    assert made[0] == made[1]
    assert made[0][1] != made[2][1]


def test_clean_rows_leave_as_the_bytes_they_came_as(tmp_path: Path) -> None:
    kind = load_kind("answer")  # it has no free text, so a row is a line
    write_clean(tmp_path, kind, 3000, quoting=csv.QUOTE_ALL)
    path = tmp_path / "answers-0.csv"
    before = path.read_bytes().split(b"\n")
    truth = plant(tmp_path, kind, mapping_of(kind), 0.01, np.random.default_rng(1)).to_pylist()
    planted = {one["line"]: one["dirt"] for one in truth if one["file"] == path.name}
    assert len(planted) >= 30
    after = [line for at, line in enumerate(path.read_bytes().split(b"\n"), 1) if at not in planted and line]
    # In their order, and all of them: what is missing was made dirty, or moved to six files by fifties.
    still = set(after)
    assert after == [line for line in before if line in still]
    added = Counter(planted.values())
    beside = added["a row twice"] + added["an id twice with other content"]
    assert len([line for line in before if line]) - len(after) == len(planted) - beside + 6 * 50


def test_the_row_after_a_mark_that_is_never_closed_stays_clean(tmp_path: Path) -> None:
    """What the mark swallows must show that it was not meant, so the row after it is left as it was."""
    kind = load_kind("sighting")
    write_clean(tmp_path, kind, 6000)
    path = tmp_path / "sightings-0.csv"
    clean = set(path.read_bytes().split(b"\n"))
    truth = plant(tmp_path, kind, mapping_of(kind), MOST, np.random.default_rng(1)).to_pylist()
    after = path.read_bytes().split(b"\n")
    dirty = {one["line"] for one in truth if one["file"] == path.name}
    marked = [one["line"] for one in truth if one["dirt"] == "a quotation mark never closed"]
    assert len(marked) >= 40
    for line in marked:
        assert after[line - 1].count(b'"') % 2 == 1
        assert b'"' in after[line]
        assert after[line] in clean
        assert line + 1 not in dirty


def test_the_share_says_how_many_rows_are_dirty(tmp_path: Path) -> None:
    kind = load_kind("report")
    write_clean(tmp_path, kind, 2000, 40, 301)
    truth = plant(tmp_path, kind, mapping_of(kind), 0.2, np.random.default_rng(1)).to_pylist()
    rows = Counter(one["file"] for one in truth if one["line"] is not None)
    assert rows["reports-0.csv"] == 400
    assert rows["reports-1.csv"] == 8
    assert rows["reports-2.csv"] == 60
    sorts = Counter(one["dirt"] for one in truth if one["file"] == "reports-0.csv")
    assert sorts.pop("a line beyond belief") == 1
    assert len(sorts) == 20
    assert set(sorts.values()) <= set(range(14, 25))  # 399 over 20 sorts, those that few rows suit fewer


def test_without_a_share_nothing_is_touched(tmp_path: Path) -> None:
    kind = load_kind("incident")
    write_clean(tmp_path, kind, 400)
    before = digest(tmp_path)
    truth = plant(tmp_path, kind, mapping_of(kind), 0, np.random.default_rng(1))
    assert (truth.num_rows, truth.schema) == (0, TRUTH)
    assert digest(tmp_path) == before


def test_only_csv_is_touched(tmp_path: Path) -> None:
    kind = load_kind("incident")
    for name in ("mapping.toml", "part-0.parquet", "calls.jsonl", ".hidden.csv"):
        (tmp_path / name).write_text("as it was")
    before = digest(tmp_path)
    assert plant(tmp_path, kind, mapping_of(kind), 0.1, np.random.default_rng(1)).num_rows == 0
    assert digest(tmp_path) == before


@pytest.mark.parametrize("share", [-0.01, MOST + 0.01, 1.0, float("nan")])
def test_a_share_that_is_none_is_refused(tmp_path: Path, share: float) -> None:
    kind = load_kind("incident")
    with pytest.raises(LippenError, match=r"share of dirty rows is .* between 0 and 0\.2"):
        plant(tmp_path, kind, mapping_of(kind), share, np.random.default_rng(1))


@pytest.mark.parametrize(
    ("there", "told"),
    [("empty.csv", r"no dirt can be planted here: it is empty\. Plant it into clean CSV files"),
     ("packed.csv.gz", r"a file of this name is here already\. Write the clean stream anew")],
)  # fmt: skip
def test_dirt_is_not_planted_twice(tmp_path: Path, there: str, told: str) -> None:
    kind = load_kind("incident")
    write_clean(tmp_path, kind, 400)
    (tmp_path / f"incidents-0_{there}").touch()
    before = digest(tmp_path)
    with pytest.raises(LippenError, match=rf"incidents-0_{there}: {told}"):
        plant(tmp_path, kind, mapping_of(kind), 0.01, np.random.default_rng(1))
    assert digest(tmp_path) == before


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    kind = load_kind("incident")
    (tmp_path / "colours.csv").write_text("Colour,Shape\nred,round\n")
    with pytest.raises(
        LippenError, match=r"colours\.csv: no dirt can be planted here.*Plant it into clean CSV"
    ):
        plant(tmp_path, kind, mapping_of(kind), 0.01, np.random.default_rng(1))


def test_what_the_mapping_settles_is_not_planted(tmp_path: Path) -> None:
    """Dirt that a mapping makes harmless, or that it gives no way to notice, would make the truth a lie."""
    kind = load_kind("incident")
    write_clean(tmp_path, kind, 400)
    settled = mapping_of(
        kind,
        'delimiter = ","\nheader_row = 1\nencoding = "cp1252"\n'
        f'[allow]\n"{header("incident_id")}" = "numbers of the desk"\n',
        box=False,
    )
    truth = plant(tmp_path, kind, settled, 0.1, np.random.default_rng(1)).to_pylist()
    absent = {sort.name for sort in SORTS} | WHOLE_FILES
    absent -= {one["dirt"] for one in truth}
    assert absent == {
        "another separator",
        "a title above the header",
        "bytes that are not UTF-8",
        "a telephone number for an id",
        "coordinates swapped",
        "neither yes nor no",
        "a gzip bomb",
    }


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

"""A year grown from real weeks: as many rows as asked for, none twice, and as varied as what it came from."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from benchmarks.nation_year import DRAWN, WEEKS, write_year

from lippen.engine import Engine
from lippen.progress import Stages
from lippen.signals import import_folder, load_mapping
from lippen.workspace import Workspace

HEADER = [
    "call_id", "call_time", "nature_first", "nature_last", "address_block", "address_id", "lat", "lon",
    "district", "disposition", "all_dispositions", "unable_to_locate", "false_alarm", "seen_in_progress",
    "n_rows",
]  # fmt: skip
MAPPING = Path(__file__).parents[2] / "examples" / "mappings" / "milwaukee.toml"


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three whole weeks of made-up calls in the form of the real export, and a broken one at either end."""
    begin = datetime(2018, 9, 13, 6, 30)
    path = tmp_path_factory.mktemp("months") / "calls.csv.gz"
    with gzip.open(path, "wt", newline="") as lines:
        rows = csv.writer(lines)
        rows.writerow(HEADER)
        for number in range(1_500):
            at = begin + timedelta(minutes=29 * number)
            # By day thefts with a place, by night noise without one.
            day = 8 <= at.hour < 20
            place = ["43.05", "-87.95"] if day else ["", ""]
            kind = "THEFT" if day else "NOISE NUISANCE"
            said = ["Advised", "Advised", 0, 0, 0, 1]
            rows.writerow([f"{number:x}", at, kind, kind, "100 N 1ST ST", "a", *place, "1", *said])
    return path


def rows_of(folder: Path) -> list[dict[str, str]]:
    found = []
    for file in sorted((folder / "export").iterdir()):
        with file.open(newline="") as lines:
            found += list(csv.DictReader(lines))
    return found


@pytest.fixture(scope="module")
def year(months: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("year")
    made = write_year(months, MAPPING, into, incidents=10_000, seed=1)
    assert (made.incidents, made.folder, made.mapping) == (10_000, into / "export", into / "mapping.toml")
    return into


def test_every_incident_is_there_once_and_in_its_week(year: Path) -> None:
    rows = rows_of(year)
    assert len(rows) == 10_000
    assert len({row["call_id"] for row in rows}) == 10_000
    times = [datetime.fromisoformat(row["call_time"]) for row in rows]
    assert times == sorted(times)
    per_week = Counter((at - datetime(2018, 1, 1)).days // 7 for at in times)
    assert set(per_week) == set(range(WEEKS))
    assert set(per_week.values()) <= {10_000 // WEEKS, 10_000 // WEEKS + 1}
    # The clocks went forward over this hour.
    assert not any(row["call_time"].startswith("2018-03-11 02:") for row in rows)


def test_what_hangs_together_stays_together(year: Path) -> None:
    rows = rows_of(year)
    for row in rows:
        assert list(row) == [*HEADER, "notes"]
        assert (row["lat"] == "") == (row["lon"] == "") == (row["nature_first"] == "NOISE NUISANCE")
        if row["lat"]:
            assert abs(float(row["lat"]) - 43.05) < 0.02
            assert len(row["lat"].split(".")[1]) <= 3
    assert len({row["lat"] for row in rows}) > 5
    by_day = [8 <= int(row["call_time"][11:13]) < 20 for row in rows if row["nature_first"] == "THEFT"]
    assert sum(by_day) / len(by_day) > 0.9  # moved by 20 minutes, not to another part of the day


def test_each_row_has_a_text_that_suits_its_kind(year: Path) -> None:
    rows = rows_of(year)
    assert len({row["notes"] for row in rows}) > 9_900
    noises = [row["notes"] for row in rows if row["nature_first"] == "NOISE NUISANCE"]
    assert all("coming from" in note or "from the" in note or "from a" in note for note in noises)


def test_the_mapping_reads_the_text_and_is_else_the_one_that_ships(year: Path) -> None:
    written = (year / "mapping.toml").read_text().splitlines()
    assert written.count('text = "notes"') == 1
    written.remove('text = "notes"')
    assert written == MAPPING.read_text().splitlines()


def test_a_seed_gives_the_same_bytes(months: Path, tmp_path: Path) -> None:
    made = {}
    for name, seed in (("one", 4), ("again", 4), ("other", 5)):
        write_year(months, MAPPING, tmp_path / name, incidents=1_000, seed=seed)
        files = sorted((tmp_path / name / "export").iterdir())
        made[name] = [(file.name, file.read_bytes()) for file in files]
    assert made["one"] == made["again"]
    assert made["one"] != made["other"]


def test_a_source_that_is_too_small_is_refused(months: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"too few for {10**6} in a year"):
        write_year(months, MAPPING, tmp_path / "much", incidents=10**6, seed=1)
    with gzip.open(months, "rt") as lines:
        fortnight = lines.read().splitlines()[:700]
    (tmp_path / "short.csv").write_text("\n".join(fortnight))
    with pytest.raises(ValueError, match=f"there must be {DRAWN} or more"):
        write_year(tmp_path / "short.csv", MAPPING, tmp_path / "short", incidents=10, seed=1)


@pytest.mark.real
def test_grown_from_the_real_calls_it_is_read_whole(real_data: Path, duck: Engine, tmp_path: Path) -> None:
    calls = real_data / "milwaukee_calls" / "calls_2018-09_2019-02.csv.gz"
    made = write_year(calls, MAPPING, tmp_path / "made", incidents=5_200, seed=1)
    workspace = Workspace.open(tmp_path / "workspace", duck)
    report = import_folder(made.folder, load_mapping(made.mapping), workspace, Stages(quiet=True))
    assert report.rows == 5_200
    # What the real calls hold that is no incident, such as a house number for a kind, stays refused.
    assert report.accepted >= 5_190
    texts = duck.collect(workspace.signals("incident").select("text"))["text"]
    assert texts.null_count == 0

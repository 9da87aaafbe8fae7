"""A value that cannot be in a truth is refused before anything is scored, with its file and its row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandbox_folders import LAST_DAY, write_sandbox, write_truth
from towns import FIRST, SCHEMA, Row
from truths import NORTH, SOUTH, Tables, truth_tables

import forked
from lippen.credibility import AssessmentError
from lippen.credibility.truth import TRUTH
from lippen.credibility.truth_files import read_truth
from lippen.credibility.truth_values import PURPOSES
from lippen.sandbox import scenario

NIGHT = dt.datetime(2024, 4, 10, 1)
REMEDY = "Write the sandbox again as its sandbox.json says, and leave its truth as it was written."

Rows = dict[str, list[Row]]


def sound() -> Rows:
    """Two episodes of three incidents each, the first with a target, in a town of two areas."""
    incidents = [
        {"incident_id": f"i{n}", "cause": cause, "episode": episode}
        for n, (cause, episode) in enumerate(
            [("ordinary", None), *[("episode", 7)] * 3, ("target", 7), *[("episode", 8)] * 3]
        )
    ]
    times = {"first_at": NIGHT, "last_at": NIGHT + dt.timedelta(minutes=20)}
    target = {"target_area": "B1", "target_at": NIGHT + dt.timedelta(minutes=12)}
    none = {"target_area": None, "target_at": None}
    north: Row = {"larger_areas": ["North"], **times}
    return {
        "incidents": incidents,
        "episodes": [
            {"episode": 7, "purpose": "divert", "stealth": "S1", **north, **target},
            {"episode": 8, "purpose": "harass", "stealth": "S4", **north, **none},
        ],
        "areas": [dict(one) for one in (NORTH, SOUTH, NORTH, SOUTH)],
        "false_trends": [
            {"kind": "term", "first_day": FIRST.date(), "last_day": LAST_DAY, "areas": ["A1", "B1"]}
        ],
    }


def tables(rows: Rows) -> Tables:
    return truth_tables(**rows)


def read(folder: Path) -> Tables:
    return read_truth(folder, FIRST.date(), LAST_DAY)


def refusal(folder: Path) -> str:
    with pytest.raises(AssessmentError) as refused:
        read(folder)
    said = str(refused.value)
    assert said.endswith(f". {REMEDY}")
    assert "\n" not in said
    return said.removesuffix(f". {REMEDY}")


@pytest.mark.parametrize("in_parts", [None, *TRUTH])
def test_a_sound_truth_is_read_as_it_is(in_parts: str | None, tmp_path: Path) -> None:
    truth = tables(sound())
    write_truth(tmp_path / "truth", truth, in_parts)
    assert read(tmp_path / "truth") == truth


def test_a_purpose_may_be_left_out_and_the_known_ones_are_the_sandboxs(tmp_path: Path) -> None:
    rows = sound()
    rows["episodes"][1]["purpose"] = None
    write_truth(tmp_path / "truth", tables(rows))
    assert read(tmp_path / "truth")["episodes"]["purpose"].to_pylist() == ["divert", None]
    assert PURPOSES == scenario.PURPOSES


def change(**values: Any) -> Callable[[Row], None]:
    return lambda row: row.update(values)


@pytest.mark.parametrize(
    ("table", "row", "values", "says"),
    [
        ("incidents", 3, {"incident_id": "i1"}, "the incident 'i1' is in an earlier row already"),
        ("incidents", 1, {"episode": -7}, "the incident 'i1' is of the episode -7, and numbers begin at 0"),
        ("incidents", 1, {"episode": None}, "has the cause 'episode' and bears the number of no episode"),
        ("incidents", 1, {"cause": "Episode"}, "of the episode 7, and its cause 'Episode' is none of one"),
        ("incidents", 5, {"episode": 9}, "is of the episode 9, of which the table episodes says nothing"),
        ("episodes", 1, {"episode": 7}, "the episode 7 is in an earlier row already"),
        ("episodes", 1, {"stealth": "S9"}, "the episode 8 has the stealth 'S9', which is none of S0, S1, S2"),
        ("episodes", 0, {"purpose": "war"}, "has the purpose 'war', which is none of divert, harass"),
        (
            "episodes",
            0,
            {"last_at": NIGHT - dt.timedelta(1)},
            "ends at 2024-04-09 01:00:00, before it begins",
        ),
        (
            "episodes",
            0,
            {"first_at": dt.datetime(1969, 1, 1)},
            "begins at 1969-01-01 00:00:00, outside 2024-",
        ),
        ("episodes", 1, {"last_at": NIGHT + dt.timedelta(99)}, "ends at 2024-07-18 01:00:00, outside 2024-"),
        ("episodes", 0, {"target_at": None}, "has a target with a time and no area, or an area and no time"),
        ("episodes", 1, {"target_at": NIGHT}, "has a target with a time and no area, or an area and no time"),
        (
            "episodes",
            0,
            {"target_at": NIGHT - dt.timedelta(1)},
            "has a target at 2024-04-09 01:00:00, before",
        ),
        ("episodes", 0, {"target_at": NIGHT + dt.timedelta(99)}, "a target at 2024-07-18 01:00:00, outside"),
        ("episodes", 0, {"target_area": "C1"}, "the episode 7 names the area 'C1', which the table areas"),
        ("episodes", 1, {"larger_areas": ["North", "A7"]}, "the episode 8 names the area 'A7', which the"),
        ("episodes", 1, {"larger_areas": [None]}, "the episode 8 names an area that is empty"),
        ("areas", 2, {"larger_area": "South"}, "the area 'A1' lies in two larger areas"),
        ("false_trends", 0, {"first_day": LAST_DAY, "last_day": FIRST.date()}, "ends on 2024-01-01, before"),
        ("false_trends", 0, {"first_day": dt.date(1969, 1, 1)}, "begins on 1969-01-01, before 2024-01-01"),
        ("false_trends", 0, {"last_day": dt.date(2031, 1, 1)}, "ends on 2031-01-01, after 2024-04-21"),
        ("false_trends", 0, {"areas": ["A1", "C1"]}, "the trend 'term' names the area 'C1'"),
    ],
)
def test_what_cannot_be_is_refused_with_its_file_and_row(
    table: str, row: int, values: Row, says: str, tmp_path: Path
) -> None:
    rows = sound()
    rows[table][row] |= values
    write_truth(tmp_path / "truth", tables(rows))
    said = refusal(tmp_path / "truth")
    # An area that is told twice is strange in both rows; the first is named.
    first = 1 if table == "areas" else row + 1
    assert said.startswith(f"{tmp_path / 'truth' / table}.parquet: row {first}: ")
    assert says in said


REQUIRED = [
    (table, name)
    for table, names in {
        "incidents": ("incident_id", "cause"),
        "episodes": ("episode", "stealth", "first_at", "last_at", "larger_areas"),
        "areas": ("area", "larger_area"),
        "false_trends": ("kind", "first_day", "last_day"),
    }.items()
    for name in names
]


@pytest.mark.parametrize(("table", "name"), REQUIRED)
def test_what_must_be_told_may_not_be_empty(table: str, name: str, tmp_path: Path) -> None:
    rows = sound()
    rows[table][-1][name] = None
    write_truth(tmp_path / "truth", tables(rows))
    said = f"{tmp_path / 'truth' / table}.parquet: row {len(rows[table])}: {name} is empty"
    assert refusal(tmp_path / "truth") == said


def test_an_episode_without_incidents_is_refused(tmp_path: Path) -> None:
    """That something was done at its target does not make it one."""
    rows = sound()
    rows["incidents"] = [row for row in rows["incidents"] if row["cause"] != "episode" or row["episode"] == 8]
    write_truth(tmp_path / "truth", tables(rows))
    assert refusal(tmp_path / "truth").startswith(
        f"{tmp_path / 'truth' / 'episodes.parquet'}: row 1: the episode 7 has no incident"
    )


@pytest.mark.parametrize("table", ["incidents", "episodes"])
@given(st.data())
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_row_that_stands_twice_is_refused_wherever_it_is(
    table: str, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    rows = sound()
    again = dict(data.draw(st.sampled_from(rows[table])))
    first = rows[table].index(again)
    place = data.draw(st.integers(first + 1, len(rows[table])))
    rows[table].insert(place, again)
    folder = tmp_path_factory.mktemp("twice") / "truth"
    write_truth(folder, tables(rows))
    assert f"{table}.parquet: row {place + 1}: " in (said := refusal(folder))
    assert said.endswith("is in an earlier row already")


def test_of_a_nation_the_part_is_named_and_the_row_in_it(tmp_path: Path) -> None:
    rows = sound()
    rows["incidents"][6]["cause"] = "Episode"
    write_truth(tmp_path / "truth", tables(rows), in_parts="incidents")
    part = tmp_path / "truth" / "incidents" / "part-1.parquet"
    assert pq.read_metadata(part).num_rows == 4
    assert refusal(tmp_path / "truth").startswith(f"{part}: row 3: the incident 'i6'")


def test_a_nation_without_parts_is_refused(tmp_path: Path) -> None:
    write_truth(tmp_path / "truth", tables(sound()), in_parts="episodes")
    for part in (tmp_path / "truth" / "episodes").iterdir():
        part.unlink()
    assert (
        refusal(tmp_path / "truth")
        == f"{tmp_path / 'truth' / 'episodes'}: this table of the truth has no parts"
    )


@given(table=st.sampled_from(sorted(TRUTH)), kept=st.floats(0, 1, exclude_max=True))
@settings(max_examples=40)
def test_a_file_that_is_cut_off_is_said_to_be_so(
    table: str, kept: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cut") / "truth"
    write_truth(folder, tables(sound()))
    file = folder / f"{table}.parquet"
    file.write_bytes(file.read_bytes()[: int(kept * file.stat().st_size)])
    assert refusal(folder) == f"{file}: this table of the truth is cut off, damaged or no Parquet"


def test_a_column_of_another_type_is_named(tmp_path: Path) -> None:
    write_truth(tmp_path / "truth", tables(sound()))
    file = tmp_path / "truth" / "episodes.parquet"
    table = pq.read_table(file)
    at = table.schema.get_field_index("first_at")
    pq.write_table(table.set_column(at, "first_at", pa.array(["soon", "later"])), file)
    assert refusal(tmp_path / "truth") == f"{file}: the column first_at holds string, not timestamp[us]"


def test_on_the_command_line_it_is_one_line_and_nothing_is_written(tmp_path: Path) -> None:
    rows = sound()
    rows["episodes"][0]["stealth"] = "\x1b[31mS9\n"
    folder = write_sandbox(tmp_path / "s", SCHEMA.empty_table(), tables(rows))
    verb = ("-m", "lippen.cli", "evaluate", "credibility", str(folder), "--sandbox")
    run = forked.run(*verb, "--out", str(tmp_path / "e"))
    assert (run.returncode, run.stdout) == (2, "")
    (line,) = run.stderr.splitlines()
    assert line.startswith(f"lippen: {folder}/truth/episodes.parquet: row 1: the episode 7 has the stealth '")
    assert line.endswith(REMEDY)
    assert "\x1b" not in line
    assert not (tmp_path / "e").exists()

"""What must change nothing: the order of rows and files, whole weeks, other names, a second run."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from towns import (
    SINCE,
    TOWN,
    TOWN_SINCE,
    Row,
    SmallTown,
    assess_town,
    at,
    campaign,
    incidents,
    ordinary_rows,
    random_texts,
)

from lippen.brief import RESULT_TABLES
from lippen.credibility import Assessment, Settings, assess
from lippen.engine import Engine
from lippen.progress import Stages
from lippen.signals import import_folder, load_mapping
from lippen.workspace import Workspace
from tables import assert_same_table

ORDER = {spec.name: list(spec.order) for spec in RESULT_TABLES}
KEYS = {"episodes": ["episode_id"], "episode_strip": ["episode_id", "minute", "kind", "area"]}
"""Where rows are sorted by something else than what must stay."""


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """A town with a campaign of copies and unit times, its rows with ids of their own."""
    text = random_texts(9)
    script = text()
    made = [{**row, "text": text()} for row in ordinary_rows(seed=12, per_day=40)]
    made += campaign("x", at(95, 21), [(14, 0), (14, 4), (14, 8), (15, 3), (9, 1)], text=script)
    made += campaign("y", at(101, 2), [(2, 0), (2, 4), (2, 8), (3, 3), (3, 6)], kind="SHOUTING")
    for n, row in enumerate(made):
        row.setdefault("incident_id", f"i{n:05d}")
        sent = row["reported_at"] + dt.timedelta(minutes=3 + n % 7)
        row |= {
            "dispatched_at": sent,
            "cleared_at": sent + dt.timedelta(minutes=20 + n % 30),
            "units": 1 + n % 2,
        }
    return made


@pytest.fixture(scope="module")
def usual(rows: list[Row], duck: Engine) -> Assessment:
    assessment = assess_town(incidents(rows), duck)
    assert assessment.facts["episodes"]["found"] >= 2
    assert assessment.facts["diversion"]["can_tell"]
    return assessment


def assert_same(one: Assessment, other: Assessment, but: tuple[str, ...] = ()) -> None:
    assert_same_table(pa.Table.from_pylist([one.facts]), pa.Table.from_pylist([other.facts]))
    assert one.tables.keys() == other.tables.keys()
    for name, table in one.tables.items():
        if name not in but:
            order = KEYS.get(name, ORDER[name])
            assert_same_table(table, other.tables[name], order)


def changed(
    assessment: Assessment, columns: dict[str, dict[str, Callable[[Any], Any]]], facts: dict[str, Any]
) -> Assessment:
    """The same assessment with some columns of some tables, and some facts, put otherwise."""
    tables = dict(assessment.tables)
    for name, ways in columns.items():
        for column, way in ways.items():
            at_column = tables[name].schema.get_field_index(column)
            field = tables[name].schema.field(at_column)
            values = [way(value) for value in tables[name][column].to_pylist()]
            tables[name] = tables[name].set_column(at_column, field, pa.array(values, field.type))
    return Assessment({**assessment.facts, **facts}, tables, assessment.sample)


def test_the_order_of_rows_changes_nothing(rows: list[Row], usual: Assessment, duck: Engine) -> None:
    order = np.random.default_rng(1).permutation(len(rows))
    assert_same(assess_town(incidents([rows[int(i)] for i in order]), duck), usual)


def test_the_order_of_files_changes_nothing(small_town: SmallTown, duck: Engine, tmp_path: Path) -> None:
    """The small town's files under names that sort the other way round."""
    (tmp_path / "folder").mkdir()
    exports = sorted(one for one in TOWN.iterdir() if one.name != "mapping.toml")
    for letter, one in zip("cba", exports, strict=True):
        shutil.copy(one, tmp_path / "folder" / f"{letter}_{one.name}")
    mapping = load_mapping(TOWN / "mapping.toml")
    workspace = Workspace.open(tmp_path / "workspace", duck)
    report = import_folder(tmp_path / "folder", mapping, workspace, Stages(quiet=True))
    assert [one.file[0] for one in report.inputs] == ["a", "b", "c"]
    settings = Settings(since=TOWN_SINCE)
    again = assess(workspace.signals("incident"), duck, settings, Stages(quiet=True), mapping.zone)
    assert_same(again, small_town.assessment)


def test_whole_weeks_change_nothing_but_the_times(rows: list[Row], usual: Assessment, duck: Engine) -> None:
    """Moved by 52 weeks; a month is then another stretch of days, so the months are left aside."""
    by = dt.timedelta(weeks=52)
    times = ("reported_at", "dispatched_at", "cleared_at")
    moved = [{**row, **{name: row[name] + by for name in times}} for row in rows]
    later = assess_town(incidents(moved), duck, since=SINCE + by)

    def clock(text: str) -> str:
        return (dt.datetime.fromisoformat(text) + by).isoformat()

    expected = changed(
        usual,
        {
            "episodes": {
                "first_at": lambda when: when + by,
                "last_at": lambda when: when + by,
                "first_local": clock,
                "last_local": clock,
            },
            "volumes_week": {"week": lambda day: day + by},
        },
        {},
    )
    assert_same(later, expected, but=("calibration_month",))


def test_the_same_seed_gives_the_same_and_another_one_the_same_model(
    rows: list[Row], usual: Assessment, duck: Engine
) -> None:
    again = assess_town(incidents(rows), duck)
    assert again.facts == usual.facts
    for name, table in usual.tables.items():
        assert again.tables[name].equals(table), name
    other = assess_town(incidents(rows), duck, seed=1)
    assert other.facts["model"] == usual.facts["model"]
    assert other.tables["volumes_area"].equals(usual.tables["volumes_area"])


def test_other_names_for_kinds_and_areas_change_only_the_names(
    rows: list[Row], usual: Assessment, duck: Engine
) -> None:
    """New names sort the other way round; each holds the old one, whose words say what may be innocent."""

    def renamed(names: set[str]) -> dict[str, str]:
        return {name: f"{chr(ord('z') - n)}-{name}" for n, name in enumerate(sorted(names))}

    kinds = renamed({row["kind"] for row in rows})
    larger = renamed({row["larger_area"] for row in rows})
    areas = renamed({row["area"] for row in rows})
    other = assess_town(
        incidents(
            {
                **row,
                "kind": kinds[row["kind"]],
                "area": areas[row["area"]],
                "larger_area": larger[row["larger_area"]],
            }
            for row in rows
        ),
        duck,
    )

    def say(text: str) -> str:
        for old, new in kinds.items():
            text = text.replace(f", {old}.", f", {new}.")
        return text

    def each(ways: dict[str, str]) -> Callable[[list[str]], list[str]]:
        return lambda names: sorted(ways[name] for name in names)

    groups = sorted(
        ({**group, "area_group": larger[group["area_group"]]} for group in usual.facts["fairness"]),
        key=lambda group: str(group["area_group"]),
    )
    expected = changed(
        usual,
        {
            "episodes": {
                "kinds": each(kinds),
                "areas": each(areas),
                "reasons": lambda said: [say(one) for one in said],
            },
            "episode_strip": {"kind": kinds.__getitem__, "area": areas.__getitem__},
            "volumes_kind": {"kind": kinds.__getitem__},
            "volumes_area": {"area": areas.__getitem__},
            "fairness": {"area_group": larger.__getitem__},
            "diversion": {"area": lambda area: area and larger[area]},
        },
        {"fairness": groups},
    )
    assert_same(other, expected)

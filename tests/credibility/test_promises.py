"""The promises that hold of credibility: nobody and no single incident is scored, no response is lowered."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
from towns import TOWN_SINCE, SmallTown

from lippen.brief import RESULT_TABLES
from lippen.credibility import Settings
from lippen.credibility.expected import learn_rates
from lippen.credibility.features import collect_features
from lippen.engine import Engine

CREDIBILITY = Path(__file__).parents[2] / "src" / "lippen" / "credibility"
ALLOWED = {spec.name: {column.name for column in spec.columns} for spec in RESULT_TABLES}


def floats_in(value: Any) -> list[float]:
    """Every float in facts or tables, however deep."""
    if isinstance(value, float):
        return [value]
    if isinstance(value, dict):
        return [found for one in value.values() for found in floats_in(one)]
    if isinstance(value, list | tuple):
        return [found for one in value for found in floats_in(one)]
    return []


def test_no_table_has_a_column_that_nobody_described(small_town: SmallTown) -> None:
    for name, table in small_town.assessment.tables.items():
        assert set(table.column_names) <= ALLOWED[name], name
    words = {word for columns in ALLOWED.values() for column in columns for word in column.split("_")}
    assert not words & {
        "caller",
        "person",
        "name",
        "phone",
        "score",
        "risk",
        "household",
        "address",
        "suspect",
    }


def test_rows_that_name_an_incident_say_nothing_of_it_but_its_episode() -> None:
    named = {name for name, columns in ALLOWED.items() if "incident_id" in columns}
    assert named == {"episode_incidents"}
    assert ALLOWED["episode_incidents"] == {"episode_id", "incident_id"}


def test_no_single_incident_can_be_read_off_the_sums(small_town: SmallTown, duck: Engine) -> None:
    """The expected rates, learned again as `assess` learns them, occur nowhere in what it gives."""
    features = collect_features(small_town.incidents, duck, TOWN_SINCE)
    since = (TOWN_SINCE - dt.date(1970, 1, 1)).days
    rates = learn_rates(features, since, Settings().seed)
    single = np.round(rates.rate, 9)
    assessment = small_town.assessment
    said = floats_in(assessment.facts)
    for table in assessment.tables.values():
        said += [found for row in table.to_pylist() for found in floats_in(row)]
    assert len(said) > 200
    for value in said:
        if 0.005 < value < 0.995:
            assert not np.any(np.abs(single - value) < 1e-9), value


def test_areas_with_a_handful_of_incidents_are_left_out(small_town: SmallTown) -> None:
    areas = small_town.assessment.tables["volumes_area"]
    assert pc.min(areas["incidents"]).as_py() >= 5


def test_no_protected_incident_is_in_any_episode(small_town: SmallTown, duck: Engine) -> None:
    incidents = small_town.incidents
    protected = set(duck.collect(incidents.filter(incidents.protected))["incident_id"].to_pylist())
    assert len(protected) > 500
    told = set(small_town.assessment.tables["episode_incidents"]["incident_id"].to_pylist())
    assert told
    assert not told & protected


def test_every_episode_says_why_why_not_and_how_to_check(small_town: SmallTown) -> None:
    for row in small_town.assessment.tables["episodes"].to_pylist():
        assert row["reasons"]
        assert row["innocent"]
        assert row["checks"]
    assert "not proof of bad faith" in small_town.assessment.facts["episodes"]["standing_line"]


def test_nothing_in_credibility_reads_priorities_or_texts_for_what_they_mean() -> None:
    """`priority` is never read, and `text` by nothing but the comparison of words."""
    readers: dict[str, set[str]] = {"priority": set(), "text": set()}
    for path in CREDIBILITY.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = (
                node.attr
                if isinstance(node, ast.Attribute)
                else node.value
                if isinstance(node, ast.Constant)
                else None
            )
            if named in readers:
                readers[str(named)].add(path.name)
    assert readers["priority"] == set()
    assert readers["text"] <= {"searched.py"}
